//! The memory store as a user store.

use std::collections::HashSet;

use async_trait::async_trait;
use authkit_core::{
    Cause, Email, EmailKey, Epoch, Guard, InsertFirstAdmin, InsertUser, NewUser, Page, PageRequest, PasswordSwap,
    Profile, PurgeUser, ReplaceEmail, ReplacePassword, Role, SetUser, StoreError, Timestamp, User, UserFilter, UserId,
    UserStore,
};

use crate::state::State;
use crate::state::users::Users;
use crate::{MemoryStore, id_taken};

#[async_trait]
impl UserStore for MemoryStore {
    async fn find_user(&self, id: &UserId) -> Result<Option<User>, StoreError> {
        Ok(self.read().users.get(id).cloned())
    }

    async fn find_user_by_email(&self, key: &EmailKey) -> Result<Option<User>, StoreError> {
        Ok(self.read().users.with_email(key).cloned())
    }

    async fn find_users(&self, ids: &[UserId]) -> Result<Vec<User>, StoreError> {
        let state = self.read();
        let ids: HashSet<_> = ids.iter().collect();
        Ok(ids.into_iter().filter_map(|id| state.users.get(id).cloned()).collect())
    }

    async fn list_users(&self, filter: &UserFilter, page: &PageRequest) -> Result<Page<User>, StoreError> {
        Ok(self.read().users.list(filter, page))
    }

    async fn count_users(&self, filter: &UserFilter, cap: u32) -> Result<u64, StoreError> {
        Ok(self.read().users.count(filter, cap))
    }

    async fn insert_user(&self, user: NewUser, cause: Cause) -> Result<InsertUser, StoreError> {
        let state = &mut *self.write();
        if state.users.with_email(user.email.key()).is_some() {
            return Ok(InsertUser::EmailTaken);
        }
        insert(state, user, &cause, "insert_user").map(InsertUser::Inserted)
    }

    async fn insert_first_admin(&self, user: NewUser, cause: Cause) -> Result<InsertFirstAdmin, StoreError> {
        let state = &mut *self.write();
        if state.users.count_active(&user.role) > 0 {
            return Ok(InsertFirstAdmin::AdminExists);
        }
        if state.users.with_email(user.email.key()).is_some() {
            return Ok(InsertFirstAdmin::EmailTaken);
        }
        insert(state, user, &cause, "insert_first_admin").map(InsertFirstAdmin::Inserted)
    }

    async fn replace_password(&self, swap: PasswordSwap, cause: Cause) -> Result<ReplacePassword, StoreError> {
        let state = &mut *self.write();
        let Some(before) = state.users.get(&swap.id).filter(|user| user.exists()) else {
            return Ok(ReplacePassword::Missing);
        };
        let allowed = swap.epochs.is_none_or(|epochs| before.is_active && before.session_epoch == epochs.from);
        if before.password_hash != swap.old_hash || !allowed {
            return Ok(ReplacePassword::Stale);
        }
        let mut after = User { password_hash: Some(swap.new_hash), ..before.clone() };
        if let Some(epochs) = swap.epochs {
            after.session_epoch = epochs.to;
            after.updated_at = cause.at;
        }
        state.events.append("replace_password", cause.event)?;
        state.users.put(after.clone());
        Ok(ReplacePassword::Replaced(Box::new(after)))
    }

    async fn set_active(
        &self,
        id: &UserId,
        active: bool,
        epoch: Epoch,
        guard: Guard,
        cause: Cause,
    ) -> Result<SetUser, StoreError> {
        self.change("set_active", id, &cause, |users, user| {
            refuse(!user.exists(), SetUser::Missing)?;
            refuse(guard.is_stale(user), SetUser::Stale)?;
            refuse(user.is_active == active, SetUser::Unchanged)?;
            refuse(!active && is_last_admin(users, user, &guard), SetUser::LastAdmin)?;
            Ok(User { is_active: active, session_epoch: epoch, ..user.clone() })
        })
    }

    async fn set_role(&self, id: &UserId, role: Role, guard: Guard, cause: Cause) -> Result<SetUser, StoreError> {
        self.change("set_role", id, &cause, |users, user| {
            refuse(!user.exists(), SetUser::Missing)?;
            refuse(guard.is_stale(user), SetUser::Stale)?;
            refuse(user.role == role, SetUser::Unchanged)?;
            refuse(is_last_admin(users, user, &guard), SetUser::LastAdmin)?;
            Ok(User { role, ..user.clone() })
        })
    }

    async fn delete_user(&self, id: &UserId, epoch: Epoch, guard: Guard, cause: Cause) -> Result<SetUser, StoreError> {
        self.change("delete_user", id, &cause, |users, user| {
            refuse(guard.is_stale(user), SetUser::Stale)?;
            refuse(!user.exists(), SetUser::Unchanged)?;
            refuse(is_last_admin(users, user, &guard), SetUser::LastAdmin)?;
            Ok(User { deleted_at: Some(cause.at), session_epoch: epoch, ..user.clone() })
        })
    }

    async fn restore_user(&self, id: &UserId, epoch: Epoch, guard: Guard, cause: Cause) -> Result<SetUser, StoreError> {
        self.change("restore_user", id, &cause, |_, user| {
            refuse(guard.is_stale(user), SetUser::Stale)?;
            refuse(user.exists(), SetUser::Unchanged)?;
            Ok(User { deleted_at: None, session_epoch: epoch, ..user.clone() })
        })
    }

    async fn mark_verified(&self, id: &UserId, key: &EmailKey, cause: Cause) -> Result<SetUser, StoreError> {
        self.change("mark_verified", id, &cause, |_, user| {
            refuse(!user.exists(), SetUser::Missing)?;
            refuse(user.email.key() != key, SetUser::Stale)?;
            refuse(user.is_verified, SetUser::Unchanged)?;
            Ok(User { is_verified: true, ..user.clone() })
        })
    }

    async fn replace_email(
        &self,
        id: &UserId,
        old: &EmailKey,
        new: Email,
        if_epoch: Epoch,
        cause: Cause,
    ) -> Result<ReplaceEmail, StoreError> {
        let state = &mut *self.write();
        let Some(user) = state.users.get(id).filter(|user| user.exists()) else { return Ok(ReplaceEmail::Missing) };
        if user.email.key() != old || user.session_epoch != if_epoch {
            return Ok(ReplaceEmail::Stale);
        }
        if state.users.with_email(new.key()).is_some_and(|other| other.id != *id) {
            return Ok(ReplaceEmail::EmailTaken);
        }
        let before = user.clone();
        let after = User { email: new, is_verified: true, ..before.clone() };
        Ok(ReplaceEmail::Replaced(replace(state, "replace_email", &before, after, &cause)?))
    }

    async fn replace_profile(
        &self,
        id: &UserId,
        profile: Profile,
        if_updated_at: Option<Timestamp>,
        cause: Cause,
    ) -> Result<SetUser, StoreError> {
        self.change("replace_profile", id, &cause, |_, user| {
            refuse(!user.exists(), SetUser::Missing)?;
            refuse(if_updated_at.is_some_and(|at| at != user.updated_at), SetUser::Stale)?;
            refuse(user.profile == profile, SetUser::Unchanged)?;
            Ok(User { profile, ..user.clone() })
        })
    }

    async fn advance_epoch(
        &self,
        id: &UserId,
        from: Epoch,
        to: Epoch,
        if_role: Option<Role>,
        cause: Cause,
    ) -> Result<SetUser, StoreError> {
        self.change("advance_epoch", id, &cause, |_, user| {
            refuse(!user.exists(), SetUser::Missing)?;
            let judged = if_role.is_none_or(|role| role == user.role);
            refuse(user.session_epoch != from || !judged, SetUser::Stale)?;
            Ok(User { session_epoch: to, ..user.clone() })
        })
    }

    async fn note_sign_in(&self, id: &UserId, at: Timestamp) -> Result<(), StoreError> {
        let users = &mut self.write().users;
        if let Some(user) = users.get(id).filter(|user| user.last_sign_in_at < at) {
            let user = User { last_sign_in_at: at, ..user.clone() };
            users.put(user);
        }
        Ok(())
    }

    async fn purge_deleted_users(&self, before: Timestamp, limit: u32) -> Result<u64, StoreError> {
        let state = &mut *self.write();
        let purged = state.users.deleted_before(before, limit);
        for id in &purged {
            state.purge_user(id);
        }
        Ok(purged.len() as u64)
    }

    async fn purge_user(&self, id: &UserId, guard: Guard, cause: Cause) -> Result<PurgeUser, StoreError> {
        let state = &mut *self.write();
        let Some(user) = state.users.get(id) else { return Ok(PurgeUser::Missing) };
        if guard.is_stale(user) {
            return Ok(PurgeUser::Stale);
        }
        if user.exists() {
            return Ok(PurgeUser::NotDeleted);
        }
        state.events.append("purge_user", cause.event)?;
        state.purge_user(id);
        Ok(PurgeUser::Purged)
    }
}

impl MemoryStore {
    /// Changes a user to what `step` makes of it, or answers what it answers instead.
    fn change(
        &self,
        operation: &'static str,
        id: &UserId,
        cause: &Cause,
        step: impl FnOnce(&Users, &User) -> Result<User, SetUser>,
    ) -> Result<SetUser, StoreError> {
        let state = &mut *self.write();
        let Some(before) = state.users.get(id).cloned() else { return Ok(SetUser::Missing) };
        match step(&state.users, &before) {
            Ok(after) => {
                let after = replace(state, operation, &before, after, cause)?;
                Ok(SetUser::Done { before: Box::new(before), after })
            }
            Err(refusal) => Ok(refusal),
        }
    }
}

fn refuse(condition: bool, outcome: SetUser) -> Result<(), SetUser> {
    if condition { Err(outcome) } else { Ok(()) }
}

/// Whether no active, undeleted administrator would remain without this one.
fn is_last_admin(users: &Users, user: &User, guard: &Guard) -> bool {
    let is_admin = user.role == guard.admin_role && user.is_active && user.exists();
    is_admin && users.count_active(&guard.admin_role) <= 1
}

/// Inserts a user whose address nobody has, and the event of it.
fn insert(state: &mut State, user: NewUser, cause: &Cause, operation: &'static str) -> Result<Box<User>, StoreError> {
    let id = user.suggested_id;
    if state.users.get(&id).is_some() {
        return Err(id_taken(operation));
    }
    let user = user.into_user(id, cause.at);
    state.events.append(operation, cause.event_about(&id))?;
    state.users.put(user.clone());
    Ok(Box::new(user))
}

/// Puts a changed row in the place of the old one, with the event of the change.
fn replace(
    state: &mut State,
    operation: &'static str,
    before: &User,
    after: User,
    cause: &Cause,
) -> Result<Box<User>, StoreError> {
    let after = User { updated_at: cause.at, ..after };
    state.events.append(operation, cause.event_changing(before.changes(&after)))?;
    state.users.put(after.clone());
    Ok(Box::new(after))
}
