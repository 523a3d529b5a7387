//! The reference's users.

use async_trait::async_trait;
use authkit_core::{
    Cause, Email, EmailKey, Epoch, Guard, InsertFirstAdmin, InsertUser, NewUser, Page, PageRequest, PasswordSwap,
    Profile, PurgeUser, ReplaceEmail, ReplacePassword, Role, SetUser, StoreError, Timestamp, User, UserFilter, UserId,
    UserSort, UserStore,
};

use crate::feature::Feature;
use crate::reference::pages::page;
use crate::reference::{Reference, Rows};

/// Brings users into the order of a list; ties by key.
fn sort_users(users: &mut [User], sort: UserSort) {
    users.sort_by(|a, b| {
        let by_key = a.id.as_str().cmp(b.id.as_str());
        let order = match sort {
            UserSort::Newest => b.created_at.cmp(&a.created_at),
            UserSort::LastSignIn => b.last_sign_in_at.cmp(&a.last_sign_in_at),
            UserSort::Email => a.email.key().cmp(b.email.key()),
        };
        order.then(by_key)
    });
}

impl Rows {
    fn taken(&self, key: &EmailKey) -> bool {
        self.users.iter().any(|user| user.email.key() == key)
    }

    fn is_last_admin(&self, user: &User, admin: Role) -> bool {
        let counts = |user: &User| user.exists() && user.is_active && user.role == admin;
        counts(user) && self.users.iter().filter(|user| counts(user)).count() == 1
    }

    pub(crate) fn remove_user(&mut self, id: &UserId, with_sessions: bool) {
        self.users.retain(|user| user.id != *id);
        if with_sessions {
            self.sessions.retain(|session| session.user_id != *id);
        }
    }
}

impl Reference {
    fn insert(&self, rows: &mut Rows, user: NewUser, cause: &Cause) -> User {
        let count = i64::try_from(rows.known_users.len()).unwrap_or_default();
        let id = if self.own_keys { UserId::from(count + 1) } else { user.suggested_id };
        let mut user = user.into_user(id, cause.at);
        user.is_verified |= !self.has(Feature::Verification);
        rows.record(cause.event_about(&user.id));
        rows.known_users.push(user.id);
        rows.users.push(user.clone());
        user
    }

    /// Changes a user's row unless `decide` answers with a refusal.
    fn change(
        &self,
        id: &UserId,
        cause: &Cause,
        decide: impl FnOnce(&Rows, &mut User) -> Option<SetUser>,
    ) -> Result<SetUser, StoreError> {
        let mut rows = self.rows();
        rows.refuse_known(cause.event.as_ref().map(|event| event.id), "set")?;
        let Some(at) = rows.users.iter().position(|user| user.id == *id) else {
            return Ok(SetUser::Missing);
        };
        let before = rows.users[at].clone();
        let mut after = before.clone();
        if let Some(refusal) = decide(&rows, &mut after) {
            return Ok(refusal);
        }
        if self.has(Feature::UpdatedAt) {
            after.updated_at = cause.at;
        }
        rows.record(cause.event_changing(before.changes(&after)));
        if after.exists() || self.has(Feature::SoftDelete) {
            rows.users[at] = after.clone();
        } else {
            rows.remove_user(id, self.has(Feature::OneDatabase));
        }
        Ok(SetUser::Done { before: Box::new(before), after: Box::new(after) })
    }
}

/// The refusals that guard an administrator's write, in the order in which they are looked for.
fn refusal(rows: &Rows, user: &User, guard: &Guard, unchanged: bool, takes_admin: bool) -> Option<SetUser> {
    if guard.is_stale(user) {
        Some(SetUser::Stale)
    } else if unchanged {
        Some(SetUser::Unchanged)
    } else if takes_admin && rows.is_last_admin(user, guard.admin_role) {
        Some(SetUser::LastAdmin)
    } else {
        None
    }
}

#[async_trait]
impl UserStore for Reference {
    async fn find_user(&self, id: &UserId) -> Result<Option<User>, StoreError> {
        Ok(self.rows().users.iter().find(|user| user.id == *id).cloned())
    }

    async fn find_user_by_email(&self, key: &EmailKey) -> Result<Option<User>, StoreError> {
        Ok(self.rows().users.iter().find(|user| user.email.key() == key).cloned())
    }

    async fn find_users(&self, ids: &[UserId]) -> Result<Vec<User>, StoreError> {
        let rows = self.rows();
        Ok(rows.users.iter().filter(|user| ids.contains(&user.id)).cloned().collect())
    }

    async fn list_users(&self, filter: &UserFilter, request: &PageRequest) -> Result<Page<User>, StoreError> {
        let mut users = self.rows().users.clone();
        users.retain(|user| filter.fits(user));
        sort_users(&mut users, filter.sort);
        let key = |user: &User| {
            let sort = match filter.sort {
                UserSort::Newest => (i64::MAX - user.created_at.as_micros()).to_string(),
                UserSort::LastSignIn => (i64::MAX - user.last_sign_in_at.as_micros()).to_string(),
                UserSort::Email => user.email.key().as_str().to_owned(),
            };
            (sort, user.id.as_str().to_owned())
        };
        Ok(page(users, request, key))
    }

    async fn count_users(&self, filter: &UserFilter, cap: u32) -> Result<u64, StoreError> {
        let fitting = self.rows().users.iter().filter(|user| filter.fits(user)).count() as u64;
        Ok(fitting.min(u64::from(cap)))
    }

    async fn insert_user(&self, user: NewUser, cause: Cause) -> Result<InsertUser, StoreError> {
        let mut rows = self.rows();
        rows.refuse_known(cause.event.as_ref().map(|event| event.id), "insert_user")?;
        if rows.taken(user.email.key()) {
            return Ok(InsertUser::EmailTaken);
        }
        Ok(InsertUser::Inserted(Box::new(self.insert(&mut rows, user, &cause))))
    }

    async fn insert_first_admin(&self, user: NewUser, cause: Cause) -> Result<InsertFirstAdmin, StoreError> {
        let mut rows = self.rows();
        let there = |of: &User| of.exists() && of.is_active && of.role == user.role;
        if rows.users.iter().any(there) {
            return Ok(InsertFirstAdmin::AdminExists);
        }
        if rows.taken(user.email.key()) {
            return Ok(InsertFirstAdmin::EmailTaken);
        }
        Ok(InsertFirstAdmin::Inserted(Box::new(self.insert(&mut rows, user, &cause))))
    }

    async fn replace_password(&self, swap: PasswordSwap, cause: Cause) -> Result<ReplacePassword, StoreError> {
        let mut rows = self.rows();
        rows.refuse_known(cause.event.as_ref().map(|event| event.id), "replace_password")?;
        let Some(user) = rows.users.iter_mut().find(|user| user.id == swap.id && user.exists()) else {
            return Ok(ReplacePassword::Missing);
        };
        let epoch_stands = swap.epochs.is_none_or(|epochs| user.is_active && user.session_epoch == epochs.from);
        if user.password_hash != swap.old_hash || !epoch_stands {
            return Ok(ReplacePassword::Stale);
        }
        user.password_hash = Some(swap.new_hash);
        if let Some(epochs) = swap.epochs {
            user.session_epoch = epochs.to;
            if self.has(Feature::UpdatedAt) {
                user.updated_at = cause.at;
            }
        }
        let user = user.clone();
        rows.record(cause.event);
        Ok(ReplacePassword::Replaced(Box::new(user)))
    }

    async fn set_active(
        &self,
        id: &UserId,
        active: bool,
        epoch: Epoch,
        guard: Guard,
        cause: Cause,
    ) -> Result<SetUser, StoreError> {
        self.change(id, &cause, |rows, user| {
            if !user.exists() {
                return Some(SetUser::Missing);
            }
            let refused = refusal(rows, user, &guard, user.is_active == active, !active);
            user.is_active = active;
            user.session_epoch = epoch;
            refused
        })
    }

    async fn set_role(&self, id: &UserId, role: Role, guard: Guard, cause: Cause) -> Result<SetUser, StoreError> {
        self.change(id, &cause, |rows, user| {
            if !user.exists() {
                return Some(SetUser::Missing);
            }
            let refused = refusal(rows, user, &guard, user.role == role, true);
            user.role = role;
            refused
        })
    }

    async fn delete_user(&self, id: &UserId, epoch: Epoch, guard: Guard, cause: Cause) -> Result<SetUser, StoreError> {
        self.change(id, &cause, |rows, user| {
            let refused = refusal(rows, user, &guard, !user.exists(), true);
            user.deleted_at = Some(cause.at);
            user.session_epoch = epoch;
            refused
        })
    }

    async fn restore_user(&self, id: &UserId, epoch: Epoch, guard: Guard, cause: Cause) -> Result<SetUser, StoreError> {
        self.change(id, &cause, |_, user| {
            let refused = match guard.is_stale(user) {
                true => Some(SetUser::Stale),
                false => user.exists().then_some(SetUser::Unchanged),
            };
            user.deleted_at = None;
            user.session_epoch = epoch;
            refused
        })
    }

    async fn mark_verified(&self, id: &UserId, key: &EmailKey, cause: Cause) -> Result<SetUser, StoreError> {
        self.change(id, &cause, |_, user| {
            let refused = if !user.exists() {
                Some(SetUser::Missing)
            } else if user.email.key() != key {
                Some(SetUser::Stale)
            } else {
                user.is_verified.then_some(SetUser::Unchanged)
            };
            user.is_verified = true;
            refused
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
        let mut email_taken = false;
        let set = self.change(id, &cause, |rows, user| {
            if !user.exists() {
                return Some(SetUser::Missing);
            }
            if user.email.key() != old || user.session_epoch != if_epoch {
                return Some(SetUser::Stale);
            }
            let mut others = rows.users.iter().filter(|other| other.id != user.id);
            email_taken = others.any(|other| other.email.key() == new.key());
            user.email = new;
            user.is_verified = true;
            email_taken.then_some(SetUser::Stale)
        })?;
        Ok(match set {
            SetUser::Done { after, .. } => ReplaceEmail::Replaced(after),
            SetUser::Missing => ReplaceEmail::Missing,
            _ if email_taken => ReplaceEmail::EmailTaken,
            _ => ReplaceEmail::Stale,
        })
    }

    async fn replace_profile(
        &self,
        id: &UserId,
        profile: Profile,
        if_updated_at: Option<Timestamp>,
        cause: Cause,
    ) -> Result<SetUser, StoreError> {
        self.change(id, &cause, |_, user| {
            let refused = if !user.exists() {
                Some(SetUser::Missing)
            } else if if_updated_at.is_some_and(|at| at != user.updated_at) {
                Some(SetUser::Stale)
            } else {
                (user.profile == profile).then_some(SetUser::Unchanged)
            };
            user.profile = profile;
            refused
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
        self.change(id, &cause, |_, user| {
            let refused = if user.exists() {
                let judged = if_role.is_none_or(|role| role == user.role);
                (user.session_epoch != from || !judged).then_some(SetUser::Stale)
            } else {
                Some(SetUser::Missing)
            };
            user.session_epoch = to;
            refused
        })
    }

    async fn note_sign_in(&self, id: &UserId, at: Timestamp) -> Result<(), StoreError> {
        if self.has(Feature::LastSignIn)
            && let Some(user) = self.rows().users.iter_mut().find(|user| user.id == *id)
        {
            user.last_sign_in_at = user.last_sign_in_at.max(at);
        }
        Ok(())
    }

    async fn purge_deleted_users(&self, before: Timestamp, limit: u32) -> Result<u64, StoreError> {
        let mut rows = self.rows();
        let due: Vec<UserId> = rows
            .users
            .iter()
            .filter(|user| user.deleted_at.is_some_and(|at| at < before))
            .map(|user| user.id)
            .take(limit as usize)
            .collect();
        for id in &due {
            rows.remove_user(id, self.has(Feature::OneDatabase));
        }
        Ok(due.len() as u64)
    }

    async fn purge_user(&self, id: &UserId, guard: Guard, cause: Cause) -> Result<PurgeUser, StoreError> {
        let mut rows = self.rows();
        let Some(user) = rows.users.iter().find(|user| user.id == *id) else {
            return Ok(PurgeUser::Missing);
        };
        if guard.is_stale(user) {
            return Ok(PurgeUser::Stale);
        }
        if user.exists() {
            return Ok(PurgeUser::NotDeleted);
        }
        rows.remove_user(id, self.has(Feature::OneDatabase));
        rows.record(cause.event);
        Ok(PurgeUser::Purged)
    }
}
