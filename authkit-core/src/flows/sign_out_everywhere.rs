//! A user signs out on every device.

use crate::error::AuthError;
use crate::kit::AuthKit;
use crate::model::client::ClientInfo;
use crate::model::event::Actor;
use crate::model::event_code::EventCode;
use crate::model::session::RevokeReason;
use crate::ports::user_store::SetUser;
use crate::steps::observe::{info_span, observed};
use crate::steps::sign_in::SignedIn;

impl AuthKit {
    /// Moves the user's epoch: every session that is open now is dead from that write on, this one too.
    ///
    /// # Atomicity
    /// Compare-and-swap on the epoch that let the caller in. Marking the rows comes after and does not matter.
    ///
    /// # Errors
    /// [`AuthError::SessionRevoked`]: the epoch has moved meanwhile. The operator's.
    ///
    /// # Examples
    /// ```
    /// # use authkit_flows::doc::{block_on, kit, signed_in};
    /// use authkit_core::{AuthError, ClientInfo};
    ///
    /// # block_on(async {
    /// # let kit = kit();
    /// # let ada = signed_in(&kit).await;
    /// let current = kit.current_user(&ada.tokens.access).await?;
    /// kit.sign_out_everywhere(&current, &ClientInfo::none()).await?;
    /// assert!(kit.current_user(&ada.tokens.access).await.is_err());
    /// # Ok::<(), AuthError>(())
    /// # }).unwrap();
    /// ```
    pub async fn sign_out_everywhere(&self, who: &SignedIn, client: &ClientInfo) -> Result<(), AuthError> {
        observed(info_span!("authkit.sign_out_everywhere"), self.sign_out_everywhere_observed(who, client)).await
    }

    async fn sign_out_everywhere_observed(&self, who: &SignedIn, client: &ClientInfo) -> Result<(), AuthError> {
        let user = &who.user;
        let event = self.event(EventCode::SESSION_CLOSED_ALL, self.now(), client)?;
        let event = event.by(Actor::User(user.id)).about(user.id).in_session(who.session.id);
        let to = self.new_epoch()?;
        match self.0.users.advance_epoch(&user.id, user.session_epoch, to, None, self.cause(event)).await? {
            SetUser::Done { before, .. } => {
                self.tidy_left_epoch(&before, RevokeReason::Everywhere).await;
                Ok(())
            }
            SetUser::Unchanged | SetUser::Stale | SetUser::Missing | SetUser::LastAdmin => {
                Err(AuthError::SessionRevoked)
            }
        }
    }
}
