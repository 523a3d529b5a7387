//! What an SMTP mailer is made of.

use std::fmt;
use std::time::Duration;

use authkit_core::{Config, SecretText};
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::extension::ClientId;

use crate::error::StartError;
use crate::host::Host;
use crate::message::Sender;
use crate::queue::QueueOptions;
use crate::security::{Security, tls_parameters};
use crate::session::Server;
use crate::smtp::SmtpMailer;

/// How long each step of a delivery may take unless it is set.
const STEP: Duration = Duration::from_secs(30);

/// Makes an [`SmtpMailer`]; see [`SmtpMailer::builder`].
#[derive(Clone)]
pub struct SmtpMailerBuilder {
    host: String,
    port: u16,
    security: Option<Security>,
    credentials: Option<(String, SecretText)>,
    from: String,
    from_name: Option<String>,
    roots: Option<Vec<u8>>,
    step: Duration,
    options: QueueOptions,
}

impl SmtpMailer {
    /// One that is set in code: the server's name or address, and the address that mails come from.
    pub fn builder(host: impl Into<String>, from: impl Into<String>) -> SmtpMailerBuilder {
        SmtpMailerBuilder::new(host.into(), from.into())
    }

    /// One from the settings; `None` where `AUTHKIT_ENABLE_SMTP` is off. Must be called inside of a tokio runtime.
    ///
    /// Port 465 means TLS from the first byte, a host on this machine no TLS, anything else STARTTLS. To set more, begin
    /// with [`SmtpMailerBuilder::from_config`].
    ///
    /// # Errors
    /// [`StartError`]: the settings are refused, or see [`SmtpMailerBuilder::start`].
    pub fn from_config(config: &Config) -> Result<Option<Self>, StartError> {
        SmtpMailerBuilder::from_config(config)?.map(SmtpMailerBuilder::start).transpose()
    }
}

impl SmtpMailerBuilder {
    fn new(host: String, from: String) -> Self {
        Self {
            host,
            port: 587,
            security: None,
            credentials: None,
            from,
            from_name: None,
            roots: None,
            step: STEP,
            options: QueueOptions::default(),
        }
    }

    /// What the settings say, with more to be set; `None` where `AUTHKIT_ENABLE_SMTP` is off.
    ///
    /// # Errors
    /// [`StartError::Settings`].
    pub fn from_config(config: &Config) -> Result<Option<Self>, StartError> {
        let Some(settings) = config.smtp_settings()? else { return Ok(None) };
        let mut builder = Self::new(settings.host, settings.from).port(settings.port).from_name(settings.from_name);
        builder.credentials = settings.credentials;
        Ok(Some(builder))
    }

    /// The port; 587 unless it is set.
    #[must_use]
    pub fn port(self, port: u16) -> Self {
        Self { port, ..self }
    }

    /// How the connection is protected. Unless it is set: on port 465 [`Security::Tls`], on this machine
    /// [`Security::Plain`], else [`Security::StartTls`].
    #[must_use]
    pub fn security(self, security: Security) -> Self {
        Self { security: Some(security), ..self }
    }

    /// User and password at the server.
    #[must_use]
    pub fn credentials(self, user: impl Into<String>, password: impl Into<SecretText>) -> Self {
        Self { credentials: Some((user.into(), password.into())), ..self }
    }

    /// The name beside the sender's address, such as the product's.
    #[must_use]
    pub fn from_name(self, name: impl Into<String>) -> Self {
        Self { from_name: Some(name.into()), ..self }
    }

    /// The authorities that the server's certificate has to lead to, in PEM form, and no others. Unless they are set:
    /// those of the system.
    #[must_use]
    pub fn root_certificates(self, pem: impl Into<Vec<u8>>) -> Self {
        Self { roots: Some(pem.into()), ..self }
    }

    /// How long each step may take: connecting, STARTTLS, signing in, handing over. 30 s unless it is set.
    #[must_use]
    pub fn timeout(self, step: Duration) -> Self {
        Self { step, ..self }
    }

    /// How many mails may wait; 1000 unless it is set. One more is refused and recorded as `mail.failed`.
    #[must_use]
    pub fn capacity(mut self, mails: usize) -> Self {
        self.options.capacity = mails;
        self
    }

    /// The pauses before the second try, the third, and so on; 1 s, 5 s, 30 s, 2 min and 5 min unless they are set.
    #[must_use]
    pub fn retries(mut self, pauses: impl IntoIterator<Item = Duration>) -> Self {
        self.options.retries = pauses.into_iter().collect();
        self
    }

    /// Starts the task that delivers. Nothing is sent and nobody is connected to.
    ///
    /// # Errors
    /// [`StartError`]: there is no tokio runtime, the connection would leave this machine without TLS, or host, sender or
    /// certificates cannot be used.
    pub fn start(self) -> Result<SmtpMailer, StartError> {
        let host = Host::parse(&self.host)?;
        let sender = Sender::new(self.from_name, &self.from)?;
        let security = self.security.unwrap_or_else(|| Security::usual(&host, self.port));
        let tls = match security {
            Security::Plain if !host.is_loopback() => return Err(StartError::PlainOffThisMachine),
            Security::Plain => None,
            Security::StartTls | Security::Tls => Some(tls_parameters(&host, self.roots.as_deref())?),
        };
        let credentials = self.credentials.map(|(user, password)| Credentials::new(user, password.expose().to_owned()));
        let hello = ClientId::Domain(sender.domain().to_owned());
        let server = Server { host, port: self.port, security, tls, credentials, hello, step: self.step };
        SmtpMailer::start(server, sender, self.options)
    }
}

impl fmt::Debug for SmtpMailerBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SmtpMailerBuilder")
            .field("host", &self.host)
            .field("port", &self.port)
            .field("security", &self.security)
            .field("from", &self.from)
            .finish_non_exhaustive()
    }
}
