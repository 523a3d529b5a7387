//! Users and events of another system, taken over with their ids and times. Again is harmless.

use std::fmt;

use serde_json::{Map, Value};
use sha2::{Digest as _, Sha256};

use crate::error::AuthError;
use crate::kit::{AuthKit, uuid_at};
use crate::model::cause::Cause;
use crate::model::clean::{printable, printable_json};
use crate::model::client::ClientInfo;
use crate::model::email::Email;
use crate::model::event::{Actor, Event, EventOutcome};
use crate::model::event_code::EventCode;
use crate::model::ids::{EventId, SessionId};
use crate::model::profile::Profile;
use crate::model::role::Role;
use crate::model::secret::PasswordHash;
use crate::model::timestamp::Timestamp;
use crate::model::user::{NewUser, User};
use crate::model::user_id::UserId;
use crate::ports::user_store::InsertUser;
use crate::steps::observe::{debug_span, info_span, observed};
use crate::steps::operator::Operator;

/// A user as another system held it.
pub struct ImportedUser {
    /// The key there, and here, unless the table makes its own.
    pub id: UserId,
    /// The address; it must still be one.
    pub email: String,
    /// A hash that AuthKit verifies, replaced at the first sign-in. `None`: a reset link sets a password.
    pub password_hash: Option<PasswordHash>,
    /// Any role that the configuration knows.
    pub role: Role,
    /// Whether the user may sign in.
    pub is_active: bool,
    /// Whether the address is known to be the user's.
    pub is_verified: bool,
    /// The application's own columns, unchecked.
    pub profile: Profile,
    /// When the user was made there.
    pub created_at: Timestamp,
    /// The last sign-in there, if one is known.
    pub last_sign_in_at: Option<Timestamp>,
}

impl fmt::Debug for ImportedUser {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ImportedUser").field("id", &self.id).field("role", &self.role).finish_non_exhaustive()
    }
}

/// What became of [`AuthKit::import_user`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ImportUser {
    /// It is here now, with the key that the table gave.
    Imported(UserId),
    /// The user with this id or, where the table makes its own, this address is here already; nothing changed.
    Present,
    /// Another user, with this id, has the same address but for case or spelling; nothing changed.
    Twin(UserId),
}

/// An event as another system held it.
#[derive(Debug, Clone)]
pub struct ImportedEvent {
    /// The key of the row that it comes from, unique in that system: the same key is the same event here.
    pub key: String,
    /// When it happened.
    pub at: Timestamp,
    /// What happened, in the words of here.
    pub code: EventCode,
    /// How it ended.
    pub outcome: EventOutcome,
    /// Who did it.
    pub actor: Actor,
    /// Whom it is about.
    pub subject: Option<UserId>,
    /// The session, by the id that it had there.
    pub session_id: Option<SessionId>,
    /// What a failed sign-in named, as typed.
    pub identifier: Option<String>,
    /// From where.
    pub client: ClientInfo,
    /// More.
    pub details: Map<String, Value>,
}

/// What became of [`AuthKit::import_event`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ImportEvent {
    /// It is in the trail now.
    Imported,
    /// It was already.
    Present,
}

impl AuthKit {
    /// Takes over a user of another system: id, hash, state, profile and times are kept, and no session is. The event is
    /// `user.created`, of now, with `details.role` and `details.imported_from`.
    ///
    /// # Atomicity
    /// The row and its event are one step. A user who is here already is left as is, so an import that was cut off can be
    /// run again.
    ///
    /// # Errors
    /// [`AuthError::Forbidden`], [`AuthError::ReauthenticationRequired`], [`AuthError::Validation`] (not an address),
    /// [`AuthError::UnknownRole`], and the operator's.
    pub async fn import_user(
        &self,
        operator: &Operator,
        user: ImportedUser,
        from: &'static str,
    ) -> Result<ImportUser, AuthError> {
        observed(info_span!("authkit.import_user"), self.import_user_observed(operator, user, from)).await
    }

    async fn import_user_observed(
        &self,
        operator: &Operator,
        user: ImportedUser,
        from: &'static str,
    ) -> Result<ImportUser, AuthError> {
        // A user may come with any role.
        operator.require_to_grant(self.now())?;
        let email = self.importable(&user)?;
        if self.0.users.find_user(&user.id).await?.is_some() {
            return Ok(ImportUser::Present);
        }
        let key = email.key().clone();
        let new = NewUser {
            suggested_id: user.id,
            email,
            password_hash: user.password_hash,
            role: user.role,
            is_active: user.is_active,
            is_verified: user.is_verified,
            session_epoch: self.new_epoch()?,
            profile: user.profile,
        };
        let event = self.event(EventCode::USER_CREATED, self.now(), &ClientInfo::none())?;
        let event = event.by(operator.actor().clone()).about(user.id).detail("role", user.role.as_str());
        let event = event.detail("imported_from", from);
        // The row is as old as it was there; its event is as young as the import.
        let cause = Cause { at: user.created_at, event: self.audited(event) };
        match self.0.users.insert_user(new, cause).await {
            Ok(InsertUser::Inserted(row)) => {
                if let Some(at) = user.last_sign_in_at {
                    self.0.users.note_sign_in(&row.id, at).await?;
                }
                Ok(ImportUser::Imported(row.id))
            }
            Ok(InsertUser::EmailTaken) => {
                let other = self.0.users.find_user_by_email(&key).await?;
                Ok(other.map_or(ImportUser::Present, |other| same_or_twin(&other, user.created_at)))
            }
            // An id that is taken is an error of the store: of imports that race, another one was first.
            Err(_) if self.0.users.find_user(&user.id).await?.is_some() => Ok(ImportUser::Present),
            Err(error) => Err(error.into()),
        }
    }

    /// What [`AuthKit::import_user`] would come to now, for somebody who may. Changes nothing.
    ///
    /// # Errors
    /// [`AuthError::Validation`] (not an address), [`AuthError::UnknownRole`], and the operator's.
    pub async fn would_import_user(&self, user: &ImportedUser) -> Result<ImportUser, AuthError> {
        observed(debug_span!("authkit.would_import_user"), self.would_import_user_observed(user)).await
    }

    async fn would_import_user_observed(&self, user: &ImportedUser) -> Result<ImportUser, AuthError> {
        let email = self.importable(user)?;
        if self.0.users.find_user(&user.id).await?.is_some() {
            return Ok(ImportUser::Present);
        }
        let other = self.0.users.find_user_by_email(email.key()).await?;
        Ok(other.map_or(ImportUser::Imported(user.id), |other| same_or_twin(&other, user.created_at)))
    }

    /// Takes over an event of another system, at its own place in time.
    ///
    /// Its id is made of its instant and a digest of its key, so the same event is the same row whoever imports it and how
    /// often. Needs an audit log that can be read.
    ///
    /// # Errors
    /// [`AuthError::NotKept`] (no audit log, or the trail is switched off) and the operator's.
    pub async fn import_event(&self, event: ImportedEvent) -> Result<ImportEvent, AuthError> {
        observed(debug_span!("authkit.import_event"), self.import_event_observed(event)).await
    }

    async fn import_event_observed(&self, event: ImportedEvent) -> Result<ImportEvent, AuthError> {
        let log = self.audit_log()?;
        let id = imported_id(&event.key, event.at);
        if log.find_event(id).await?.is_some() {
            return Ok(ImportEvent::Present);
        }
        let mut entry = Event::new(id, event.at, event.code, &event.client).ended(event.outcome).by(event.actor);
        entry.subject = event.subject;
        entry.session_id = event.session_id;
        entry.identifier = event.identifier.map(|text| self.identifier(&text, Self::parse_email(&text).ok().as_ref()));
        let details = event.details.into_iter();
        entry.details = details.map(|(name, value)| (printable(&name, usize::MAX), printable_json(value))).collect();
        match self.record_event(entry).await {
            Ok(()) => Ok(ImportEvent::Imported),
            Err(_) if log.find_event(id).await?.is_some() => Ok(ImportEvent::Present),
            Err(error) => Err(error),
        }
    }

    /// The address, if the user can be one here.
    fn importable(&self, user: &ImportedUser) -> Result<Email, AuthError> {
        let email = Self::parse_email(&user.email).map_err(|error| AuthError::Validation(vec![error]))?;
        if self.0.settings.roles.contains(&user.role) { Ok(email) } else { Err(AuthError::UnknownRole) }
    }
}

/// Whoever has the address: the same user, where the table made a key of its own, or another one.
fn same_or_twin(other: &User, created_at: Timestamp) -> ImportUser {
    if other.created_at == created_at { ImportUser::Present } else { ImportUser::Twin(other.id) }
}

/// An id in the order of time, as [`AuthKit::new_uuid`] makes them, with a digest where that has randomness.
fn imported_id(key: &str, at: Timestamp) -> EventId {
    let digest = Sha256::new().chain_update(b"authkit import\0").chain_update(key.as_bytes()).finalize();
    let mut bytes = [0; 10];
    bytes.iter_mut().zip(digest).for_each(|(to, from)| *to = from);
    EventId::from_uuid(uuid_at(u64::try_from(at.as_micros()).unwrap_or_default(), &bytes))
}
