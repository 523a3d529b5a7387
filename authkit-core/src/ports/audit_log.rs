//! The port that reads the audit trail back.

use async_trait::async_trait;

use crate::model::cause::Cause;
use crate::model::event::Event;
use crate::model::event_code::EventCode;
use crate::model::event_filter::EventFilter;
use crate::model::ids::EventId;
use crate::model::page::{Page, PageRequest};
use crate::model::peak::{Peak, PeakQuery};
use crate::model::stats::{EventCount, HourlyCount};
use crate::model::timestamp::Timestamp;
use crate::ports::store_error::StoreError;

/// Reads, counts and retires what an [`crate::AuditSink`] and the stores wrote. Optional: with it come the audit pages.
///
/// # Contract
/// - A-4 There is no way to change an event, and none to remove one but retention.
///
/// # Errors
/// [`StoreError`] from any method: the outcome is not known.
#[async_trait]
pub trait AuditLog: Send + Sync + 'static {
    /// A page of events, newest first by id. (P-1 to P-4, see `docs/STORE-CONTRACT.md`)
    async fn list_events(&self, filter: &EventFilter, page: &PageRequest) -> Result<Page<Event>, StoreError>;

    /// The event with this id.
    async fn find_event(&self, id: EventId) -> Result<Option<Event>, StoreError>;

    /// Retention: removes at most `limit` events that happened before an instant, the oldest first, and writes
    /// `cause.event` with their number ([`Cause::event_counting`]) in the same step; none: no event. Answers how many.
    async fn purge_events(&self, before: Timestamp, limit: u32, cause: Cause) -> Result<u64, StoreError>;

    /// Counts events by hour and code into the statistics: whole hours up to the one that `until` falls in, which is left
    /// out, at most `limit` hours in one step, going on where it stopped, beginning with the hour of the oldest event.
    /// A-5 Every event of such an hour is counted once. Answers how many hours are done by this call, hours without events
    /// included; zero: nothing is due.
    async fn roll_up_stats(&self, until: Timestamp, limit: u32) -> Result<u64, StoreError>;

    /// How often each of these codes (at most 32) happened between two starts of an hour, in spans of `hours` (1 to 168) from
    /// `from` on; by start, then by code; spans without events are left out.
    ///
    /// A-6 Hours that are rolled up are told by the statistics; of the others, those among the last
    /// [`HOURS_FROM_THE_TRAIL`](crate::HOURS_FROM_THE_TRAIL) before `to` are counted from the trail.
    async fn count_events(
        &self,
        codes: &[EventCode],
        from: Timestamp,
        to: Timestamp,
        hours: u32,
    ) -> Result<Vec<EventCount>, StoreError>;

    /// Addresses and users with the most events of one code in a day, the most first (then addresses before users, each by
    /// their text), with the counts of the week before.
    ///
    /// A-7 Every event of the day and the week counts once for its address and once for the user it is about. A store may
    /// stop at the newest 20 000 of the day, and at the newest 100 000 of the week.
    async fn list_peaks(&self, query: &PeakQuery) -> Result<Vec<Peak>, StoreError>;

    /// The counts of the hours from `from` (inclusive) to `to` (exclusive), by hour, then by metric; at most 20 000 rows.
    async fn list_stats(&self, from: Timestamp, to: Timestamp) -> Result<Vec<HourlyCount>, StoreError>;
}
