//! Where the mails of a command go.

use std::io::Write as _;

use authkit_core::{Environment, Mail, MailError, Mailer};

use crate::codes::CliCode;
use crate::failure::Failure;

/// What the settings allow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Post {
    /// In development nobody sends mail: they are printed.
    Printed,
    /// In production nothing is set up that the command could use.
    Nowhere,
}

impl Post {
    pub(crate) const fn of(environment: Environment) -> Self {
        match environment {
            Environment::Development => Self::Printed,
            Environment::Production => Self::Nowhere,
        }
    }

    /// Something takes mails.
    pub(crate) fn require(self) -> Result<(), Failure> {
        match self {
            Self::Printed => Ok(()),
            Self::Nowhere => Err(Failure::new(
                CliCode::NoMail,
                "the settings name no mail server, and a mailer of the application's own is out of reach here",
            )
            .fix("set AUTHKIT_ENABLE_SMTP and what belongs to it, or use the administration in the browser")),
        }
    }

    /// Where it went, for a sentence.
    pub(crate) const fn told(self) -> &'static str {
        match self {
            Self::Printed => "printed above, since this is development",
            Self::Nowhere => "not sent",
        }
    }
}

impl Mailer for Post {
    fn enqueue(&self, mail: Mail) -> Result<(), MailError> {
        match self {
            // Standard output is for data alone.
            Self::Printed => {
                let text = format!("--- mail to {}: {}\n{}\n---\n", mail.to, mail.subject, mail.text);
                std::io::stderr().lock().write_all(text.as_bytes()).map_err(|_| MailError)
            }
            Self::Nowhere => Err(MailError),
        }
    }
}
