//! Where the mails of a command go.

use std::io::Write as _;
use std::time::Duration;

use async_trait::async_trait;
use authkit_core::{Config, Environment, Mail, MailError, Mailer};
use authkit_mail_smtp::{SmtpMailer, StartError};

use crate::codes::CliCode;
use crate::failure::Failure;
use crate::settings::Settings;

/// How long a command waits for its mail to be taken.
pub(crate) const DELIVERY: Duration = Duration::from_secs(60);

/// What the settings allow.
#[derive(Debug, Clone)]
pub(crate) enum Post {
    /// By the mail server of the settings.
    Smtp(SmtpMailer),
    /// In development nobody sends mail: they are printed.
    Printed,
    /// In production nothing is set up that the command could use.
    Nowhere,
}

impl Post {
    pub(crate) fn of(config: &Config, settings: &Settings) -> Result<Self, Failure> {
        match (SmtpMailer::from_config(config), config.environment()) {
            (Ok(Some(mailer)), _) => Ok(Self::Smtp(mailer)),
            (Ok(None), Environment::Development) => Ok(Self::Printed),
            (Ok(None), Environment::Production) => Ok(Self::Nowhere),
            (Err(StartError::Settings(error)), _) => Err(settings.refused(&error)),
            (Err(error), _) => Err(Failure::new(CliCode::NoMail, error.to_string()).fix(FIX)),
        }
    }

    /// Something takes mails. A mail server is asked, so that nobody waits for a mail that cannot come.
    pub(crate) async fn require(&self) -> Result<(), Failure> {
        match self {
            Self::Smtp(mailer) => {
                mailer.check().await.map_err(|error| Failure::new(CliCode::NoMail, error.to_string()).fix(FIX))
            }
            Self::Printed => Ok(()),
            Self::Nowhere => Err(Failure::new(
                CliCode::NoMail,
                "the settings name no mail server, and a mailer of the application's own is out of reach here",
            )
            .fix("set AUTHKIT_ENABLE_SMTP and what belongs to it, or use the administration in the browser")),
        }
    }

    /// Where it went, for a sentence.
    pub(crate) const fn told(&self) -> &'static str {
        match self {
            Self::Smtp(_) => "handed to the mail server",
            Self::Printed => "printed above, since this is development",
            Self::Nowhere => "not sent",
        }
    }
}

/// What mends a mail server that does not take mails.
pub(crate) const FIX: &str =
    "look at what AUTHKIT_SMTP_HOST, AUTHKIT_SMTP_PORT and the others say: authkit config show";

#[async_trait]
impl Mailer for Post {
    fn enqueue(&self, mail: Mail) -> Result<(), MailError> {
        match self {
            Self::Smtp(mailer) => mailer.enqueue(mail),
            // Standard output is for data alone.
            Self::Printed => {
                let text = format!("--- mail to {}: {}\n{}\n---\n", mail.to, mail.subject, mail.text);
                std::io::stderr().lock().write_all(text.as_bytes()).map_err(|_| MailError)
            }
            Self::Nowhere => Err(MailError),
        }
    }

    async fn drain(&self, grace: Duration) {
        if let Self::Smtp(mailer) = self {
            mailer.drain(grace).await;
        }
    }
}
