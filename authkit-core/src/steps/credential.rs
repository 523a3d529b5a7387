//! Proving a password: counted first, equal work for everybody, one answer for every failure.

use crate::error::AuthError;
use crate::kit::{AuthKit, harmless};
use crate::model::attempts::Attempt;
use crate::model::cause::Cause;
use crate::model::client::ClientInfo;
use crate::model::email::Email;
use crate::model::event::{Actor, Event, EventOutcome};
use crate::model::event_code::EventCode;
use crate::model::log_code::LogCode;
use crate::model::secret::{Password, PasswordHash};
use crate::model::session::Via;
use crate::model::timestamp::Timestamp;
use crate::model::user::User;
use crate::password::pool::HashFailure;
use crate::ports::password_hasher::Verified;
use crate::ports::user_store::{PasswordSwap, ReplacePassword};
use crate::steps::throttle::{Counted, Taken};

/// Whose password it is said to be.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Claimed<'a> {
    /// A stranger named this address; it may be none.
    Named(&'a str),
    /// A stranger named this address and wants into the administration.
    NamedForConsole(&'a str),
    /// A signed-in user.
    SignedIn(&'a User),
}

impl<'a> Claimed<'a> {
    /// What a stranger typed.
    const fn typed(self) -> Option<&'a str> {
        match self {
            Self::Named(text) | Self::NamedForConsole(text) => Some(text),
            Self::SignedIn(_) => None,
        }
    }
}

/// How a sign-in failed, as `details.reason` says it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum OpenFailure {
    Credentials,
    Disabled,
    Unverified,
    Throttled,
    NotAdmin,
}

impl OpenFailure {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Credentials => "credentials",
            Self::Disabled => "disabled",
            Self::Unverified => "unverified",
            Self::Throttled => "throttled",
            Self::NotAdmin => "not_admin",
        }
    }
}

/// A password that was proven.
#[derive(Debug)]
pub(crate) struct Proven {
    /// Whose.
    pub(crate) user: User,
    /// Whether the stored hash should be made anew.
    pub(crate) outdated: bool,
}

impl AuthKit {
    /// Looks the user up, if it is a stranger, and proves the password.
    ///
    /// # Timing
    /// The same work whether the address is unknown, the user has no password, the password is wrong, or the role opens
    /// no console.
    pub(crate) async fn prove(
        &self,
        claimed: Claimed<'_>,
        password: &Password,
        via: Via,
        client: &ClientInfo,
    ) -> Result<Proven, AuthError> {
        let at = self.now();
        let email = match claimed {
            Claimed::Named(text) | Claimed::NamedForConsole(text) => Email::parse(text).ok(),
            Claimed::SignedIn(user) => Some(user.email.clone()),
        };
        let name = match &email {
            Some(email) => email.key().as_str(),
            None => claimed.typed().unwrap_or_default(),
        };
        let (attempts, account) = self.login_attempts(claimed, name, client);
        let taken = match self.take(attempts.clone(), at).await {
            Ok(taken) => taken,
            Err(error) => {
                if matches!(error, AuthError::Throttled { .. }) {
                    let event = self.open_failed(claimed, email.as_ref(), OpenFailure::Throttled, via, at, client)?;
                    self.record_event(event).await?;
                }
                return Err(error);
            }
        };
        let user = match (claimed, &email) {
            (Claimed::SignedIn(user), _) => Some(user.clone()),
            (_, Some(email)) => self.0.users.find_user_by_email(email.key()).await?.filter(User::exists),
            (_, None) => None,
        };
        let verified =
            self.verify_password(user.as_ref().and_then(|user| user.password_hash.clone()), password).await?;
        let (Some(user), Verified::Yes { outdated }) = (user.as_ref(), verified) else {
            let reason = OpenFailure::Credentials;
            self.refuse(taken, claimed, email.as_ref(), reason, user.as_ref(), via, client).await?;
            return Err(AuthError::InvalidCredentials);
        };
        let for_console = matches!(claimed, Claimed::NamedForConsole(_));
        if for_console && self.0.settings.permissions(&user.role).is_empty() {
            self.refuse(taken, claimed, email.as_ref(), OpenFailure::NotAdmin, Some(user), via, client).await?;
            return Err(AuthError::InvalidCredentials);
        }
        let kept = attempts.first().filter(|_| claimed.typed().is_some()).filter(|_| client.ip.is_some());
        taken.succeed(account.map(|attempt| attempt.key), kept.map(|attempt| attempt.key)).await?;
        if let Some((reason, error)) = self.shut_out(user) {
            let event = self.open_failed(claimed, email.as_ref(), reason, via, self.now(), client)?;
            self.record_event(event.about(user.id)).await?;
            return Err(error);
        }
        Ok(Proven { user: user.clone(), outdated })
    }

    /// Why somebody whose password is right does not get in.
    fn shut_out(&self, user: &User) -> Option<(OpenFailure, AuthError)> {
        if !user.is_active {
            return Some((OpenFailure::Disabled, AuthError::AccountDisabled));
        }
        self.require_verified(user).err().map(|error| (OpenFailure::Unverified, error))
    }

    /// Checks a password against a hash, or against the decoy when there is none or it cannot be run.
    pub(crate) async fn verify_password(
        &self,
        stored: Option<PasswordHash>,
        password: &Password,
    ) -> Result<Verified, AuthError> {
        let pool = &self.0.pool;
        let verified = match stored {
            Some(stored) => match pool.verify(password.clone(), stored).await {
                Err(HashFailure::Failed(error)) => {
                    tracing::error!(
                        target: "authkit",
                        ak = LogCode::PasswordHash.as_str(),
                        error = &error as &dyn std::error::Error,
                        "a stored password hash cannot be verified"
                    );
                    self.0.decoy.verify(pool, password.clone()).await
                }
                answer => answer,
            },
            None => self.0.decoy.verify(pool, password.clone()).await,
        };
        verified.map_err(hash_failure)
    }

    /// Hashes a password that shall be stored, with a fresh salt.
    pub(crate) async fn hash_password(&self, password: Password) -> Result<PasswordHash, AuthError> {
        let salt = self.random()?;
        self.0.pool.hash(password, salt).await.map_err(hash_failure)
    }

    /// Replaces a hash that has older parameters. Whatever goes wrong is left for the next sign-in.
    pub(crate) async fn rehash(&self, user: &User, password: Password) {
        let Ok(new_hash) = self.hash_password(password).await else { return };
        let swap = PasswordSwap { id: user.id, old_hash: user.password_hash.clone(), new_hash, epochs: None };
        match self.0.users.replace_password(swap, Cause::silent(self.now())).await {
            // Another write got in between: it knows better.
            Ok(ReplacePassword::Replaced(_) | ReplacePassword::Stale | ReplacePassword::Missing) => {}
            Err(error) => harmless::<(), _>("rehash", Err(error)),
        }
    }

    /// The key under which failures of an account are counted.
    pub(crate) fn account_attempt(&self, name: &str) -> Option<Attempt> {
        let throttle = self.0.settings.throttle?;
        Some(self.attempt_on(Counted::LoginAccount, throttle.login_account, name.as_bytes()))
    }

    fn login_attempts(&self, claimed: Claimed<'_>, name: &str, client: &ClientInfo) -> (Vec<Attempt>, Option<Attempt>) {
        let Some(throttle) = self.0.settings.throttle else { return (Vec::new(), None) };
        let account = self.account_attempt(name);
        let mut attempts = Vec::with_capacity(3);
        if claimed.typed().is_some() {
            attempts.extend(self.attempt_from(Counted::LoginIp, throttle.login_ip, client.ip));
        }
        attempts.extend(self.attempt_from(Counted::LoginFailuresIp, throttle.login_failures_ip, client.ip));
        attempts.extend(account);
        (attempts, account)
    }

    /// The failure counts, and is recorded.
    #[expect(clippy::too_many_arguments, reason = "each says another thing about one event")]
    async fn refuse(
        &self,
        taken: Taken,
        claimed: Claimed<'_>,
        email: Option<&Email>,
        reason: OpenFailure,
        user: Option<&User>,
        via: Via,
        client: &ClientInfo,
    ) -> Result<(), AuthError> {
        let at = self.now();
        let tripped = taken.left == 0;
        // It was a verified failure from here on, whatever happens to the audit trail.
        taken.keep();
        let mut event = self.open_failed(claimed, email, reason, via, at, client)?;
        event.subject = user.map(|user| user.id);
        self.record_event(event).await?;
        if tripped {
            let mut event = self.event(EventCode::THROTTLE_TRIPPED, at, client)?.ended(EventOutcome::Refused);
            event.subject = user.map(|user| user.id);
            self.record_event(event).await?;
        }
        Ok(())
    }

    fn open_failed(
        &self,
        claimed: Claimed<'_>,
        email: Option<&Email>,
        reason: OpenFailure,
        via: Via,
        at: Timestamp,
        client: &ClientInfo,
    ) -> Result<Event, AuthError> {
        let outcome = if reason == OpenFailure::Credentials { EventOutcome::Failure } else { EventOutcome::Refused };
        let mut event = self.event(EventCode::SESSION_OPEN_FAILED, at, client)?.ended(outcome);
        event = event.detail("reason", reason.as_str()).detail("via", via.as_str());
        match claimed {
            Claimed::Named(text) | Claimed::NamedForConsole(text) => {
                event.identifier = Some(self.identifier(text, email));
            }
            Claimed::SignedIn(user) => event = event.by(Actor::User(user.id)).about(user.id),
        }
        Ok(event)
    }

    /// What a failed sign-in named: the address, when it is one. People type passwords into that field too, so anything
    /// else is a mask and a keyed hash. (S-78)
    pub(crate) fn identifier(&self, text: &str, email: Option<&Email>) -> String {
        if let Some(email) = email {
            return email.as_str().to_owned();
        }
        let mac = self.0.purposes.identifiers.mac(&[text.as_bytes()]);
        let hash = data_encoding::BASE64URL_NOPAD.encode(&mac);
        format!("not an address, {} characters, #{}", text.chars().count(), hash.get(..12).unwrap_or_default())
    }
}

fn hash_failure(failure: HashFailure) -> AuthError {
    match failure {
        HashFailure::Busy => AuthError::Busy,
        HashFailure::Failed(error) => AuthError::internal(error),
    }
}
