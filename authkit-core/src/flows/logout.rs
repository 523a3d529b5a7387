//! Somebody signs out on one device.

use crate::error::AuthError;
use crate::kit::AuthKit;
use crate::model::client::ClientInfo;
use crate::model::event::Actor;
use crate::model::event_code::EventCode;
use crate::model::session::RevokeReason;
use crate::steps::observe::{info_span, observed};

impl AuthKit {
    /// Ends the session that a token belongs to: its refresh or access token, of any generation, expired or not. What
    /// counts is the signature.
    ///
    /// Done twice, or with a token that is worth nothing, it answers the same: whoever calls it is signed out.
    ///
    /// # Errors
    /// The operator's only: then the session may live on, and the caller must be told.
    ///
    /// # Examples
    /// ```
    /// # use authkit_flows::doc::{block_on, kit, signed_in};
    /// use authkit_core::{AuthError, ClientInfo};
    ///
    /// # block_on(async {
    /// # let kit = kit();
    /// # let ada = signed_in(&kit).await;
    /// kit.logout(ada.tokens.refresh.expose(), &ClientInfo::none()).await?;
    /// assert!(matches!(kit.current_user(&ada.tokens.access).await, Err(AuthError::SessionRevoked)));
    /// kit.logout("anything", &ClientInfo::none()).await?;
    /// # Ok::<(), AuthError>(())
    /// # }).unwrap();
    /// ```
    pub async fn logout(&self, token: &str, client: &ClientInfo) -> Result<(), AuthError> {
        observed(info_span!("authkit.logout"), self.logout_observed(token, client)).await
    }

    async fn logout_observed(&self, token: &str, client: &ClientInfo) -> Result<(), AuthError> {
        let Ok((user, session, _)) = self.0.keys.verify_for_logout(token) else { return Ok(()) };
        let event = self.event(EventCode::SESSION_CLOSED, self.now(), client)?;
        let event = event.by(Actor::User(user)).about(user).in_session(session);
        let cause = self.cause(event);
        // Ended already, or gone: as good.
        let _ = self.0.sessions.revoke_session(session, Some(&user), RevokeReason::Logout, cause).await?;
        Ok(())
    }
}
