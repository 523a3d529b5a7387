//! Who makes a request: as the stores have it now, or as the token says.

use crate::error::AuthError;
use crate::kit::AuthKit;
use crate::model::secret::AccessToken;
use crate::steps::observe::{debug_span, observed};
use crate::steps::sign_in::SignedIn;
use crate::token::access::Claims;

impl AuthKit {
    /// The user and the session of an access token, both as the stores have them now: a sign-out, a revocation, a
    /// deactivation or a change of role bites on the next call.
    ///
    /// The user is read first and the session second, since every other order answers some race wrongly; both are in
    /// flight together only where the store promises that order.
    ///
    /// # Errors
    /// [`AuthError::InvalidToken`] (no store was asked), [`AuthError::TokenNotYetValid`], [`AuthError::SessionExpired`],
    /// [`AuthError::SessionRevoked`] (also dead or gone), [`AuthError::AccountDisabled`],
    /// [`AuthError::EmailNotVerified`], and the operator's.
    ///
    /// # Examples
    /// ```
    /// # use authkit_flows::doc::{block_on, kit, signed_in};
    /// # use authkit_core::AuthError;
    /// # block_on(async {
    /// # let kit = kit();
    /// # let ada = signed_in(&kit).await;
    /// let current = kit.current_user(&ada.tokens.access).await?;
    /// assert_eq!(current.session.id, ada.session.id);
    /// # Ok::<(), AuthError>(())
    /// # }).unwrap();
    /// ```
    pub async fn current_user(&self, token: &AccessToken) -> Result<SignedIn, AuthError> {
        observed(debug_span!("authkit.current_user"), self.current_user_observed(token)).await
    }

    async fn current_user_observed(&self, token: &AccessToken) -> Result<SignedIn, AuthError> {
        let at = self.now();
        let claims = self.0.keys.verify_access(token.expose(), at)?;
        self.live(&claims.user, claims.session, Some(claims.epoch), at).await
    }

    /// What an access token says, by its signature and times alone: no store is asked, so a sign-out, a deactivation or a
    /// change of role shows only when the token ends (15 minutes by default). Never guards the administration.
    ///
    /// # Errors
    /// [`AuthError::InvalidToken`], [`AuthError::TokenNotYetValid`], [`AuthError::SessionExpired`].
    ///
    /// # Examples
    /// ```
    /// # use authkit_flows::doc::{block_on, kit, signed_in};
    /// # use authkit_core::AuthError;
    /// # block_on(async {
    /// # let kit = kit();
    /// # let ada = signed_in(&kit).await;
    /// let claims = kit.claims(&ada.tokens.access)?;
    /// assert_eq!((claims.user, claims.role.as_str()), (ada.user.id, "user"));
    /// # Ok::<(), AuthError>(())
    /// # }).unwrap();
    /// ```
    pub fn claims(&self, token: &AccessToken) -> Result<Claims, AuthError> {
        Ok(self.0.keys.verify_access(token.expose(), self.now())?)
    }
}
