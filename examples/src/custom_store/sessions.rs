//! The sessions, whose rows are as AuthKit has them.

use async_trait::async_trait;
use authkit_core::{
    Cause, ConfirmSession, Epoch, Event, InsertSession, NewSession, Page, PageRequest, RevokeReason, RevokeSession,
    Rotate, Rotation, RotationEvents, Session, SessionFilter, SessionId, SessionStore, Timestamp, UserId, decide,
};

use super::{CustomStore, Result, Tables, page};

#[async_trait]
impl SessionStore for CustomStore {
    async fn insert_session(
        &self,
        session: NewSession,
        cap: u32,
        cause: Cause,
        cap_event: Option<Event>,
    ) -> Result<InsertSession> {
        let tables = &mut *self.tables();
        if tables.member(&session.user_id).is_none() {
            return Ok(InsertSession::UserMissing);
        }
        let mut evicted = tables.live(&session.user_id, session.epoch, cause.at);
        evicted.truncate((evicted.len() + 1).saturating_sub(cap as usize)); // the new one takes a place
        tables.end(&evicted, RevokeReason::Cap, cause.at);
        let cap_event = cap_event.filter(|_| !evicted.is_empty()).map(|event| event.ending(&evicted));
        tables.journal.extend(cause.event.into_iter().chain(cap_event));
        tables.sessions.insert(session.id, session.into_session(cause.at));
        Ok(InsertSession::Inserted { evicted })
    }

    async fn find_session(&self, id: SessionId) -> Result<Option<Session>> {
        Ok(self.tables().sessions.get(&id).cloned())
    }

    async fn list_sessions(&self, filter: &SessionFilter, request: &PageRequest) -> Result<Page<Session>> {
        let sessions = self.tables().sessions.values().filter(|row| filter.fits(row)).cloned().collect();
        Ok(page(sessions, request, |row| (!row.id.as_uuid().as_u128()).to_be_bytes().into()))
    }

    async fn count_sessions(&self, filter: &SessionFilter, cap: u32) -> Result<u64> {
        let tables = self.tables();
        Ok(tables.sessions.values().filter(|row| filter.fits(row)).take(cap as usize).count() as u64)
    }

    async fn count_live_sessions(&self, users: &[(UserId, Epoch)], at: Timestamp) -> Result<Vec<u64>> {
        let tables = self.tables();
        Ok(users.iter().map(|(user, epoch)| tables.live(user, *epoch, at).len() as u64).collect())
    }

    async fn rotate(&self, step: &Rotation, events: &RotationEvents) -> Result<Rotate> {
        let tables = &mut *self.tables();
        let Some(row) = tables.sessions.get_mut(&step.session) else { return Ok(Rotate::Missing) };
        let outcome = decide(row, step);
        tables.journal.extend(events.of(&outcome).cloned());
        Ok(outcome)
    }

    async fn revoke_session(
        &self,
        id: SessionId,
        owner: Option<&UserId>,
        reason: RevokeReason,
        cause: Cause,
    ) -> Result<RevokeSession> {
        let tables = &mut *self.tables();
        let row = tables.sessions.get_mut(&id).filter(|row| owner.is_none_or(|owner| *owner == row.user_id));
        let Some(row) = row else { return Ok(RevokeSession::Missing) };
        if row.revoked_at.is_some() {
            return Ok(RevokeSession::Already);
        }
        row.revoke(reason, cause.at);
        tables.journal.extend(cause.event);
        Ok(RevokeSession::Revoked(Box::new(row.clone())))
    }

    async fn revoke_sessions(
        &self,
        user: &UserId,
        epoch: Epoch,
        except: Option<SessionId>,
        reason: RevokeReason,
        cause: Cause,
    ) -> Result<Vec<SessionId>> {
        let tables = &mut *self.tables();
        let mut ended = tables.live(user, epoch, cause.at);
        ended.retain(|id| Some(*id) != except);
        tables.end(&ended, reason, cause.at);
        tables.journal.extend(cause.event_ending(&ended).filter(|_| !ended.is_empty()));
        Ok(ended)
    }

    async fn tidy_epoch(&self, user: &UserId, left: Epoch, reason: RevokeReason, at: Timestamp) -> Result<u64> {
        let tables = &mut *self.tables();
        let dead = |row: &&Session| row.user_id == *user && row.epoch == left && row.revoked_at.is_none();
        let dead: Vec<_> = tables.sessions.values().filter(dead).map(|row| row.id).collect();
        tables.end(&dead, reason, at);
        Ok(dead.len() as u64)
    }

    async fn confirm_session(&self, id: SessionId, cause: Cause) -> Result<ConfirmSession> {
        let tables = &mut *self.tables();
        let row = tables.sessions.get_mut(&id).filter(|row| row.is_open(cause.at));
        let Some(row) = row else { return Ok(ConfirmSession::NotOpen) };
        row.authenticated_at = row.authenticated_at.max(cause.at);
        tables.journal.extend(cause.event);
        Ok(ConfirmSession::Confirmed)
    }

    async fn purge_sessions(&self, before: Timestamp, limit: u32) -> Result<u64> {
        let sessions = &mut self.tables().sessions;
        let over = |row: &&Session| row.idle_at < before || row.revoked_at.is_some_and(|at| at < before);
        let over: Vec<_> = sessions.values().filter(over).map(|row| row.id).take(limit as usize).collect();
        sessions.retain(|id, _| !over.contains(id));
        Ok(over.len() as u64)
    }
}

impl Tables {
    /// A user's sessions that are open and of an epoch, the oldest first.
    fn live(&self, user: &UserId, epoch: Epoch, at: Timestamp) -> Vec<SessionId> {
        let lives = |row: &&Session| row.user_id == *user && row.epoch == epoch && row.is_open(at);
        self.sessions.values().filter(lives).map(|row| row.id).collect()
    }

    fn end(&mut self, ids: &[SessionId], reason: RevokeReason, at: Timestamp) {
        self.sessions.values_mut().filter(|row| ids.contains(&row.id)).for_each(|row| row.revoke(reason, at));
    }
}
