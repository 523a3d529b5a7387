//! The memory store as a counter of attempts.

use async_trait::async_trait;
use authkit_core::{Attempt, AttemptCounter, AttemptKey, StoreError, Take, Timestamp};

use crate::MemoryStore;

#[async_trait]
impl AttemptCounter for MemoryStore {
    async fn take(&self, attempts: &[Attempt], at: Timestamp) -> Result<Take, StoreError> {
        self.attempts.take(attempts, at).await
    }

    async fn give_back(&self, attempts: &[Attempt]) -> Result<(), StoreError> {
        self.attempts.give_back(attempts).await
    }

    async fn clear(&self, keys: &[AttemptKey]) -> Result<(), StoreError> {
        self.attempts.clear(keys).await
    }

    async fn blocked_each(&self, attempts: &[Attempt], at: Timestamp) -> Result<Vec<Option<Timestamp>>, StoreError> {
        self.attempts.blocked_each(attempts, at).await
    }

    async fn purge_attempts(&self, before: Timestamp, limit: u32) -> Result<u64, StoreError> {
        self.attempts.purge_attempts(before, limit).await
    }
}
