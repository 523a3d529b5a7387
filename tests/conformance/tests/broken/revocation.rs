//! Session stores that end sessions wrongly in one point.

use std::collections::HashMap;
use std::sync::Mutex;

use async_trait::async_trait;
use authkit_core::*;
use authkit_store_memory::MemoryStore;
use tokio::task::yield_now;

use super::sessions::lock;
use super::{Gap, SessionFlaw};

/// Writes the reason of every later revocation over the first one.
#[derive(Default)]
pub struct RevocationIsWrittenOver(Mutex<HashMap<SessionId, RevokeReason>>);

#[async_trait]
impl SessionFlaw for RevocationIsWrittenOver {
    async fn revoke_session(
        &self,
        intact: &MemoryStore,
        id: SessionId,
        owner: Option<&UserId>,
        reason: RevokeReason,
        cause: Cause,
    ) -> Result<RevokeSession, StoreError> {
        let outcome = intact.revoke_session(id, owner, reason, cause).await?;
        if outcome == RevokeSession::Already {
            lock(&self.0).insert(id, reason);
        }
        Ok(outcome)
    }

    async fn find_session(&self, intact: &MemoryStore, id: SessionId) -> Result<Option<Session>, StoreError> {
        let later = lock(&self.0).get(&id).copied();
        let row = intact.find_session(id).await?;
        Ok(row.map(|row| Session { revoked_reason: later.or(row.revoked_reason), ..row }))
    }
}

/// Looks whether the session is revoked, and revokes later: several callers have ended it, and the trail says so.
#[derive(Default)]
pub struct RevocationReadsThenWrites(Gap);

#[async_trait]
impl SessionFlaw for RevocationReadsThenWrites {
    async fn revoke_session(
        &self,
        intact: &MemoryStore,
        id: SessionId,
        owner: Option<&UserId>,
        reason: RevokeReason,
        cause: Cause,
    ) -> Result<RevokeSession, StoreError> {
        let open = intact.find_session(id).await?.is_some_and(|row| row.revoked_at.is_none());
        self.0.pass().await;
        let outcome = intact.revoke_session(id, owner, reason, cause.clone()).await?;
        let row = intact.find_session(id).await?;
        if let (true, RevokeSession::Already, Some(row)) = (open, &outcome, row) {
            if let Some(event) = cause.event {
                intact.record(event).await?;
            }
            return Ok(RevokeSession::Revoked(Box::new(row)));
        }
        Ok(outcome)
    }
}

/// Writes the event of a revocation in a step of its own: who drops the call in between leaves no trace of it.
pub struct RevocationEventAfterTheStep;

#[async_trait]
impl SessionFlaw for RevocationEventAfterTheStep {
    async fn revoke_session(
        &self,
        intact: &MemoryStore,
        id: SessionId,
        owner: Option<&UserId>,
        reason: RevokeReason,
        cause: Cause,
    ) -> Result<RevokeSession, StoreError> {
        let outcome = intact.revoke_session(id, owner, reason, Cause::silent(cause.at)).await?;
        if let (RevokeSession::Revoked(_), Some(event)) = (&outcome, cause.event) {
            yield_now().await;
            intact.record(event).await?;
        }
        Ok(outcome)
    }
}

/// Ends a session for whoever names it.
pub struct RevocationIgnoresTheOwner;

#[async_trait]
impl SessionFlaw for RevocationIgnoresTheOwner {
    async fn revoke_session(
        &self,
        intact: &MemoryStore,
        id: SessionId,
        _owner: Option<&UserId>,
        reason: RevokeReason,
        cause: Cause,
    ) -> Result<RevokeSession, StoreError> {
        intact.revoke_session(id, None, reason, cause).await
    }
}
