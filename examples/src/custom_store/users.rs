//! The people: AuthKit's rules on the application's rows.

use async_trait::async_trait;
use authkit_core::{
    Cause, Email, EmailKey, Epoch, Guard, InsertFirstAdmin, InsertUser, NewUser, Page, PageRequest, PasswordSwap,
    Profile, PurgeUser, ReplaceEmail, ReplacePassword, Role, SetUser, Timestamp, User, UserFilter, UserId, UserSort,
    UserStore,
};

use super::{CustomStore, Member, Result, Tables, page};

#[async_trait]
impl UserStore for CustomStore {
    async fn find_user(&self, id: &UserId) -> Result<Option<User>> {
        self.tables().member(id).map(Member::user).transpose()
    }

    async fn find_user_by_email(&self, key: &EmailKey) -> Result<Option<User>> {
        self.tables().with_mail(key).map(Member::user).transpose()
    }

    async fn find_users(&self, ids: &[UserId]) -> Result<Vec<User>> {
        Ok(self.tables().users()?.into_iter().filter(|user| ids.contains(&user.id)).collect())
    }

    async fn list_users(&self, filter: &UserFilter, request: &PageRequest) -> Result<Page<User>> {
        let users = self.tables().users()?.into_iter().filter(|user| filter.fits(user)).collect();
        Ok(page(users, request, |user| {
            // Latest first, ties by the key.
            let dated = |at: Timestamp| [&(!at.as_micros()).to_be_bytes(), user.id.as_str().as_bytes()].concat();
            match filter.sort {
                UserSort::Newest => dated(user.created_at),
                UserSort::LastSignIn => dated(user.last_sign_in_at),
                UserSort::Email => user.email.key().as_str().into(),
            }
        }))
    }

    async fn count_users(&self, filter: &UserFilter, cap: u32) -> Result<u64> {
        let fitting = self.tables().users()?.into_iter().filter(|user| filter.fits(user));
        Ok(fitting.take(cap as usize).count() as u64)
    }

    async fn insert_user(&self, user: NewUser, cause: Cause) -> Result<InsertUser> {
        let tables = &mut *self.tables();
        if tables.with_mail(user.email.key()).is_some() {
            return Ok(InsertUser::EmailTaken);
        }
        tables.insert(user, &cause).map(InsertUser::Inserted)
    }

    async fn insert_first_admin(&self, user: NewUser, cause: Cause) -> Result<InsertFirstAdmin> {
        let tables = &mut *self.tables();
        if tables.admins(&user.role) > 0 {
            return Ok(InsertFirstAdmin::AdminExists);
        }
        if tables.with_mail(user.email.key()).is_some() {
            return Ok(InsertFirstAdmin::EmailTaken);
        }
        tables.insert(user, &cause).map(InsertFirstAdmin::Inserted)
    }

    async fn replace_password(&self, swap: PasswordSwap, cause: Cause) -> Result<ReplacePassword> {
        let step = |_: &Tables, mut user: User| {
            let allowed = swap.epochs.is_none_or(|epochs| user.is_active && user.session_epoch == epochs.from);
            refuse(!user.exists(), ReplacePassword::Missing)?;
            refuse(user.password_hash != swap.old_hash || !allowed, ReplacePassword::Stale)?;
            user.password_hash = Some(swap.new_hash);
            if let Some(epochs) = swap.epochs {
                (user.session_epoch, user.updated_at) = (epochs.to, cause.at);
            }
            Ok(user)
        };
        self.change(&swap.id, &cause, ReplacePassword::Missing, step, |_, after| ReplacePassword::Replaced(after))
    }

    async fn set_active(&self, id: &UserId, active: bool, epoch: Epoch, guard: Guard, cause: Cause) -> Result<SetUser> {
        self.set(id, &cause, |tables, user| {
            refuse(!user.exists(), SetUser::Missing)?;
            refuse(guard.is_stale(&user), SetUser::Stale)?;
            refuse(user.is_active == active, SetUser::Unchanged)?;
            refuse(!active && tables.is_last_admin(&user, &guard), SetUser::LastAdmin)?;
            Ok(User { is_active: active, session_epoch: epoch, updated_at: cause.at, ..user })
        })
    }

    async fn set_role(&self, id: &UserId, role: Role, guard: Guard, cause: Cause) -> Result<SetUser> {
        self.set(id, &cause, |tables, user| {
            refuse(!user.exists(), SetUser::Missing)?;
            refuse(guard.is_stale(&user), SetUser::Stale)?;
            refuse(user.role == role, SetUser::Unchanged)?;
            refuse(tables.is_last_admin(&user, &guard), SetUser::LastAdmin)?;
            Ok(User { role, updated_at: cause.at, ..user })
        })
    }

    async fn delete_user(&self, id: &UserId, epoch: Epoch, guard: Guard, cause: Cause) -> Result<SetUser> {
        self.set(id, &cause, |tables, user| {
            refuse(guard.is_stale(&user), SetUser::Stale)?;
            refuse(!user.exists(), SetUser::Unchanged)?;
            refuse(tables.is_last_admin(&user, &guard), SetUser::LastAdmin)?;
            Ok(User { deleted_at: Some(cause.at), session_epoch: epoch, updated_at: cause.at, ..user })
        })
    }

    async fn restore_user(&self, id: &UserId, epoch: Epoch, guard: Guard, cause: Cause) -> Result<SetUser> {
        self.set(id, &cause, |_, user| {
            refuse(guard.is_stale(&user), SetUser::Stale)?;
            refuse(user.exists(), SetUser::Unchanged)?;
            Ok(User { deleted_at: None, session_epoch: epoch, updated_at: cause.at, ..user })
        })
    }

    async fn mark_verified(&self, id: &UserId, key: &EmailKey, cause: Cause) -> Result<SetUser> {
        self.set(id, &cause, |_, user| {
            refuse(!user.exists(), SetUser::Missing)?;
            refuse(user.email.key() != key, SetUser::Stale)?;
            refuse(user.is_verified, SetUser::Unchanged)?;
            Ok(User { is_verified: true, updated_at: cause.at, ..user })
        })
    }

    async fn replace_email(
        &self,
        id: &UserId,
        old: &EmailKey,
        new: Email,
        if_epoch: Epoch,
        cause: Cause,
    ) -> Result<ReplaceEmail> {
        let step = |tables: &Tables, user: User| {
            let other = tables.with_mail(new.key()).filter(|row| UserId::from(row.number) != *id);
            refuse(!user.exists(), ReplaceEmail::Missing)?;
            refuse(user.email.key() != old || user.session_epoch != if_epoch, ReplaceEmail::Stale)?;
            refuse(other.is_some(), ReplaceEmail::EmailTaken)?;
            Ok(User { email: new, is_verified: true, updated_at: cause.at, ..user })
        };
        self.change(id, &cause, ReplaceEmail::Missing, step, |_, after| ReplaceEmail::Replaced(after))
    }

    async fn replace_profile(
        &self,
        id: &UserId,
        profile: Profile,
        if_updated_at: Option<Timestamp>,
        cause: Cause,
    ) -> Result<SetUser> {
        self.set(id, &cause, |_, user| {
            refuse(!user.exists(), SetUser::Missing)?;
            refuse(if_updated_at.is_some_and(|at| at != user.updated_at), SetUser::Stale)?;
            refuse(user.profile == profile, SetUser::Unchanged)?;
            Ok(User { profile, updated_at: cause.at, ..user })
        })
    }

    async fn advance_epoch(
        &self,
        id: &UserId,
        from: Epoch,
        to: Epoch,
        if_role: Option<Role>,
        cause: Cause,
    ) -> Result<SetUser> {
        self.set(id, &cause, |_, user| {
            refuse(!user.exists(), SetUser::Missing)?;
            let judged = if_role.is_none_or(|role| role == user.role);
            refuse(user.session_epoch != from || !judged, SetUser::Stale)?;
            Ok(User { session_epoch: to, updated_at: cause.at, ..user })
        })
    }

    async fn note_sign_in(&self, id: &UserId, at: Timestamp) -> Result<()> {
        let members = &mut self.tables().members;
        if let Some(row) = id.as_i64().and_then(|number| members.get_mut(&number)) {
            row.last_seen = row.last_seen.max(at);
        }
        Ok(())
    }

    async fn purge_deleted_users(&self, before: Timestamp, limit: u32) -> Result<u64> {
        let tables = &mut *self.tables();
        let due = tables.members.values().filter(|row| row.left.is_some_and(|at| at < before)).map(|row| row.number);
        let due: Vec<_> = due.take(limit as usize).collect();
        due.iter().for_each(|number| tables.remove(*number));
        Ok(due.len() as u64)
    }

    async fn purge_user(&self, id: &UserId, guard: Guard, cause: Cause) -> Result<PurgeUser> {
        let tables = &mut *self.tables();
        let Some(row) = tables.member(id) else { return Ok(PurgeUser::Missing) };
        if guard.is_stale(&row.user()?) {
            return Ok(PurgeUser::Stale);
        }
        if row.left.is_none() {
            return Ok(PurgeUser::NotDeleted);
        }
        tables.remove(row.number);
        tables.journal.extend(cause.event);
        Ok(PurgeUser::Purged)
    }
}

impl CustomStore {
    /// Puts in place of a row what `step` makes of it, with the event that tells before and after; or writes nothing and
    /// answers with the refusal. (U-1, U-2, U-3)
    fn change<R>(
        &self,
        id: &UserId,
        cause: &Cause,
        missing: R,
        step: impl FnOnce(&Tables, User) -> Result<User, R>,
        done: impl FnOnce(Box<User>, Box<User>) -> R,
    ) -> Result<R> {
        let tables = &mut *self.tables();
        let Some(row) = tables.member(id) else { return Ok(missing) };
        let (number, before) = (row.number, row.user()?);
        let row = match step(tables, before.clone()) {
            Ok(after) => Member::of(number, after)?,
            Err(refusal) => return Ok(refusal),
        };
        let after = row.user()?;
        tables.members.insert(number, row);
        tables.journal.extend(cause.event_changing(before.changes(&after)));
        Ok(done(Box::new(before), Box::new(after)))
    }

    /// The same where the outcome is a [`SetUser`].
    fn set(
        &self,
        id: &UserId,
        cause: &Cause,
        step: impl FnOnce(&Tables, User) -> Result<User, SetUser>,
    ) -> Result<SetUser> {
        self.change(id, cause, SetUser::Missing, step, |before, after| SetUser::Done { before, after })
    }
}

impl Tables {
    fn is_last_admin(&self, user: &User, guard: &Guard) -> bool {
        let is_admin = user.role == guard.admin_role && user.is_active && user.exists();
        is_admin && self.admins(&user.role) == 1
    }
}

fn refuse<R>(condition: bool, outcome: R) -> Result<(), R> {
    if condition { Err(outcome) } else { Ok(()) }
}
