//! A reset link is used.

use crate::error::AuthError;
use crate::kit::{AuthKit, harmless};
use crate::model::client::ClientInfo;
use crate::model::event::{Actor, EventOutcome};
use crate::model::event_code::EventCode;
use crate::model::secret::{Password, ResetToken};
use crate::model::session::RevokeReason;
use crate::model::user::User;
use crate::model::user_id::UserId;
use crate::ports::user_store::{EpochMove, PasswordSwap, ReplacePassword};
use crate::steps::observe::{info_span, observed};
use crate::token::link::Link;

impl AuthKit {
    /// Sets a new password on the strength of a reset token, ends every session, and opens none.
    ///
    /// The token is bound to the hash, the address and the epoch that stood when it was made, so that any change of them
    /// makes it worthless, its own use first of all. It went to the address, so its use proves that, too: an unverified
    /// user is marked verified, and nothing is left of what somebody else may have set before (S-60).
    ///
    /// # Atomicity
    /// Compare-and-swap on hash and epoch: of any number of racing uses exactly one succeeds.
    ///
    /// # Errors
    /// [`AuthError::InvalidResetToken`] (used, expired, stale and forged alike), [`AuthError::WeakPassword`] (the token
    /// stays usable), [`AuthError::Busy`] (likewise), and the operator's.
    ///
    /// # Examples
    /// ```
    /// # use authkit_flows::doc::{block_on, kit};
    /// use authkit_core::{AuthError, ClientInfo};
    ///
    /// # block_on(async {
    /// # let kit = kit();
    /// let forged = kit.reset_password(&"not.a.token".into(), "seven boats in a bottle".into(), &ClientInfo::none()).await;
    /// assert!(matches!(forged, Err(AuthError::InvalidResetToken)));
    /// # });
    /// ```
    pub async fn reset_password(
        &self,
        token: &ResetToken,
        new: Password,
        client: &ClientInfo,
    ) -> Result<(), AuthError> {
        observed(info_span!("authkit.reset_password"), self.reset_password_observed(token, new, client)).await
    }

    async fn reset_password_observed(
        &self,
        token: &ResetToken,
        new: Password,
        client: &ClientInfo,
    ) -> Result<(), AuthError> {
        let keys = &self.0.keys;
        let claims = keys.read_link(Link::Reset, token.expose(), self.now());
        let claims = claims.map_err(|_| AuthError::InvalidResetToken)?;
        let found = self.0.users.find_user(&claims.user).await?;
        let usable = |user: &User| user.exists() && user.is_active && keys.link_matches(&claims, user);
        let Some(user) = found.filter(usable) else {
            return self.reset_failed(&claims.user, client).await;
        };
        self.check_new_password(&new, &user.email)?;
        let swap = PasswordSwap {
            id: user.id,
            old_hash: user.password_hash.clone(),
            new_hash: self.hash_password(new).await?,
            epochs: Some(EpochMove { from: user.session_epoch, to: self.new_epoch()? }),
        };
        let event = self.event(EventCode::PASSWORD_RESET_COMPLETED, self.now(), client)?;
        let event = event.by(Actor::User(user.id)).about(user.id);
        match self.0.users.replace_password(swap, self.cause(event)).await? {
            ReplacePassword::Replaced(_) => {}
            ReplacePassword::Stale | ReplacePassword::Missing => return self.reset_failed(&user.id, client).await,
        }
        if let Some(attempt) = self.account_attempt(user.email.key().as_str()) {
            harmless("clear the throttle", self.0.attempts.clear(&[attempt.key]).await);
        }
        self.tidy_left_epoch(&user, RevokeReason::Reset).await;
        if !user.is_verified {
            harmless("mark the address verified", self.mark_proven(&user, client).await);
        }
        let mail = self.password_changed_mail(&user);
        self.send(mail, &user, client).await
    }

    /// A token that was ours once: worth a line in the trail. A forged one reaches no store.
    async fn reset_failed(&self, subject: &UserId, client: &ClientInfo) -> Result<(), AuthError> {
        let event = self.event(EventCode::PASSWORD_RESET_FAILED, self.now(), client)?;
        self.record_event(event.about(*subject).ended(EventOutcome::Failure)).await?;
        Err(AuthError::InvalidResetToken)
    }
}
