//! Two stores in step: every call goes to the store under test and to the reference, and the answers, every row and
//! every event must be the same afterwards.

mod attempts;
mod audit;
mod sessions;
mod users;

use std::fmt::Debug;

use authkit_core::{Event, Session, SessionId, StoreError, User, UserId};
use futures_util::future::{BoxFuture, try_join_all, try_join3};
use serde_json::Value;

use crate::failure::{Checked, Failure, difference};
use crate::feature::Feature;
use crate::reference::Reference;
use crate::subject::Subject;

/// A store under test that is compared with the reference at every call.
#[derive(Clone)]
pub(crate) struct Lockstep {
    pub(crate) store: Subject,
    pub(crate) reference: Reference,
}

/// Everything that can be read of the rows that were ever made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Snapshot {
    pub(crate) users: Vec<Option<User>>,
    pub(crate) sessions: Vec<Option<Session>>,
    pub(crate) events: Vec<Event>,
}

impl Lockstep {
    pub(crate) fn new(store: Subject) -> Self {
        let reference = Reference::new(store.shape.clone());
        Self { store, reference }
    }

    fn has(&self, feature: Feature) -> bool {
        self.store.shape.has(feature)
    }

    /// What the store holds of the rows that the reference knows.
    pub(crate) async fn seen(&self) -> Checked<Snapshot> {
        let (users, sessions) = {
            let rows = self.reference.rows();
            (rows.known_users.clone(), rows.known_sessions.clone())
        };
        let Some(trail) = self.store.trail.clone() else {
            return Err(Failure::wrong(
                "the suite cannot read events: give the subject `.audit_log(&store)` or `.trail(recorder)`",
            ));
        };
        let find_users = users.iter().map(|id| self.store.users.find_user(id)).collect();
        let find_sessions = sessions.iter().map(|id| self.store.sessions.find_session(*id)).collect();
        let (users, sessions, events) =
            try_join3(some_at_once(find_users), some_at_once(find_sessions), trail.events()).await?;
        Ok(Snapshot { users, sessions, events: self.comparable(events) })
    }

    /// What the reference holds.
    pub(crate) fn expected(&self) -> Snapshot {
        let rows = self.reference.rows();
        let users = &rows.users;
        let sessions = &rows.sessions;
        Snapshot {
            users: rows.known_users.iter().map(|id| users.iter().find(|user| user.id == *id).cloned()).collect(),
            sessions: rows
                .known_sessions
                .iter()
                .map(|id| sessions.iter().find(|session| session.id == *id).cloned())
                .collect(),
            events: self.comparable(rows.events.clone()),
        }
    }

    /// Events by id, without what the contract leaves open: the order of a list of sessions, and what a table that has no
    /// mark of deletion says of it.
    fn comparable(&self, mut events: Vec<Event>) -> Vec<Event> {
        events.sort_by_key(|event| event.id);
        for event in &mut events {
            if let Some(Value::Array(ids)) = event.details.get_mut("sessions") {
                ids.sort_by_key(Value::to_string);
            }
            if !self.has(Feature::SoftDelete) && event.code == authkit_core::EventCode::USER_DELETED {
                event.change = authkit_core::Change::none();
            }
        }
        events
    }

    /// Everything that can be read is as the reference has it.
    pub(crate) async fn agrees(&self, operation: &'static str) -> Checked {
        let (seen, expected) = (self.seen().await?, self.expected());
        if seen == expected {
            return Ok(());
        }
        let mut text = format!("after `{operation}`");
        let users = seen.users.iter().zip(&expected.users).filter(|(a, b)| a != b);
        for (seen, expected) in users {
            text += &format!(", a user: {}", difference(seen, expected));
        }
        let sessions = seen.sessions.iter().zip(&expected.sessions).filter(|(a, b)| a != b);
        for (seen, expected) in sessions {
            text += &format!(", a session: {}", difference(seen, expected));
        }
        if seen.events != expected.events {
            text += ", the events:";
            for event in seen.events.iter().filter(|event| !expected.events.contains(event)) {
                text += &format!("\n  seen and not expected {}", brief(event));
            }
            for event in expected.events.iter().filter(|event| !seen.events.contains(event)) {
                text += &format!("\n  expected and not seen {}", brief(event));
            }
        }
        Err(Failure::wrong(text))
    }

    /// After a race, in whose order the reference could not follow, it takes over what the store holds.
    pub(crate) async fn adopt(&self) -> Checked {
        let seen = self.seen().await?;
        let mut rows = self.reference.rows();
        rows.users = seen.users.into_iter().flatten().collect();
        rows.sessions = seen.sessions.into_iter().flatten().collect();
        rows.events = seen.events;
        Ok(())
    }

    /// The answers are the same, and everything that can be read is.
    async fn agree<T: PartialEq + Debug>(
        &self,
        operation: &'static str,
        seen: T,
        expected: &T,
    ) -> Result<T, StoreError> {
        if seen != *expected {
            let text = format!("the answer of `{operation}`: {}", difference(&seen, expected));
            return Err(Failure::Wrong(text).behind(operation));
        }
        self.agrees(operation).await.map_err(|failure| failure.behind(operation))?;
        Ok(seen)
    }

    /// Those of these users whom the store does not find.
    async fn gone_users(&self, ids: &[UserId]) -> Result<Vec<UserId>, StoreError> {
        let found = some_at_once(ids.iter().map(|id| self.store.users.find_user(id)).collect()).await?;
        let gone = ids.iter().zip(found).filter(|(_, found)| found.is_none());
        Ok(gone.map(|(id, _)| *id).collect())
    }

    /// Those of these sessions that the store does not find.
    async fn gone_sessions(&self, ids: &[SessionId]) -> Result<Vec<SessionId>, StoreError> {
        let found = some_at_once(ids.iter().map(|id| self.store.sessions.find_session(*id)).collect()).await?;
        let gone = ids.iter().zip(found).filter(|(_, found)| found.is_none());
        Ok(gone.map(|(id, _)| *id).collect())
    }
}

/// Awaits all of them, a few at once: a store may bound how many wait for it.
async fn some_at_once<T>(mut reads: Vec<BoxFuture<'_, Result<T, StoreError>>>) -> Result<Vec<T>, StoreError> {
    let mut found = Vec::with_capacity(reads.len());
    while !reads.is_empty() {
        let some = reads.drain(..reads.len().min(8));
        found.extend(try_join_all(some.collect::<Vec<_>>()).await?);
    }
    Ok(found)
}

/// What tells an event from another.
fn brief(event: &Event) -> String {
    let details = Value::Object(event.details.clone());
    let change = event.change.to_json().unwrap_or_default();
    let subject = event.subject.map(|id| id.to_string()).unwrap_or_default();
    format!("{} {} at {} about {subject} details {details} change {change}", event.code.as_str(), event.id, event.at)
}
