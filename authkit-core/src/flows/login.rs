//! Somebody signs in with address and password.

use crate::error::AuthError;
use crate::kit::AuthKit;
use crate::model::client::ClientInfo;
use crate::steps::credential::Claimed;
use crate::steps::let_in::Login;
use crate::steps::observe::{info_span, observed};
use crate::steps::sign_in::SignIn;

impl AuthKit {
    /// Proves a password and opens a session.
    ///
    /// The hash runs outside of any transaction, and the session is inserted with the epoch that was read with the hash:
    /// where a reset or a deactivation got in between, the session is dead on arrival.
    ///
    /// # Timing
    /// Unknown address, user without a password and wrong password take the same work and get the same answer. That an
    /// account is disabled or its address not proven is told only after the right password. Source: OWASP ASVS 5.0 6.3.8.
    ///
    /// # Errors
    /// [`AuthError::InvalidCredentials`], [`AuthError::AccountDisabled`], [`AuthError::EmailNotVerified`],
    /// [`AuthError::Throttled`], [`AuthError::Busy`], and the operator's.
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
        observed(info_span!("authkit.login"), self.login_observed(login, client)).await
    }

    async fn login_observed(&self, login: Login, client: &ClientInfo) -> Result<SignIn, AuthError> {
        let proven = self.prove(Claimed::Named(&login.email), &login.password, login.via, client).await?;
        self.let_in(proven, login, client).await
    }
}
