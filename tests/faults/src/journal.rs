//! What every request got, and the one judge of it.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// No answer may take longer: the store's deadline of 5 s, and 1 s for a machine that is busy with the fault itself.
pub const SLOWEST: Duration = Duration::from_secs(6);

/// One request and what became of it.
#[derive(Debug, Clone)]
pub struct Record {
    pub what: String,
    pub at: Instant,
    pub took: Duration,
    /// 0 where the connection broke.
    pub status: u16,
    pub has_retry_after: bool,
    /// Whether the caller counts on this status: a 4xx, or a connection that was cut on purpose.
    pub is_expected: bool,
    /// What the answer said, where it was no success.
    pub said: String,
}

impl Record {
    pub fn is_good(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// When it was answered.
    pub fn ended(&self) -> Instant {
        self.at + self.took
    }

    fn is_wrong(&self) -> bool {
        let status = match self.status {
            200 | 201 | 204 => true,
            503 => self.has_retry_after,
            _ => self.is_expected,
        };
        !status || self.took > SLOWEST
    }
}

/// All requests of a scenario.
#[derive(Debug, Clone, Default)]
pub struct Journal(Arc<Mutex<Vec<Record>>>);

impl Journal {
    pub fn note(&self, record: Record) {
        self.lock().push(record);
    }

    /// Those that were sent within a span of time.
    pub fn between(&self, from: Instant, to: Instant) -> Vec<Record> {
        self.lock().iter().filter(|record| record.at >= from && record.at <= to).cloned().collect()
    }

    pub fn since(&self, from: Instant) -> Vec<Record> {
        self.between(from, Instant::now())
    }

    /// How long after an instant the last answer came that was no success; nothing, where all were.
    pub fn last_failure(&self, since: Instant) -> Duration {
        let records = self.lock();
        let bad = records.iter().filter(|record| !record.is_good() && !record.is_expected && record.ended() > since);
        bad.map(|record| record.ended() - since).max().unwrap_or_default()
    }

    /// The longest that an answer took since an instant.
    pub fn slowest(&self, since: Instant) -> Duration {
        self.lock().iter().filter(|record| record.at >= since).map(|record| record.took).max().unwrap_or_default()
    }

    /// Each status with its number, since an instant.
    pub fn counts(&self, since: Instant) -> String {
        let mut counts = BTreeMap::<u16, u32>::new();
        for record in self.lock().iter().filter(|record| record.at >= since) {
            *counts.entry(record.status).or_default() += 1;
        }
        let shown = counts.iter().map(|(status, n)| match status {
            0 => format!("{n} × cut"),
            _ => format!("{n} × {status}"),
        });
        shown.collect::<Vec<_>>().join(", ")
    }

    /// Every answer was a success, a refusal that was expected, or 503 with `Retry-After`, and none was late.
    ///
    /// # Panics
    /// One was not: with what it was.
    pub fn verdict(&self) {
        let records = self.lock();
        assert!(!records.is_empty(), "nothing was asked");
        let wrong: Vec<_> = records.iter().filter(|record| record.is_wrong()).collect();
        let first = records[0].at;
        let shown = wrong.iter().take(12).map(|record| {
            let Record { what, took, status, said, .. } = record;
            format!("\n  at {:?}: {what}: {status} after {took:?}: {said}", record.at - first)
        });
        let all = records.len();
        assert!(wrong.is_empty(), "{} of {all} answers are wrong:{}", wrong.len(), shown.collect::<String>());
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Record>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judged(status: u16, has_retry_after: bool, is_expected: bool, took: Duration) -> bool {
        let journal = Journal::default();
        let (what, at, said) = ("GET /".to_owned(), Instant::now(), String::new());
        journal.note(Record { what, at, took, status, has_retry_after, is_expected, said });
        std::panic::catch_unwind(|| journal.verdict()).is_ok()
    }

    #[test]
    fn what_is_neither_success_nor_expected_nor_503_with_its_header_is_wrong() {
        let soon = Duration::from_millis(1);
        for status in [200, 201, 204] {
            assert!(judged(status, false, false, soon));
        }
        assert!(judged(503, true, false, soon) && judged(409, false, true, soon));
        for status in [0, 202, 301, 401, 429, 500, 502, 503] {
            assert!(!judged(status, false, false, soon), "{status}");
        }
        assert!(!judged(200, false, false, Duration::from_secs(7)));
    }
}
