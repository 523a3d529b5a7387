//! The port to mail.

use std::time::Duration;

use async_trait::async_trait;

use crate::model::mail::Mail;
use crate::model::secret::{ResetToken, VerificationToken};

/// Takes a rendered mail and returns at once; delivery happens on a thread or task of the mailer's own.
///
/// An answer must never wait for a delivery: the time it took would tell whether an account exists. A mailer that gives a
/// mail up after it took it says so with [`Mail::record_loss`].
#[async_trait]
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not send mail",
    label = "does not implement `Mailer`",
    note = "implement `authkit_core::Mailer`: one method that puts the mail into a queue of yours",
    note = "or give a closure: `CallbackMailer::new(|mail| ..)`"
)]
pub trait Mailer: Send + Sync + 'static {
    /// Takes the mail.
    ///
    /// # Errors
    /// [`MailError`]: it cannot be taken, for example because the queue is full. Core records it in the audit trail; the
    /// caller's answer stays the same.
    fn enqueue(&self, mail: Mail) -> Result<(), MailError>;

    /// The process is about to stop: ready when every mail that was taken is delivered or given up, after `grace` at the
    /// latest. What is left then is lost and recorded as that.
    ///
    /// By default ready at once, which is right where [`Self::enqueue`] keeps nothing back.
    async fn drain(&self, grace: Duration) {
        let _ = grace;
    }

    /// Whether mails reach nobody but whoever runs the process. Such a mailer is refused in production.
    fn is_for_development(&self) -> bool {
        false
    }
}

/// The mailer could not take a mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the mailer could not take the mail")]
pub struct MailError;

/// Writes mails to standard output, for development: never through `tracing`, since they hold working links.
#[derive(Debug, Clone, Copy, Default)]
pub struct StdoutMailer;

impl Mailer for StdoutMailer {
    fn enqueue(&self, mail: Mail) -> Result<(), MailError> {
        use std::io::Write as _;

        let token = mail.kind.token().map(ResetToken::expose);
        let token = token.or_else(|| mail.kind.verification_token().map(VerificationToken::expose));
        let token = token.map(|token| format!("token: {token}\n")).unwrap_or_default();
        let text = format!("--- mail to {}: {}\n{}\n{token}---\n", mail.to, mail.subject, mail.text);
        std::io::stdout().lock().write_all(text.as_bytes()).map_err(|_| MailError)
    }

    fn is_for_development(&self) -> bool {
        true
    }
}
