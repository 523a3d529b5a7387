//! Session stores that are wrong in one point.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use authkit_core::*;
use authkit_store_memory::MemoryStore;

use super::{Gap, SessionFlaw};

const DAY: Duration = Duration::from_secs(86_400);

/// Reads the row, decides, and writes later: everybody who read in time has won.
#[derive(Default)]
pub struct RotationReadsThenWrites(Gap);

#[async_trait]
impl SessionFlaw for RotationReadsThenWrites {
    async fn rotate(
        &self,
        intact: &MemoryStore,
        step: &Rotation,
        events: &RotationEvents,
    ) -> Result<Rotate, StoreError> {
        let Some(mut read) = intact.find_session(step.session).await? else { return Ok(Rotate::Missing) };
        self.0.pass().await;
        let decided = decide(&mut read, step);
        let _ = intact.rotate(step, events).await?;
        Ok(decided)
    }
}

/// Says that a token was used again and rolls the revocation back with the error.
pub struct ReuseIsRolledBack;

#[async_trait]
impl SessionFlaw for ReuseIsRolledBack {
    async fn rotate(
        &self,
        intact: &MemoryStore,
        step: &Rotation,
        events: &RotationEvents,
    ) -> Result<Rotate, StoreError> {
        let read = intact.find_session(step.session).await?;
        match read.map(|mut row| decide(&mut row, step)) {
            Some(Rotate::Reused) => {
                if let Some(event) = events.reused.clone() {
                    intact.record(event).await?;
                }
                Ok(Rotate::Reused)
            }
            _ => intact.rotate(step, events).await,
        }
    }
}

/// Leaves a replay out of the trail.
pub struct ReplayWithoutEvent;

#[async_trait]
impl SessionFlaw for ReplayWithoutEvent {
    async fn rotate(
        &self,
        intact: &MemoryStore,
        step: &Rotation,
        events: &RotationEvents,
    ) -> Result<Rotate, StoreError> {
        intact.rotate(step, &RotationEvents { replayed: None, ..events.clone() }).await
    }
}

/// Keeps the name of the first key, so that a replay after a change of keys is another token.
pub struct RotationForgetsTheKey;

#[async_trait]
impl SessionFlaw for RotationForgetsTheKey {
    async fn rotate(
        &self,
        intact: &MemoryStore,
        step: &Rotation,
        events: &RotationEvents,
    ) -> Result<Rotate, StoreError> {
        let kid = intact.find_session(step.session).await?.map_or(step.kid, |row| row.kid);
        intact.rotate(&Rotation { kid, ..*step }, events).await
    }
}

/// Notes in the row that it was replayed.
#[derive(Default)]
pub struct ReplayChangesTheRow(Mutex<HashMap<SessionId, Timestamp>>);

#[async_trait]
impl SessionFlaw for ReplayChangesTheRow {
    async fn rotate(
        &self,
        intact: &MemoryStore,
        step: &Rotation,
        events: &RotationEvents,
    ) -> Result<Rotate, StoreError> {
        let outcome = intact.rotate(step, events).await?;
        if matches!(outcome, Rotate::Replayed(_)) {
            lock(&self.0).insert(step.session, step.at);
        }
        Ok(outcome)
    }

    async fn find_session(&self, intact: &MemoryStore, id: SessionId) -> Result<Option<Session>, StoreError> {
        let replayed_at = lock(&self.0).get(&id).copied();
        let row = intact.find_session(id).await?;
        Ok(row.map(|row| Session { rotated_at: replayed_at.unwrap_or(row.rotated_at), ..row }))
    }
}

/// Gives a session another day with every rotation, beyond its end.
pub struct RotationMovesTheAbsoluteEnd;

impl RotationMovesTheAbsoluteEnd {
    fn moved(row: Session) -> Session {
        let rotations = u32::try_from(row.generation).unwrap_or(u32::MAX);
        Session { absolute_at: row.absolute_at + DAY.saturating_mul(rotations), ..row }
    }
}

#[async_trait]
impl SessionFlaw for RotationMovesTheAbsoluteEnd {
    async fn rotate(
        &self,
        intact: &MemoryStore,
        step: &Rotation,
        events: &RotationEvents,
    ) -> Result<Rotate, StoreError> {
        Ok(match intact.rotate(step, events).await? {
            Rotate::Rotated(row) => Rotate::Rotated(Self::moved(row)),
            Rotate::Replayed(row) => Rotate::Replayed(Self::moved(row)),
            other => other,
        })
    }

    async fn find_session(&self, intact: &MemoryStore, id: SessionId) -> Result<Option<Session>, StoreError> {
        Ok(intact.find_session(id).await?.map(Self::moved))
    }
}

/// Counts what is over and what is dead as well, and so ends sessions that had room.
pub struct CapCountsTheDead;

#[async_trait]
impl SessionFlaw for CapCountsTheDead {
    async fn insert_session(
        &self,
        intact: &MemoryStore,
        session: NewSession,
        cap: u32,
        cause: Cause,
        cap_event: Option<Event>,
    ) -> Result<InsertSession, StoreError> {
        let all = SessionFilter { user_id: Some(session.user_id), ..SessionFilter::all(cause.at) };
        let rows = intact.list_sessions(&all, &PageRequest::first(MAX_PAGE)).await?.items;
        let dead = rows.iter().filter(|row| row.epoch != session.epoch || !row.is_open(cause.at)).count();
        let left = cap.saturating_sub(u32::try_from(dead).unwrap_or(u32::MAX));
        intact.insert_session(session, left, cause, cap_event).await
    }
}

/// Looks which sessions are too many, and ends them later: a crowd that signs in at once is let through.
#[derive(Default)]
pub struct CapReadsThenWrites(Gap);

#[async_trait]
impl SessionFlaw for CapReadsThenWrites {
    async fn insert_session(
        &self,
        intact: &MemoryStore,
        session: NewSession,
        cap: u32,
        cause: Cause,
        cap_event: Option<Event>,
    ) -> Result<InsertSession, StoreError> {
        let open = SessionFilter {
            user_id: Some(session.user_id),
            epoch: Some(session.epoch),
            state: Some(RowState::Open),
            ..SessionFilter::all(cause.at)
        };
        let open = intact.list_sessions(&open, &PageRequest::first(MAX_PAGE)).await?.items;
        self.0.pass().await;
        let at = cause.at;
        let mut outcome = intact.insert_session(session, u32::MAX, cause, None).await?;
        let others = usize::try_from(cap).unwrap_or(usize::MAX).saturating_sub(1);
        if let InsertSession::Inserted { evicted } = &mut outcome {
            for old in open.iter().skip(others).rev() {
                evicted.push(old.id);
                let _ = intact.revoke_session(old.id, None, RevokeReason::Cap, Cause::silent(at)).await?;
            }
            if let Some(event) = cap_event.filter(|_| !evicted.is_empty()) {
                intact.record(event.ending(evicted)).await?;
            }
        }
        Ok(outcome)
    }
}

/// Sweeps what will be over tomorrow.
pub struct PurgeTakesTheLiving;

#[async_trait]
impl SessionFlaw for PurgeTakesTheLiving {
    async fn purge_sessions(&self, intact: &MemoryStore, before: Timestamp, limit: u32) -> Result<u64, StoreError> {
        intact.purge_sessions(before + DAY, limit).await
    }
}

pub fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
