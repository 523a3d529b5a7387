//! The ports under which the past is made: a clock that is moved, randomness that repeats, mail that nobody gets.

use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use authkit_core::{Clock, Mail, MailError, Mailer, RandomError, ResetToken, SecureRandom, Timestamp};

use super::dice::Dice;

/// Stands still until it is moved. Clones are one clock.
#[derive(Clone)]
pub(super) struct Moved(Arc<AtomicI64>);

impl Moved {
    pub(super) fn to(at: Timestamp) -> Self {
        Self(Arc::new(AtomicI64::new(at.as_micros())))
    }

    pub(super) fn set(&self, at: Timestamp) {
        self.0.store(at.as_micros(), Ordering::SeqCst);
    }
}

impl Clock for Moved {
    fn now(&self) -> Timestamp {
        Timestamp::from_micros(self.0.load(Ordering::SeqCst))
    }
}

/// The same bytes in every run: for names of things in a demo, never for a server.
pub(super) struct Repeated(Mutex<Dice>);

impl Default for Repeated {
    fn default() -> Self {
        Self(Mutex::new(Dice::new(0x0a17_4b17)))
    }
}

impl SecureRandom for Repeated {
    fn fill(&self, bytes: &mut [u8]) -> Result<(), RandomError> {
        let mut dice = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for chunk in bytes.chunks_mut(8) {
            chunk.copy_from_slice(&dice.next().to_le_bytes()[..chunk.len()]);
        }
        Ok(())
    }
}

/// Keeps the token of the last mail.
#[derive(Clone, Default)]
pub(super) struct Inbox(Arc<Mutex<Option<ResetToken>>>);

impl Inbox {
    pub(super) fn take(&self) -> Option<ResetToken> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

impl Mailer for Inbox {
    fn enqueue(&self, mail: Mail) -> Result<(), MailError> {
        let token = mail.kind.token().map(|token| ResetToken::new(token.expose()));
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = token;
        Ok(())
    }

    fn is_for_development(&self) -> bool {
        true
    }
}
