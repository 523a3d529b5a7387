//! The port to the words of mails.

use crate::model::mail::{MailContent, MailFacts};

/// Makes the words of mails. What it leaves to [`BuiltInMails`](crate::BuiltInMails) is written there.
///
/// A closure is one, too. It is called for addresses without an account as well, and what it made is thrown away then:
/// both must cost the same.
///
/// # Examples
/// ```
/// use authkit_core::{AuthKit, Config, MailContent, MailFacts, MailKind};
/// use authkit_store_memory::MemoryStore;
///
/// let templates = |facts: &MailFacts<'_>| match facts.kind {
///     MailKind::PasswordReset { link, .. } => Some(MailContent {
///         subject: format!("Neues Passwort für {}", facts.product),
///         text: format!("Hier geht es weiter:\n{link}\n"),
///         html: None,
///     }),
///     _ => None,
/// };
/// let kit = AuthKit::builder().store(MemoryStore::new()).mail_templates(templates).config(Config::development()).build()?;
/// # let _ = kit;
/// # Ok::<(), authkit_core::ConfigError>(())
/// ```
pub trait MailTemplates: Send + Sync + 'static {
    /// The words of a mail; `None`: the built-in ones.
    fn content(&self, facts: &MailFacts<'_>) -> Option<MailContent>;
}

impl<F: Fn(&MailFacts<'_>) -> Option<MailContent> + Send + Sync + 'static> MailTemplates for F {
    fn content(&self, facts: &MailFacts<'_>) -> Option<MailContent> {
        self(facts)
    }
}
