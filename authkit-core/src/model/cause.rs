//! Why a store is asked to change something, and the audit event that belongs to the change.

use crate::model::change::Change;
use crate::model::event::Event;
use crate::model::ids::SessionId;
use crate::model::timestamp::Timestamp;
use crate::model::user_id::UserId;

/// The instant of a change and the event that must become durable with it, or the change must not happen.
///
/// A store writes the event if and only if the outcome is a change, in the same atomic step. Before and after, counts and
/// the key that the table gave are the store's to fill in: it takes the event through one of the `event_*` methods.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cause {
    /// The instant of the change: what `updated_at`, `revoked_at` and the like become.
    pub at: Timestamp,
    /// `None`: the audit trail is switched off, or the change is one that is never recorded.
    pub event: Option<Event>,
}

impl Cause {
    /// A change without an event.
    pub const fn silent(at: Timestamp) -> Self {
        Self { at, event: None }
    }

    /// The event about the row that an insert made, whose key the table may have chosen.
    pub fn event_about(&self, id: &UserId) -> Option<Event> {
        self.event.clone().map(|event| Event { subject: Some(*id), ..event })
    }

    /// The event with what changed.
    pub fn event_changing(&self, change: Change) -> Option<Event> {
        self.event.clone().map(|event| Event { change, ..event })
    }

    /// The event with how many rows it concerned, as `details.count`.
    pub fn event_counting(&self, n: u64) -> Option<Event> {
        self.event.clone().map(|event| event.counting(n))
    }

    /// The event with the sessions that one call ended; see [`Event::ending`].
    pub fn event_ending(&self, sessions: &[SessionId]) -> Option<Event> {
        self.event.clone().map(|event| event.ending(sessions))
    }
}
