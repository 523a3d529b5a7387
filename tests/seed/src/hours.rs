//! Events counted by the hour, as the store's own roll-up counts them.

use std::collections::HashMap;
use std::time::Duration;

use authkit_core::{Event, EventCode, Timestamp};

/// A roll-up leaves out what may still be on its way.
const LATE: Duration = Duration::from_secs(5 * 60);

/// The counts of all whole hours.
pub struct Hours {
    mark: Timestamp,
    counts: HashMap<(i64, EventCode), i64>,
}

impl Hours {
    /// Up to the last hour that is over at an instant.
    pub fn until(at: Timestamp) -> Self {
        Self { mark: (at - LATE).hour(), counts: HashMap::new() }
    }

    pub fn count(&mut self, event: &Event) {
        let hour = event.at.hour();
        if hour < self.mark {
            *self.counts.entry((hour.as_micros(), event.code.clone())).or_default() += 1;
        }
    }

    /// The first hour that is not counted.
    pub const fn mark(&self) -> Timestamp {
        self.mark
    }

    /// Hour, code and number, in that order.
    pub fn rows(&self) -> Vec<(Timestamp, &str, i64)> {
        let mut rows: Vec<_> =
            self.counts.iter().map(|((hour, code), n)| (Timestamp::from_micros(*hour), code.as_str(), *n)).collect();
        rows.sort_unstable();
        rows
    }
}
