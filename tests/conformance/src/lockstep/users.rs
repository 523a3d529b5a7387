//! The user store in step with the reference.

use async_trait::async_trait;
use authkit_core::{
    Cause, Email, EmailKey, Epoch, Guard, InsertFirstAdmin, InsertUser, NewUser, Page, PageRequest, PasswordSwap,
    Profile, PurgeUser, ReplaceEmail, ReplacePassword, Role, SetUser, StoreError, Timestamp, User, UserFilter, UserId,
    UserStore,
};

use crate::failure::Failure;
use crate::feature::Feature;
use crate::lockstep::Lockstep;

impl Lockstep {
    /// The user to insert into the reference: under the key that the store gave, if it may give one.
    fn as_inserted(&self, user: NewUser, row: Option<&User>) -> NewUser {
        let id = row.filter(|_| !self.has(Feature::SuggestedKeys)).map(|row| row.id);
        NewUser { suggested_id: id.unwrap_or(user.suggested_id), ..user }
    }
}

#[async_trait]
impl UserStore for Lockstep {
    async fn find_user(&self, id: &UserId) -> Result<Option<User>, StoreError> {
        let seen = self.store.users.find_user(id).await?;
        let expected = self.reference.find_user(id).await?;
        self.agree("find_user", seen, &expected).await
    }

    async fn find_user_by_email(&self, key: &EmailKey) -> Result<Option<User>, StoreError> {
        let seen = self.store.users.find_user_by_email(key).await?;
        let expected = self.reference.find_user_by_email(key).await?;
        self.agree("find_user_by_email", seen, &expected).await
    }

    async fn find_users(&self, ids: &[UserId]) -> Result<Vec<User>, StoreError> {
        let mut seen = self.store.users.find_users(ids).await?;
        let mut expected = self.reference.find_users(ids).await?;
        seen.sort_by(|a, b| a.id.as_str().cmp(b.id.as_str()));
        expected.sort_by(|a, b| a.id.as_str().cmp(b.id.as_str()));
        self.agree("find_users", seen, &expected).await
    }

    async fn list_users(&self, filter: &UserFilter, page: &PageRequest) -> Result<Page<User>, StoreError> {
        // Positions are the store's own, so pages are compared by the cases about pages.
        self.store.users.list_users(filter, page).await
    }

    async fn count_users(&self, filter: &UserFilter, cap: u32) -> Result<u64, StoreError> {
        let seen = self.store.users.count_users(filter, cap).await?;
        let expected = self.reference.count_users(filter, cap).await?;
        self.agree("count_users", seen, &expected).await
    }

    async fn insert_user(&self, user: NewUser, cause: Cause) -> Result<InsertUser, StoreError> {
        let seen = self.store.users.insert_user(user.clone(), cause.clone()).await?;
        let row = match &seen {
            InsertUser::Inserted(row) => Some(&**row),
            InsertUser::EmailTaken => None,
        };
        let expected = self.reference.insert_user(self.as_inserted(user, row), cause).await?;
        self.agree("insert_user", seen, &expected).await
    }

    async fn insert_first_admin(&self, user: NewUser, cause: Cause) -> Result<InsertFirstAdmin, StoreError> {
        let seen = self.store.users.insert_first_admin(user.clone(), cause.clone()).await?;
        let row = match &seen {
            InsertFirstAdmin::Inserted(row) => Some(&**row),
            _ => None,
        };
        let taken = self.reference.find_user_by_email(user.email.key()).await?.is_some();
        let expected = self.reference.insert_first_admin(self.as_inserted(user, row), cause).await?;
        // Where both refusals hold, either is right.
        if taken && seen == InsertFirstAdmin::EmailTaken && expected == InsertFirstAdmin::AdminExists {
            return self.agree("insert_first_admin", seen, &InsertFirstAdmin::EmailTaken).await;
        }
        self.agree("insert_first_admin", seen, &expected).await
    }

    async fn replace_password(&self, swap: PasswordSwap, cause: Cause) -> Result<ReplacePassword, StoreError> {
        let seen = self.store.users.replace_password(swap.clone(), cause.clone()).await?;
        let expected = self.reference.replace_password(swap, cause).await?;
        self.agree("replace_password", seen, &expected).await
    }

    async fn set_active(
        &self,
        id: &UserId,
        active: bool,
        epoch: Epoch,
        guard: Guard,
        cause: Cause,
    ) -> Result<SetUser, StoreError> {
        let seen = self.store.users.set_active(id, active, epoch, guard, cause.clone()).await?;
        let expected = self.reference.set_active(id, active, epoch, guard, cause).await?;
        self.agree("set_active", seen, &expected).await
    }

    async fn set_role(&self, id: &UserId, role: Role, guard: Guard, cause: Cause) -> Result<SetUser, StoreError> {
        let seen = self.store.users.set_role(id, role, guard, cause.clone()).await?;
        let expected = self.reference.set_role(id, role, guard, cause).await?;
        self.agree("set_role", seen, &expected).await
    }

    async fn delete_user(&self, id: &UserId, epoch: Epoch, guard: Guard, cause: Cause) -> Result<SetUser, StoreError> {
        let mut seen = self.store.users.delete_user(id, epoch, guard, cause.clone()).await?;
        let expected = self.reference.delete_user(id, epoch, guard, cause).await?;
        if let (false, SetUser::Done { after, .. }, SetUser::Done { after: removed, .. }) =
            (self.has(Feature::SoftDelete), &mut seen, &expected)
        {
            // What a removed row looks like afterwards is nobody's business.
            after.clone_from(removed);
        }
        self.agree("delete_user", seen, &expected).await
    }

    async fn restore_user(&self, id: &UserId, epoch: Epoch, guard: Guard, cause: Cause) -> Result<SetUser, StoreError> {
        let seen = self.store.users.restore_user(id, epoch, guard, cause.clone()).await?;
        let expected = self.reference.restore_user(id, epoch, guard, cause).await?;
        self.agree("restore_user", seen, &expected).await
    }

    async fn mark_verified(&self, id: &UserId, key: &EmailKey, cause: Cause) -> Result<SetUser, StoreError> {
        let seen = self.store.users.mark_verified(id, key, cause.clone()).await?;
        let expected = self.reference.mark_verified(id, key, cause).await?;
        self.agree("mark_verified", seen, &expected).await
    }

    async fn replace_email(
        &self,
        id: &UserId,
        old: &EmailKey,
        new: Email,
        if_epoch: Epoch,
        cause: Cause,
    ) -> Result<ReplaceEmail, StoreError> {
        let seen = self.store.users.replace_email(id, old, new.clone(), if_epoch, cause.clone()).await?;
        let expected = self.reference.replace_email(id, old, new, if_epoch, cause).await?;
        self.agree("replace_email", seen, &expected).await
    }

    async fn replace_profile(
        &self,
        id: &UserId,
        profile: Profile,
        if_updated_at: Option<Timestamp>,
        cause: Cause,
    ) -> Result<SetUser, StoreError> {
        let seen = self.store.users.replace_profile(id, profile.clone(), if_updated_at, cause.clone()).await?;
        let expected = self.reference.replace_profile(id, profile, if_updated_at, cause).await?;
        self.agree("replace_profile", seen, &expected).await
    }

    async fn advance_epoch(
        &self,
        id: &UserId,
        from: Epoch,
        to: Epoch,
        if_role: Option<Role>,
        cause: Cause,
    ) -> Result<SetUser, StoreError> {
        let seen = self.store.users.advance_epoch(id, from, to, if_role, cause.clone()).await?;
        let expected = self.reference.advance_epoch(id, from, to, if_role, cause).await?;
        self.agree("advance_epoch", seen, &expected).await
    }

    async fn note_sign_in(&self, id: &UserId, at: Timestamp) -> Result<(), StoreError> {
        self.store.users.note_sign_in(id, at).await?;
        self.reference.note_sign_in(id, at).await?;
        self.agree("note_sign_in", (), &()).await
    }

    async fn purge_deleted_users(&self, before: Timestamp, limit: u32) -> Result<u64, StoreError> {
        let seen = self.store.users.purge_deleted_users(before, limit).await?;
        let due: Vec<UserId> = {
            let rows = self.reference.rows();
            let due = rows.users.iter().filter(|user| user.deleted_at.is_some_and(|at| at < before));
            due.map(|user| user.id).collect()
        };
        let expected = u64::from(limit).min(due.len() as u64);
        // Which of them go first is the store's choice.
        let gone = self.gone_users(&due).await?;
        if gone.len() as u64 != expected {
            let text = format!("`purge_deleted_users` should remove {expected}, removed {}", gone.len());
            return Err(Failure::Wrong(text).behind("purge_deleted_users"));
        }
        for id in &gone {
            self.reference.rows().remove_user(id, self.has(Feature::OneDatabase));
        }
        self.agree("purge_deleted_users", seen, &expected).await
    }

    async fn purge_user(&self, id: &UserId, guard: Guard, cause: Cause) -> Result<PurgeUser, StoreError> {
        let seen = self.store.users.purge_user(id, guard, cause.clone()).await?;
        let expected = self.reference.purge_user(id, guard, cause).await?;
        self.agree("purge_user", seen, &expected).await
    }
}
