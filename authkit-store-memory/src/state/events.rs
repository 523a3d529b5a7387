//! The table of audit events and what was counted of them.

use std::collections::BTreeMap;
use std::time::Duration;

use authkit_core::{Event, EventFilter, EventId, HourlyCount, Page, PageRequest, StoreError, Timestamp};

use crate::id_taken;
use crate::keyset::{Order, page, parsed, read_id, walk, write_id};

const HOUR: Duration = Duration::from_secs(3_600);

/// How many events are kept unless another number is asked for.
const MAX_EVENTS: usize = 100_000;

/// The most rows that one look at the statistics gives.
const MAX_STATS: usize = 20_000;

/// Events by id, which is the order of time.
pub(crate) struct Events {
    rows: BTreeMap<EventId, Event>,
    max: usize,
    dropped: u64,
    stats: BTreeMap<(Timestamp, String), u64>,
    /// Every event of an hour before this one is in `stats`.
    counted_to: Option<Timestamp>,
}

impl Default for Events {
    fn default() -> Self {
        Self { rows: BTreeMap::new(), max: MAX_EVENTS, dropped: 0, stats: BTreeMap::new(), counted_to: None }
    }
}

impl Events {
    pub(crate) fn len(&self) -> usize {
        self.rows.len()
    }

    pub(crate) fn dropped(&self) -> u64 {
        self.dropped
    }

    pub(crate) fn set_max(&mut self, max: usize) {
        self.max = max;
        self.drop_surplus();
    }

    pub(crate) fn get(&self, id: EventId) -> Option<&Event> {
        self.rows.get(&id)
    }

    /// Appends the events of one step, all or none. The only part of a step that can fail: it comes before the others.
    ///
    /// # Errors
    /// An id is given already. What was recorded is never changed, so the step must not happen.
    pub(crate) fn append(
        &mut self,
        operation: &'static str,
        events: impl IntoIterator<Item = Event>,
    ) -> Result<(), StoreError> {
        let mut new = BTreeMap::new();
        for event in events {
            if self.rows.contains_key(&event.id) || new.contains_key(&event.id) {
                return Err(id_taken(operation));
            }
            new.insert(event.id, event);
        }
        for event in new.values().filter(|event| self.counted_to.is_some_and(|to| event.at < to)) {
            // Its hour was counted before it came.
            count(&mut self.stats, event);
        }
        self.rows.extend(new);
        self.drop_surplus();
        Ok(())
    }

    pub(crate) fn list(&self, filter: &EventFilter, request: &PageRequest) -> Page<Event> {
        let (from, request) = parsed(request, read_id);
        let way =
            walk(Order::Falling, from.as_ref(), request.direction, |bounds| self.rows.range::<EventId, _>(bounds));
        page(&request, way.map(|(_, row)| row).filter(|row| filter.fits(row)), |event| write_id(event.id))
    }

    /// At most `limit` events that happened before an instant, the oldest first.
    pub(crate) fn before(&self, before: Timestamp, limit: u32) -> Vec<EventId> {
        let old = self.rows.values().filter(|event| event.at < before).map(|event| event.id);
        old.take(usize::try_from(limit).unwrap_or(usize::MAX)).collect()
    }

    pub(crate) fn remove(&mut self, ids: &[EventId]) {
        for id in ids {
            self.rows.remove(id);
        }
    }

    /// Counts at most `limit` whole hours that end no later than the hour of `until` begins. Answers how many.
    pub(crate) fn roll_up(&mut self, until: Timestamp, limit: u32) -> u64 {
        let oldest = || self.rows.values().map(|event| event.at).min();
        let Some(start) = self.counted_to.or_else(oldest).map(Timestamp::hour) else { return 0 };
        let end = until.hour().min(start + HOUR.saturating_mul(limit));
        if end <= start {
            return 0;
        }
        for event in self.rows.values().filter(|event| (start..end).contains(&event.at)) {
            count(&mut self.stats, event);
        }
        self.counted_to = Some(end);
        end.since(start).as_secs() / HOUR.as_secs()
    }

    pub(crate) fn stats(&self, from: Timestamp, to: Timestamp) -> Vec<HourlyCount> {
        if from >= to {
            return Vec::new();
        }
        let rows = self.stats.range((from, String::new())..(to, String::new()));
        let rows = rows.map(|((hour, metric), n)| HourlyCount { hour: *hour, metric: metric.clone(), n: *n });
        rows.take(MAX_STATS).collect()
    }

    /// The statistics of the hours between two instants.
    pub(crate) fn stats_between(
        &self,
        from: Timestamp,
        to: Timestamp,
    ) -> impl Iterator<Item = (&(Timestamp, String), &u64)> {
        let to = to.max(from);
        self.stats.range((from, String::new())..(to, String::new()))
    }

    /// Every event of an hour before this one is in the statistics.
    pub(crate) fn counted_to(&self) -> Timestamp {
        self.counted_to.unwrap_or(Timestamp::MIN)
    }

    /// All events, the oldest first.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &Event> {
        self.rows.values()
    }

    fn drop_surplus(&mut self) {
        while self.rows.len() > self.max {
            self.rows.pop_first();
            self.dropped += 1;
        }
    }
}

fn count(stats: &mut BTreeMap<(Timestamp, String), u64>, event: &Event) {
    *stats.entry((event.at.hour(), event.code.as_str().to_owned())).or_default() += 1;
}
