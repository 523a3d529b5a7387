//! The audit trail in step with the reference.

use async_trait::async_trait;
use authkit_core::{
    AuditLog, AuditSink, Cause, Event, EventCode, EventCount, EventFilter, EventId, HourlyCount, Page, PageRequest,
    Peak, PeakQuery, StoreError, StoreErrorKind, Timestamp,
};

use crate::lockstep::Lockstep;

impl Lockstep {
    fn log(&self) -> Result<&dyn AuditLog, StoreError> {
        let missing = || StoreError::new(StoreErrorKind::Unexpected, "conformance", "audit_log");
        self.store.log.as_deref().ok_or_else(missing)
    }
}

#[async_trait]
impl AuditSink for Lockstep {
    async fn record(&self, event: Event) -> Result<(), StoreError> {
        self.store.sink.record(event.clone()).await?;
        self.reference.record(event).await?;
        self.agree("record", (), &()).await
    }
}

#[async_trait]
impl AuditLog for Lockstep {
    async fn list_events(&self, filter: &EventFilter, page: &PageRequest) -> Result<Page<Event>, StoreError> {
        self.log()?.list_events(filter, page).await
    }

    async fn find_event(&self, id: EventId) -> Result<Option<Event>, StoreError> {
        let seen = self.log()?.find_event(id).await?;
        let expected = self.reference.find_event(id).await?;
        self.agree("find_event", seen, &expected).await
    }

    async fn purge_events(&self, before: Timestamp, limit: u32, cause: Cause) -> Result<u64, StoreError> {
        let seen = self.log()?.purge_events(before, limit, cause.clone()).await?;
        let expected = self.reference.purge_events(before, limit, cause).await?;
        self.agree("purge_events", seen, &expected).await
    }

    async fn roll_up_stats(&self, until: Timestamp, limit: u32) -> Result<u64, StoreError> {
        let seen = self.log()?.roll_up_stats(until, limit).await?;
        let expected = self.reference.roll_up_stats(until, limit).await?;
        self.agree("roll_up_stats", seen, &expected).await
    }

    async fn count_events(
        &self,
        codes: &[EventCode],
        from: Timestamp,
        to: Timestamp,
        hours: u32,
    ) -> Result<Vec<EventCount>, StoreError> {
        let seen = self.log()?.count_events(codes, from, to, hours).await?;
        let expected = self.reference.count_events(codes, from, to, hours).await?;
        self.agree("count_events", seen, &expected).await
    }

    async fn list_peaks(&self, query: &PeakQuery) -> Result<Vec<Peak>, StoreError> {
        let seen = self.log()?.list_peaks(query).await?;
        let expected = self.reference.list_peaks(query).await?;
        self.agree("list_peaks", seen, &expected).await
    }

    async fn list_stats(&self, from: Timestamp, to: Timestamp) -> Result<Vec<HourlyCount>, StoreError> {
        let seen = self.log()?.list_stats(from, to).await?;
        let expected = self.reference.list_stats(from, to).await?;
        self.agree("list_stats", seen, &expected).await
    }
}
