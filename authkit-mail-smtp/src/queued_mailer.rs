//! The mailer that calls an async closure.

use std::fmt;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use authkit_core::{Mail, MailError, Mailer};
use tokio::time::timeout;

use crate::delivery::{Deliver, DeliveryError};
use crate::error::StartError;
use crate::queue::{Queue, QueueOptions};

/// How long a call may take.
const CALL: Duration = Duration::from_secs(60);

/// Hands mails to an async closure, one after the other, from the same queue that [`SmtpMailer`](crate::SmtpMailer) has:
/// bounded, filled while a request is answered, with retries, drained at the stop. For a mail service with an API of its
/// own, or a queue that the application has already.
///
/// A call that takes longer than a minute is dropped and tried again. Clones are one mailer.
///
/// # Examples
/// ```
/// use authkit_core::{AuthKit, Config};
/// use authkit_mail_smtp::{DeliveryError, QueuedMailer};
/// use authkit_store_memory::MemoryStore;
///
/// # async fn post(_: &str, _: &str) -> std::io::Result<u16> { Ok(202) }
/// # tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
/// let mailer = QueuedMailer::start(|mail| async move {
///     match post(&mail.to, &mail.text).await {
///         Ok(202) => Ok(()),
///         Ok(429 | 500..) => Err(DeliveryError::retry("the service is busy")),
///         Ok(status) => Err(DeliveryError::give_up(format!("the service answered {status}"))),
///         Err(error) => Err(DeliveryError::retry(error.kind().to_string())),
///     }
/// })?;
/// let kit = AuthKit::builder().store(MemoryStore::new()).mailer(mailer).config(Config::development()).build()?;
/// # let _ = kit;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # }).unwrap();
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Clone)]
pub struct QueuedMailer(Arc<Queue>);

impl QueuedMailer {
    /// Starts the task that calls it, with the queue of [`SmtpMailer`](crate::SmtpMailer). Must be called inside of a
    /// tokio runtime.
    ///
    /// # Errors
    /// [`StartError::NoRuntime`].
    pub fn start<F, D>(deliver: F) -> Result<Self, StartError>
    where
        F: Fn(Mail) -> D + Send + Sync + 'static,
        D: Future<Output = Result<(), DeliveryError>> + Send + 'static,
    {
        let QueueOptions { capacity, retries } = QueueOptions::default();
        Self::start_with(capacity, retries, deliver)
    }

    /// As [`Self::start`], with room for this many mails and these pauses before the second try, the third, and so on.
    ///
    /// # Errors
    /// [`StartError::NoRuntime`].
    pub fn start_with<F, D>(
        capacity: usize,
        retries: impl IntoIterator<Item = Duration>,
        deliver: F,
    ) -> Result<Self, StartError>
    where
        F: Fn(Mail) -> D + Send + Sync + 'static,
        D: Future<Output = Result<(), DeliveryError>> + Send + 'static,
    {
        let options = QueueOptions { capacity, retries: retries.into_iter().collect() };
        Ok(Self(Arc::new(Queue::start(Callback(deliver), options)?)))
    }

    /// How many mails wait or are on their way.
    pub fn pending(&self) -> usize {
        self.0.pending()
    }
}

#[async_trait]
impl Mailer for QueuedMailer {
    fn enqueue(&self, mail: Mail) -> Result<(), MailError> {
        self.0.enqueue(mail)
    }

    async fn drain(&self, grace: Duration) {
        self.0.drain(grace).await;
    }
}

impl fmt::Debug for QueuedMailer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("QueuedMailer").field("pending", &self.pending()).finish_non_exhaustive()
    }
}

struct Callback<F>(F);

impl<F, D> Deliver for Callback<F>
where
    F: Fn(Mail) -> D + Send + Sync + 'static,
    D: Future<Output = Result<(), DeliveryError>> + Send + 'static,
{
    async fn deliver(&self, mail: &Mail) -> Result<(), DeliveryError> {
        let call = timeout(CALL, (self.0)(mail.clone())).await;
        call.unwrap_or_else(|_| Err(DeliveryError::retry("the call took longer than a minute")))
    }
}
