//! A mailer out of a closure.

use std::fmt;

use crate::model::mail::Mail;
use crate::ports::mailer::{MailError, Mailer};

/// Hands every mail to a closure, for an application that sends mail its own way.
///
/// The closure is called before the request is answered and must return at once: it puts the mail where a task or thread
/// of yours finds it. For an `async` closure with a queue and retries see `QueuedMailer` of `authkit-mail-smtp`.
///
/// # Examples
/// ```
/// use authkit_core::{AuthKit, CallbackMailer, Config, MailError};
/// use authkit_store_memory::MemoryStore;
/// use std::sync::mpsc;
///
/// let (mails, outbox) = mpsc::sync_channel(1_000);
/// let mailer = CallbackMailer::new(move |mail| mails.try_send(mail).map_err(|_| MailError));
/// std::thread::spawn(move || outbox.into_iter().for_each(|mail| println!("to {}: {}", mail.to, mail.subject)));
/// let kit = AuthKit::builder().store(MemoryStore::new()).mailer(mailer).config(Config::development()).build()?;
/// # let _ = kit;
/// # Ok::<(), authkit_core::ConfigError>(())
/// ```
pub struct CallbackMailer<F> {
    take: F,
}

impl<F: Fn(Mail) -> Result<(), MailError> + Send + Sync + 'static> CallbackMailer<F> {
    /// A mailer that calls this with every mail.
    pub const fn new(take: F) -> Self {
        Self { take }
    }
}

impl<F: Fn(Mail) -> Result<(), MailError> + Send + Sync + 'static> Mailer for CallbackMailer<F> {
    fn enqueue(&self, mail: Mail) -> Result<(), MailError> {
        (self.take)(mail)
    }
}

impl<F> fmt::Debug for CallbackMailer<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CallbackMailer").finish_non_exhaustive()
    }
}
