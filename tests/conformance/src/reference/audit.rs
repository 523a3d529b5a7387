//! The reference's audit trail and statistics.

use std::collections::BTreeMap;
use std::time::Duration;

use async_trait::async_trait;
use authkit_core::{
    AuditLog, AuditSink, Cause, Event, EventCode, EventCount, EventFilter, EventId, HOURS_FROM_THE_TRAIL, HourlyCount,
    Page, PageRequest, Peak, PeakOf, PeakQuery, StoreError, Timestamp,
};

use crate::reference::Reference;
use crate::reference::pages::page;

const HOUR: Duration = Duration::from_secs(3_600);
const DAY: Duration = Duration::from_secs(86_400);

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

    async fn count_events(
        &self,
        codes: &[EventCode],
        from: Timestamp,
        to: Timestamp,
        hours: u32,
    ) -> Result<Vec<EventCount>, StoreError> {
        let rows = self.rows();
        let mut counts: BTreeMap<(Timestamp, String), u64> = BTreeMap::new();
        let mut count = |at: Timestamp, code: &str, n: u64| {
            let asked = codes.iter().any(|one| one.as_str() == code) && (from..to).contains(&at);
            if asked {
                let span = HOUR * hours;
                let spans = at.since(from).as_secs() / span.as_secs();
                let start = from + span * u32::try_from(spans).unwrap_or(u32::MAX);
                *counts.entry((start, code.to_owned())).or_default() += n;
            }
        };
        for ((hour, metric), n) in &rows.stats {
            count(*hour, metric, *n);
        }
        let trail = rows.counted_to.unwrap_or(Timestamp::MIN).max(to - HOUR * HOURS_FROM_THE_TRAIL);
        for event in rows.events.iter().filter(|event| event.at >= trail) {
            count(event.at, event.code.as_str(), 1);
        }
        let counts = counts.into_iter();
        Ok(counts.map(|((start, code), n)| EventCount { start, code: EventCode::from_stored(&code), n }).collect())
    }

    async fn list_peaks(&self, query: &PeakQuery) -> Result<Vec<Peak>, StoreError> {
        let rows = self.rows();
        let mut found: BTreeMap<(bool, String), Peak> = BTreeMap::new();
        let events = rows.events.iter().filter(|event| event.code == query.code && event.at < query.to);
        for event in events {
            let days = usize::try_from((query.to.since(event.at).as_micros() - 1) / DAY.as_micros()).unwrap_or(8);
            let of = [event.client.ip.map(PeakOf::Ip), event.subject.map(PeakOf::User)];
            for of in of.into_iter().flatten() {
                let key = match of {
                    PeakOf::Ip(ip) => (false, ip.to_string()),
                    PeakOf::User(id) => (true, id.to_string()),
                };
                let peak = found.entry(key).or_insert(Peak { of, day: 0, week: [0; 7] });
                match days.checked_sub(1) {
                    None => peak.day += 1,
                    Some(before) => peak.week.iter_mut().skip(before).take(1).for_each(|n| *n += 1),
                }
            }
        }
        let mut peaks: Vec<_> = found.into_values().filter(|peak| peak.day >= query.min.max(1).into()).collect();
        peaks.sort_by_key(|peak| std::cmp::Reverse(peak.day));
        peaks.truncate(query.limit.into());
        Ok(peaks)
    }

    async fn list_stats(&self, from: Timestamp, to: Timestamp) -> Result<Vec<HourlyCount>, StoreError> {
        let rows = self.rows();
        let within = rows.stats.iter().filter(|((hour, _), _)| (from..to).contains(hour));
        Ok(within.map(|((hour, metric), n)| HourlyCount { hour: *hour, metric: metric.clone(), n: *n }).collect())
    }
}
