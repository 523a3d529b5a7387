//! Mails of AuthKit by SMTP ([`SmtpMailer`]), through an async closure of yours ([`QueuedMailer`]), or into files for
//! development ([`FileMailer`]).
//!
//! An answer never waits for a mail: it goes into a bounded queue, and a task hands it over afterwards, tries again where
//! that may help, and records what is lost.

mod builder;
mod delivery;
mod error;
mod file_mailer;
mod host;
mod message;
mod queue;
mod queued_mailer;
mod security;
mod session;
mod smtp;

pub use builder::SmtpMailerBuilder;
pub use delivery::DeliveryError;
pub use error::StartError;
pub use file_mailer::FileMailer;
pub use queued_mailer::QueuedMailer;
pub use security::Security;
pub use smtp::{CheckError, SmtpMailer};
