//! A mailer that keeps what it is given.

use std::sync::{Arc, Mutex};

use authkit_core::{Mail, MailError, Mailer, ResetToken, VerificationToken};

/// Keeps mails. Clones are one mailbox.
#[derive(Debug, Clone, Default)]
pub struct Mailbox {
    mails: Arc<Mutex<Vec<Mail>>>,
    broken: bool,
}

impl Mailbox {
    /// A mailer that takes nothing.
    pub fn broken() -> Self {
        Self { broken: true, ..Self::default() }
    }

    /// All mails so far.
    pub fn all(&self) -> Vec<Mail> {
        self.mails.lock().expect("no test panics here").clone()
    }

    /// The reset token of the last mail to an address.
    pub fn reset_token(&self, to: &str) -> Option<ResetToken> {
        self.all().into_iter().rev().find_map(|mail| mail.kind.token().filter(|_| mail.to == to).cloned())
    }
}

impl Mailbox {
    /// The reset token of the last mail that has one.
    pub fn last_reset_token(&self) -> Option<ResetToken> {
        self.all().into_iter().rev().find_map(|mail| mail.kind.token().cloned())
    }

    /// The token of the last mail that proves an address.
    pub fn last_verification_token(&self) -> Option<VerificationToken> {
        self.all().into_iter().rev().find_map(|mail| mail.kind.verification_token().cloned())
    }
}

impl Mailer for Mailbox {
    fn enqueue(&self, mail: Mail) -> Result<(), MailError> {
        if self.broken {
            return Err(MailError);
        }
        self.mails.lock().expect("no test panics here").push(mail);
        Ok(())
    }
}
