//! Counters that are wrong in one point.

use async_trait::async_trait;
use authkit_core::*;
use authkit_store_memory::MemoryStore;

use super::{AttemptFlaw, Gap};

/// Looks whether an attempt is allowed, and counts it later: a crowd that comes at once is let through.
#[derive(Default)]
pub struct ThrottleChecksThenCounts(Gap);

#[async_trait]
impl AttemptFlaw for ThrottleChecksThenCounts {
    async fn take(&self, intact: &MemoryStore, attempts: &[Attempt], at: Timestamp) -> Result<Take, StoreError> {
        if intact.blocked_each(attempts, at).await?.iter().any(Option::is_some) {
            return intact.take(attempts, at).await;
        }
        self.0.pass().await;
        match intact.take(attempts, at).await? {
            Take::Blocked { .. } => Ok(Take::Allowed { left: 0 }),
            allowed => Ok(allowed),
        }
    }
}

/// Counts what it refuses: the delay grows under whoever keeps knocking.
pub struct RefusalsCount;

#[async_trait]
impl AttemptFlaw for RefusalsCount {
    async fn take(&self, intact: &MemoryStore, attempts: &[Attempt], at: Timestamp) -> Result<Take, StoreError> {
        let taken = intact.take(attempts, at).await?;
        if let Take::Blocked { until } = taken
            && until < Timestamp::MAX
        {
            // As if it had been made at the first instant that allows it.
            let _ = intact.take(attempts, until).await?;
        }
        Ok(taken)
    }
}

/// Takes one after the other: those before the one that is refused stay counted.
pub struct TakesOneByOne;

#[async_trait]
impl AttemptFlaw for TakesOneByOne {
    async fn take(&self, intact: &MemoryStore, attempts: &[Attempt], at: Timestamp) -> Result<Take, StoreError> {
        let mut narrowest = u32::MAX;
        for attempt in attempts {
            match intact.take(std::slice::from_ref(attempt), at).await? {
                Take::Allowed { left } => narrowest = narrowest.min(left),
                blocked @ Take::Blocked { .. } => return Ok(blocked),
            }
        }
        Ok(Take::Allowed { left: narrowest })
    }
}

/// Answers for the counters that it finds and is silent about the others: whoever asked for many reads the wrong one's.
pub struct BlockedEachLeavesOutTheFree;

#[async_trait]
impl AttemptFlaw for BlockedEachLeavesOutTheFree {
    async fn blocked_each(
        &self,
        intact: &MemoryStore,
        attempts: &[Attempt],
        at: Timestamp,
    ) -> Result<Vec<Option<Timestamp>>, StoreError> {
        let mut each = intact.blocked_each(attempts, at).await?;
        each.retain(Option::is_some);
        Ok(each)
    }
}

/// Answers in the order of the keys, as its table is read.
pub struct BlockedEachComesInTheOrderOfKeys;

#[async_trait]
impl AttemptFlaw for BlockedEachComesInTheOrderOfKeys {
    async fn blocked_each(
        &self,
        intact: &MemoryStore,
        attempts: &[Attempt],
        at: Timestamp,
    ) -> Result<Vec<Option<Timestamp>>, StoreError> {
        let mut sorted = attempts.to_vec();
        sorted.sort_by(|one, other| one.key.as_bytes().cmp(other.key.as_bytes()));
        intact.blocked_each(&sorted, at).await
    }
}
