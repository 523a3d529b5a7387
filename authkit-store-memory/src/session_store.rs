//! The memory store as a session store.

use async_trait::async_trait;
use authkit_core::{
    Cause, ConfirmSession, Epoch, Event, InsertSession, NewSession, Page, PageRequest, RevokeReason, RevokeSession,
    Rotate, Rotation, RotationEvents, Session, SessionFilter, SessionId, SessionStore, StoreError, Timestamp, UserId,
    decide,
};

use crate::state::State;
use crate::{MemoryStore, id_taken};

#[async_trait]
impl SessionStore for MemoryStore {
    async fn insert_session(
        &self,
        session: NewSession,
        cap: u32,
        cause: Cause,
        cap_event: Option<Event>,
    ) -> Result<InsertSession, StoreError> {
        let state = &mut *self.write();
        if !state.may_have_sessions(&session.user_id) {
            return Ok(InsertSession::UserMissing);
        }
        if state.sessions.get(session.id).is_some() {
            return Err(id_taken("insert_session"));
        }
        let open = state.sessions.open_of(&session.user_id, session.epoch, cause.at);
        let mut evicted: Vec<_> = open.map(|session| session.id).collect();
        // The new one takes one of the places.
        let others = usize::try_from(cap).unwrap_or(usize::MAX).saturating_sub(1);
        evicted.truncate(evicted.len().saturating_sub(others));

        let cap_event = cap_event.filter(|_| !evicted.is_empty()).map(|event| event.ending(&evicted));
        state.events.append("insert_session", cause.event.into_iter().chain(cap_event))?;
        revoke_all(state, &evicted, RevokeReason::Cap, cause.at);
        state.sessions.insert(session.into_session(cause.at));
        Ok(InsertSession::Inserted { evicted })
    }

    async fn find_session(&self, id: SessionId) -> Result<Option<Session>, StoreError> {
        Ok(self.read().sessions.get(id).cloned())
    }

    async fn list_sessions(&self, filter: &SessionFilter, page: &PageRequest) -> Result<Page<Session>, StoreError> {
        Ok(self.read().sessions.list(filter, page))
    }

    async fn count_sessions(&self, filter: &SessionFilter, cap: u32) -> Result<u64, StoreError> {
        Ok(self.read().sessions.count(filter, cap))
    }

    async fn count_live_sessions(&self, users: &[(UserId, Epoch)], at: Timestamp) -> Result<Vec<u64>, StoreError> {
        let sessions = &self.read().sessions;
        Ok(users.iter().map(|(user, epoch)| sessions.open_of(user, *epoch, at).count() as u64).collect())
    }

    async fn rotate(&self, step: &Rotation, events: &RotationEvents) -> Result<Rotate, StoreError> {
        let state = &mut *self.write();
        let Some(row) = state.sessions.get_mut(step.session) else { return Ok(Rotate::Missing) };
        let mut decided = row.clone();
        let outcome = decide(&mut decided, step);
        state.events.append("rotate", events.of(&outcome).cloned())?;
        *row = decided;
        Ok(outcome)
    }

    async fn revoke_session(
        &self,
        id: SessionId,
        owner: Option<&UserId>,
        reason: RevokeReason,
        cause: Cause,
    ) -> Result<RevokeSession, StoreError> {
        let state = &mut *self.write();
        let row = state.sessions.get_mut(id);
        let Some(row) = row.filter(|row| owner.is_none_or(|owner| *owner == row.user_id)) else {
            return Ok(RevokeSession::Missing);
        };
        if row.revoked_at.is_some() {
            return Ok(RevokeSession::Already);
        }
        state.events.append("revoke_session", cause.event)?;
        row.revoke(reason, cause.at);
        Ok(RevokeSession::Revoked(Box::new(row.clone())))
    }

    async fn revoke_sessions(
        &self,
        user: &UserId,
        epoch: Epoch,
        except: Option<SessionId>,
        reason: RevokeReason,
        cause: Cause,
    ) -> Result<Vec<SessionId>, StoreError> {
        let state = &mut *self.write();
        let open = state.sessions.open_of(user, epoch, cause.at).map(|session| session.id);
        let ended: Vec<_> = open.filter(|id| Some(*id) != except).collect();
        if !ended.is_empty() {
            state.events.append("revoke_sessions", cause.event_ending(&ended))?;
            revoke_all(state, &ended, reason, cause.at);
        }
        Ok(ended)
    }

    async fn tidy_epoch(
        &self,
        user: &UserId,
        left: Epoch,
        reason: RevokeReason,
        at: Timestamp,
    ) -> Result<u64, StoreError> {
        let state = &mut *self.write();
        let dead = state.sessions.of(user).filter(|session| session.epoch == left && session.revoked_at.is_none());
        let dead: Vec<_> = dead.map(|session| session.id).collect();
        revoke_all(state, &dead, reason, at);
        Ok(dead.len() as u64)
    }

    async fn confirm_session(&self, id: SessionId, cause: Cause) -> Result<ConfirmSession, StoreError> {
        let state = &mut *self.write();
        let Some(row) = state.sessions.get_mut(id).filter(|row| row.is_open(cause.at)) else {
            return Ok(ConfirmSession::NotOpen);
        };
        state.events.append("confirm_session", cause.event)?;
        row.authenticated_at = row.authenticated_at.max(cause.at);
        Ok(ConfirmSession::Confirmed)
    }

    async fn purge_sessions(&self, before: Timestamp, limit: u32) -> Result<u64, StoreError> {
        let sessions = &mut self.write().sessions;
        let ended = sessions.ended_before(before, limit);
        for id in &ended {
            sessions.remove(*id);
        }
        Ok(ended.len() as u64)
    }
}

fn revoke_all(state: &mut State, ids: &[SessionId], reason: RevokeReason, at: Timestamp) {
    for id in ids {
        if let Some(row) = state.sessions.get_mut(*id) {
            row.revoke(reason, at);
        }
    }
}
