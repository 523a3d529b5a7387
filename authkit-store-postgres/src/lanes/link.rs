//! The connection of a lane, and whether it is of use.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use tokio::time::Instant;
use tokio_postgres::Statement;

use crate::connections::Connection;

/// A lane's connection.
pub(super) struct Link {
    pub(super) connection: Connection,
    /// In the order of the lanes' reads; empty, where statements are not named.
    pub(super) kept: Vec<Statement>,
    is_broken: AtomicBool,
    made: Instant,
    /// When it answered last, in milliseconds from then on.
    answered: AtomicU64,
}

impl Link {
    pub(super) fn new(connection: Connection, kept: Vec<Statement>) -> Self {
        let (is_broken, answered) = (AtomicBool::new(false), AtomicU64::new(0));
        Self { connection, kept, is_broken, made: Instant::now(), answered }
    }

    /// It is given up when the last read on it has ended.
    pub(super) fn breaks(&self) {
        self.is_broken.store(true, Ordering::Release);
    }

    pub(super) fn is_alive(&self) -> bool {
        !self.is_broken.load(Ordering::Acquire) && self.connection.client().is_ok_and(|client| !client.is_closed())
    }

    pub(super) fn has_answered(&self) {
        let after = u64::try_from(self.made.elapsed().as_millis()).unwrap_or(u64::MAX);
        self.answered.fetch_max(after, Ordering::AcqRel);
    }

    pub(super) fn is_silent_for(&self, waited: Duration) -> bool {
        let answered = Duration::from_millis(self.answered.load(Ordering::Acquire));
        self.made.elapsed().saturating_sub(answered) >= waited
    }
}

impl Drop for Link {
    fn drop(&mut self) {
        if self.is_broken.load(Ordering::Acquire) {
            self.connection.give_up();
        }
    }
}
