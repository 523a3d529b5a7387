//! The reference's counters.

use async_trait::async_trait;
use authkit_core::{Attempt, AttemptCounter, AttemptKey, AttemptRow, StoreError, Take, Timestamp, take_all};

use crate::reference::Reference;

#[async_trait]
impl AttemptCounter for Reference {
    async fn take(&self, attempts: &[Attempt], at: Timestamp) -> Result<Take, StoreError> {
        let mut rows = self.rows();
        let mut taken: Vec<_> = attempts
            .iter()
            .map(|attempt| {
                let row = rows.attempts.get(&attempt.key).copied();
                (row.unwrap_or_else(|| AttemptRow::new(at)), attempt.limit)
            })
            .collect();
        let outcome = take_all(&mut taken, at);
        if matches!(outcome, Take::Allowed { .. }) {
            for (attempt, (row, _)) in attempts.iter().zip(taken) {
                rows.attempts.insert(attempt.key, row);
            }
        }
        Ok(outcome)
    }

    async fn give_back(&self, attempts: &[Attempt]) -> Result<(), StoreError> {
        let mut rows = self.rows();
        for attempt in attempts {
            if let Some(row) = rows.attempts.get_mut(&attempt.key) {
                row.give_back(&attempt.limit);
            }
        }
        Ok(())
    }

    async fn clear(&self, keys: &[AttemptKey]) -> Result<(), StoreError> {
        self.rows().attempts.retain(|key, _| !keys.contains(key));
        Ok(())
    }

    async fn blocked_each(&self, attempts: &[Attempt], at: Timestamp) -> Result<Vec<Option<Timestamp>>, StoreError> {
        let rows = self.rows();
        let until = |attempt: &Attempt| rows.attempts.get(&attempt.key)?.blocked(&attempt.limit, at);
        Ok(attempts.iter().map(until).collect())
    }

    async fn purge_attempts(&self, before: Timestamp, limit: u32) -> Result<u64, StoreError> {
        let mut rows = self.rows();
        let due = rows.attempts.iter().filter(|(_, row)| row.updated_at < before);
        let due: Vec<AttemptKey> = due.map(|(key, _)| *key).take(limit as usize).collect();
        rows.attempts.retain(|key, _| !due.contains(key));
        Ok(due.len() as u64)
    }
}
