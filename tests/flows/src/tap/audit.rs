//! The calls of the audit ports and the attempt counter, passed on.

use authkit_core::{
    Attempt, AttemptKey, Event, EventCode, EventCount, EventFilter, EventId, HourlyCount, Page, PageRequest, Peak,
    PeakQuery, Take, Timestamp,
};

use super::tapped;

tapped! {
    AuditSink {
        record(event: Event) -> ();
    }
}

tapped! {
    AuditLog {
        list_events(filter: &EventFilter, page: &PageRequest) -> Page<Event>;
        find_event(id: EventId) -> Option<Event>;
        purge_events(before: Timestamp, limit: u32; cause) -> u64;
        roll_up_stats(until: Timestamp, limit: u32) -> u64;
        count_events(codes: &[EventCode], from: Timestamp, to: Timestamp, hours: u32) -> Vec<EventCount>;
        list_peaks(query: &PeakQuery) -> Vec<Peak>;
        list_stats(from: Timestamp, to: Timestamp) -> Vec<HourlyCount>;
    }
}

tapped! {
    AttemptCounter {
        take(attempts: &[Attempt], at: Timestamp) -> Take;
        give_back(attempts: &[Attempt]) -> ();
        clear(keys: &[AttemptKey]) -> ();
        blocked_each(attempts: &[Attempt], at: Timestamp) -> Vec<Option<Timestamp>>;
        purge_attempts(before: Timestamp, limit: u32) -> u64;
    }
}
