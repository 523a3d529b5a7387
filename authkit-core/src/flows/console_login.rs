//! An operator signs in to the console.

use crate::error::AuthError;
use crate::kit::AuthKit;
use crate::model::client::ClientInfo;
use crate::model::session::Via;
use crate::steps::credential::Claimed;
use crate::steps::let_in::Login;
use crate::steps::observe::{info_span, observed};
use crate::steps::sign_in::SignIn;

impl AuthKit {
    /// Proves a password and opens a session of the console, for a user whose role is admitted there: at most an hour
    /// without a refresh and twelve hours in all. `login.via` does not matter.
    ///
    /// A right password whose role opens no console gets the answer of a wrong one, counts as a failed sign-in, ends no
    /// session, and is recorded as `session.open_failed` with the reason `not_admin`.
    ///
    /// # Timing
    /// As [`AuthKit::login`]: unknown, wrong and not admitted take the same work. That an account is disabled is told only
    /// after the right password, and only where the role is admitted.
    ///
    /// # Errors
    /// As [`AuthKit::login`].
    ///
    /// # Examples
    /// ```
    /// # use authkit_flows::doc::{admin, block_on, kit, signed_in};
    /// use authkit_core::{AuthError, ClientInfo, Login};
    ///
    /// # block_on(async {
    /// # let kit = kit();
    /// # admin(&kit).await;
    /// # signed_in(&kit).await;
    /// let login = |email| Login::new(email, "a lantern over the quay");
    /// let root = kit.console_login(login("root@example.com"), &ClientInfo::none()).await?;
    /// kit.operator(&kit.current_user(&root.tokens.access).await?)?;
    ///
    /// let ada = kit.console_login(login("ada@example.com"), &ClientInfo::none()).await;
    /// assert!(matches!(ada, Err(AuthError::InvalidCredentials)));
    /// # Ok::<(), AuthError>(())
    /// # }).unwrap();
    /// ```
    pub async fn console_login(&self, login: Login, client: &ClientInfo) -> Result<SignIn, AuthError> {
        observed(info_span!("authkit.console_login"), self.console_login_observed(login, client)).await
    }

    async fn console_login_observed(&self, login: Login, client: &ClientInfo) -> Result<SignIn, AuthError> {
        let login = Login { via: Via::Console, ..login };
        let proven = self.prove(Claimed::NamedForConsole(&login.email), &login.password, login.via, client).await?;
        self.let_in(proven, login, client).await
    }
}
