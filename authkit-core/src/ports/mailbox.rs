//! The mailer of development: every mail to standard output, and the last ones kept for whoever looks.

use std::collections::VecDeque;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::model::mail::Mail;
use crate::model::timestamp::Timestamp;
use crate::ports::clock::Clock;
use crate::ports::mailer::{MailError, Mailer, StdoutMailer};

/// How many mails are kept.
const KEPT: usize = 100;

/// What the builder takes in development when it is given no mailer: writes as [`StdoutMailer`] does and keeps the last 100
/// mails in memory. Clones are one mailbox; see [`crate::AuthKit::mailbox`].
#[derive(Clone)]
pub struct Mailbox {
    mails: Arc<Mutex<VecDeque<KeptMail>>>,
    clock: Arc<dyn Clock>,
}

/// A mail that was not sent.
#[derive(Debug, Clone)]
pub struct KeptMail {
    /// When it would have been sent.
    pub at: Timestamp,
    /// The mail, its working link included.
    pub mail: Mail,
}

impl Mailbox {
    pub(crate) fn new(clock: Arc<dyn Clock>) -> Self {
        Self { mails: Arc::default(), clock }
    }

    /// The kept mails, newest first.
    pub fn mails(&self) -> Vec<KeptMail> {
        self.lock().iter().rev().cloned().collect()
    }

    /// Keeps a mail and forgets the oldest beyond the limit.
    fn keep(&self, mail: Mail) {
        let mut mails = self.lock();
        mails.push_back(KeptMail { at: self.clock.now(), mail });
        let surplus = mails.len().saturating_sub(KEPT);
        mails.drain(..surplus);
    }

    fn lock(&self) -> MutexGuard<'_, VecDeque<KeptMail>> {
        self.mails.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Mailer for Mailbox {
    fn enqueue(&self, mail: Mail) -> Result<(), MailError> {
        self.keep(mail.clone());
        StdoutMailer.enqueue(mail)
    }

    fn is_for_development(&self) -> bool {
        true
    }
}

impl fmt::Debug for Mailbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Mailbox").field("kept", &self.lock().len()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::mail::{MailContent, MailKind};
    use crate::ports::clock::SystemClock;

    fn mail(n: usize) -> Mail {
        let text = "see https://example.com/reset?token=secret".to_owned();
        let content = MailContent { subject: format!("mail {n}"), text, html: None };
        Mail::new("ada@example.com", MailKind::PasswordChanged, content)
    }

    #[test]
    fn the_last_hundred_are_kept_newest_first() {
        let mailbox = Mailbox::new(Arc::new(SystemClock));
        (0..=KEPT).for_each(|n| mailbox.clone().keep(mail(n)));
        let subjects: Vec<_> = mailbox.mails().into_iter().map(|kept| kept.mail.subject).collect();
        assert_eq!((subjects.len(), subjects[0].as_str(), subjects[KEPT - 1].as_str()), (KEPT, "mail 100", "mail 1"));
    }

    // S-96
    #[test]
    fn it_does_not_print_its_mails() {
        let mailbox = Mailbox::new(Arc::new(SystemClock));
        mailbox.keep(mail(0));
        assert!(!format!("{mailbox:?} {:?}", mailbox.mails()).contains("secret"));
    }
}
