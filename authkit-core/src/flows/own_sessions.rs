//! A user looks at the own sessions and ends them.

use crate::error::AuthError;
use crate::kit::AuthKit;
use crate::model::client::ClientInfo;
use crate::model::event::Actor;
use crate::model::event_code::EventCode;
use crate::model::ids::SessionId;
use crate::model::page::{MAX_PAGE, PageRequest};
use crate::model::session::{RevokeReason, Session};
use crate::model::session_filter::{RowState, SessionFilter};
use crate::ports::session_store::RevokeSession;
use crate::steps::observe::{debug_span, info_span, observed};
use crate::steps::sign_in::SignedIn;

impl AuthKit {
    /// The user's live sessions, newest first, at most 200.
    ///
    /// # Errors
    /// The operator's.
    ///
    /// # Examples
    /// ```
    /// # use authkit_flows::doc::{block_on, kit, signed_in};
    /// # use authkit_core::AuthError;
    /// # block_on(async {
    /// # let kit = kit();
    /// # let ada = signed_in(&kit).await;
    /// let current = kit.current_user(&ada.tokens.access).await?;
    /// assert_eq!(kit.list_own_sessions(&current).await?.len(), 1);
    /// # Ok::<(), AuthError>(())
    /// # }).unwrap();
    /// ```
    pub async fn list_own_sessions(&self, who: &SignedIn) -> Result<Vec<Session>, AuthError> {
        observed(debug_span!("authkit.list_own_sessions"), self.list_own_sessions_observed(who)).await
    }

    async fn list_own_sessions_observed(&self, who: &SignedIn) -> Result<Vec<Session>, AuthError> {
        let filter = SessionFilter {
            user_id: Some(who.user.id),
            epoch: Some(who.user.session_epoch),
            state: Some(RowState::Open),
            ..SessionFilter::all(self.now())
        };
        Ok(self.0.sessions.list_sessions(&filter, &PageRequest::first(MAX_PAGE)).await?.items)
    }

    /// Ends one of the user's own sessions, this one too. Ended before: done.
    ///
    /// # Errors
    /// [`AuthError::NotFound`]: no such session, or another user's. The operator's.
    ///
    /// # Examples
    /// ```
    /// # use authkit_flows::doc::{block_on, kit, signed_in};
    /// # use authkit_core::{AuthError, ClientInfo};
    /// # block_on(async {
    /// # let kit = kit();
    /// # let ada = signed_in(&kit).await;
    /// let current = kit.current_user(&ada.tokens.access).await?;
    /// kit.revoke_own_session(&current, current.session.id, &ClientInfo::none()).await?;
    /// assert!(kit.current_user(&ada.tokens.access).await.is_err());
    /// # Ok::<(), AuthError>(())
    /// # }).unwrap();
    /// ```
    pub async fn revoke_own_session(
        &self,
        who: &SignedIn,
        id: SessionId,
        client: &ClientInfo,
    ) -> Result<(), AuthError> {
        observed(info_span!("authkit.revoke_own_session"), self.revoke_own_session_observed(who, id, client)).await
    }

    async fn revoke_own_session_observed(
        &self,
        who: &SignedIn,
        id: SessionId,
        client: &ClientInfo,
    ) -> Result<(), AuthError> {
        let event = self.event(EventCode::SESSION_REVOKED, self.now(), client)?;
        let event = event.by(Actor::User(who.user.id)).about(who.user.id).in_session(id).detail("by", "owner");
        let cause = self.cause(event);
        match self.0.sessions.revoke_session(id, Some(&who.user.id), RevokeReason::Owner, cause).await? {
            RevokeSession::Revoked(_) | RevokeSession::Already => Ok(()),
            RevokeSession::Missing => Err(AuthError::NotFound),
        }
    }

    /// Ends all of the user's live sessions but this one. Answers how many.
    ///
    /// # Errors
    /// The operator's.
    ///
    /// # Examples
    /// ```
    /// # use authkit_flows::doc::{block_on, kit, signed_in};
    /// # use authkit_core::{AuthError, ClientInfo};
    /// # block_on(async {
    /// # let kit = kit();
    /// # let ada = signed_in(&kit).await;
    /// # let elsewhere = kit.open_session_for(&ada.user.id, &ClientInfo::none()).await?;
    /// let current = kit.current_user(&ada.tokens.access).await?;
    /// assert_eq!(kit.revoke_other_sessions(&current, &ClientInfo::none()).await?, 1);
    /// assert!(kit.current_user(&elsewhere.tokens.access).await.is_err());
    /// # Ok::<(), AuthError>(())
    /// # }).unwrap();
    /// ```
    pub async fn revoke_other_sessions(&self, who: &SignedIn, client: &ClientInfo) -> Result<u64, AuthError> {
        observed(info_span!("authkit.revoke_other_sessions"), self.revoke_other_sessions_observed(who, client)).await
    }

    async fn revoke_other_sessions_observed(&self, who: &SignedIn, client: &ClientInfo) -> Result<u64, AuthError> {
        let user = &who.user;
        let event = self.event(EventCode::SESSION_REVOKED, self.now(), client)?;
        let event = event.by(Actor::User(user.id)).about(user.id).in_session(who.session.id).detail("by", "owner");
        let sessions = &self.0.sessions;
        let (except, cause) = (Some(who.session.id), self.cause(event));
        let ended = sessions.revoke_sessions(&user.id, user.session_epoch, except, RevokeReason::Owner, cause).await?;
        Ok(ended.len() as u64)
    }
}
