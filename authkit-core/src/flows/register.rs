//! A stranger makes an account.

use std::fmt;

use serde_json::{Map, Value};

use crate::error::AuthError;
use crate::kit::AuthKit;
use crate::model::client::ClientInfo;
use crate::model::event::Actor;
use crate::model::event_code::EventCode;
use crate::model::profile::{Field, Profile};
use crate::model::secret::Password;
use crate::model::user::{NewUser, User};
use crate::model::user_id::UserId;
use crate::ports::user_store::InsertUser;
use crate::steps::throttle::Counted;

/// What a stranger gives to make an account.
pub struct Registration {
    /// As typed.
    pub email: String,
    /// As typed.
    pub password: Password,
    /// Fields that the configuration allows at registration; any other is refused.
    pub profile: Map<String, Value>,
}

impl fmt::Debug for Registration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Registration").finish_non_exhaustive()
    }
}

impl AuthKit {
    /// Makes an account with the default role. Opens no session.
    ///
    /// # Atomicity
    /// The address is unique by the store's own rule, so of racing registrations one wins; the event `user.registered`
    /// becomes durable with the row.
    ///
    /// # Timing
    /// The password is hashed before the address is looked up: a taken address costs the same as a new one.
    ///
    /// # Errors
    /// [`AuthError::RegistrationDisabled`], [`AuthError::Throttled`] (by network address), [`AuthError::Validation`],
    /// [`AuthError::WeakPassword`], [`AuthError::EmailTaken`], [`AuthError::Busy`], and the operator's.
    ///
    /// # Examples
    /// ```
    /// # use authkit_flows::doc::{block_on, kit};
    /// use authkit_core::{AuthError, ClientInfo, Registration};
    ///
    /// # block_on(async {
    /// # let kit = kit();
    /// let registration = |email: &str| Registration {
    ///     email: email.into(),
    ///     password: "a lantern over the quay".into(),
    ///     profile: Default::default(),
    /// };
    /// let user = kit.register(registration("Ada@example.com"), &ClientInfo::none()).await?;
    /// assert_eq!(user.role.as_str(), "user");
    ///
    /// let again = kit.register(registration("ada@EXAMPLE.com"), &ClientInfo::none()).await;
    /// assert!(matches!(again, Err(AuthError::EmailTaken)));
    /// # Ok::<(), AuthError>(())
    /// # }).unwrap();
    /// ```
    pub async fn register(&self, registration: Registration, client: &ClientInfo) -> Result<User, AuthError> {
        let settings = &self.0.settings;
        if !settings.registration {
            return Err(AuthError::RegistrationDisabled);
        }
        let Registration { email, password, profile } = registration;
        let limit = settings.throttle.map(|throttle| throttle.register_ip);
        let attempt = limit.and_then(|limit| self.attempt_from(Counted::RegisterIp, limit, client.ip));
        self.take(attempt.into_iter().collect(), self.now()).await?.keep();

        let mut errors = self.profile_errors(&profile, Field::is_at_registration);
        let email = match Self::parse_email(&email) {
            Ok(email) if errors.is_empty() => email,
            Ok(_) => return Err(AuthError::Validation(errors)),
            Err(error) => {
                errors.insert(0, error);
                return Err(AuthError::Validation(errors));
            }
        };
        self.check_new_password(&password, &email)?;
        let password_hash = self.hash_password(password).await?;

        let at = self.now();
        let suggested_id = UserId::from(self.new_uuid(at)?);
        let user = NewUser {
            suggested_id,
            email,
            password_hash: Some(password_hash),
            role: settings.default_role,
            is_active: true,
            is_verified: false,
            session_epoch: self.new_epoch()?,
            profile: Profile::new(profile),
        };
        let event = self.event(EventCode::USER_REGISTERED, at, client)?;
        let event = event.by(Actor::Anonymous).about(suggested_id);
        match self.0.users.insert_user(user, self.cause(event)).await? {
            InsertUser::Inserted(user) => Ok(*user),
            InsertUser::EmailTaken => Err(AuthError::EmailTaken),
        }
    }
}
