//! The port to the users. Every statement on them is in this module's files and `sql/users/`.

pub(crate) mod count;
pub(crate) mod list;
mod profile_steps;
mod row;
mod steps;

use async_trait::async_trait;
use authkit_core::{
    Cause, Email, EmailKey, Epoch, Guard, InsertFirstAdmin, InsertUser, NewUser, Page, PageRequest, PasswordSwap,
    Profile, PurgeUser, ReplaceEmail, ReplacePassword, Role, SetUser, StoreError, Timestamp, User, UserFilter, UserId,
    UserStore,
};

use crate::store::SqliteStore;

#[async_trait]
impl UserStore for SqliteStore {
    async fn find_user(&self, id: &UserId) -> Result<Option<User>, StoreError> {
        let tables = self.tables();
        let id = *id;
        self.readers().point("find_user", move |conn| row::find(conn, &tables, &id)).await
    }

    async fn find_user_by_email(&self, key: &EmailKey) -> Result<Option<User>, StoreError> {
        let tables = self.tables();
        let key = key.clone();
        self.readers().point("find_user_by_email", move |conn| row::find_by_email(conn, &tables, &key)).await
    }

    async fn find_users(&self, ids: &[UserId]) -> Result<Vec<User>, StoreError> {
        let tables = self.tables();
        let ids = ids.to_vec();
        self.readers().list("find_users", move |conn| list::find_users(conn, &tables, &ids)).await
    }

    async fn list_users(&self, filter: &UserFilter, page: &PageRequest) -> Result<Page<User>, StoreError> {
        let tables = self.tables();
        let (filter, page) = (filter.clone(), page.clone());
        self.readers().list("list_users", move |conn| list::list_users(conn, &tables, &filter, &page)).await
    }

    async fn count_users(&self, filter: &UserFilter, cap: u32) -> Result<u64, StoreError> {
        let (tables, filter) = (self.tables(), filter.clone());
        self.readers().list("count_users", move |conn| count::count_users(conn, &tables, &filter, cap)).await
    }

    async fn insert_user(&self, user: NewUser, cause: Cause) -> Result<InsertUser, StoreError> {
        let tables = self.tables();
        self.writer().run("insert_user", move |conn| steps::insert_user(conn, &tables, user, &cause)).await
    }

    async fn insert_first_admin(&self, user: NewUser, cause: Cause) -> Result<InsertFirstAdmin, StoreError> {
        let tables = self.tables();
        self.writer()
            .run("insert_first_admin", move |conn| steps::insert_first_admin(conn, &tables, user, &cause))
            .await
    }

    async fn replace_password(&self, swap: PasswordSwap, cause: Cause) -> Result<ReplacePassword, StoreError> {
        let tables = self.tables();
        self.writer()
            .run("replace_password", move |conn| profile_steps::replace_password(conn, &tables, &swap, &cause))
            .await
    }

    async fn set_active(
        &self,
        id: &UserId,
        active: bool,
        epoch: Epoch,
        guard: Guard,
        cause: Cause,
    ) -> Result<SetUser, StoreError> {
        let tables = self.tables();
        let id = *id;
        let set = move |conn: &_| steps::set_active(conn, &tables, &id, active, epoch, &guard, &cause);
        self.writer().run("set_active", set).await
    }

    async fn set_role(&self, id: &UserId, role: Role, guard: Guard, cause: Cause) -> Result<SetUser, StoreError> {
        let tables = self.tables();
        let id = *id;
        self.writer().run("set_role", move |conn| steps::set_role(conn, &tables, &id, role, &guard, &cause)).await
    }

    async fn delete_user(&self, id: &UserId, epoch: Epoch, guard: Guard, cause: Cause) -> Result<SetUser, StoreError> {
        let tables = self.tables();
        let id = *id;
        self.writer()
            .run("delete_user", move |conn| steps::delete_user(conn, &tables, &id, epoch, &guard, &cause))
            .await
    }

    async fn restore_user(&self, id: &UserId, epoch: Epoch, guard: Guard, cause: Cause) -> Result<SetUser, StoreError> {
        let tables = self.tables();
        let id = *id;
        self.writer()
            .run("restore_user", move |conn| steps::restore_user(conn, &tables, &id, epoch, &guard, &cause))
            .await
    }

    async fn mark_verified(&self, id: &UserId, key: &EmailKey, cause: Cause) -> Result<SetUser, StoreError> {
        let tables = self.tables();
        let (id, key) = (*id, key.clone());
        self.writer()
            .run("mark_verified", move |conn| profile_steps::mark_verified(conn, &tables, &id, &key, &cause))
            .await
    }

    async fn replace_email(
        &self,
        id: &UserId,
        old: &EmailKey,
        new: Email,
        if_epoch: Epoch,
        cause: Cause,
    ) -> Result<ReplaceEmail, StoreError> {
        let tables = self.tables();
        let (id, old) = (*id, old.clone());
        let replace = move |conn: &_| profile_steps::replace_email(conn, &tables, &id, &old, new, if_epoch, &cause);
        self.writer().run("replace_email", replace).await
    }

    async fn replace_profile(
        &self,
        id: &UserId,
        profile: Profile,
        if_updated_at: Option<Timestamp>,
        cause: Cause,
    ) -> Result<SetUser, StoreError> {
        let tables = self.tables();
        let id = *id;
        let replace =
            move |conn: &_| profile_steps::replace_profile(conn, &tables, &id, profile, if_updated_at, &cause);
        self.writer().run("replace_profile", replace).await
    }

    async fn advance_epoch(
        &self,
        id: &UserId,
        from: Epoch,
        to: Epoch,
        if_role: Option<Role>,
        cause: Cause,
    ) -> Result<SetUser, StoreError> {
        let tables = self.tables();
        let id = *id;
        self.writer()
            .run("advance_epoch", move |conn| {
                profile_steps::advance_epoch(conn, &tables, &id, from, to, if_role, &cause)
            })
            .await
    }

    async fn note_sign_in(&self, id: &UserId, at: Timestamp) -> Result<(), StoreError> {
        let tables = self.tables();
        let id = *id;
        self.writer().run("note_sign_in", move |conn| profile_steps::note_sign_in(conn, &tables, &id, at)).await
    }

    async fn purge_deleted_users(&self, before: Timestamp, limit: u32) -> Result<u64, StoreError> {
        let tables = self.tables();
        self.writer()
            .run("purge_deleted_users", move |conn| steps::purge_deleted_users(conn, &tables, before, limit))
            .await
    }

    async fn purge_user(&self, id: &UserId, guard: Guard, cause: Cause) -> Result<PurgeUser, StoreError> {
        let tables = self.tables();
        let id = *id;
        self.writer().run("purge_user", move |conn| steps::purge_user(conn, &tables, &id, &guard, &cause)).await
    }
}
