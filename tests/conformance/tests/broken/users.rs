//! User stores that are wrong in one point.

use async_trait::async_trait;
use authkit_core::*;
use authkit_store_memory::MemoryStore;

use super::{Gap, UserFlaw};

/// Replaces the password whatever stands in the row by now: reads, checks, and writes later.
#[derive(Default)]
pub struct ResetReadsThenWrites(Gap);

#[async_trait]
impl UserFlaw for ResetReadsThenWrites {
    async fn replace_password(
        &self,
        intact: &MemoryStore,
        swap: PasswordSwap,
        cause: Cause,
    ) -> Result<ReplacePassword, StoreError> {
        let Some(read) = intact.find_user(&swap.id).await? else { return Ok(ReplacePassword::Missing) };
        let moved = swap.epochs.is_some_and(|epochs| !read.is_active || read.session_epoch != epochs.from);
        if !read.exists() || read.password_hash != swap.old_hash || moved {
            return intact.replace_password(swap, cause).await;
        }
        self.0.pass().await;
        let Some(now) = intact.find_user(&swap.id).await? else { return Ok(ReplacePassword::Missing) };
        let epochs = swap.epochs.map(|epochs| EpochMove { from: now.session_epoch, ..epochs });
        intact.replace_password(PasswordSwap { old_hash: now.password_hash, epochs, ..swap }, cause).await
    }
}

/// Moves the epoch at a rehash, which signs everybody out at a sign-in.
pub struct RehashMovesTheEpoch;

#[async_trait]
impl UserFlaw for RehashMovesTheEpoch {
    async fn replace_password(
        &self,
        intact: &MemoryStore,
        swap: PasswordSwap,
        cause: Cause,
    ) -> Result<ReplacePassword, StoreError> {
        let user = intact.find_user(&swap.id).await?.filter(|user| user.is_active);
        let moved = user.map(|user| EpochMove { from: user.session_epoch, to: Epoch::from_bytes([0xee; 16]) });
        intact.replace_password(PasswordSwap { epochs: swap.epochs.or(moved), ..swap }, cause).await
    }
}

/// Writes the event of a change of role although the role was that already.
pub struct EventWithoutChange;

#[async_trait]
impl UserFlaw for EventWithoutChange {
    async fn set_role(
        &self,
        intact: &MemoryStore,
        id: &UserId,
        role: Role,
        guard: Guard,
        cause: Cause,
    ) -> Result<SetUser, StoreError> {
        let outcome = intact.set_role(id, role, guard, cause.clone()).await?;
        if let (SetUser::Unchanged, Some(event)) = (&outcome, cause.event) {
            intact.record(event).await?;
        }
        Ok(outcome)
    }
}

/// Disables and enables without a trace.
pub struct ChangeWithoutEvent;

#[async_trait]
impl UserFlaw for ChangeWithoutEvent {
    async fn set_active(
        &self,
        intact: &MemoryStore,
        id: &UserId,
        active: bool,
        epoch: Epoch,
        guard: Guard,
        cause: Cause,
    ) -> Result<SetUser, StoreError> {
        intact.set_active(id, active, epoch, guard, Cause::silent(cause.at)).await
    }
}

/// Writes the event after the change, in a step of its own: what fails in between leaves a change without it.
pub struct EventAfterTheStep;

#[async_trait]
impl UserFlaw for EventAfterTheStep {
    async fn insert_user(&self, intact: &MemoryStore, user: NewUser, cause: Cause) -> Result<InsertUser, StoreError> {
        let outcome = intact.insert_user(user, Cause::silent(cause.at)).await?;
        if let InsertUser::Inserted(user) = &outcome
            && let Some(event) = cause.event_about(&user.id)
        {
            intact.record(event).await?;
        }
        Ok(outcome)
    }
}

/// Writes the event as it came, without what changed.
pub struct EventWithoutBeforeAndAfter;

#[async_trait]
impl UserFlaw for EventWithoutBeforeAndAfter {
    async fn set_role(
        &self,
        intact: &MemoryStore,
        id: &UserId,
        role: Role,
        guard: Guard,
        cause: Cause,
    ) -> Result<SetUser, StoreError> {
        let outcome = intact.set_role(id, role, guard, Cause::silent(cause.at)).await?;
        if let (SetUser::Done { .. }, Some(event)) = (&outcome, cause.event) {
            intact.record(event).await?;
        }
        Ok(outcome)
    }
}

/// Counts the administrators first and takes one away later.
#[derive(Default)]
pub struct LastAdminChecksThenWrites(Gap);

impl LastAdminChecksThenWrites {
    /// Answers as the intact store would if this is the last one, else waits and takes the check away.
    async fn unguarded(&self, intact: &MemoryStore, guard: Guard) -> Result<Guard, StoreError> {
        let filter =
            UserFilter { status: Some(UserStatus::Active), role: Some(guard.admin_role), ..UserFilter::default() };
        let admins = intact.list_users(&filter, &PageRequest::first(2)).await?.items.len();
        if admins < 2 {
            return Ok(guard);
        }
        self.0.pass().await;
        let nobody = Role::from_stored("nobody has this role").unwrap_or(guard.admin_role);
        Ok(Guard { admin_role: nobody, ..guard })
    }
}

#[async_trait]
impl UserFlaw for LastAdminChecksThenWrites {
    async fn set_active(
        &self,
        intact: &MemoryStore,
        id: &UserId,
        active: bool,
        epoch: Epoch,
        guard: Guard,
        cause: Cause,
    ) -> Result<SetUser, StoreError> {
        let guard = self.unguarded(intact, guard).await?;
        intact.set_active(id, active, epoch, guard, cause).await
    }

    async fn set_role(
        &self,
        intact: &MemoryStore,
        id: &UserId,
        role: Role,
        guard: Guard,
        cause: Cause,
    ) -> Result<SetUser, StoreError> {
        let guard = self.unguarded(intact, guard).await?;
        intact.set_role(id, role, guard, cause).await
    }

    async fn delete_user(
        &self,
        intact: &MemoryStore,
        id: &UserId,
        epoch: Epoch,
        guard: Guard,
        cause: Cause,
    ) -> Result<SetUser, StoreError> {
        let guard = self.unguarded(intact, guard).await?;
        intact.delete_user(id, epoch, guard, cause).await
    }
}

/// Looks whether the address is free, and inserts later: who came second is told that he is in, too.
#[derive(Default)]
pub struct RegistrationReadsThenInserts(Gap);

#[async_trait]
impl UserFlaw for RegistrationReadsThenInserts {
    async fn insert_user(&self, intact: &MemoryStore, user: NewUser, cause: Cause) -> Result<InsertUser, StoreError> {
        if intact.find_user_by_email(user.email.key()).await?.is_some() {
            return Ok(InsertUser::EmailTaken);
        }
        self.0.pass().await;
        let row = user.clone().into_user(user.suggested_id, cause.at);
        let _ = intact.insert_user(user, cause).await?;
        Ok(InsertUser::Inserted(Box::new(row)))
    }
}

/// Compares addresses as they were typed: another spelling is another user.
pub struct EmailByCase;

#[async_trait]
impl UserFlaw for EmailByCase {
    async fn insert_user(&self, intact: &MemoryStore, user: NewUser, cause: Cause) -> Result<InsertUser, StoreError> {
        let typed = user.email.clone();
        match intact.find_user_by_email(typed.key()).await? {
            Some(other) if other.email.as_str() != typed.as_str() => {
                let email = Email::from_stored(typed.as_str().to_owned(), typed.as_str().to_owned());
                let outcome = intact.insert_user(NewUser { email, ..user }, cause).await?;
                Ok(match outcome {
                    InsertUser::Inserted(user) => InsertUser::Inserted(Box::new(User { email: typed, ..*user })),
                    InsertUser::EmailTaken => InsertUser::EmailTaken,
                })
            }
            _ => intact.insert_user(user, cause).await,
        }
    }
}

/// Keeps deleted users to itself.
pub struct DeletedIsNotFound;

#[async_trait]
impl UserFlaw for DeletedIsNotFound {
    async fn find_user(&self, intact: &MemoryStore, id: &UserId) -> Result<Option<User>, StoreError> {
        Ok(intact.find_user(id).await?.filter(User::exists))
    }
}

/// Deletes, and leaves the sessions alive for whoever restores.
pub struct DeleteForgetsTheEpoch;

#[async_trait]
impl UserFlaw for DeleteForgetsTheEpoch {
    async fn delete_user(
        &self,
        intact: &MemoryStore,
        id: &UserId,
        epoch: Epoch,
        guard: Guard,
        cause: Cause,
    ) -> Result<SetUser, StoreError> {
        let stays = intact.find_user(id).await?.map_or(epoch, |user| user.session_epoch);
        intact.delete_user(id, stays, guard, cause).await
    }
}

/// Signs out everywhere whatever epoch the caller saw.
pub struct SignOutWithoutSwap;

#[async_trait]
impl UserFlaw for SignOutWithoutSwap {
    async fn advance_epoch(
        &self,
        intact: &MemoryStore,
        id: &UserId,
        from: Epoch,
        to: Epoch,
        if_role: Option<Role>,
        cause: Cause,
    ) -> Result<SetUser, StoreError> {
        let from = intact.find_user(id).await?.map_or(from, |user| user.session_epoch);
        intact.advance_epoch(id, from, to, if_role, cause).await
    }
}
