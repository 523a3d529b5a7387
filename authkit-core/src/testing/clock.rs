//! A clock that a test moves.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use crate::model::timestamp::Timestamp;
use crate::ports::clock::Clock;

/// Stands still until it is moved, or goes on by a microsecond with every look. Clones are one clock.
///
/// # Examples
/// ```
/// use authkit_core::Clock as _;
/// use authkit_core::testing::ManualClock;
/// use std::time::Duration;
///
/// let clock = ManualClock::new();
/// clock.advance(Duration::from_secs(60));
/// assert_eq!(clock.now(), ManualClock::START + Duration::from_secs(60));
/// ```
#[derive(Debug, Clone)]
pub struct ManualClock {
    micros: Arc<AtomicI64>,
    /// How far it goes on by itself at each look.
    step: i64,
}

impl ManualClock {
    /// 2026-01-01T00:00:00Z.
    pub const START: Timestamp = Timestamp::from_seconds(1_767_225_600);

    /// A clock that stands at [`Self::START`].
    pub fn new() -> Self {
        Self { micros: Arc::new(AtomicI64::new(Self::START.as_micros())), step: 0 }
    }

    /// A clock that begins at [`Self::START`] and goes on by a microsecond with every look, so that no two things happen at
    /// once and lists have the order in which they happened.
    pub fn ticking() -> Self {
        Self { step: 1, ..Self::new() }
    }

    /// Forward.
    pub fn advance(&self, by: Duration) {
        self.micros.fetch_add(micros(by), Ordering::SeqCst);
    }

    /// Forward by the smallest step, so that what comes next has later ids.
    pub fn tick(&self) {
        self.advance(Duration::from_micros(1));
    }

    /// Backward, as when a machine's clock is set.
    pub fn step_back(&self, by: Duration) {
        self.micros.fetch_sub(micros(by), Ordering::SeqCst);
    }

    /// To an instant.
    pub fn set(&self, at: Timestamp) {
        self.micros.store(at.as_micros(), Ordering::SeqCst);
    }
}

fn micros(length: Duration) -> i64 {
    i64::try_from(length.as_micros()).unwrap_or(i64::MAX)
}

impl Default for ManualClock {
    fn default() -> Self {
        Self::new()
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_micros(self.micros.fetch_add(self.step, Ordering::SeqCst))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_stands_or_ticks_and_goes_where_it_is_sent() {
        let (standing, ticking) = (ManualClock::new(), ManualClock::ticking());
        assert_eq!((standing.now(), standing.now()), (ManualClock::START, ManualClock::START));
        assert!(ticking.now() < ticking.now());
        let same = standing.clone();
        same.advance(Duration::from_secs(5));
        same.step_back(Duration::from_secs(2));
        assert_eq!(standing.now(), ManualClock::START + Duration::from_secs(3));
        standing.set(ManualClock::START);
        standing.tick();
        assert_eq!(same.now(), ManualClock::START + Duration::from_micros(1));
    }
}
