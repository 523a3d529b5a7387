//! A conversation with the mail server, step by step: each has its time, and its failure a reason that holds nothing of
//! the mail.

use std::error::Error as _;
use std::future::Future;
use std::time::Duration;

use lettre::transport::smtp::Error as SmtpError;
use lettre::transport::smtp::authentication::{Credentials, DEFAULT_MECHANISMS};
use lettre::transport::smtp::client::{AsyncSmtpConnection, TlsParameters};
use lettre::transport::smtp::commands::Noop;
use lettre::transport::smtp::extension::ClientId;
use tokio::time::timeout;

use crate::delivery::DeliveryError;
use crate::host::Host;
use crate::message::Wire;
use crate::security::Security;

/// How long the farewell may take. The mail is delivered by then, whatever the server says.
const FAREWELL: Duration = Duration::from_secs(1);

/// Where the server is and how it is spoken to.
#[derive(Clone)]
pub(crate) struct Server {
    pub(crate) host: Host,
    pub(crate) port: u16,
    /// How the connection is protected, with what verifies the certificate where there is one.
    pub(crate) security: Security,
    pub(crate) tls: Option<TlsParameters>,
    pub(crate) credentials: Option<Credentials>,
    /// Who we say that we are.
    pub(crate) hello: ClientId,
    /// For each step.
    pub(crate) step: Duration,
}

/// What failed, at which step.
pub(crate) struct Failed {
    step: &'static str,
    why: Why,
}

enum Why {
    Slow(Duration),
    NotEncrypted,
    Smtp(SmtpError),
}

impl Server {
    /// Opens a session and hands over one message.
    pub(crate) async fn send(&self, wire: &Wire) -> Result<(), Failed> {
        let mut connection = self.open().await?;
        let sent = self.within("the mail", connection.send(&wire.envelope, &wire.bytes)).await.map(drop);
        // From here on a failure changes nothing: to try again would send the mail twice.
        let _ = timeout(FAREWELL, connection.abort()).await;
        sent
    }

    /// Opens a session and does nothing in it.
    pub(crate) async fn probe(&self) -> Result<(), Failed> {
        let mut connection = self.open().await?;
        let answered = self.within("NOOP", connection.command(Noop)).await.map(drop);
        let _ = timeout(FAREWELL, connection.abort()).await;
        answered
    }

    /// Connects, greets, turns to TLS and signs in, as it is set.
    async fn open(&self) -> Result<AsyncSmtpConnection, Failed> {
        let address = (self.host.as_str(), self.port);
        let at_once = self.tls.clone().filter(|_| self.security == Security::Tls);
        let connect = AsyncSmtpConnection::connect_tokio1(address, Some(self.step), &self.hello, at_once, None);
        let mut connection = self.within("the connection", connect).await?;
        if let (Security::StartTls, Some(tls)) = (self.security, self.tls.clone()) {
            self.within("STARTTLS", connection.starttls(tls, &self.hello)).await?;
        }
        // Whatever the library did before: without TLS neither password nor mail goes any further.
        if self.security != Security::Plain && !connection.is_encrypted() {
            return Err(Failed { step: "STARTTLS", why: Why::NotEncrypted });
        }
        if let Some(credentials) = &self.credentials {
            self.within("AUTH", connection.auth(DEFAULT_MECHANISMS, credentials)).await?;
        }
        Ok(connection)
    }

    async fn within<T>(
        &self,
        step: &'static str,
        work: impl Future<Output = Result<T, SmtpError>>,
    ) -> Result<T, Failed> {
        match timeout(self.step, work).await {
            Ok(Ok(done)) => Ok(done),
            Ok(Err(error)) => Err(Failed { step, why: Why::Smtp(error) }),
            Err(_) => Err(Failed { step, why: Why::Slow(self.step) }),
        }
    }
}

impl Failed {
    /// In words of our own: what the server said stays out, since it may repeat the mail.
    pub(crate) fn into_delivery_error(self) -> DeliveryError {
        let text = format!("{} at {}", self.in_short(), self.step);
        match &self.why {
            Why::Smtp(error) if error.is_permanent() => DeliveryError::give_up(text),
            _ => DeliveryError::retry(text),
        }
    }

    /// With what the server said, for whoever checks the settings: no mail was sent that it could repeat.
    pub(crate) fn in_full(&self) -> String {
        let said = match &self.why {
            Why::Smtp(error) if error.status().is_some() => error.source().map(ToString::to_string),
            _ => None,
        };
        let said = said.map(|said| format!(": {}", authkit_core::printable(&said, 300))).unwrap_or_default();
        format!("{} at {}{said}", self.in_short(), self.step)
    }

    /// The step at which it failed.
    pub(crate) const fn step(&self) -> &'static str {
        self.step
    }

    fn in_short(&self) -> String {
        let error = match &self.why {
            Why::Slow(limit) => return format!("no answer within {} ms", limit.as_millis()),
            Why::NotEncrypted => return "the server offers no TLS".to_owned(),
            Why::Smtp(error) => error,
        };
        if let Some(code) = error.status() {
            return format!("the server answered {code}");
        }
        let mut source = error.source();
        while let Some(cause) = source {
            if let Some(tls) = tls_error(cause) {
                return format!("TLS failed, {tls}");
            }
            if let Some(io) = cause.downcast_ref::<std::io::Error>() {
                return format!("the network failed, {}", io.kind());
            }
            source = cause.source();
        }
        if error.is_response() {
            return "the connection was cut or the answer made no sense".to_owned();
        }
        // The library's own: that the server lacks STARTTLS, a way to sign in, or UTF-8 in addresses.
        match (error.is_client(), error.source()) {
            (true, Some(why)) => why.to_string(),
            _ => "the connection failed".to_owned(),
        }
    }
}

/// What TLS had to say, wherever it is wrapped.
fn tls_error<'a>(cause: &'a (dyn std::error::Error + 'static)) -> Option<&'a rustls::Error> {
    cause.downcast_ref::<rustls::Error>().or_else(|| {
        let inner = cause.downcast_ref::<std::io::Error>()?.get_ref()?;
        inner.downcast_ref::<rustls::Error>()
    })
}
