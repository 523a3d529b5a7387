//! A trusted place makes a user: a seed, an import, the command line.

use std::fmt;

use crate::error::AuthError;
use crate::kit::AuthKit;
use crate::model::client::ClientInfo;
use crate::model::event::Actor;
use crate::model::event_code::EventCode;
use crate::model::profile::Profile;
use crate::model::role::Role;
use crate::model::secret::{Password, PasswordHash};
use crate::model::user::{NewUser, User};
use crate::model::user_id::UserId;
use crate::ports::user_store::InsertUser;
use crate::steps::observe::{info_span, observed};

/// A user as a trusted place gives it.
pub struct TrustedUser {
    /// As typed; it must still be an address.
    pub email: String,
    /// What proves the user.
    pub password: TrustedPassword,
    /// Any role that the configuration knows.
    pub role: Role,
    /// Whether the user may sign in.
    pub is_active: bool,
    /// Whether the address is known to be the user's.
    pub is_verified: bool,
    /// The application's own columns, unchecked.
    pub profile: Profile,
}

/// What proves a [`TrustedUser`]. None of it passes the password policy, on purpose.
#[derive(Debug, Clone)]
pub enum TrustedPassword {
    /// A password, to be hashed.
    Plain(Password),
    /// A hash from elsewhere, stored as it is and replaced at the first sign-in.
    Hash(PasswordHash),
    /// None yet: a reset link sets one.
    None,
}

impl fmt::Debug for TrustedUser {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TrustedUser").field("role", &self.role).finish_non_exhaustive()
    }
}

impl AuthKit {
    /// Makes a user without the checks that a stranger meets: no policy, no throttle.
    ///
    /// # Atomicity
    /// As [`AuthKit::register`]; the event is `user.created`, with `details.role`.
    ///
    /// # Errors
    /// [`AuthError::Validation`] (not an address), [`AuthError::UnknownRole`], [`AuthError::EmailTaken`],
    /// [`AuthError::Busy`], and the operator's.
    ///
    /// # Examples
    /// ```
    /// # use authkit_flows::doc::{block_on, kit};
    /// use authkit_core::{Actor, AuthError, Profile, Role, TrustedPassword, TrustedUser};
    ///
    /// # block_on(async {
    /// # let kit = kit();
    /// let user = TrustedUser {
    ///     email: "grace@example.com".into(),
    ///     password: TrustedPassword::Hash("$2b$12$R9h/cIPz0gi.URNNX3kh2OPST9/PgBkqquzi.Ss7KIUgO2t0jWMUW".into()),
    ///     role: Role::new("editor").ok_or(AuthError::UnknownRole)?,
    ///     is_active: true,
    ///     is_verified: true,
    ///     profile: Profile::default(),
    /// };
    /// let user = kit.create_user(user, Actor::System).await?;
    /// # assert!(user.is_verified);
    /// # Ok::<(), AuthError>(())
    /// # }).unwrap();
    /// ```
    pub async fn create_user(&self, user: TrustedUser, actor: Actor) -> Result<User, AuthError> {
        observed(info_span!("authkit.create_user"), self.create_user_observed(user, actor)).await
    }

    async fn create_user_observed(&self, user: TrustedUser, actor: Actor) -> Result<User, AuthError> {
        let email = Self::parse_email(&user.email).map_err(|error| AuthError::Validation(vec![error]))?;
        if !self.0.settings.roles.contains(&user.role) {
            return Err(AuthError::UnknownRole);
        }
        let password_hash = match user.password {
            TrustedPassword::Plain(password) => Some(self.hash_password(password).await?),
            TrustedPassword::Hash(hash) => Some(hash),
            TrustedPassword::None => None,
        };
        let role = user.role;
        let (at, suggested_id) = (self.now(), UserId::from(self.new_uuid(self.now())?));
        let new = NewUser {
            suggested_id,
            email,
            password_hash,
            role,
            is_active: user.is_active,
            is_verified: user.is_verified,
            session_epoch: self.new_epoch()?,
            profile: user.profile,
        };
        let event = self.event(EventCode::USER_CREATED, at, &ClientInfo::none())?.by(actor).about(suggested_id);
        let event = event.detail("role", role.as_str());
        match self.0.users.insert_user(new, self.cause(event)).await? {
            InsertUser::Inserted(user) => Ok(*user),
            InsertUser::EmailTaken => Err(AuthError::EmailTaken),
        }
    }

    /// Makes the first administrator, active and verified, unless there is an active one already.
    ///
    /// # Atomicity
    /// Look and write are one step: of racing calls one makes an administrator.
    ///
    /// # Errors
    /// [`AuthError::AdminExists`], [`AuthError::Validation`] (not an address), [`AuthError::WeakPassword`],
    /// [`AuthError::EmailTaken`], [`AuthError::Busy`], and the operator's.
    ///
    /// # Examples
    /// ```
    /// # use authkit_flows::doc::{block_on, kit};
    /// use authkit_core::{Actor, AuthError};
    ///
    /// # block_on(async {
    /// # let kit = kit();
    /// let actor = || Actor::Cli("root".into());
    /// let admin = kit.create_first_admin("root@example.com", "a lantern over the quay".into(), actor()).await?;
    /// assert_eq!(admin.role.as_str(), "admin");
    /// let second = kit.create_first_admin("eve@example.com", "a lantern over the quay".into(), actor()).await;
    /// assert!(matches!(second, Err(AuthError::AdminExists)));
    /// # Ok::<(), AuthError>(())
    /// # }).unwrap();
    /// ```
    pub async fn create_first_admin(&self, email: &str, password: Password, actor: Actor) -> Result<User, AuthError> {
        observed(info_span!("authkit.create_first_admin"), self.create_first_admin_observed(email, password, actor))
            .await
    }

    async fn create_first_admin_observed(
        &self,
        email: &str,
        password: Password,
        actor: Actor,
    ) -> Result<User, AuthError> {
        let at = self.now();
        self.insert_first_admin(
            email,
            password,
            self.event(EventCode::USER_CREATED, at, &ClientInfo::none())?.by(actor),
        )
        .await
    }
}
