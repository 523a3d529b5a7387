//! Where much happened in a day, beside what is usual there.

use std::net::IpAddr;

use crate::model::event_code::EventCode;
use crate::model::timestamp::Timestamp;
use crate::model::user_id::UserId;

/// What the peaks of a day are asked by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PeakQuery {
    /// What happened.
    pub code: EventCode,
    /// The end of the day, exclusive.
    pub to: Timestamp,
    /// How often at least.
    pub min: u32,
    /// How many peaks at the most, 1 to 100.
    pub limit: u16,
}

/// An address, or a user whom events are about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PeakOf {
    /// Where the events came from.
    Ip(IpAddr),
    /// Whom the events are about.
    User(UserId),
}

/// Much happened in a day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Peak {
    /// To whom, or from where.
    pub of: PeakOf,
    /// How often in the 24 hours before the end of the day.
    pub day: u64,
    /// How often in each of the seven days before that one, the latest first.
    pub week: [u64; 7],
}

/// So many times the usual is a spike.
const SPIKE: u64 = 10;

impl Peak {
    /// What a day of the week before usually brings: the median of the seven.
    pub fn usual(&self) -> u64 {
        let mut week = self.week;
        week.sort_unstable();
        let [_, _, _, median, ..] = week;
        median
    }

    /// Whether the day brought more than ten times the usual.
    pub fn is_spike(&self) -> bool {
        self.day > self.usual().saturating_mul(SPIKE)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn more_than_ten_times_the_median_of_the_week_is_a_spike() {
        let peak = |day, week| Peak { of: PeakOf::User(UserId::from(7)), day, week };
        assert_eq!(peak(0, [9, 0, 3, 100, 2, 1, 0]).usual(), 2);
        assert!(peak(21, [9, 0, 3, 100, 2, 1, 0]).is_spike());
        assert!(!peak(20, [9, 0, 3, 100, 2, 1, 0]).is_spike());
        assert!(peak(1, [0, 0, 0, 0, 9, 9, 9]).is_spike());
    }
}
