//! The port to the sessions.

pub(crate) mod list;
pub(crate) mod purge;
mod row;
mod steps;

use async_trait::async_trait;
use authkit_core::{
    Cause, ConfirmSession, Epoch, Event, InsertSession, NewSession, Page, PageRequest, RevokeReason, RevokeSession,
    Rotate, Rotation, RotationEvents, Session, SessionFilter, SessionId, SessionStore, StoreError, Timestamp, UserId,
};

pub(crate) use purge::PurgeMark;

use crate::store::PostgresStore;

#[async_trait]
impl SessionStore for PostgresStore {
    async fn insert_session(
        &self,
        session: NewSession,
        cap: u32,
        cause: Cause,
        cap_event: Option<Event>,
    ) -> Result<InsertSession, StoreError> {
        let inserted = steps::insert_session(self.db(), session, cap, &cause, cap_event.as_ref()).await;
        inserted.map_err(|trouble| trouble.during("insert_session"))
    }

    async fn find_session(&self, id: SessionId) -> Result<Option<Session>, StoreError> {
        steps::find_session(self.db(), id).await.map_err(|trouble| trouble.during("find_session"))
    }

    async fn list_sessions(&self, filter: &SessionFilter, page: &PageRequest) -> Result<Page<Session>, StoreError> {
        list::list_sessions(self.db(), filter, page).await.map_err(|trouble| trouble.during("list_sessions"))
    }

    async fn count_sessions(&self, filter: &SessionFilter, cap: u32) -> Result<u64, StoreError> {
        list::count_sessions(self.db(), filter, cap).await.map_err(|trouble| trouble.during("count_sessions"))
    }

    async fn count_live_sessions(&self, users: &[(UserId, Epoch)], at: Timestamp) -> Result<Vec<u64>, StoreError> {
        list::count_live(self.db(), users, at).await.map_err(|trouble| trouble.during("count_live_sessions"))
    }

    async fn rotate(&self, step: &Rotation, events: &RotationEvents) -> Result<Rotate, StoreError> {
        steps::rotate(self.db(), step, events).await.map_err(|trouble| trouble.during("rotate"))
    }

    async fn revoke_session(
        &self,
        id: SessionId,
        owner: Option<&UserId>,
        reason: RevokeReason,
        cause: Cause,
    ) -> Result<RevokeSession, StoreError> {
        let revoked = steps::revoke_session(self.db(), id, owner, reason, &cause).await;
        revoked.map_err(|trouble| trouble.during("revoke_session"))
    }

    async fn revoke_sessions(
        &self,
        user: &UserId,
        epoch: Epoch,
        except: Option<SessionId>,
        reason: RevokeReason,
        cause: Cause,
    ) -> Result<Vec<SessionId>, StoreError> {
        let revoked = steps::revoke_sessions(self.db(), user, epoch, except, reason, &cause).await;
        revoked.map_err(|trouble| trouble.during("revoke_sessions"))
    }

    async fn tidy_epoch(
        &self,
        user: &UserId,
        left: Epoch,
        reason: RevokeReason,
        at: Timestamp,
    ) -> Result<u64, StoreError> {
        let tidied = steps::tidy_epoch(self.db(), user, left, reason, at).await;
        tidied.map_err(|trouble| trouble.during("tidy_epoch"))
    }

    async fn confirm_session(&self, id: SessionId, cause: Cause) -> Result<ConfirmSession, StoreError> {
        steps::confirm_session(self.db(), id, &cause).await.map_err(|trouble| trouble.during("confirm_session"))
    }

    async fn purge_sessions(&self, before: Timestamp, limit: u32) -> Result<u64, StoreError> {
        let purged = purge::purge_sessions(self.db(), self.purge_mark(), before, limit).await;
        purged.map_err(|trouble| trouble.during("purge_sessions"))
    }
}
