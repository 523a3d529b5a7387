//! The reference's audit trail and statistics.

use std::time::Duration;

use async_trait::async_trait;
use authkit_core::{
    AuditLog, AuditSink, Cause, Event, EventFilter, EventId, HourlyCount, Page, PageRequest, StoreError, Timestamp,
};

use crate::reference::Reference;
use crate::reference::pages::page;

const HOUR: Duration = Duration::from_secs(3_600);

#[async_trait]
impl AuditSink for Reference {
    async fn record(&self, event: Event) -> Result<(), StoreError> {
        let mut rows = self.rows();
        rows.refuse_known(Some(event.id), "record")?;
        rows.record(Some(event));
        Ok(())
    }
}

#[async_trait]
impl AuditLog for Reference {
    async fn list_events(&self, filter: &EventFilter, request: &PageRequest) -> Result<Page<Event>, StoreError> {
        let mut events = self.rows().events.clone();
        events.retain(|event| filter.fits(event));
        events.sort_by_key(|event| std::cmp::Reverse(event.id));
        let key = |event: &Event| {
            let newest_first = u128::MAX - event.id.as_uuid().as_u128();
            (format!("{newest_first:032x}"), String::new())
        };
        Ok(page(events, request, key))
    }

    async fn find_event(&self, id: EventId) -> Result<Option<Event>, StoreError> {
        Ok(self.rows().events.iter().find(|event| event.id == id).cloned())
    }

    async fn purge_events(&self, before: Timestamp, limit: u32, cause: Cause) -> Result<u64, StoreError> {
        let mut rows = self.rows();
        let mut due: Vec<EventId> =
            rows.events.iter().filter(|event| event.at < before).map(|event| event.id).collect();
        due.sort();
        due.truncate(limit as usize);
        rows.events.retain(|event| !due.contains(&event.id));
        let n = due.len() as u64;
        if n > 0 {
            rows.record(cause.event_counting(n));
        }
        Ok(n)
    }

    async fn roll_up_stats(&self, until: Timestamp, limit: u32) -> Result<u64, StoreError> {
        let mut rows = self.rows();
        let oldest = rows.events.iter().map(|event| event.at.hour()).min();
        let Some(mut hour) = rows.counted_to.or(oldest) else {
            return Ok(0);
        };
        let mut done = 0;
        while done < u64::from(limit) && hour < until.hour() {
            let codes: Vec<String> = rows
                .events
                .iter()
                .filter(|event| event.at.hour() == hour)
                .map(|event| event.code.as_str().to_owned())
                .collect();
            for code in codes {
                *rows.stats.entry((hour, code)).or_default() += 1;
            }
            hour = hour + HOUR;
            rows.counted_to = Some(hour);
            done += 1;
        }
        Ok(done)
    }

    async fn list_stats(&self, from: Timestamp, to: Timestamp) -> Result<Vec<HourlyCount>, StoreError> {
        let rows = self.rows();
        let within = rows.stats.iter().filter(|((hour, _), _)| (from..to).contains(hour));
        Ok(within.map(|((hour, metric), n)| HourlyCount { hour: *hour, metric: metric.clone(), n: *n }).collect())
    }
}
