//! The mailer that speaks SMTP.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use authkit_core::{Mail, MailError, Mailer};

use crate::delivery::{Deliver, DeliveryError};
use crate::error::StartError;
use crate::message::Sender;
use crate::queue::{Queue, QueueOptions};
use crate::session::Server;

/// Sends mails by SMTP, from a bounded queue that is filled while a request is answered and emptied after it.
///
/// A mail that the server takes later (4xx), or that cannot be handed over because the server is away, slow or cut off, is
/// tried again after 1 s, 5 s, 30 s, 2 min and 5 min. One that it refuses (5xx) is not. What is lost is in the audit trail
/// as `mail.failed`. A mail may arrive twice where the connection is cut after the server took it; none is dropped for that.
///
/// Clones are one mailer. It must be made inside of a tokio runtime, and delivers there.
///
/// # Examples
/// From the `AUTHKIT_SMTP_*` variables:
/// ```
/// use authkit_core::{AuthKit, Config};
/// use authkit_mail_smtp::SmtpMailer;
/// use authkit_store_memory::MemoryStore;
///
/// # tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
/// # let vars = [
/// #     ("AUTHKIT_ENV", "development"), ("AUTHKIT_ENABLE_SMTP", "yes"), ("AUTHKIT_SMTP_HOST", "127.0.0.1"),
/// # ].map(|(name, value)| (name.to_owned(), value.to_owned()));
/// let config = Config::from_vars(vars)?;
/// let mailer = SmtpMailer::from_config(&config)?;
/// let kit = AuthKit::builder().store(MemoryStore::new()).mailer_if(mailer).config(config).build()?;
/// # let _ = kit;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # }).unwrap();
/// # Ok::<(), std::io::Error>(())
/// ```
/// In code:
/// ```no_run
/// use authkit_mail_smtp::SmtpMailer;
///
/// # fn example() -> Result<(), authkit_mail_smtp::StartError> {
/// let mailer = SmtpMailer::builder("mail.example.com", "no-reply@example.com")
///     .credentials("no-reply@example.com", std::env::var("MAIL_PASSWORD").unwrap_or_default())
///     .start()?;
/// # let _ = mailer;
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct SmtpMailer(Arc<Inner>);

struct Inner {
    queue: Queue,
    server: Server,
}

/// The mail server does not answer as it should.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the mail server {server} cannot be used: {why}")]
pub struct CheckError {
    server: String,
    step: &'static str,
    why: String,
}

impl CheckError {
    /// `host:port`.
    pub fn server(&self) -> &str {
        &self.server
    }

    /// At which step it failed: `the connection`, `STARTTLS`, `AUTH` or `NOOP`.
    pub const fn step(&self) -> &'static str {
        self.step
    }

    /// What failed, with what the server said.
    pub fn why(&self) -> &str {
        &self.why
    }
}

impl SmtpMailer {
    pub(crate) fn start(server: Server, sender: Sender, options: QueueOptions) -> Result<Self, StartError> {
        let queue = Queue::start(Delivery { server: server.clone(), sender }, options)?;
        Ok(Self(Arc::new(Inner { queue, server })))
    }

    /// Asks the server whether it would take mails: connects, greets it, turns to TLS, signs in, as a delivery does, and
    /// sends nothing. For `authkit doctor` and readiness checks.
    ///
    /// # Errors
    /// [`CheckError`]: where it failed, and what the server said.
    pub async fn check(&self) -> Result<(), CheckError> {
        let server = &self.0.server;
        server.probe().await.map_err(|failed| CheckError {
            server: format!("{}:{}", server.host.as_str(), server.port),
            step: failed.step(),
            why: failed.in_full(),
        })
    }

    /// How many mails wait or are on their way.
    pub fn pending(&self) -> usize {
        self.0.queue.pending()
    }
}

#[async_trait]
impl Mailer for SmtpMailer {
    fn enqueue(&self, mail: Mail) -> Result<(), MailError> {
        self.0.queue.enqueue(mail)
    }

    async fn drain(&self, grace: Duration) {
        self.0.queue.drain(grace).await;
    }
}

impl fmt::Debug for SmtpMailer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Server { host, port, security, .. } = &self.0.server;
        f.debug_struct("SmtpMailer")
            .field("host", &host.as_str())
            .field("port", port)
            .field("security", security)
            .field("pending", &self.pending())
            .finish_non_exhaustive()
    }
}

/// One mail, one session.
struct Delivery {
    server: Server,
    sender: Sender,
}

impl Deliver for Delivery {
    async fn deliver(&self, mail: &Mail) -> Result<(), DeliveryError> {
        let wire = self.sender.message(mail)?;
        self.server.send(&wire).await.map_err(crate::session::Failed::into_delivery_error)
    }
}
