//! Lengths of time, as a test writes them.

use std::time::Duration;

/// So many days of 24 hours.
pub const fn days(n: u32) -> Duration {
    hours(n.saturating_mul(24))
}

/// So many hours.
pub const fn hours(n: u32) -> Duration {
    Duration::from_secs(n as u64 * 3_600)
}

/// So many minutes.
pub const fn minutes(n: u32) -> Duration {
    Duration::from_secs(n as u64 * 60)
}
