//! The port to the application's user table.

use async_trait::async_trait;

use crate::model::cause::Cause;
use crate::model::email::{Email, EmailKey};
use crate::model::ids::Epoch;
use crate::model::page::{Page, PageRequest};
use crate::model::profile::Profile;
use crate::model::role::Role;
use crate::model::secret::PasswordHash;
use crate::model::timestamp::Timestamp;
use crate::model::user::{NewUser, User, UserFilter};
use crate::model::user_id::UserId;
use crate::ports::store_error::StoreError;

/// The application's own user table, by use case.
///
/// # Contract
/// For every mutating method:
/// - U-1 It decides and writes in one atomic step. Of racing calls that exclude each other exactly one changes the row, and
///   its write is visible before any loser's answer.
/// - U-2 `cause.event` becomes durable with the change, exactly when there is a change. No other outcome writes anything.
/// - U-3 A change sets `updated_at` to `cause.at`, and puts before and after of the fields that changed into the event
///   ([`User::changes`] with [`Cause::event_changing`]): never a hash, an epoch or an address. An insert writes its event
///   about the key that the table gave ([`Cause::event_about`]).
/// - U-4 Setting what is already set is `Unchanged`: no write, no event.
/// - U-5 At least one active, undeleted user with the given admin role remains after every `set_active`, `set_role` and
///   `delete_user` that would take one away, under any concurrency; else `LastAdmin`.
/// - U-6 A dropped future has done all of its step or nothing.
/// - U-11 What the write was judged by is compared with the row in the same step: `if_role` and `if_updated_at`, here and in
///   [`Guard`]. Given and different: `Stale`, before all other refusals but `Missing`.
///
/// For all of them:
/// - U-7 Canonical addresses are unique, deleted users included; addresses are compared by [`EmailKey`] only.
/// - U-8 An id that the table's key type cannot hold is "not found", never an error.
/// - U-9 `find_user` and `find_user_by_email` return deleted users too, with `deleted_at` set; flows treat them as unknown.
/// - U-10 The store reads no clock, draws no randomness, hashes nothing: every value comes in as an argument.
///
/// # Errors
/// [`StoreError`] from any method: the outcome is not known.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a user store",
    label = "does not implement `UserStore`",
    note = "implement `authkit_core::UserStore` over your users table, or pick a backend such as `authkit-store-sqlite`"
)]
#[async_trait]
pub trait UserStore: Send + Sync + 'static {
    /// The user with this id. (U-8, U-9)
    async fn find_user(&self, id: &UserId) -> Result<Option<User>, StoreError>;

    /// The user with this canonical address. (U-7, U-9)
    async fn find_user_by_email(&self, key: &EmailKey) -> Result<Option<User>, StoreError>;

    /// The users with these ids (at most 200), deleted ones included, in any order; ids without a user are left out.
    async fn find_users(&self, ids: &[UserId]) -> Result<Vec<User>, StoreError>;

    /// A page of users in the order of `filter.sort`, ties by key. (P-1 to P-4, see `docs/STORE-CONTRACT.md`)
    async fn list_users(&self, filter: &UserFilter, page: &PageRequest) -> Result<Page<User>, StoreError>;

    /// How many users fit, and at most `cap`: a number for people, who need no more than "10,000+". (P-5)
    async fn count_users(&self, filter: &UserFilter, cap: u32) -> Result<u64, StoreError>;

    /// Inserts a user. (U-1, U-2, U-3, U-7)
    async fn insert_user(&self, user: NewUser, cause: Cause) -> Result<InsertUser, StoreError>;

    /// Inserts a user unless an active, undeleted user with `user.role` exists: of racing calls one inserts.
    async fn insert_first_admin(&self, user: NewUser, cause: Cause) -> Result<InsertFirstAdmin, StoreError>;

    /// Puts a new password hash in place of the one that allowed it. (U-1)
    ///
    /// With `epochs`: a change or reset, which also needs the user active and undeleted and the epoch to be the old one,
    /// and moves it to the new one in the same write. Without: a rehash, guarded by the old hash alone (and undeleted),
    /// which moves no epoch and leaves `updated_at` as it is.
    async fn replace_password(&self, swap: PasswordSwap, cause: Cause) -> Result<ReplacePassword, StoreError>;

    /// Enables or disables a user and moves the epoch to `epoch`. (U-4, U-5) A deleted user is `Missing`.
    async fn set_active(
        &self,
        id: &UserId,
        active: bool,
        epoch: Epoch,
        guard: Guard,
        cause: Cause,
    ) -> Result<SetUser, StoreError>;

    /// Gives a user a role; moves no epoch. (U-4, U-5) A deleted user is `Missing`.
    async fn set_role(&self, id: &UserId, role: Role, guard: Guard, cause: Cause) -> Result<SetUser, StoreError>;

    /// Marks a user deleted at `cause.at` and moves the epoch to `epoch`. (U-5) Deleted already: `Unchanged`.
    ///
    /// A table without a column for the mark removes the row instead, and its sessions with it.
    async fn delete_user(&self, id: &UserId, epoch: Epoch, guard: Guard, cause: Cause) -> Result<SetUser, StoreError>;

    /// Takes the mark of deletion away and moves the epoch to `epoch`; the state before the deletion returns. Not deleted:
    /// `Unchanged`. (U-11)
    async fn restore_user(&self, id: &UserId, epoch: Epoch, guard: Guard, cause: Cause) -> Result<SetUser, StoreError>;

    /// Marks the address verified while its canonical form still is `key`; else `Stale`. (U-4) Deleted: `Missing`.
    async fn mark_verified(&self, id: &UserId, key: &EmailKey, cause: Cause) -> Result<SetUser, StoreError>;

    /// Puts a new, verified address in place of the one with the key `old`, while the epoch is `if_epoch`; else `Stale`.
    /// Moves no epoch. (U-7)
    async fn replace_email(
        &self,
        id: &UserId,
        old: &EmailKey,
        new: Email,
        if_epoch: Epoch,
        cause: Cause,
    ) -> Result<ReplaceEmail, StoreError>;

    /// Puts a new profile in place of the one that `if_updated_at` saw; else `Stale`. (U-4) Deleted: `Missing`.
    async fn replace_profile(
        &self,
        id: &UserId,
        profile: Profile,
        if_updated_at: Option<Timestamp>,
        cause: Cause,
    ) -> Result<SetUser, StoreError>;

    /// Moves the epoch from one value to another: signs the user out everywhere. Another epoch in the row: `Stale`.
    /// Deleted: `Missing`. (U-11)
    async fn advance_epoch(
        &self,
        id: &UserId,
        from: Epoch,
        to: Epoch,
        if_role: Option<Role>,
        cause: Cause,
    ) -> Result<SetUser, StoreError>;

    /// Notes a sign-in in `last_sign_in_at`, never backwards, and touches nothing else. No event; a failure may lose it.
    async fn note_sign_in(&self, id: &UserId, at: Timestamp) -> Result<(), StoreError>;

    /// Removes at most `limit` users that were deleted before an instant, and their sessions where both are in one
    /// database. Writes no event. Answers how many.
    async fn purge_deleted_users(&self, before: Timestamp, limit: u32) -> Result<u64, StoreError>;

    /// Removes one deleted user at once. Not deleted: `NotDeleted`. (U-11)
    async fn purge_user(&self, id: &UserId, guard: Guard, cause: Cause) -> Result<PurgeUser, StoreError>;
}

/// A new password hash, and what must still stand for it to be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PasswordSwap {
    /// Whose.
    pub id: UserId,
    /// The hash that the presented credential was checked against; `None`: the user had no password.
    pub old_hash: Option<PasswordHash>,
    /// The hash to be.
    pub new_hash: PasswordHash,
    /// `Some`: a change or reset. `None`: a rehash.
    pub epochs: Option<EpochMove>,
}

/// An epoch that must stand and the one that takes its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EpochMove {
    /// What the row must hold.
    pub from: Epoch,
    /// What it holds afterwards.
    pub to: Epoch,
}

/// What an administrator's write is guarded by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Guard {
    /// The role of which an active, undeleted user must remain. (U-5)
    pub admin_role: Role,
    /// Given and different from the row's `updated_at`: `Stale`.
    pub if_updated_at: Option<Timestamp>,
    /// Given and different from the row's role: `Stale`. The role by which it was decided that the administrator may.
    pub if_role: Option<Role>,
}

impl Guard {
    /// Whether a row is not the one that was seen. (U-11)
    pub fn is_stale(&self, row: &User) -> bool {
        self.if_updated_at.is_some_and(|at| at != row.updated_at) || self.if_role.is_some_and(|role| role != row.role)
    }
}

/// What became of [`UserStore::insert_user`].
#[must_use]
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum InsertUser {
    /// The row, with the key that the table gave.
    Inserted(Box<User>),
    /// A user with this canonical address exists, perhaps deleted.
    EmailTaken,
}

/// What became of [`UserStore::insert_first_admin`].
#[must_use]
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum InsertFirstAdmin {
    /// The row, with the key that the table gave.
    Inserted(Box<User>),
    /// A user with this canonical address exists, perhaps deleted.
    EmailTaken,
    /// There is an active administrator already.
    AdminExists,
}

/// What became of [`UserStore::replace_password`].
#[must_use]
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReplacePassword {
    /// The row as it is now.
    Replaced(Box<User>),
    /// The hash, the epoch or the state is not what allowed the write; nothing changed.
    Stale,
    /// There is no such user, or it is deleted.
    Missing,
}

/// What became of a write to one user.
#[must_use]
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SetUser {
    /// The row changed.
    Done {
        /// As it was.
        before: Box<User>,
        /// As it is now.
        after: Box<User>,
    },
    /// It was so already; nothing changed.
    Unchanged,
    /// No administrator would remain; nothing changed.
    LastAdmin,
    /// The row is not what allowed the write; nothing changed.
    Stale,
    /// There is no such user, or not in a state that the write is meant for.
    Missing,
}

/// What became of [`UserStore::replace_email`].
#[must_use]
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReplaceEmail {
    /// The row as it is now.
    Replaced(Box<User>),
    /// Another user has this canonical address; nothing changed.
    EmailTaken,
    /// The address or the epoch is not what allowed the write; nothing changed.
    Stale,
    /// There is no such user, or it is deleted.
    Missing,
}

/// What became of [`UserStore::purge_user`].
#[must_use]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PurgeUser {
    /// The row is gone.
    Purged,
    /// The user is not deleted; nothing changed.
    NotDeleted,
    /// The row is not what allowed the write; nothing changed.
    Stale,
    /// There is no such user.
    Missing,
}
