//! The port to time, and the one place that reads the system's.

use crate::model::timestamp::Timestamp;

/// Tells the time. All that depends on it is then a matter of arguments, and a test moves the clock.
pub trait Clock: Send + Sync + 'static {
    /// The instant it is now, in UTC.
    fn now(&self) -> Timestamp;
}

/// The system's clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this is the port's implementation")]
    fn now(&self) -> Timestamp {
        Timestamp::MIN + std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default()
    }
}
