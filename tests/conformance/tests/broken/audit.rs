//! Audit sinks and logs that are wrong in one point.

use std::sync::atomic::{AtomicU64, Ordering};

use async_trait::async_trait;
use authkit_core::*;
use authkit_store_memory::MemoryStore;

use super::{LogFlaw, SinkFlaw};

/// Does not keep where an event came from.
pub struct ClientIsNotKept;

#[async_trait]
impl SinkFlaw for ClientIsNotKept {
    async fn record(&self, intact: &MemoryStore, event: Event) -> Result<(), StoreError> {
        intact.record(Event { client: ClientInfo::none(), ..event }).await
    }
}

/// Counts every hour again at every call.
#[derive(Default)]
pub struct HoursAreCountedTwice(AtomicU64);

#[async_trait]
impl LogFlaw for HoursAreCountedTwice {
    async fn roll_up_stats(&self, intact: &MemoryStore, until: Timestamp, limit: u32) -> Result<u64, StoreError> {
        self.0.fetch_add(1, Ordering::SeqCst);
        intact.roll_up_stats(until, limit).await
    }

    async fn list_stats(
        &self,
        intact: &MemoryStore,
        from: Timestamp,
        to: Timestamp,
    ) -> Result<Vec<HourlyCount>, StoreError> {
        let calls = self.0.load(Ordering::SeqCst).max(1);
        let stats = intact.list_stats(from, to).await?;
        Ok(stats.into_iter().map(|row| HourlyCount { n: row.n * calls, ..row }).collect())
    }
}

/// Retires events without saying so.
pub struct RetentionLeavesNoTrace;

#[async_trait]
impl LogFlaw for RetentionLeavesNoTrace {
    async fn purge_events(
        &self,
        intact: &MemoryStore,
        before: Timestamp,
        limit: u32,
        cause: Cause,
    ) -> Result<u64, StoreError> {
        intact.purge_events(before, limit, Cause::silent(cause.at)).await
    }
}
