//! What core needs from outside: one trait a file, its contract first.

pub mod attempt_counter;
pub mod audit_log;
pub mod audit_sink;
pub mod built_in_mails;
pub mod callback_mailer;
pub mod clock;
pub mod device_namer;
mod forward;
pub mod mail_templates;
pub mod mailbox;
pub mod mailer;
pub mod memory_attempts;
pub mod open_code;
pub mod password_hasher;
pub mod secure_random;
pub mod session_store;
pub mod store;
pub mod store_error;
pub mod user_store;
