//! User stores that are wrong about what a write was judged by.

use async_trait::async_trait;
use authkit_core::*;
use authkit_store_memory::MemoryStore;

use super::{Gap, UserFlaw};

/// Looks at the role first and writes later: who was promoted in between is written to all the same.
#[derive(Default)]
pub struct JudgedRoleIsReadThenForgotten(Gap);

impl JudgedRoleIsReadThenForgotten {
    /// Whether it does not stand now; if it does, a while later.
    async fn is_stale(&self, intact: &MemoryStore, id: &UserId, if_role: Option<Role>) -> Result<bool, StoreError> {
        let Some(judged) = if_role else { return Ok(false) };
        let row = intact.find_user(id).await?;
        if row.is_some_and(|row| row.role != judged) {
            return Ok(true);
        }
        self.0.pass().await;
        Ok(false)
    }
}

#[async_trait]
impl UserFlaw for JudgedRoleIsReadThenForgotten {
    async fn set_active(
        &self,
        intact: &MemoryStore,
        id: &UserId,
        active: bool,
        epoch: Epoch,
        guard: Guard,
        cause: Cause,
    ) -> Result<SetUser, StoreError> {
        if self.is_stale(intact, id, guard.if_role).await? {
            return Ok(SetUser::Stale);
        }
        intact.set_active(id, active, epoch, Guard { if_role: None, ..guard }, cause).await
    }

    async fn purge_user(
        &self,
        intact: &MemoryStore,
        id: &UserId,
        guard: Guard,
        cause: Cause,
    ) -> Result<PurgeUser, StoreError> {
        if self.is_stale(intact, id, guard.if_role).await? {
            return Ok(PurgeUser::Stale);
        }
        intact.purge_user(id, Guard { if_role: None, ..guard }, cause).await
    }
}

/// Signs out everywhere whatever the role is by now.
pub struct SignOutForgetsTheRole;

#[async_trait]
impl UserFlaw for SignOutForgetsTheRole {
    async fn advance_epoch(
        &self,
        intact: &MemoryStore,
        id: &UserId,
        from: Epoch,
        to: Epoch,
        _if_role: Option<Role>,
        cause: Cause,
    ) -> Result<SetUser, StoreError> {
        intact.advance_epoch(id, from, to, None, cause).await
    }
}

/// Restores whatever the role and the page are by now.
pub struct RestoreForgetsTheGuard;

#[async_trait]
impl UserFlaw for RestoreForgetsTheGuard {
    async fn restore_user(
        &self,
        intact: &MemoryStore,
        id: &UserId,
        epoch: Epoch,
        guard: Guard,
        cause: Cause,
    ) -> Result<SetUser, StoreError> {
        intact.restore_user(id, epoch, Guard { if_role: None, if_updated_at: None, ..guard }, cause).await
    }
}
