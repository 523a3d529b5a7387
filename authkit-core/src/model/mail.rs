//! A mail that is ready to be sent.

use std::fmt;

use crate::model::secret::ResetToken;

/// A rendered mail. It is only ever addressed to what a user's row holds, never to what somebody typed. `Debug` shows no
/// text, since that may hold a working link.
#[derive(Clone)]
pub struct Mail {
    /// The address, as the user's row holds it.
    pub to: String,
    /// What it is about.
    pub subject: String,
    /// The text, plain.
    pub text: String,
    /// What kind of mail it is, for a mailer that renders its own.
    pub kind: MailKind,
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
    /// The password was changed, by its owner or through a link.
    PasswordChanged,
}

impl MailKind {
    /// The reset token in it, if there is one.
    pub const fn token(&self) -> Option<&ResetToken> {
        match self {
            Self::PasswordReset { token, .. } | Self::Invitation { token, .. } => Some(token),
            Self::PasswordChanged => None,
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

impl fmt::Debug for MailKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::PasswordReset { .. } => "PasswordReset([redacted])",
            Self::Invitation { .. } => "Invitation([redacted])",
            Self::PasswordChanged => "PasswordChanged",
        })
    }
}
