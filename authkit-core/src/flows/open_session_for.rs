//! The application has authenticated a user by itself and wants a session.

use crate::error::AuthError;
use crate::kit::AuthKit;
use crate::model::client::ClientInfo;
use crate::model::event::Actor;
use crate::model::session::Via;
use crate::model::user::User;
use crate::model::user_id::UserId;
use crate::steps::observe::{info_span, observed};
use crate::steps::sign_in::SignIn;

impl AuthKit {
    /// Opens a session (`via` host) for a user whom the application vouches for: another sign-in system, a device, a test.
    ///
    /// # Errors
    /// [`AuthError::NotFound`]: no such user, or deleted. [`AuthError::AccountDisabled`],
    /// [`AuthError::EmailNotVerified`], and the operator's.
    ///
    /// # Examples
    /// ```
    /// # use authkit_flows::doc::{block_on, kit, register};
    /// use authkit_core::{AuthError, ClientInfo};
    ///
    /// # block_on(async {
    /// # let kit = kit();
    /// # let user = register(&kit, "ada@example.com", "a lantern over the quay").await;
    /// let signed_in = kit.open_session_for(&user.id, &ClientInfo::none()).await?;
    /// assert_eq!(kit.current_user(&signed_in.tokens.access).await?.user.id, user.id);
    /// # Ok::<(), AuthError>(())
    /// # }).unwrap();
    /// ```
    pub async fn open_session_for(&self, id: &UserId, client: &ClientInfo) -> Result<SignIn, AuthError> {
        observed(info_span!("authkit.open_session_for"), self.open_session_for_observed(id, client)).await
    }

    async fn open_session_for_observed(&self, id: &UserId, client: &ClientInfo) -> Result<SignIn, AuthError> {
        let user = self.0.users.find_user(id).await?.filter(User::exists).ok_or(AuthError::NotFound)?;
        if !user.is_active {
            return Err(AuthError::AccountDisabled);
        }
        self.require_verified(&user)?;
        match self.open_session(user, Via::Host, Actor::System, client).await {
            Err(AuthError::InvalidCredentials) => Err(AuthError::NotFound),
            answer => answer,
        }
    }
}
