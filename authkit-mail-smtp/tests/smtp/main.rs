//! The mailer against a real mail server on loopback, with everything going wrong that can.

#![expect(clippy::expect_used, reason = "what is called by tests fails as a test does")]

mod canary;
mod certificates;
mod check;
mod deliver;
mod drain;
mod files;
mod queue;
mod retry;
mod settings;
mod sink;
mod start;
mod tls;
mod world;
