//! The session store in step with the reference.

use async_trait::async_trait;
use authkit_core::{
    Cause, ConfirmSession, Epoch, Event, InsertSession, NewSession, Page, PageRequest, RevokeReason, RevokeSession,
    Rotate, Rotation, RotationEvents, Session, SessionFilter, SessionId, SessionStore, StoreError, Timestamp, UserId,
};

use crate::failure::Failure;
use crate::lockstep::Lockstep;
use crate::reference::is_due;

#[async_trait]
impl SessionStore for Lockstep {
    async fn insert_session(
        &self,
        session: NewSession,
        cap: u32,
        cause: Cause,
        cap_event: Option<Event>,
    ) -> Result<InsertSession, StoreError> {
        let mut seen =
            self.store.sessions.insert_session(session.clone(), cap, cause.clone(), cap_event.clone()).await?;
        let expected = self.reference.insert_session(session, cap, cause, cap_event).await?;
        if let InsertSession::Inserted { evicted } = &mut seen {
            evicted.sort();
        }
        self.agree("insert_session", seen, &expected).await
    }

    async fn find_session(&self, id: SessionId) -> Result<Option<Session>, StoreError> {
        let seen = self.store.sessions.find_session(id).await?;
        let expected = self.reference.find_session(id).await?;
        self.agree("find_session", seen, &expected).await
    }

    async fn list_sessions(&self, filter: &SessionFilter, page: &PageRequest) -> Result<Page<Session>, StoreError> {
        self.store.sessions.list_sessions(filter, page).await
    }

    async fn count_sessions(&self, filter: &SessionFilter, cap: u32) -> Result<u64, StoreError> {
        let seen = self.store.sessions.count_sessions(filter, cap).await?;
        let expected = self.reference.count_sessions(filter, cap).await?;
        self.agree("count_sessions", seen, &expected).await
    }

    async fn count_live_sessions(&self, users: &[(UserId, Epoch)], at: Timestamp) -> Result<Vec<u64>, StoreError> {
        let seen = self.store.sessions.count_live_sessions(users, at).await?;
        let expected = self.reference.count_live_sessions(users, at).await?;
        self.agree("count_live_sessions", seen, &expected).await
    }

    async fn rotate(&self, step: &Rotation, events: &RotationEvents) -> Result<Rotate, StoreError> {
        let seen = self.store.sessions.rotate(step, events).await?;
        let expected = self.reference.rotate(step, events).await?;
        self.agree("rotate", seen, &expected).await
    }

    async fn revoke_session(
        &self,
        id: SessionId,
        owner: Option<&UserId>,
        reason: RevokeReason,
        cause: Cause,
    ) -> Result<RevokeSession, StoreError> {
        let seen = self.store.sessions.revoke_session(id, owner, reason, cause.clone()).await?;
        let expected = self.reference.revoke_session(id, owner, reason, cause).await?;
        self.agree("revoke_session", seen, &expected).await
    }

    async fn revoke_sessions(
        &self,
        user: &UserId,
        epoch: Epoch,
        except: Option<SessionId>,
        reason: RevokeReason,
        cause: Cause,
    ) -> Result<Vec<SessionId>, StoreError> {
        let mut seen = self.store.sessions.revoke_sessions(user, epoch, except, reason, cause.clone()).await?;
        let expected = self.reference.revoke_sessions(user, epoch, except, reason, cause).await?;
        seen.sort();
        self.agree("revoke_sessions", seen, &expected).await
    }

    async fn tidy_epoch(
        &self,
        user: &UserId,
        left: Epoch,
        reason: RevokeReason,
        at: Timestamp,
    ) -> Result<u64, StoreError> {
        let seen = self.store.sessions.tidy_epoch(user, left, reason, at).await?;
        let expected = self.reference.tidy_epoch(user, left, reason, at).await?;
        self.agree("tidy_epoch", seen, &expected).await
    }

    async fn confirm_session(&self, id: SessionId, cause: Cause) -> Result<ConfirmSession, StoreError> {
        let at = cause.at;
        let proven = self.reference.find_session(id).await?.map(|session| session.authenticated_at);
        let seen = self.store.sessions.confirm_session(id, cause.clone()).await?;
        // Whether a confirmation that moves nothing is an event is left open.
        let moves = proven.is_some_and(|proven| at > proven);
        let event = cause.event.as_ref().filter(|_| !moves).map(|event| event.id);
        let written = match (event, &self.store.trail) {
            (Some(id), Some(trail)) => trail.events().await?.iter().any(|event| event.id == id),
            _ => true,
        };
        let cause = Cause { event: cause.event.filter(|_| written), ..cause };
        let expected = self.reference.confirm_session(id, cause).await?;
        self.agree("confirm_session", seen, &expected).await
    }

    async fn purge_sessions(&self, before: Timestamp, limit: u32) -> Result<u64, StoreError> {
        let seen = self.store.sessions.purge_sessions(before, limit).await?;
        let due: Vec<SessionId> = {
            let rows = self.reference.rows();
            rows.sessions.iter().filter(|session| is_due(session, before)).map(|session| session.id).collect()
        };
        let expected = u64::from(limit).min(due.len() as u64);
        // Which of them go first is the store's choice.
        let gone = self.gone_sessions(&due).await?;
        if gone.len() as u64 != expected {
            let text = format!("`purge_sessions` should remove {expected}, removed {}", gone.len());
            return Err(Failure::Wrong(text).behind("purge_sessions"));
        }
        self.reference.rows().sessions.retain(|session| !gone.contains(&session.id));
        self.agree("purge_sessions", seen, &expected).await
    }
}
