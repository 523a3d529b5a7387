//! The counters in step with the reference.

use async_trait::async_trait;
use authkit_core::{Attempt, AttemptCounter, AttemptKey, StoreError, StoreErrorKind, Take, Timestamp};

use crate::lockstep::Lockstep;

impl Lockstep {
    fn counter(&self) -> Result<&dyn AttemptCounter, StoreError> {
        let missing = || StoreError::new(StoreErrorKind::Unexpected, "conformance", "attempts");
        self.store.attempts.as_deref().ok_or_else(missing)
    }
}

#[async_trait]
impl AttemptCounter for Lockstep {
    async fn take(&self, attempts: &[Attempt], at: Timestamp) -> Result<Take, StoreError> {
        let seen = self.counter()?.take(attempts, at).await?;
        let expected = self.reference.take(attempts, at).await?;
        self.agree("take", seen, &expected).await
    }

    async fn give_back(&self, attempts: &[Attempt]) -> Result<(), StoreError> {
        self.counter()?.give_back(attempts).await?;
        self.reference.give_back(attempts).await
    }

    async fn clear(&self, keys: &[AttemptKey]) -> Result<(), StoreError> {
        self.counter()?.clear(keys).await?;
        self.reference.clear(keys).await
    }

    async fn blocked_each(&self, attempts: &[Attempt], at: Timestamp) -> Result<Vec<Option<Timestamp>>, StoreError> {
        let seen = self.counter()?.blocked_each(attempts, at).await?;
        let expected = self.reference.blocked_each(attempts, at).await?;
        self.agree("blocked_each", seen, &expected).await
    }

    async fn purge_attempts(&self, before: Timestamp, limit: u32) -> Result<u64, StoreError> {
        // Which of them go first is the store's choice, so a case that purges a part compares behaviour afterwards.
        let seen = self.counter()?.purge_attempts(before, limit).await?;
        let expected = self.reference.purge_attempts(before, limit).await?;
        self.agree("purge_attempts", seen, &expected).await
    }
}
