//! A clock that stands still until it is moved.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use authkit_core::{Clock, Timestamp};

/// Stands still until it is moved. Clones are one clock.
#[derive(Debug, Clone)]
pub struct ManualClock(Arc<AtomicI64>);

impl ManualClock {
    /// 2026-01-01T00:00:00Z.
    pub const START: Timestamp = Timestamp::from_seconds(1_767_225_600);

    /// A clock at [`Self::START`].
    pub fn new() -> Self {
        Self(Arc::new(AtomicI64::new(Self::START.as_micros())))
    }

    /// Forward.
    pub fn advance(&self, by: Duration) {
        self.set(self.now() + by);
    }

    /// Forward by the smallest step, so that what comes next has later ids.
    pub fn tick(&self) {
        self.advance(Duration::from_micros(1));
    }

    /// Backward, as when a node's clock is set.
    pub fn step_back(&self, by: Duration) {
        self.set(self.now() - by);
    }

    /// To an instant.
    pub fn set(&self, at: Timestamp) {
        self.0.store(at.as_micros(), Ordering::SeqCst);
    }
}

impl Default for ManualClock {
    fn default() -> Self {
        Self::new()
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_micros(self.0.load(Ordering::SeqCst))
    }
}
