//! The contract as a plain program: one lock, vectors, and the pure functions of core. What a store under test is
//! compared with, call by call.

mod attempts;
mod audit;
mod pages;
mod sessions;
mod users;

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use authkit_core::{
    AttemptKey, AttemptRow, Event, EventId, Session, SessionId, StoreError, StoreErrorKind, Timestamp, User, UserId,
};

pub(crate) use sessions::is_due;

use crate::feature::Feature;
use crate::subject::{Shape, Subject};

/// The reference store. Clones share their rows; [`Reference::copy`] does not.
#[derive(Clone)]
pub(crate) struct Reference {
    rows: Arc<Mutex<Rows>>,
    shape: Shape,
    /// As a table that counts its rows: for the suite's own tests.
    own_keys: bool,
}

/// All rows there are.
#[derive(Debug, Clone, Default)]
pub(crate) struct Rows {
    pub(crate) users: Vec<User>,
    pub(crate) sessions: Vec<Session>,
    pub(crate) events: Vec<Event>,
    pub(crate) stats: BTreeMap<(Timestamp, String), u64>,
    pub(crate) counted_to: Option<Timestamp>,
    pub(crate) attempts: HashMap<AttemptKey, AttemptRow>,
    /// Every key that was ever given, so that what is gone is looked for too.
    pub(crate) known_users: Vec<UserId>,
    pub(crate) known_sessions: Vec<SessionId>,
}

impl Reference {
    pub(crate) fn new(shape: Shape) -> Self {
        Self { rows: Arc::default(), shape, own_keys: false }
    }

    /// Another reference with the same rows now.
    pub(crate) fn copy(&self) -> Self {
        Self { rows: Arc::new(Mutex::new(self.rows().clone())), ..self.clone() }
    }

    /// The same with keys of its own, 1, 2, 3 and so on.
    #[cfg(test)]
    pub(crate) fn with_own_keys(self) -> Self {
        Self { own_keys: true, ..self }
    }

    /// Looks for the keys that another reference knows, too.
    pub(crate) fn know(&self, other: &Self) {
        let (mut rows, other) = (self.rows(), other.rows());
        rows.known_users.clone_from(&other.known_users);
        rows.known_sessions.clone_from(&other.known_sessions);
    }

    pub(crate) fn rows(&self) -> MutexGuard<'_, Rows> {
        self.rows.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn has(&self, feature: Feature) -> bool {
        self.shape.has(feature)
    }

    /// The reference as a store under test.
    pub(crate) fn as_subject(&self) -> Subject {
        let store = Arc::new(self.clone());
        let mut subject = Subject::of(&store).audit_log(&store).attempts(&store);
        subject.shape = self.shape.clone();
        subject
    }
}

impl Rows {
    fn record(&mut self, event: Option<Event>) {
        self.events.extend(event);
    }

    /// As a table with a primary key: an event whose id is there already is refused, and the call with it.
    fn refuse_known(&self, event: Option<EventId>, operation: &'static str) -> Result<(), StoreError> {
        let known = event.is_some_and(|id| self.events.iter().any(|event| event.id == id));
        if known {
            return Err(StoreError::new(StoreErrorKind::Unexpected, "reference", operation));
        }
        Ok(())
    }
}
