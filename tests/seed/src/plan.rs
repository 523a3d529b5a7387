//! What is to be made, and when each of it was.

use std::f64::consts::TAU;
use std::time::Duration;

use authkit_core::Timestamp;

pub const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// For how long people have been coming.
const YEARS: u32 = 3;
/// For how long there is a trail: a day less than it is kept, since it begins with a whole day.
const TRAIL: Duration = Duration::from_secs(364 * 24 * 60 * 60);

/// The more people there are, the more come.
const GROWTH: f64 = 0.6;
/// How much more happens at noon than at midnight.
const NOON: f64 = 0.7;

/// How many rows, from which beginning of chance, seen from which instant.
#[derive(Debug, Clone, Copy)]
pub struct Plan {
    /// Users, the administrator among them.
    pub users: u64,
    /// Events of the last year.
    pub audit: u64,
    pub seed: u64,
    /// After everything that has happened.
    pub at: Timestamp,
}

impl Plan {
    /// The users beside the administrator.
    pub const fn people(&self) -> u64 {
        self.users.saturating_sub(1)
    }

    /// When the n-th came: later than the one before.
    pub fn came(&self, n: u64, part: f64) -> Timestamp {
        let share = ((n as f64 + part) / self.people().max(1) as f64).powf(GROWTH);
        let span = TRAIL * YEARS;
        self.at - span + span.mul_f64(share.min(1.0)).min(span - Duration::from_millis(1))
    }

    /// How many had come before an instant.
    pub fn there(&self, at: Timestamp) -> u64 {
        let span = TRAIL * YEARS;
        let share = at.since(self.at - span).as_secs_f64() / span.as_secs_f64();
        (share.powf(1.0 / GROWTH) * self.people() as f64) as u64
    }

    /// When the n-th event was: later than the one before, mostly by day.
    pub fn happened(&self, n: u64, part: f64) -> Timestamp {
        let begin = Timestamp::from_micros((self.at - TRAIL).as_micros() / micros(DAY) * micros(DAY));
        let days = self.at.since(begin).as_secs_f64() / DAY.as_secs_f64();
        // Whole days are left as they are; within one, time passes quickly at night.
        let even = (n as f64 + part) / self.audit.max(1) as f64 * days;
        // The last day has only begun.
        let whole = even.floor() < days.floor();
        let uneven = if whole { even + NOON / TAU * (TAU * even.fract()).sin() } else { even };
        (begin + DAY.mul_f64(uneven)).min(self.at - Duration::from_millis(1))
    }
}

fn micros(span: Duration) -> i64 {
    span.as_micros() as i64
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLAN: Plan =
        Plan { users: 10_001, audit: 50_000, seed: 1, at: Timestamp::from_micros(1_790_000_000_000_000) };

    #[test]
    fn nobody_comes_before_the_one_before() {
        let came: Vec<_> = (0..PLAN.people()).map(|n| PLAN.came(n, 0.5)).collect();
        assert!(came.is_sorted() && came.iter().all(|at| *at < PLAN.at));
        for n in [10, 500, 9_000] {
            assert!(PLAN.there(PLAN.came(n, 0.5)).abs_diff(n) <= 1);
        }
    }

    #[test]
    fn more_happens_by_day() {
        let hours: Vec<_> =
            (0..PLAN.audit).map(|n| PLAN.happened(n, 0.5).as_seconds().rem_euclid(86_400) / 3_600).collect();
        let count = |hour| hours.iter().filter(|found| **found == hour).count();
        assert!(count(12) > count(0) * 3, "{} at noon, {} at midnight", count(12), count(0));
        let happened: Vec<_> = (0..PLAN.audit).map(|n| PLAN.happened(n, 0.5)).collect();
        assert!(happened.is_sorted() && happened.iter().all(|at| *at < PLAN.at));
    }
}
