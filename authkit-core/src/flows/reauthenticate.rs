//! A user proves the password again, for what a stolen session must not do.

use crate::error::AuthError;
use crate::kit::AuthKit;
use crate::model::client::ClientInfo;
use crate::model::event::Actor;
use crate::model::event_code::EventCode;
use crate::model::secret::Password;
use crate::model::session::Session;
use crate::ports::session_store::ConfirmSession;
use crate::steps::credential::Claimed;
use crate::steps::observe::{info_span, observed};
use crate::steps::sign_in::SignedIn;

impl AuthKit {
    /// Proves the password again in an open session (step-up): for five minutes it may do what needs that. Answers the
    /// session with the proof in it, for whatever goes on in the same request.
    ///
    /// # Errors
    /// [`AuthError::InvalidCredentials`] (counts as a failed sign-in), [`AuthError::Throttled`], [`AuthError::Busy`],
    /// [`AuthError::SessionRevoked`] (ended meanwhile), and the operator's.
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
    /// let proven = kit.reauthenticate(&current, "a lantern over the quay".into(), &ClientInfo::none()).await?;
    /// assert!(proven.session.authenticated_at >= current.session.authenticated_at);
    /// # Ok::<(), AuthError>(())
    /// # }).unwrap();
    /// ```
    pub async fn reauthenticate(
        &self,
        who: &SignedIn,
        password: Password,
        client: &ClientInfo,
    ) -> Result<SignedIn, AuthError> {
        observed(info_span!("authkit.reauthenticate"), self.reauthenticate_observed(who, password, client)).await
    }

    async fn reauthenticate_observed(
        &self,
        who: &SignedIn,
        password: Password,
        client: &ClientInfo,
    ) -> Result<SignedIn, AuthError> {
        let proven = self.prove(Claimed::SignedIn(&who.user), &password, who.session.via, client).await?;
        let event = self.event(EventCode::SESSION_CONFIRMED, self.now(), client)?;
        let event = event.by(Actor::User(who.user.id)).about(who.user.id).in_session(who.session.id);
        let at = event.at;
        let confirmed = self.0.sessions.confirm_session(who.session.id, self.cause(event)).await?;
        if proven.outdated {
            self.rehash(&proven.user, password).await;
        }
        match confirmed {
            ConfirmSession::Confirmed => {
                let session = Session { authenticated_at: at, ..who.session.clone() };
                Ok(SignedIn { user: who.user.clone(), session })
            }
            ConfirmSession::NotOpen => Err(AuthError::SessionRevoked),
        }
    }
}
