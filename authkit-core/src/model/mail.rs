//! A mail that is ready to be sent, and what it is made of.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;

use crate::model::clean::printable;
use crate::model::secret::{ResetToken, VerificationToken};

/// The longest reason that is recorded of a mail that was lost, in bytes.
const REASON_MAX: usize = 200;

/// A rendered mail. It is only ever addressed to what a user's row holds, never to what somebody typed. `Debug` shows no
/// text, since that may hold a working link.
#[derive(Clone)]
#[non_exhaustive]
pub struct Mail {
    /// The address, as the user's row holds it.
    pub to: String,
    /// What it is about: one line.
    pub subject: String,
    /// The text, plain.
    pub text: String,
    /// The same as HTML, for whoever prefers it. It loads nothing from anywhere.
    pub html: Option<String>,
    /// What kind of mail it is, for a mailer that renders its own.
    pub kind: MailKind,
    loss: Option<Arc<dyn RecordLoss>>,
}

/// What a [`Mail`] is for, with what its text was made of. `Debug` shows the kind alone.
#[derive(Clone)]
pub enum MailKind {
    /// Somebody asked for a reset link.
    PasswordReset {
        /// The link with the token in it, made from the configured URL.
        link: String,
        /// The token by itself, for `POST /reset-password`.
        token: ResetToken,
    },
    /// An administrator made an account; the link sets its first password.
    Invitation {
        /// The link with the token in it, made from the configured URL.
        link: String,
        /// The token by itself, for `POST /reset-password`.
        token: ResetToken,
    },
    /// Somebody registered with the address; the link proves it.
    Verification {
        /// The link with the token in it, made from the configured URL.
        link: String,
        /// The token by itself, for `POST /verify-email`.
        token: VerificationToken,
    },
    /// Somebody tried to register with an address that has an account.
    AddressTaken,
    /// The password was changed, by its owner or through a link.
    PasswordChanged,
}

/// The words of a mail, as templates make them.
#[derive(Clone, PartialEq, Eq)]
pub struct MailContent {
    /// What it is about. Line ends and other control characters are written out, so that no header can follow it.
    pub subject: String,
    /// The text, plain.
    pub text: String,
    /// The same as HTML. Escape what you put in.
    pub html: Option<String>,
}

/// What templates make a mail of. Everything in it comes from the configuration and the user's row, nothing from a
/// request.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct MailFacts<'a> {
    /// What it is for, with its link.
    pub kind: &'a MailKind,
    /// The address that it goes to.
    pub to: &'a str,
    /// The product's name.
    pub product: &'a str,
    /// `scheme://host[:port]` of the application.
    pub base_url: &'a str,
    /// How long its link works; `None` where it has none.
    pub valid_for: Option<Duration>,
}

/// Takes note of a mail that nobody will get.
#[async_trait]
pub(crate) trait RecordLoss: Send + Sync {
    /// Records it, with a reason that holds no secret.
    async fn record(&self, kind: &'static str, reason: &str);
}

impl Mail {
    /// A mail of these words to this address.
    pub fn new(to: impl Into<String>, kind: MailKind, content: MailContent) -> Self {
        let MailContent { subject, text, html } = content;
        Self { to: to.into(), subject: printable(&subject, usize::MAX), text, html, kind, loss: None }
    }

    /// Records that it could not be delivered and that nobody tries again: `mail.failed` in the audit trail, about the
    /// user it was for. For a mailer, once a mail; a mail that was not made by a flow is recorded nowhere.
    ///
    /// The reason is for operators. It is cut at 200 bytes, and a link or token in it is blotted out: a server may repeat
    /// the text that it refuses.
    pub async fn record_loss(&self, reason: &str) {
        if let Some(loss) = &self.loss {
            let mut reason = reason.to_owned();
            for secret in self.kind.secrets() {
                reason = reason.replace(secret, "[redacted]");
            }
            loss.record(self.kind.name(), &printable(&reason, REASON_MAX)).await;
        }
    }

    /// With somebody who takes note where it is lost.
    pub(crate) fn noted_by(self, loss: Arc<dyn RecordLoss>) -> Self {
        Self { loss: Some(loss), ..self }
    }
}

impl MailKind {
    /// What logs and the audit trail call it.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::PasswordReset { .. } => "password_reset",
            Self::Invitation { .. } => "invitation",
            Self::Verification { .. } => "verification",
            Self::AddressTaken => "address_taken",
            Self::PasswordChanged => "password_changed",
        }
    }

    /// The reset token in it, if there is one.
    pub const fn token(&self) -> Option<&ResetToken> {
        match self {
            Self::PasswordReset { token, .. } | Self::Invitation { token, .. } => Some(token),
            Self::Verification { .. } | Self::AddressTaken | Self::PasswordChanged => None,
        }
    }

    /// The token that proves the address, if there is one.
    pub const fn verification_token(&self) -> Option<&VerificationToken> {
        match self {
            Self::Verification { token, .. } => Some(token),
            Self::PasswordReset { .. } | Self::Invitation { .. } | Self::AddressTaken | Self::PasswordChanged => None,
        }
    }

    /// What of it must be written down nowhere, the longer before what is part of it.
    fn secrets(&self) -> Vec<&str> {
        match self {
            Self::PasswordReset { link, token } | Self::Invitation { link, token } => vec![link, token.expose()],
            Self::Verification { link, token } => vec![link, token.expose()],
            Self::AddressTaken | Self::PasswordChanged => Vec::new(),
        }
    }
}

impl fmt::Debug for Mail {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Mail")
            .field("to", &self.to)
            .field("subject", &self.subject)
            .field("kind", &self.kind)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for MailContent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MailContent").field("subject", &self.subject).finish_non_exhaustive()
    }
}

impl fmt::Debug for MailKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::PasswordReset { .. } => "PasswordReset([redacted])",
            Self::Invitation { .. } => "Invitation([redacted])",
            Self::Verification { .. } => "Verification([redacted])",
            Self::AddressTaken => "AddressTaken",
            Self::PasswordChanged => "PasswordChanged",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_subject_is_one_line() {
        let content = MailContent { subject: "Hi\r\nBcc: eve@example.com".to_owned(), text: String::new(), html: None };
        let mail = Mail::new("ada@example.com", MailKind::PasswordChanged, content);
        assert_eq!(mail.subject, "Hi\\u{000d}\\u{000a}Bcc: eve@example.com");
    }
}
