//! The port that reads the audit trail back.

pub(crate) mod list;
mod meta;
pub(crate) mod peaks;
mod retention;
mod stats;

use async_trait::async_trait;
use authkit_core::{
    AuditLog, Cause, Event, EventCode, EventCount, EventFilter, EventId, HourlyCount, Page, PageRequest, Peak,
    PeakQuery, StoreError, Timestamp,
};

use crate::store::SqliteStore;

#[async_trait]
impl AuditLog for SqliteStore {
    async fn list_events(&self, filter: &EventFilter, page: &PageRequest) -> Result<Page<Event>, StoreError> {
        let (filter, page) = (filter.clone(), page.clone());
        self.readers().list("list_events", move |conn| list::list_events(conn, &filter, &page)).await
    }

    async fn find_event(&self, id: EventId) -> Result<Option<Event>, StoreError> {
        self.readers().list("find_event", move |conn| list::find_event(conn, id)).await
    }

    async fn purge_events(&self, before: Timestamp, limit: u32, cause: Cause) -> Result<u64, StoreError> {
        self.writer().run("purge_events", move |conn| retention::purge_events(conn, before, limit, &cause)).await
    }

    async fn roll_up_stats(&self, until: Timestamp, limit: u32) -> Result<u64, StoreError> {
        // What is counted lies in hours that are over, so it is counted beside the writer.
        let counted = self.readers().upkeep("roll_up_stats", move |conn| stats::count(conn, until, limit)).await?;
        match counted {
            Some(counted) => self.writer().run("roll_up_stats", move |conn| stats::keep(conn, &counted)).await,
            None => Ok(0),
        }
    }

    async fn count_events(
        &self,
        codes: &[EventCode],
        from: Timestamp,
        to: Timestamp,
        hours: u32,
    ) -> Result<Vec<EventCount>, StoreError> {
        let codes = codes.to_vec();
        let count = move |conn: &_| stats::count_events(conn, &codes, from, to, hours);
        self.readers().list("count_events", count).await
    }

    async fn list_peaks(&self, query: &PeakQuery) -> Result<Vec<Peak>, StoreError> {
        let query = query.clone();
        self.readers().list("list_peaks", move |conn| peaks::list(conn, &query)).await
    }

    async fn list_stats(&self, from: Timestamp, to: Timestamp) -> Result<Vec<HourlyCount>, StoreError> {
        self.readers().list("list_stats", move |conn| stats::list(conn, from, to)).await
    }
}
