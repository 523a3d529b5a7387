//! A stranger makes an account.

use std::fmt;

use serde_json::{Map, Value};

use crate::error::AuthError;
use crate::kit::AuthKit;
use crate::model::client::ClientInfo;
use crate::model::email::Email;
use crate::model::event::{Actor, EventOutcome};
use crate::model::event_code::EventCode;
use crate::model::log_code::LogCode;
use crate::model::profile::{Field, Profile};
use crate::model::secret::Password;
use crate::model::user::{NewUser, User};
use crate::model::user_id::UserId;
use crate::ports::user_store::InsertUser;
use crate::steps::observe::{info_span, observed};
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

/// What became of a registration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Registered {
    /// There is an account, and its owner can sign in.
    Created(Box<User>),
    /// Addresses must be proven: a mail to the address says how to go on, whether it was new or taken, and nothing else
    /// does.
    Pending,
}

impl Registered {
    /// The account, where the answer may tell of it.
    pub fn into_user(self) -> Option<User> {
        match self {
            Self::Created(user) => Some(*user),
            Self::Pending => None,
        }
    }
}

impl AuthKit {
    /// Makes an account with the default role. Opens no session.
    ///
    /// Where addresses must be proven ([`Config::require_verified_email`](crate::Config::require_verified_email)), the
    /// answer is the same for a new and for a taken address: a link to prove it goes to the former, a notice to the owner
    /// of the latter.
    ///
    /// # Atomicity
    /// The address is unique by the store's own rule, so of racing registrations one wins; the event `user.registered`
    /// becomes durable with the row.
    ///
    /// # Timing
    /// The password is hashed before the address is looked up: a taken address costs the same as a new one, also in writes
    /// where the answer must not tell.
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
    /// let registered = kit.register(registration("Ada@example.com"), &ClientInfo::none()).await?;
    /// let user = registered.into_user().expect("no proof of the address is asked for");
    /// assert_eq!(user.role.as_str(), "user");
    ///
    /// let again = kit.register(registration("ada@EXAMPLE.com"), &ClientInfo::none()).await;
    /// assert!(matches!(again, Err(AuthError::EmailTaken)));
    /// # Ok::<(), AuthError>(())
    /// # }).unwrap();
    /// ```
    pub async fn register(&self, registration: Registration, client: &ClientInfo) -> Result<Registered, AuthError> {
        observed(info_span!("authkit.register"), self.register_observed(registration, client)).await
    }

    async fn register_observed(
        &self,
        registration: Registration,
        client: &ClientInfo,
    ) -> Result<Registered, AuthError> {
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
        let address = settings.require_verified_email.then(|| user.email.clone());
        let inserted = self.0.users.insert_user(user, self.cause(event)).await?;
        match (inserted, address) {
            (InsertUser::Inserted(user), None) => Ok(Registered::Created(user)),
            (InsertUser::EmailTaken, None) => Err(AuthError::EmailTaken),
            (InsertUser::Inserted(user), Some(address)) => self.go_on_by_mail(Some(*user), address, client).await,
            (InsertUser::EmailTaken, Some(address)) => self.go_on_by_mail(None, address, client).await,
        }
    }

    /// Leaves it to a mail to say how it goes on. The same steps whether somebody was `made` or the address is taken.
    async fn go_on_by_mail(
        &self,
        made: Option<User>,
        address: Email,
        client: &ClientInfo,
    ) -> Result<Registered, AuthError> {
        let at = self.now();
        let found = self.0.users.find_user_by_email(address.key()).await?.filter(User::exists);
        let is_new = made.is_some();
        if !is_new {
            // The insert has written nothing: this stands for its write, and tells whoever reads the trail.
            let mut event = self.event(EventCode::USER_REGISTERED, at, client)?.ended(EventOutcome::Refused);
            event.subject = found.as_ref().map(|user| user.id);
            self.record_event(event.detail("reason", "email_taken")).await?;
        }
        let allowed = self.may_mail(self.verification_attempts(address.key()), at).await?;
        let mut event = self.event(EventCode::EMAIL_VERIFICATION_SENT, at, client)?;
        let owner = made.or(found);
        event.subject = owner.as_ref().map(|user| user.id);
        if !is_new {
            event.outcome = EventOutcome::Refused;
        }
        self.record_event(event).await?;

        let is_known = owner.is_some();
        let owner = match owner {
            Some(owner) => owner,
            None => self.stand_in(address)?,
        };
        let link = self.verification_mail(&owner, self.mint_verification(&owner, at)?);
        let notice = self.address_taken_mail(&owner);
        if is_new && owner.is_verified {
            tracing::error!(
                target: "authkit", ak = LogCode::NoMarkForVerified.as_str(),
                "AUTHKIT_REQUIRE_VERIFIED_EMAIL asks nobody for a proof: the users table keeps none, map `is_verified`"
            );
        } else if is_new {
            // Whoever asked for mails to this address before there was an account must not keep its owner from the link.
            self.send(link, &owner, client).await?;
        } else if is_known && allowed {
            self.send(notice, &owner, client).await?;
        }
        Ok(Registered::Pending)
    }
}
