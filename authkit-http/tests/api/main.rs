//! The HTTP contract, through a bare caller in this process: no framework, no server, no socket.
//!
//! Every answer that any of these tests gets is held against the OpenAPI document: status, code and body (`support::document`).

#![expect(clippy::expect_used, clippy::panic, reason = "what is called by tests fails as a test does")]

mod accounts;
mod administration;
mod anything;
mod bad_input;
mod codes;
mod console;
mod console_audit;
mod console_bulk;
mod console_mailbox;
mod console_me;
mod console_new_user;
mod console_overview;
mod console_recovery;
mod console_sessions;
mod console_system;
mod console_texts;
mod console_users;
mod console_verify;
mod cookies;
mod credentials;
mod cross_site;
mod documents;
mod faults;
mod guards;
mod headers;
mod hostile;
mod lists;
mod mutations;
mod page;
mod passwords;
mod routes;
mod sessions;
mod settings;
mod support;
mod trail;
mod verification;
