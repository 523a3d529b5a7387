//! Mails that go nowhere.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::model::mail::Mail;
use crate::ports::mailer::{MailError, Mailer};

/// Keeps every mail, in the order of their sending, and shows them to nobody but the test. Clones are one outbox.
#[derive(Debug, Clone, Default)]
pub struct Outbox {
    mails: Arc<Mutex<Vec<Mail>>>,
    broken: bool,
}

impl Outbox {
    /// A mailer that takes nothing.
    pub fn broken() -> Self {
        Self { broken: true, ..Self::default() }
    }

    /// All mails so far, the oldest first.
    pub fn all(&self) -> Vec<Mail> {
        self.lock().clone()
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Mail>> {
        self.mails.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Mailer for Outbox {
    fn enqueue(&self, mail: Mail) -> Result<(), MailError> {
        if self.broken {
            return Err(MailError);
        }
        self.lock().push(mail);
        Ok(())
    }

    fn is_for_development(&self) -> bool {
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::mail::{MailContent, MailKind};

    #[test]
    fn it_keeps_what_it_takes_and_a_broken_one_takes_nothing() {
        let content = MailContent { subject: "Hello".to_owned(), text: String::new(), html: None };
        let mail = Mail::new("ada@example.com", MailKind::PasswordChanged, content);
        let (whole, broken) = (Outbox::default(), Outbox::broken());
        assert_eq!(whole.clone().enqueue(mail.clone()), Ok(()));
        assert_eq!(broken.enqueue(mail), Err(MailError));
        assert_eq!((whole.all().len(), broken.all().len()), (1, 0));
    }
}
