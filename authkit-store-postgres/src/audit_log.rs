//! The port that reads the audit trail back.

pub(crate) mod list;
pub(crate) mod peaks;
mod retention;
mod stats;

use async_trait::async_trait;
use authkit_core::{
    AuditLog, Cause, Event, EventCode, EventCount, EventFilter, EventId, HourlyCount, Page, PageRequest, Peak,
    PeakQuery, StoreError, Timestamp,
};

use crate::store::PostgresStore;

#[async_trait]
impl AuditLog for PostgresStore {
    async fn list_events(&self, filter: &EventFilter, page: &PageRequest) -> Result<Page<Event>, StoreError> {
        list::list_events(self.db(), filter, page).await.map_err(|trouble| trouble.during("list_events"))
    }

    async fn find_event(&self, id: EventId) -> Result<Option<Event>, StoreError> {
        list::find_event(self.db(), id).await.map_err(|trouble| trouble.during("find_event"))
    }

    async fn purge_events(&self, before: Timestamp, limit: u32, cause: Cause) -> Result<u64, StoreError> {
        let purged = retention::purge_events(self.db(), before, limit, &cause).await;
        purged.map_err(|trouble| trouble.during("purge_events"))
    }

    async fn roll_up_stats(&self, until: Timestamp, limit: u32) -> Result<u64, StoreError> {
        stats::roll_up(self.db(), until, limit).await.map_err(|trouble| trouble.during("roll_up_stats"))
    }

    async fn count_events(
        &self,
        codes: &[EventCode],
        from: Timestamp,
        to: Timestamp,
        hours: u32,
    ) -> Result<Vec<EventCount>, StoreError> {
        let counted = stats::count_events(self.db(), codes, from, to, hours).await;
        counted.map_err(|trouble| trouble.during("count_events"))
    }

    async fn list_peaks(&self, query: &PeakQuery) -> Result<Vec<Peak>, StoreError> {
        peaks::list(self.db(), query).await.map_err(|trouble| trouble.during("list_peaks"))
    }

    async fn list_stats(&self, from: Timestamp, to: Timestamp) -> Result<Vec<HourlyCount>, StoreError> {
        stats::list(self.db(), from, to).await.map_err(|trouble| trouble.during("list_stats"))
    }
}
