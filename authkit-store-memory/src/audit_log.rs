//! The memory store as an audit log.

use async_trait::async_trait;
use authkit_core::{
    AuditLog, Cause, Event, EventCode, EventCount, EventFilter, EventId, HourlyCount, Page, PageRequest, Peak,
    PeakQuery, StoreError, Timestamp,
};

use crate::MemoryStore;

#[async_trait]
impl AuditLog for MemoryStore {
    async fn list_events(&self, filter: &EventFilter, page: &PageRequest) -> Result<Page<Event>, StoreError> {
        Ok(self.read().events.list(filter, page))
    }

    async fn find_event(&self, id: EventId) -> Result<Option<Event>, StoreError> {
        Ok(self.read().events.get(id).cloned())
    }

    async fn purge_events(&self, before: Timestamp, limit: u32, cause: Cause) -> Result<u64, StoreError> {
        let events = &mut self.write().events;
        let old = events.before(before, limit);
        let purged = old.len() as u64;
        if purged > 0 {
            events.append("purge_events", cause.event_counting(purged))?;
            events.remove(&old);
        }
        Ok(purged)
    }

    async fn roll_up_stats(&self, until: Timestamp, limit: u32) -> Result<u64, StoreError> {
        Ok(self.write().events.roll_up(until, limit))
    }

    async fn count_events(
        &self,
        codes: &[EventCode],
        from: Timestamp,
        to: Timestamp,
        hours: u32,
    ) -> Result<Vec<EventCount>, StoreError> {
        Ok(self.read().events.count(codes, from, to, hours))
    }

    async fn list_peaks(&self, query: &PeakQuery) -> Result<Vec<Peak>, StoreError> {
        Ok(self.read().events.peaks(query))
    }

    async fn list_stats(&self, from: Timestamp, to: Timestamp) -> Result<Vec<HourlyCount>, StoreError> {
        Ok(self.read().events.stats(from, to))
    }
}
