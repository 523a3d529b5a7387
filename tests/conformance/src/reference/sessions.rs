//! The reference's sessions.

use async_trait::async_trait;
use authkit_core::{
    Cause, ConfirmSession, Epoch, Event, InsertSession, NewSession, Page, PageRequest, RevokeReason, RevokeSession,
    Rotate, Rotation, RotationEvents, Session, SessionFilter, SessionId, SessionStore, StoreError, Timestamp, UserId,
    decide,
};

use crate::feature::Feature;
use crate::reference::pages::page;
use crate::reference::{Reference, Rows};

/// Whether a session may be purged.
pub(crate) fn is_due(session: &Session, before: Timestamp) -> bool {
    session.absolute_at < before || session.idle_at < before || session.revoked_at.is_some_and(|at| at < before)
}

impl Rows {
    fn session(&mut self, id: SessionId) -> Option<&mut Session> {
        self.sessions.iter_mut().find(|session| session.id == id)
    }

    fn end(&mut self, ids: &[SessionId], reason: RevokeReason, at: Timestamp) {
        for session in self.sessions.iter_mut().filter(|session| ids.contains(&session.id)) {
            session.revoke(reason, at);
        }
    }

    /// A user's sessions that are open and of an epoch, the oldest first.
    fn live(&self, user: &UserId, epoch: Epoch, at: Timestamp) -> Vec<SessionId> {
        let lives = |session: &&Session| session.user_id == *user && session.epoch == epoch && session.is_open(at);
        let mut ids: Vec<_> = self.sessions.iter().filter(lives).map(|session| session.id).collect();
        ids.sort();
        ids
    }
}

#[async_trait]
impl SessionStore for Reference {
    async fn insert_session(
        &self,
        session: NewSession,
        cap: u32,
        cause: Cause,
        cap_event: Option<Event>,
    ) -> Result<InsertSession, StoreError> {
        let mut rows = self.rows();
        rows.refuse_known(cause.event.as_ref().map(|event| event.id), "insert_session")?;
        let user_is_there = rows.users.iter().any(|user| user.id == session.user_id);
        if self.has(Feature::OneDatabase) && !user_is_there {
            return Ok(InsertSession::UserMissing);
        }
        let others = rows.live(&session.user_id, session.epoch, cause.at);
        let too_many = (others.len() + 1).saturating_sub(cap as usize).min(others.len());
        let evicted = others[..too_many].to_vec();
        rows.end(&evicted, RevokeReason::Cap, cause.at);
        rows.known_sessions.push(session.id);
        rows.sessions.push(session.into_session(cause.at));
        rows.record(cause.event);
        if !evicted.is_empty() {
            rows.record(cap_event.map(|event| event.ending(&evicted)));
        }
        Ok(InsertSession::Inserted { evicted })
    }

    async fn find_session(&self, id: SessionId) -> Result<Option<Session>, StoreError> {
        Ok(self.rows().session(id).cloned())
    }

    async fn list_sessions(&self, filter: &SessionFilter, request: &PageRequest) -> Result<Page<Session>, StoreError> {
        let mut sessions = self.rows().sessions.clone();
        sessions.retain(|session| filter.fits(session));
        sessions.sort_by_key(|session| std::cmp::Reverse(session.id));
        let key = |session: &Session| {
            let newest_first = u128::MAX - session.id.as_uuid().as_u128();
            (format!("{newest_first:032x}"), String::new())
        };
        Ok(page(sessions, request, key))
    }

    async fn count_sessions(&self, filter: &SessionFilter, cap: u32) -> Result<u64, StoreError> {
        let fit = self.rows().sessions.iter().filter(|session| filter.fits(session)).count() as u64;
        Ok(fit.min(u64::from(cap)))
    }

    async fn count_live_sessions(&self, users: &[(UserId, Epoch)], at: Timestamp) -> Result<Vec<u64>, StoreError> {
        let rows = self.rows();
        Ok(users.iter().map(|(user, epoch)| rows.live(user, *epoch, at).len() as u64).collect())
    }

    async fn rotate(&self, step: &Rotation, events: &RotationEvents) -> Result<Rotate, StoreError> {
        let mut rows = self.rows();
        let Some(row) = rows.session(step.session) else {
            return Ok(Rotate::Missing);
        };
        let mut decided = row.clone();
        let outcome = decide(&mut decided, step);
        rows.refuse_known(events.of(&outcome).map(|event| event.id), "rotate")?;
        if let Some(row) = rows.session(step.session) {
            *row = decided;
        }
        rows.record(events.of(&outcome).cloned());
        Ok(outcome)
    }

    async fn revoke_session(
        &self,
        id: SessionId,
        owner: Option<&UserId>,
        reason: RevokeReason,
        cause: Cause,
    ) -> Result<RevokeSession, StoreError> {
        let mut rows = self.rows();
        rows.refuse_known(cause.event.as_ref().map(|event| event.id), "revoke_session")?;
        let Some(row) = rows.session(id).filter(|row| owner.is_none_or(|owner| *owner == row.user_id)) else {
            return Ok(RevokeSession::Missing);
        };
        if row.revoked_at.is_some() {
            return Ok(RevokeSession::Already);
        }
        row.revoke(reason, cause.at);
        let row = row.clone();
        rows.record(cause.event);
        Ok(RevokeSession::Revoked(Box::new(row)))
    }

    async fn revoke_sessions(
        &self,
        user: &UserId,
        epoch: Epoch,
        except: Option<SessionId>,
        reason: RevokeReason,
        cause: Cause,
    ) -> Result<Vec<SessionId>, StoreError> {
        let mut rows = self.rows();
        let mut ids = rows.live(user, epoch, cause.at);
        ids.retain(|id| Some(*id) != except);
        rows.end(&ids, reason, cause.at);
        if !ids.is_empty() {
            rows.record(cause.event_ending(&ids));
        }
        Ok(ids)
    }

    async fn tidy_epoch(
        &self,
        user: &UserId,
        left: Epoch,
        reason: RevokeReason,
        at: Timestamp,
    ) -> Result<u64, StoreError> {
        let mut rows = self.rows();
        let mut n = 0;
        for session in &mut rows.sessions {
            if session.user_id == *user && session.epoch == left && session.revoked_at.is_none() {
                session.revoke(reason, at);
                n += 1;
            }
        }
        Ok(n)
    }

    async fn confirm_session(&self, id: SessionId, cause: Cause) -> Result<ConfirmSession, StoreError> {
        let mut rows = self.rows();
        let Some(row) = rows.session(id).filter(|row| row.is_open(cause.at)) else {
            return Ok(ConfirmSession::NotOpen);
        };
        row.authenticated_at = row.authenticated_at.max(cause.at);
        rows.record(cause.event);
        Ok(ConfirmSession::Confirmed)
    }

    async fn purge_sessions(&self, before: Timestamp, limit: u32) -> Result<u64, StoreError> {
        let mut rows = self.rows();
        let mut left = u64::from(limit);
        rows.sessions.retain(|session| {
            let goes = left > 0 && is_due(session, before);
            left -= u64::from(goes);
            !goes
        });
        Ok(u64::from(limit) - left)
    }
}
