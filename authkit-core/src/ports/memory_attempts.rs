//! The attempt counter in memory: bounded, for one process. What throttles count in unless a store is asked to.

use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;

use crate::model::attempts::{Attempt, AttemptRow, Limit, Take, take_all};
use crate::model::ids::AttemptKey;
use crate::model::timestamp::Timestamp;
use crate::ports::attempt_counter::AttemptCounter;
use crate::ports::store_error::StoreError;

/// How many counters are kept unless another number is asked for.
const MAX_KEYS: usize = 100_000;

/// As many counters as one `take` may touch: with fewer it would push out its own.
const MIN_KEYS: usize = 8;

/// Counts attempts in memory. No more than a fixed number of counters is kept, so that made-up keys cannot grow memory.
///
/// When it is full, the counter that was used longest ago goes. One that refuses counts as used until it would allow again,
/// so a flood of made-up keys pushes out idle counters and sets no attacker free; one that refuses for good goes last.
/// The counters are gone with the process, and each process has its own.
///
/// ```
/// use authkit_core::MemoryAttempts;
///
/// let small = MemoryAttempts::with_max_keys(1_000);
/// # let _ = small;
/// ```
pub struct MemoryAttempts {
    max_keys: usize,
    state: Mutex<State>,
}

/// All counters, and which of them goes first.
struct State {
    counters: HashMap<AttemptKey, Counter>,
    /// By [`Rank`], the first to go first.
    order: BTreeMap<Rank, AttemptKey>,
    /// The latest instant that a call named: a clock that steps back must not make new counters the first to go.
    latest: Timestamp,
    /// The number of the next write.
    writes: u64,
}

struct Counter {
    row: AttemptRow,
    rank: Rank,
}

/// Until when a counter is worth keeping, then the number of the write that said so.
type Rank = (Timestamp, u64);

impl MemoryAttempts {
    /// Keeps at most 100 000 counters.
    pub fn new() -> Self {
        Self::with_max_keys(MAX_KEYS)
    }

    /// Keeps at most this number of counters, and at least 8.
    pub fn with_max_keys(max_keys: usize) -> Self {
        let state = State { counters: HashMap::new(), order: BTreeMap::new(), latest: Timestamp::MIN, writes: 0 };
        Self { max_keys: max_keys.max(MIN_KEYS), state: Mutex::new(state) }
    }

    /// What is behind the lock; every write to it is whole, so a panic elsewhere leaves nothing half-done.
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Default for MemoryAttempts {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for MemoryAttempts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MemoryAttempts")
            .field("max_keys", &self.max_keys)
            .field("keys", &self.state().counters.len())
            .finish_non_exhaustive()
    }
}

#[async_trait]
impl AttemptCounter for MemoryAttempts {
    async fn take(&self, attempts: &[Attempt], at: Timestamp) -> Result<Take, StoreError> {
        let mut state = self.state();
        state.latest = state.latest.max(at);
        let mut rows: Vec<_> = attempts
            .iter()
            .map(|attempt| (state.row(&attempt.key).unwrap_or(AttemptRow::new(at)), attempt.limit))
            .collect();
        let taken = take_all(&mut rows, at);
        if matches!(taken, Take::Allowed { .. }) {
            // Room is made while none of its own counters is there to be pushed out.
            for attempt in attempts {
                state.remove(&attempt.key);
            }
            state.shrink_to(self.max_keys.saturating_sub(attempts.len()));
            for (attempt, (row, limit)) in attempts.iter().zip(rows) {
                state.put(attempt.key, row, &limit);
            }
        }
        Ok(taken)
    }

    async fn give_back(&self, attempts: &[Attempt]) -> Result<(), StoreError> {
        let mut state = self.state();
        for attempt in attempts {
            if let Some(mut row) = state.row(&attempt.key) {
                row.give_back(&attempt.limit);
                state.remove(&attempt.key);
                state.put(attempt.key, row, &attempt.limit);
            }
        }
        Ok(())
    }

    async fn clear(&self, keys: &[AttemptKey]) -> Result<(), StoreError> {
        let mut state = self.state();
        for key in keys {
            state.remove(key);
        }
        Ok(())
    }

    async fn blocked_each(&self, attempts: &[Attempt], at: Timestamp) -> Result<Vec<Option<Timestamp>>, StoreError> {
        let state = self.state();
        let until = |attempt: &Attempt| state.row(&attempt.key)?.blocked(&attempt.limit, at);
        Ok(attempts.iter().map(until).collect())
    }

    async fn purge_attempts(&self, before: Timestamp, limit: u32) -> Result<u64, StoreError> {
        let mut state = self.state();
        let old = state.counters.iter().filter(|(_, counter)| counter.row.updated_at < before).map(|(key, _)| *key);
        let old: Vec<_> = old.take(usize::try_from(limit).unwrap_or(usize::MAX)).collect();
        for key in &old {
            state.remove(key);
        }
        Ok(old.len() as u64)
    }
}

impl State {
    fn row(&self, key: &AttemptKey) -> Option<AttemptRow> {
        self.counters.get(key).map(|counter| counter.row)
    }

    fn remove(&mut self, key: &AttemptKey) {
        if let Some(counter) = self.counters.remove(key) {
            self.order.remove(&counter.rank);
        }
    }

    /// Puts a counter in whose key is not there.
    fn put(&mut self, key: AttemptKey, row: AttemptRow, limit: &Limit) {
        let rank = (row.blocked(limit, self.latest).unwrap_or(self.latest), self.writes);
        self.writes += 1;
        self.order.insert(rank, key);
        self.counters.insert(key, Counter { row, rank });
    }

    fn shrink_to(&mut self, keys: usize) {
        while self.counters.len() > keys {
            let Some((_, key)) = self.order.pop_first() else { return };
            self.counters.remove(&key);
        }
    }
}

#[cfg(test)]
mod tests;
