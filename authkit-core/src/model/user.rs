//! A user: the row, the row to be, and what a list of them may be filtered by.

use crate::model::change::Change;
use crate::model::email::{Email, EmailKey};
use crate::model::ids::Epoch;
use crate::model::profile::Profile;
use crate::model::role::Role;
use crate::model::secret::PasswordHash;
use crate::model::timestamp::Timestamp;
use crate::model::user_id::UserId;

/// A user as the store has it now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct User {
    /// The row's key.
    pub id: UserId,
    /// The address, as typed and canonical.
    pub email: Email,
    /// `None`: no password sign-in (the application signs the user in by other means).
    pub password_hash: Option<PasswordHash>,
    /// What the user may do. A name that the configuration does not know grants nothing.
    pub role: Role,
    /// `false`: disabled, no sign-in and no session counts.
    pub is_active: bool,
    /// Whether the address was proven to be the user's.
    pub is_verified: bool,
    /// What every live session of the user was opened under.
    pub session_epoch: Epoch,
    /// The application's own columns.
    pub profile: Profile,
    /// When the row was made.
    pub created_at: Timestamp,
    /// When anything but `last_sign_in_at` last changed. Guards a write against a stale page.
    pub updated_at: Timestamp,
    /// The last sign-in; equal to `created_at` until the first.
    pub last_sign_in_at: Timestamp,
    /// Set: deleted, to be purged later. Sign-in, reset and look-up treat the user as unknown.
    pub deleted_at: Option<Timestamp>,
}

impl User {
    /// Whether the user exists for everybody but an administrator who looks for deleted users.
    pub fn exists(&self) -> bool {
        self.deleted_at.is_none()
    }

    /// Before and after of every field that an audit event may show: role, state and profile fields, never an address, a
    /// hash or an epoch.
    pub fn changes(&self, after: &Self) -> Change {
        let mut change = Change::none();
        if self.role != after.role {
            change = change.and("role", self.role.as_str(), after.role.as_str());
        }
        if self.is_active != after.is_active {
            change = change.and("is_active", self.is_active, after.is_active);
        }
        if self.is_verified != after.is_verified {
            change = change.and("is_verified", self.is_verified, after.is_verified);
        }
        if self.deleted_at != after.deleted_at {
            let text = |at: Option<Timestamp>| at.map(|at| at.to_string());
            change = change.and("deleted_at", text(self.deleted_at), text(after.deleted_at));
        }
        let (old, new) = (self.profile.fields(), after.profile.fields());
        for name in old.keys().chain(new.keys().filter(|name| !old.contains_key(*name))) {
            if old.get(name) != new.get(name) {
                change = change.and(format!("profile.{name}"), old.get(name).cloned(), new.get(name).cloned());
            }
        }
        change
    }
}

/// A user that is to be inserted. Every value comes from core.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewUser {
    /// The key to use. Only a table that makes its own keys may take another.
    pub suggested_id: UserId,
    /// The address. Its canonical form must be unique in the table, deleted users included.
    pub email: Email,
    /// See [`User::password_hash`].
    pub password_hash: Option<PasswordHash>,
    /// See [`User::role`].
    pub role: Role,
    /// See [`User::is_active`].
    pub is_active: bool,
    /// See [`User::is_verified`].
    pub is_verified: bool,
    /// See [`User::session_epoch`].
    pub session_epoch: Epoch,
    /// See [`User::profile`].
    pub profile: Profile,
}

impl NewUser {
    /// The row that comes of it, under the key that the table gave, at the instant of the insert.
    #[must_use]
    pub fn into_user(self, id: UserId, at: Timestamp) -> User {
        User {
            id,
            email: self.email,
            password_hash: self.password_hash,
            role: self.role,
            is_active: self.is_active,
            is_verified: self.is_verified,
            session_epoch: self.session_epoch,
            profile: self.profile,
            created_at: at,
            updated_at: at,
            last_sign_in_at: at,
            deleted_at: None,
        }
    }
}

/// A user's state as an administrator sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum UserStatus {
    /// Not deleted and active.
    Active,
    /// Not deleted and not active.
    Disabled,
    /// Deleted and not purged yet.
    Deleted,
}

/// Which users a list holds. Everything that is given must fit; deleted users appear only under
/// [`UserStatus::Deleted`].
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct UserFilter {
    /// `None`: active and disabled ones.
    pub status: Option<UserStatus>,
    /// Exactly this role.
    pub role: Option<Role>,
    /// Whether the address is verified.
    pub verified: Option<bool>,
    /// Only those whose row was made at or after this instant.
    pub created_from: Option<Timestamp>,
    /// Only those whose row was made before this instant.
    pub created_to: Option<Timestamp>,
    /// Only those whose last sign-in was at or after this instant.
    pub signed_in_from: Option<Timestamp>,
    /// Only those whose last sign-in was before this instant.
    pub signed_in_to: Option<Timestamp>,
    /// Only those who never signed in: `last_sign_in_at` is `created_at`.
    pub never_signed_in: bool,
    /// What was typed into the search box.
    pub search: Option<UserSearch>,
    /// The order of the list.
    pub sort: UserSort,
}

impl UserFilter {
    /// Whether a row fits: the reference for every store.
    pub fn fits(&self, row: &User) -> bool {
        let status = match self.status {
            None => row.exists(),
            Some(UserStatus::Active) => row.exists() && row.is_active,
            Some(UserStatus::Disabled) => row.exists() && !row.is_active,
            Some(UserStatus::Deleted) => !row.exists(),
        };
        status
            && self.role.is_none_or(|role| role == row.role)
            && self.verified.is_none_or(|verified| verified == row.is_verified)
            && self.created_from.is_none_or(|from| row.created_at >= from)
            && self.created_to.is_none_or(|to| row.created_at < to)
            && self.signed_in_from.is_none_or(|from| row.last_sign_in_at >= from)
            && self.signed_in_to.is_none_or(|to| row.last_sign_in_at < to)
            && (!self.never_signed_in || row.last_sign_in_at == row.created_at)
            && self.search.as_ref().is_none_or(|search| match search {
                UserSearch::Id(id) => *id == row.id,
                UserSearch::Email(key) => key == row.email.key(),
                UserSearch::EmailPrefix(prefix) => row.email.key().as_str().starts_with(prefix),
                UserSearch::Domain(domain) => {
                    row.email.key().as_str().split_once('@').is_some_and(|(_, of)| of == domain)
                }
                UserSearch::Contains(text) => row.email.key().as_str().contains(text.as_str()),
            })
    }
}

/// What to look for among users.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum UserSearch {
    /// The user with this id, or none.
    Id(UserId),
    /// The user with this canonical address, or none.
    Email(EmailKey),
    /// Users whose canonical address starts with this text; `%` and `_` are ordinary characters.
    EmailPrefix(String),
    /// Users whose canonical address has exactly this domain.
    Domain(String),
    /// Users whose canonical address holds this text anywhere; `%` and `_` are ordinary characters. No index serves it
    /// unless the store has one for it, so it is asked for by name and the store's deadline bounds it.
    Contains(String),
}

/// The order of a list of users; ties are broken by the key.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum UserSort {
    /// By `created_at`, newest first.
    #[default]
    Newest,
    /// By `last_sign_in_at`, latest first.
    LastSignIn,
    /// By canonical address, A to Z.
    Email,
}
