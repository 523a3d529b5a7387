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

use crate::store::SqliteStore;

#[async_trait]
impl SessionStore for SqliteStore {
    async fn insert_session(
        &self,
        session: NewSession,
        cap: u32,
        cause: Cause,
        cap_event: Option<Event>,
    ) -> Result<InsertSession, StoreError> {
        let tables = self.tables();
        let insert = move |conn: &_| steps::insert_session(conn, &tables, session, cap, &cause, cap_event);
        self.writer().run("insert_session", insert).await
    }

    async fn find_session(&self, id: SessionId) -> Result<Option<Session>, StoreError> {
        self.readers().point("find_session", move |conn| steps::find_session(conn, id)).await
    }

    async fn list_sessions(&self, filter: &SessionFilter, page: &PageRequest) -> Result<Page<Session>, StoreError> {
        let (tables, filter, page) = (self.tables(), filter.clone(), page.clone());
        self.readers().list("list_sessions", move |conn| list::list_sessions(conn, &tables, &filter, &page)).await
    }

    async fn count_sessions(&self, filter: &SessionFilter, cap: u32) -> Result<u64, StoreError> {
        let (tables, filter) = (self.tables(), filter.clone());
        self.readers().list("count_sessions", move |conn| list::count_sessions(conn, &tables, &filter, cap)).await
    }

    async fn count_live_sessions(&self, users: &[(UserId, Epoch)], at: Timestamp) -> Result<Vec<u64>, StoreError> {
        let (tables, users) = (self.tables(), users.to_vec());
        self.readers().list("count_live_sessions", move |conn| list::count_live(conn, &tables, &users, at)).await
    }

    async fn rotate(&self, step: &Rotation, events: &RotationEvents) -> Result<Rotate, StoreError> {
        let (step, events) = (*step, events.clone());
        self.writer().run("rotate", move |conn| steps::rotate(conn, &step, &events)).await
    }

    async fn revoke_session(
        &self,
        id: SessionId,
        owner: Option<&UserId>,
        reason: RevokeReason,
        cause: Cause,
    ) -> Result<RevokeSession, StoreError> {
        let owner = owner.copied();
        let revoke = move |conn: &_| steps::revoke_session(conn, id, owner.as_ref(), reason, &cause);
        self.writer().run("revoke_session", revoke).await
    }

    async fn revoke_sessions(
        &self,
        user: &UserId,
        epoch: Epoch,
        except: Option<SessionId>,
        reason: RevokeReason,
        cause: Cause,
    ) -> Result<Vec<SessionId>, StoreError> {
        let (tables, user) = (self.tables(), *user);
        let revoke = move |conn: &_| steps::revoke_sessions(conn, &tables, &user, epoch, except, reason, &cause);
        self.writer().run("revoke_sessions", revoke).await
    }

    async fn tidy_epoch(
        &self,
        user: &UserId,
        left: Epoch,
        reason: RevokeReason,
        at: Timestamp,
    ) -> Result<u64, StoreError> {
        let (tables, user) = (self.tables(), *user);
        self.writer().run("tidy_epoch", move |conn| steps::tidy_epoch(conn, &tables, &user, left, reason, at)).await
    }

    async fn confirm_session(&self, id: SessionId, cause: Cause) -> Result<ConfirmSession, StoreError> {
        self.writer().run("confirm_session", move |conn| steps::confirm_session(conn, id, &cause)).await
    }

    async fn purge_sessions(&self, before: Timestamp, limit: u32) -> Result<u64, StoreError> {
        // Which rows are over is found beside the writer; the writer asks each of them again.
        let mark = self.purge_mark().clone();
        let find = move |conn: &_| purge::find_over(conn, before, limit, &mark);
        let over = self.readers().upkeep("purge_sessions", find).await?;
        if over.is_empty() {
            return Ok(0);
        }
        self.writer().run("purge_sessions", move |conn| purge::purge(conn, &over, before)).await
    }
}
