//! Where the mails of a command go: to the mail server of the settings, or to the terminal in development.

use std::io::Write as _;
use std::time::Duration;

use authkit_core::{Config, Environment, Mail, MailError, Mailer};
use authkit_mail_smtp::{SmtpMailer, SmtpMailerBuilder, StartError};

use crate::codes::CliCode;
use crate::failure::{Failure, chain};
use crate::settings::Settings;

/// How long a step at the mail server may take, with somebody waiting for it.
const STEP: Duration = Duration::from_secs(10);
/// How long one mail may take in all.
const GRACE: Duration = Duration::from_secs(45);

/// What the settings allow.
#[derive(Debug, Clone)]
pub(crate) enum Post {
    /// The settings name a mail server.
    Sent(SmtpMailer),
    /// In development nobody sends mail: they are printed.
    Printed,
    /// In production nothing is set up that the command could use.
    Nowhere,
}

impl Post {
    /// Nobody is connected to. A mail is tried once: whoever typed the command can try again.
    pub(crate) fn of(config: &Config, settings: &Settings) -> Result<Self, Failure> {
        let builder = SmtpMailerBuilder::from_config(config);
        let builder = builder.map(|builder| builder.map(|builder| builder.timeout(STEP).retries([])));
        let mailer = builder.and_then(|builder| builder.map(SmtpMailerBuilder::start).transpose());
        let mailer = mailer.map_err(|error| match error {
            StartError::Settings(error) => settings.refused(&error),
            other => Failure::new(CliCode::NoMail, chain(&other)),
        })?;
        Ok(match (mailer, config.environment()) {
            (Some(mailer), _) => Self::Sent(mailer),
            (None, Environment::Development) => Self::Printed,
            (None, Environment::Production) => Self::Nowhere,
        })
    }

    /// Something takes mails, and the mail server answers.
    pub(crate) async fn require(&self) -> Result<(), Failure> {
        match self {
            Self::Printed => Ok(()),
            Self::Sent(mailer) => mailer.check().await.map_err(|error| {
                Failure::new(CliCode::NoMail, error.to_string()).fix("authkit doctor, and see the guide, \"Mail\"")
            }),
            Self::Nowhere => Err(Failure::new(
                CliCode::NoMail,
                "the settings name no mail server, and a mailer of the application's own is out of reach here",
            )
            .fix("set AUTHKIT_ENABLE_SMTP and what belongs to it, or use the administration in the browser")),
        }
    }

    /// Ready when every mail is delivered or given up.
    pub(crate) async fn finish(&self) {
        if let Self::Sent(mailer) = self {
            mailer.drain(GRACE).await;
        }
    }

    /// Where it went, for a sentence.
    pub(crate) const fn told(&self) -> &'static str {
        match self {
            Self::Sent(_) => "sent",
            Self::Printed => "printed above, since this is development",
            Self::Nowhere => "not sent",
        }
    }
}

impl Mailer for Post {
    fn enqueue(&self, mail: Mail) -> Result<(), MailError> {
        match self {
            Self::Sent(mailer) => mailer.enqueue(mail),
            // Standard output is for data alone.
            Self::Printed => {
                let text = format!("--- mail to {}: {}\n{}\n---\n", mail.to, mail.subject, mail.text);
                std::io::stderr().lock().write_all(text.as_bytes()).map_err(|_| MailError)
            }
            Self::Nowhere => Err(MailError),
        }
    }
}
