//! When a query on a connection is broken off.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// How many steps SQLite's machine makes between two looks at the clock: well under a millisecond.
pub(crate) const STEPS_BETWEEN_LOOKS: i32 = 4_096;

/// The deadline of one connection, which the thread that runs the query sets and the query itself looks at.
///
/// This is the process's own time, for its own protection: it decides nothing that is stored.
#[derive(Debug)]
pub(crate) struct Deadline {
    base: Instant,
    /// Since `base`.
    micros: AtomicU64,
}

impl Deadline {
    pub(crate) fn never() -> Self {
        Self { base: Instant::now(), micros: AtomicU64::new(u64::MAX) }
    }

    pub(crate) fn set(&self, at: Instant) {
        self.micros.store(micros(at.saturating_duration_since(self.base)), Ordering::Relaxed);
    }

    /// Breaks off whatever runs.
    pub(crate) fn set_passed(&self) {
        self.micros.store(0, Ordering::Relaxed);
    }

    pub(crate) fn is_passed(&self) -> bool {
        micros(self.base.elapsed()) >= self.micros.load(Ordering::Relaxed)
    }
}

fn micros(duration: Duration) -> u64 {
    u64::try_from(duration.as_micros()).unwrap_or(u64::MAX)
}
