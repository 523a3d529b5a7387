//! Counting attempts: the arithmetic of every throttle, as pure functions.

use std::time::Duration;

use crate::model::ids::AttemptKey;
use crate::model::timestamp::Timestamp;

/// How often something may be tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limit {
    /// How many attempts in one window.
    pub max: u32,
    /// The length of a window. It begins with its first attempt.
    pub window: Duration,
    /// What comes after `max`: `None`, nothing until the window ends; else one attempt after each delay.
    pub backoff: Option<Backoff>,
}

/// Delays that double with every attempt past the limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Backoff {
    /// The delay after the attempt that reached the limit.
    pub first: Duration,
    /// The longest delay.
    pub longest: Duration,
    /// So many failures in a row, over any time, block for good: only a success elsewhere (a reset) or an administrator
    /// clears it. Source: NIST SP 800-63B-4 (at most 100 consecutive failures).
    pub stop_after: u32,
}

/// One thing that is counted, and how often it may happen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Attempt {
    /// What is counted.
    pub key: AttemptKey,
    /// How often.
    pub limit: Limit,
}

/// What became of some attempts that were taken together.
#[must_use = "an attempt that is not allowed must not be made"]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Take {
    /// All of them are counted.
    Allowed {
        /// How many more the narrowest of them allows before it blocks.
        left: u32,
    },
    /// None of them is counted.
    Blocked {
        /// When all of them would be allowed; [`Timestamp::MAX`]: not by waiting.
        until: Timestamp,
    },
}

/// The row behind one [`AttemptKey`]. A missing row is [`AttemptRow::new`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AttemptRow {
    /// When the current window began.
    pub window_start: Timestamp,
    /// Attempts in the current window.
    pub count: u32,
    /// Attempts since the last success.
    pub streak: u32,
    /// Not before this instant.
    pub blocked_until: Option<Timestamp>,
    /// The last change of the row.
    pub updated_at: Timestamp,
}

impl AttemptRow {
    /// A row before its first attempt.
    pub const fn new(at: Timestamp) -> Self {
        Self { window_start: at, count: 0, streak: 0, blocked_until: None, updated_at: at }
    }

    /// Until when an attempt would be refused; `None`: it would be allowed. Changes nothing.
    pub fn blocked(&self, limit: &Limit, at: Timestamp) -> Option<Timestamp> {
        if limit.backoff.is_some_and(|backoff| self.streak >= backoff.stop_after) {
            return Some(Timestamp::MAX);
        }
        if let Some(until) = self.blocked_until.filter(|until| *until > at) {
            return Some(until);
        }
        let window_end = self.window_end(limit);
        (limit.backoff.is_none() && self.count >= limit.max && at < window_end).then_some(window_end)
    }

    /// Counts an attempt that [`Self::blocked`] allows. Answers how many more are allowed before the next refusal.
    pub fn count(&mut self, limit: &Limit, at: Timestamp) -> u32 {
        if at >= self.window_end(limit) {
            self.window_start = at;
            self.count = 0;
            self.blocked_until = None;
        }
        // Another node's clock is ahead, or this one was set back: the window begins earlier, and what was counted stays.
        self.window_start = self.window_start.min(at);
        self.count = self.count.saturating_add(1);
        self.streak = self.streak.saturating_add(1);
        self.updated_at = at;
        if let Some(backoff) = limit.backoff.filter(|_| self.count >= limit.max) {
            let doublings = (self.count - limit.max).min(31);
            self.blocked_until = Some(at + backoff.first.saturating_mul(1 << doublings).min(backoff.longest));
        }
        limit.max.saturating_sub(self.count)
    }

    /// Takes back one attempt that was counted and then not made.
    pub fn give_back(&mut self, limit: &Limit) {
        self.count = self.count.saturating_sub(1);
        self.streak = self.streak.saturating_sub(1);
        if self.count < limit.max {
            self.blocked_until = None;
        }
    }

    /// A window ends `window` after it began, and while delays are being served, `window` after the last of them: who
    /// keeps on trying keeps on waiting longer.
    fn window_end(&self, limit: &Limit) -> Timestamp {
        self.blocked_until.map_or(self.window_start, |until| until.max(self.window_start)) + limit.window
    }
}

/// Takes attempts on rows that belong to them, all or none: the reference that every counter is tested against.
///
/// A counter calls it inside its atomic step. Rows are changed only when the answer is [`Take::Allowed`].
pub fn take_all(rows: &mut [(AttemptRow, Limit)], at: Timestamp) -> Take {
    if let Some(until) = rows.iter().filter_map(|(row, limit)| row.blocked(limit, at)).max() {
        return Take::Blocked { until };
    }
    let left = rows.iter_mut().map(|(row, limit)| row.count(limit, at)).min();
    Take::Allowed { left: left.unwrap_or(u32::MAX) }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ACCOUNT: Limit = Limit {
        max: 5,
        window: Duration::from_secs(300),
        backoff: Some(Backoff { first: Duration::from_secs(1), longest: Duration::from_secs(900), stop_after: 100 }),
    };
    const RATE: Limit = Limit { max: 3, window: Duration::from_secs(60), backoff: None };
    const START: Timestamp = Timestamp::from_seconds(1_000);

    fn take(row: &mut AttemptRow, limit: Limit, at: Timestamp) -> Take {
        let mut rows = [(*row, limit)];
        let taken = take_all(&mut rows, at);
        *row = rows[0].0;
        taken
    }

    // S-84
    #[test]
    fn the_delay_after_the_fifth_failure_is_a_second_and_doubles_to_a_quarter_of_an_hour() {
        let mut row = AttemptRow::new(START);
        let mut at = START;
        for left in [4, 3, 2, 1, 0] {
            assert_eq!(take(&mut row, ACCOUNT, at), Take::Allowed { left });
        }
        for delay in [1_u64, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900] {
            let until = at + Duration::from_secs(delay);
            let before = row;
            assert_eq!(take(&mut row, ACCOUNT, until - Duration::from_micros(1)), Take::Blocked { until });
            assert_eq!(row, before, "a refusal neither counts nor lengthens the delay");
            at = until;
            assert_eq!(take(&mut row, ACCOUNT, at), Take::Allowed { left: 0 });
        }
    }

    // S-84
    #[test]
    fn a_hundred_failures_in_a_row_block_for_good() {
        let mut row = AttemptRow::new(START);
        let mut at = START;
        for _ in 0..100 {
            at = at + Duration::from_secs(1_000);
            assert!(matches!(take(&mut row, ACCOUNT, at), Take::Allowed { .. }));
        }
        let years = at + Duration::from_secs(100_000_000);
        assert_eq!(take(&mut row, ACCOUNT, years), Take::Blocked { until: Timestamp::MAX });
        row.give_back(&ACCOUNT);
        assert!(matches!(take(&mut row, ACCOUNT, years), Take::Allowed { .. }));
    }

    // S-85
    #[test]
    fn the_count_starts_again_after_a_quiet_window() {
        let mut row = AttemptRow::new(START);
        for _ in 0..5 {
            let _ = take(&mut row, ACCOUNT, START);
        }
        let quiet = START + Duration::from_secs(301);
        assert_eq!(take(&mut row, ACCOUNT, quiet), Take::Allowed { left: 4 });
    }

    #[test]
    fn a_rate_blocks_until_its_window_ends() {
        let mut row = AttemptRow::new(START);
        for left in [2, 1, 0] {
            assert_eq!(take(&mut row, RATE, START), Take::Allowed { left });
        }
        let end = START + Duration::from_secs(60);
        assert_eq!(take(&mut row, RATE, START + Duration::from_secs(59)), Take::Blocked { until: end });
        assert_eq!(take(&mut row, RATE, end), Take::Allowed { left: 2 });
    }

    #[test]
    fn attempts_that_are_taken_together_count_together_or_not_at_all() {
        let mut full = AttemptRow::new(START);
        for _ in 0..3 {
            let _ = take(&mut full, RATE, START);
        }
        let mut rows = [(AttemptRow::new(START), RATE), (full, RATE)];
        let before = rows;
        assert!(matches!(take_all(&mut rows, START), Take::Blocked { .. }));
        assert_eq!(rows, before);
    }

    #[test]
    fn a_clock_that_steps_back_does_not_stretch_a_window() {
        let mut row = AttemptRow::new(START);
        for _ in 0..3 {
            let _ = take(&mut row, RATE, START);
        }
        let before = START - Duration::from_secs(3_600);
        assert_eq!(take(&mut row, RATE, before), Take::Blocked { until: START + Duration::from_secs(60) });
    }

    // S-84
    #[test]
    fn two_nodes_whose_clocks_differ_share_one_limit() {
        let mut row = AttemptRow::new(START);
        for left in [4, 3, 2, 1] {
            assert_eq!(take(&mut row, ACCOUNT, START), Take::Allowed { left });
        }
        let behind = START - Duration::from_millis(5);
        assert_eq!(take(&mut row, ACCOUNT, behind), Take::Allowed { left: 0 });
        assert!(matches!(take(&mut row, ACCOUNT, behind), Take::Blocked { .. }));
    }
}
