//! The port that reads the audit trail back.

pub(crate) mod list;
mod retention;
mod stats;

use async_trait::async_trait;
use authkit_core::{
    AuditLog, Cause, Event, EventFilter, EventId, HourlyCount, Page, PageRequest, StoreError, Timestamp,
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

    async fn list_stats(&self, from: Timestamp, to: Timestamp) -> Result<Vec<HourlyCount>, StoreError> {
        stats::list(self.db(), from, to).await.map_err(|trouble| trouble.during("list_stats"))
    }
}
