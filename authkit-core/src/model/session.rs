//! A session: one sign-in on one device and the chain of its refresh tokens.

use std::time::Duration;

use crate::model::client::ClientInfo;
use crate::model::ids::{Digest, Epoch, KeyId, SessionId};
use crate::model::names::names;
use crate::model::timestamp::Timestamp;
use crate::model::user::User;
use crate::model::user_id::UserId;

/// A session as the store has it now: one row is one token family.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// The row's key, `sid` in tokens.
    pub id: SessionId,
    /// Whose session it is.
    pub user_id: UserId,
    /// The user's epoch when the session was opened. Another one in the user's row: the session is dead.
    pub epoch: Epoch,
    /// SHA-256 of the current refresh token's `jti`.
    pub token_hash: Digest,
    /// The key that signs the current refresh token.
    pub kid: KeyId,
    /// How often the session was rotated.
    pub generation: u64,
    /// Through what it was opened.
    pub via: Via,
    /// How long it lives without a rotation, whole seconds.
    pub idle_ttl: Duration,
    /// When it was opened.
    pub created_at: Timestamp,
    /// When the password was last proven in it (sign-in or step-up).
    pub authenticated_at: Timestamp,
    /// When the current refresh token was made: the last use.
    pub rotated_at: Timestamp,
    /// When it ends unless it is rotated before; never after `absolute_at`.
    pub idle_at: Timestamp,
    /// When it ends whatever happens. Never moves.
    pub absolute_at: Timestamp,
    /// Set together with `revoked_reason`, for ever.
    pub revoked_at: Option<Timestamp>,
    /// Why it was revoked.
    pub revoked_reason: Option<RevokeReason>,
    /// Who opened it. The request id is not kept.
    pub client: ClientInfo,
}

impl Session {
    /// What the session is worth at an instant, given its user (`None`: the user is gone). The first that fits, in the
    /// order of [`SessionState`].
    pub fn state(&self, user: Option<&User>, at: Timestamp) -> SessionState {
        let Some(user) = user.filter(|user| user.exists() && user.id == self.user_id) else {
            return SessionState::Missing;
        };
        if !user.is_active {
            SessionState::Suspended
        } else if self.revoked_at.is_some() {
            SessionState::Revoked
        } else if self.epoch != user.session_epoch {
            SessionState::Dead
        } else if self.is_over(at) {
            SessionState::Expired
        } else {
            SessionState::Live
        }
    }

    /// Whether an idle or absolute limit has passed: at the limit itself it has.
    pub fn is_over(&self, at: Timestamp) -> bool {
        at >= self.idle_at || at >= self.absolute_at
    }

    /// Whether the row alone allows it to live: not revoked, not over. The user's epoch decides the rest.
    pub fn is_open(&self, at: Timestamp) -> bool {
        self.revoked_at.is_none() && !self.is_over(at)
    }

    /// Marks the row revoked. What is revoked already stays as it is.
    pub fn revoke(&mut self, reason: RevokeReason, at: Timestamp) {
        if self.revoked_at.is_none() {
            self.revoked_at = Some(at);
            self.revoked_reason = Some(reason);
        }
    }
}

/// What a session is worth. Derived at every look, never stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SessionState {
    /// The row or its user is gone.
    Missing,
    /// The user is disabled.
    Suspended,
    /// Ended by decision.
    Revoked,
    /// Opened under an epoch that the user has left.
    Dead,
    /// Ended by time.
    Expired,
    /// Good.
    Live,
}

impl SessionState {
    /// The name that the API shows.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::Suspended => "suspended",
            Self::Revoked => "revoked",
            Self::Dead => "dead",
            Self::Expired => "expired",
            Self::Live => "live",
        }
    }
}

/// A session that is to be inserted. Every value comes from core.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewSession {
    /// See [`Session::id`].
    pub id: SessionId,
    /// See [`Session::user_id`].
    pub user_id: UserId,
    /// The epoch that was read together with what allowed the sign-in, or that the allowing write itself made.
    pub epoch: Epoch,
    /// See [`Session::token_hash`].
    pub token_hash: Digest,
    /// See [`Session::kid`].
    pub kid: KeyId,
    /// See [`Session::via`].
    pub via: Via,
    /// See [`Session::idle_ttl`].
    pub idle_ttl: Duration,
    /// See [`Session::absolute_at`].
    pub absolute_at: Timestamp,
    /// See [`Session::client`].
    pub client: ClientInfo,
}

impl NewSession {
    /// The row that comes of it at the instant of the insert. The request id is not kept.
    #[must_use]
    pub fn into_session(self, at: Timestamp) -> Session {
        Session {
            id: self.id,
            user_id: self.user_id,
            epoch: self.epoch,
            token_hash: self.token_hash,
            kid: self.kid,
            generation: 0,
            via: self.via,
            idle_ttl: self.idle_ttl,
            created_at: at,
            authenticated_at: at,
            rotated_at: at,
            idle_at: (at + self.idle_ttl).min(self.absolute_at),
            absolute_at: self.absolute_at,
            revoked_at: None,
            revoked_reason: None,
            client: ClientInfo { request_id: None, ..self.client },
        }
    }
}

names! {
    /// Through what a session was opened.
    Via {
        /// The JSON API.
        Json = "json",
        /// The admin console's sign-in.
        Console = "console",
        /// The application itself.
        Host = "host",
    }
}

names! {
    /// Why a session was revoked.
    RevokeReason {
        /// Signed out.
        Logout = "logout",
        /// Its user ended it from another session.
        Owner = "owner",
        /// An administrator ended it.
        Admin = "admin",
        /// The user had too many and this was the oldest.
        Cap = "cap",
        /// An older refresh token came back.
        Reuse = "reuse",
        /// The password was changed.
        Password = "password",
        /// The password was reset.
        Reset = "reset",
        /// The user was disabled.
        Disabled = "disabled",
        /// The user was deleted.
        Deleted = "deleted",
        /// Signed out everywhere.
        Everywhere = "everywhere",
        /// A new sign-in on the same device took its place.
        Replaced = "replaced",
    }
}
