//! Somebody signs in with address and password.

use std::fmt;

use crate::error::AuthError;
use crate::kit::AuthKit;
use crate::model::client::ClientInfo;
use crate::model::event::Actor;
use crate::model::secret::{Password, RefreshToken};
use crate::model::session::Via;
use crate::steps::credential::Claimed;
use crate::steps::sign_in::SignIn;

/// What somebody gives to sign in.
pub struct Login {
    /// As typed.
    pub email: String,
    /// As typed.
    pub password: Password,
    /// Through what.
    pub via: Via,
    /// The refresh token of the session that this device had until now, if it sent one: that session is ended. Nothing
    /// of it is adopted.
    pub replaces: Option<RefreshToken>,
}

impl Login {
    /// A sign-in by a program of the application's own, from a device that has no session.
    pub fn new(email: impl Into<String>, password: impl Into<Password>) -> Self {
        Self { email: email.into(), password: password.into(), via: Via::Host, replaces: None }
    }
}

impl fmt::Debug for Login {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Login").field("via", &self.via).finish_non_exhaustive()
    }
}

impl AuthKit {
    /// Proves a password and opens a session.
    ///
    /// The hash runs outside of any transaction, and the session is inserted with the epoch that was read with the hash:
    /// where a reset or a deactivation got in between, the session is dead on arrival.
    ///
    /// # Timing
    /// Unknown address, user without a password and wrong password take the same work and get the same answer. That an
    /// account is disabled is told only after the right password. Source: OWASP ASVS 5.0 6.3.8.
    ///
    /// # Errors
    /// [`AuthError::InvalidCredentials`], [`AuthError::AccountDisabled`], [`AuthError::Throttled`], [`AuthError::Busy`],
    /// and the operator's.
    ///
    /// # Examples
    /// ```
    /// # use authkit_flows::doc::{block_on, kit, register};
    /// use authkit_core::{AuthError, ClientInfo, Login};
    ///
    /// # block_on(async {
    /// # let kit = kit();
    /// # register(&kit, "ada@example.com", "a lantern over the quay").await;
    /// let signed_in = kit.login(Login::new("ada@example.com", "a lantern over the quay"), &ClientInfo::none()).await?;
    /// let current = kit.current_user(&signed_in.tokens.access).await?;
    /// assert_eq!(current.user.email.as_str(), "ada@example.com");
    ///
    /// let wrong = kit.login(Login::new("ada@example.com", "guess"), &ClientInfo::none()).await;
    /// assert!(matches!(wrong, Err(AuthError::InvalidCredentials)));
    /// # Ok::<(), AuthError>(())
    /// # }).unwrap();
    /// ```
    pub async fn login(&self, login: Login, client: &ClientInfo) -> Result<SignIn, AuthError> {
        let Login { email, password, via, replaces } = login;
        let proven = self.prove(Claimed::Named(&email), &password, via, client).await?;
        let old = replaces.and_then(|token| self.0.keys.verify_for_logout(token.expose()).ok());
        if let Some((owner, session, _)) = old {
            self.replace_session(session, owner, client).await?;
        }
        let actor = Actor::User(proven.user.id);
        let sign_in = self.open_session(proven.user, via, actor, client).await?;
        if proven.outdated {
            self.rehash(&sign_in.user, password).await;
        }
        Ok(sign_in)
    }
}
