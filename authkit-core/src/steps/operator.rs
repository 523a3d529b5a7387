//! Who administers, and what that allows.

use std::time::Duration;

use crate::error::AuthError;
use crate::model::event::Actor;
use crate::model::ids::SessionId;
use crate::model::permission::{Permission, Permissions};
use crate::model::timestamp::Timestamp;
use crate::model::user_id::UserId;

/// The oldest proof of a password for what cannot be undone by a click.
const PROOF_FOR_STEP_UP: Duration = Duration::from_secs(5 * 60);

/// Somebody who was let into the administration, with what the own role allows there.
///
/// Every flow of the administration asks for one, so no second path can forget the guard.
#[derive(Debug, Clone)]
pub struct Operator {
    actor: Actor,
    permissions: Permissions,
    /// The session the operator works in, and when its password was last proven. `None`: a trusted place.
    session: Option<(SessionId, Timestamp)>,
}

impl Operator {
    /// The process itself: everything is allowed, nothing needs to be proven.
    pub const fn system() -> Self {
        Self { actor: Actor::System, permissions: Permissions::ADMIN, session: None }
    }

    /// Somebody at the command line of the machine, by the name of the account there. May do everything.
    pub fn cli(name: impl Into<String>) -> Self {
        Self { actor: Actor::Cli(name.into()), ..Self::system() }
    }

    /// A user who was let in by [`crate::AuthKit::operator`].
    pub(crate) const fn user(id: UserId, permissions: Permissions, session: SessionId, proven: Timestamp) -> Self {
        Self { actor: Actor::User(id), permissions, session: Some((session, proven)) }
    }

    /// Who it is, as the audit trail has it.
    pub const fn actor(&self) -> &Actor {
        &self.actor
    }

    /// What is allowed.
    pub const fn permissions(&self) -> Permissions {
        self.permissions
    }

    /// The session the operator works in.
    pub fn session(&self) -> Option<SessionId> {
        self.session.map(|(id, _)| id)
    }

    /// It is allowed. Every flow asks by itself; a page may ask before it shows a form.
    ///
    /// # Errors
    /// [`AuthError::Forbidden`].
    pub const fn require(&self, permission: Permission) -> Result<(), AuthError> {
        if self.permissions.allows(permission) { Ok(()) } else { Err(AuthError::Forbidden) }
    }

    /// Whether everything is allowed, changing roles included.
    pub(crate) fn is_admin(&self) -> bool {
        self.permissions == Permissions::ADMIN
    }

    /// Only who may do everything gives roles, with a password proven in the last five minutes.
    pub(crate) fn require_to_grant(&self, at: Timestamp) -> Result<(), AuthError> {
        if self.is_admin() { self.require_recent_proof(at) } else { Err(AuthError::Forbidden) }
    }

    /// The password was proven in the last five minutes: for a page that asks for it before a form is filled in. The flows
    /// that need it ask by themselves.
    ///
    /// # Errors
    /// [`AuthError::ReauthenticationRequired`].
    pub fn require_recent_proof(&self, at: Timestamp) -> Result<(), AuthError> {
        match self.session {
            Some((_, proven)) if at.since(proven) > PROOF_FOR_STEP_UP => Err(AuthError::ReauthenticationRequired),
            _ => Ok(()),
        }
    }
}
