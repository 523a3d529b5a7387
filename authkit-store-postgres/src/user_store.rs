//! The port to the users.

pub(crate) mod list;
pub(crate) mod row;
mod steps;

use async_trait::async_trait;
use authkit_core::{
    Cause, Email, EmailKey, Epoch, Guard, InsertFirstAdmin, InsertUser, NewUser, Page, PageRequest, PasswordSwap,
    Profile, PurgeUser, ReplaceEmail, ReplacePassword, Role, SetUser, StoreError, Timestamp, User, UserFilter, UserId,
    UserStore,
};

use crate::db::Point;
use crate::store::PostgresStore;
use crate::value::Value;

#[async_trait]
impl UserStore for PostgresStore {
    async fn find_user(&self, id: &UserId) -> Result<Option<User>, StoreError> {
        let Some(key) = self.db().tables.key(id) else { return Ok(None) };
        steps::find(self.db(), Point::User, key).await.map_err(|trouble| trouble.during("find_user"))
    }

    async fn find_user_by_email(&self, key: &EmailKey) -> Result<Option<User>, StoreError> {
        let found = steps::find(self.db(), Point::UserByEmail, Value::from(key.as_str())).await;
        found.map_err(|trouble| trouble.during("find_user_by_email"))
    }

    async fn find_users(&self, ids: &[UserId]) -> Result<Vec<User>, StoreError> {
        list::find_users(self.db(), ids).await.map_err(|trouble| trouble.during("find_users"))
    }

    async fn list_users(&self, filter: &UserFilter, page: &PageRequest) -> Result<Page<User>, StoreError> {
        list::list_users(self.db(), filter, page).await.map_err(|trouble| trouble.during("list_users"))
    }

    async fn count_users(&self, filter: &UserFilter, cap: u32) -> Result<u64, StoreError> {
        list::count_users(self.db(), filter, cap).await.map_err(|trouble| trouble.during("count_users"))
    }

    async fn insert_user(&self, user: NewUser, cause: Cause) -> Result<InsertUser, StoreError> {
        steps::insert_user(self.db(), &user, &cause).await.map_err(|trouble| trouble.during("insert_user"))
    }

    async fn insert_first_admin(&self, user: NewUser, cause: Cause) -> Result<InsertFirstAdmin, StoreError> {
        let inserted = steps::insert_first_admin(self.db(), &user, &cause).await;
        inserted.map_err(|trouble| trouble.during("insert_first_admin"))
    }

    async fn replace_password(&self, swap: PasswordSwap, cause: Cause) -> Result<ReplacePassword, StoreError> {
        let replaced = steps::replace_password(self.db(), &swap, &cause).await;
        replaced.map_err(|trouble| trouble.during("replace_password"))
    }

    async fn set_active(
        &self,
        id: &UserId,
        active: bool,
        epoch: Epoch,
        guard: Guard,
        cause: Cause,
    ) -> Result<SetUser, StoreError> {
        let set = steps::set_active(self.db(), id, active, epoch, &guard, &cause).await;
        set.map_err(|trouble| trouble.during("set_active"))
    }

    async fn set_role(&self, id: &UserId, role: Role, guard: Guard, cause: Cause) -> Result<SetUser, StoreError> {
        let set = steps::set_role(self.db(), id, role, &guard, &cause).await;
        set.map_err(|trouble| trouble.during("set_role"))
    }

    async fn delete_user(&self, id: &UserId, epoch: Epoch, guard: Guard, cause: Cause) -> Result<SetUser, StoreError> {
        let deleted = steps::delete_user(self.db(), id, epoch, &guard, &cause).await;
        deleted.map_err(|trouble| trouble.during("delete_user"))
    }

    async fn restore_user(&self, id: &UserId, epoch: Epoch, guard: Guard, cause: Cause) -> Result<SetUser, StoreError> {
        let restored = steps::restore_user(self.db(), id, epoch, &guard, &cause).await;
        restored.map_err(|trouble| trouble.during("restore_user"))
    }

    async fn mark_verified(&self, id: &UserId, key: &EmailKey, cause: Cause) -> Result<SetUser, StoreError> {
        let marked = steps::mark_verified(self.db(), id, key, &cause).await;
        marked.map_err(|trouble| trouble.during("mark_verified"))
    }

    async fn replace_email(
        &self,
        id: &UserId,
        old: &EmailKey,
        new: Email,
        if_epoch: Epoch,
        cause: Cause,
    ) -> Result<ReplaceEmail, StoreError> {
        let replaced = steps::replace_email(self.db(), id, old, &new, if_epoch, &cause).await;
        replaced.map_err(|trouble| trouble.during("replace_email"))
    }

    async fn replace_profile(
        &self,
        id: &UserId,
        profile: Profile,
        if_updated_at: Option<Timestamp>,
        cause: Cause,
    ) -> Result<SetUser, StoreError> {
        let replaced = steps::replace_profile(self.db(), id, profile, if_updated_at, &cause).await;
        replaced.map_err(|trouble| trouble.during("replace_profile"))
    }

    async fn advance_epoch(
        &self,
        id: &UserId,
        from: Epoch,
        to: Epoch,
        if_role: Option<Role>,
        cause: Cause,
    ) -> Result<SetUser, StoreError> {
        let advanced = steps::advance_epoch(self.db(), id, from, to, if_role, &cause).await;
        advanced.map_err(|trouble| trouble.during("advance_epoch"))
    }

    async fn note_sign_in(&self, id: &UserId, at: Timestamp) -> Result<(), StoreError> {
        steps::note_sign_in(self.db(), id, at).await.map_err(|trouble| trouble.during("note_sign_in"))
    }

    async fn purge_deleted_users(&self, before: Timestamp, limit: u32) -> Result<u64, StoreError> {
        let purged = steps::purge_deleted_users(self.db(), before, limit).await;
        purged.map_err(|trouble| trouble.during("purge_deleted_users"))
    }

    async fn purge_user(&self, id: &UserId, guard: Guard, cause: Cause) -> Result<PurgeUser, StoreError> {
        steps::purge_user(self.db(), id, &guard, &cause).await.map_err(|trouble| trouble.during("purge_user"))
    }
}
