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

/// Counts what the statistics hold and no more.
pub struct RunningHourIsLeftOut;

#[async_trait]
impl LogFlaw for RunningHourIsLeftOut {
    async fn count_events(
        &self,
        intact: &MemoryStore,
        codes: &[EventCode],
        from: Timestamp,
        to: Timestamp,
        hours: u32,
    ) -> Result<Vec<EventCount>, StoreError> {
        let stats = intact.list_stats(from, to).await?;
        let end = stats.last().map_or(from, |row| row.hour + std::time::Duration::from_secs(3_600));
        intact.count_events(codes, from, end.min(to), hours).await
    }
}

/// Counts in the trail what the statistics hold, too.
pub struct TrailIsCountedTwice;

#[async_trait]
impl LogFlaw for TrailIsCountedTwice {
    async fn count_events(
        &self,
        intact: &MemoryStore,
        codes: &[EventCode],
        from: Timestamp,
        to: Timestamp,
        hours: u32,
    ) -> Result<Vec<EventCount>, StoreError> {
        let rolled_up = !intact.list_stats(from, to).await?.is_empty();
        let counts = intact.count_events(codes, from, to, hours).await?;
        Ok(counts.into_iter().map(|row| EventCount { n: row.n * if rolled_up { 2 } else { 1 }, ..row }).collect())
    }
}

/// Tells a day's peaks, and nothing of the week before.
pub struct PeaksForgetTheWeek;

#[async_trait]
impl LogFlaw for PeaksForgetTheWeek {
    async fn list_peaks(&self, intact: &MemoryStore, query: &PeakQuery) -> Result<Vec<Peak>, StoreError> {
        let peaks = intact.list_peaks(query).await?;
        Ok(peaks.into_iter().map(|peak| Peak { week: [0; 7], ..peak }).collect())
    }
}

/// Looks at addresses and not at accounts.
pub struct PeaksAreOfAddresses;

#[async_trait]
impl LogFlaw for PeaksAreOfAddresses {
    async fn list_peaks(&self, intact: &MemoryStore, query: &PeakQuery) -> Result<Vec<Peak>, StoreError> {
        let mut peaks = intact.list_peaks(query).await?;
        peaks.retain(|peak| matches!(peak.of, PeakOf::Ip(_)));
        Ok(peaks)
    }
}
