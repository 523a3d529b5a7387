//! A link that proves an address is used.

use crate::error::AuthError;
use crate::kit::AuthKit;
use crate::model::client::ClientInfo;
use crate::model::event::Actor;
use crate::model::event_code::EventCode;
use crate::model::page::PageRequest;
use crate::model::secret::VerificationToken;
use crate::model::session::RevokeReason;
use crate::model::session_filter::{RowState, SessionFilter};
use crate::model::user::User;
use crate::model::user_id::UserId;
use crate::ports::user_store::SetUser;
use crate::steps::observe::{info_span, observed};
use crate::token::link::Link;

impl AuthKit {
    /// Marks an address verified on the strength of a token that was mailed to it. Opens no session, and ends those from
    /// before: whoever made the account may be somebody else than the owner of the mailbox (S-60).
    ///
    /// The token is bound to the hash, the address and the epoch that stood when it was made. The password stays: whoever
    /// did not choose it asks for a reset, which takes it away, ends every session, and proves the address, too.
    ///
    /// # Atomicity
    /// The mark is a compare-and-swap on the address: of any number of racing uses exactly one succeeds. Sessions go first.
    /// Where addresses must be proven there are none, but for those of a user who registered before that was asked for; and
    /// since such a user is let in nowhere, none can come up in between.
    ///
    /// # Errors
    /// [`AuthError::InvalidVerificationToken`] (used, expired, stale and forged alike), and the operator's.
    ///
    /// # Examples
    /// ```
    /// # use authkit_flows::doc::{block_on, kit};
    /// use authkit_core::{AuthError, ClientInfo};
    ///
    /// # block_on(async {
    /// # let kit = kit();
    /// let forged = kit.verify_email(&"not.a.token".into(), &ClientInfo::none()).await;
    /// assert!(matches!(forged, Err(AuthError::InvalidVerificationToken)));
    /// # });
    /// ```
    pub async fn verify_email(&self, token: &VerificationToken, client: &ClientInfo) -> Result<(), AuthError> {
        observed(info_span!("authkit.verify_email"), self.verify_email_observed(token, client)).await
    }

    async fn verify_email_observed(&self, token: &VerificationToken, client: &ClientInfo) -> Result<(), AuthError> {
        let keys = &self.0.keys;
        let claims = keys.read_link(Link::Verification, token.expose(), self.now());
        let claims = claims.map_err(|_| AuthError::InvalidVerificationToken)?;
        // Before the row: what is open here was opened while the row, read next, was not verified yet.
        let has_sessions = self.has_open_sessions(&claims.user).await?;
        let found = self.0.users.find_user(&claims.user).await?;
        let usable =
            |user: &User| user.exists() && user.is_active && !user.is_verified && keys.link_matches(&claims, user);
        let user = found.filter(usable).ok_or(AuthError::InvalidVerificationToken)?;
        if has_sessions {
            self.end_sessions_from_before(&user, client).await?;
        }
        match self.mark_proven(&user, client).await? {
            SetUser::Done { .. } => Ok(()),
            SetUser::Unchanged | SetUser::LastAdmin | SetUser::Stale | SetUser::Missing => {
                Err(AuthError::InvalidVerificationToken)
            }
        }
    }

    async fn has_open_sessions(&self, id: &UserId) -> Result<bool, AuthError> {
        let open = SessionFilter { user_id: Some(*id), state: Some(RowState::Open), ..SessionFilter::all(self.now()) };
        Ok(!self.0.sessions.list_sessions(&open, &PageRequest::first(1)).await?.items.is_empty())
    }

    async fn end_sessions_from_before(&self, user: &User, client: &ClientInfo) -> Result<(), AuthError> {
        let event = self.event(EventCode::SESSION_REVOKED, self.now(), client)?;
        let event = event.by(Actor::User(user.id)).about(user.id).detail("by", "verification");
        let (sessions, reason) = (&self.0.sessions, RevokeReason::Everywhere);
        sessions.revoke_sessions(&user.id, user.session_epoch, None, reason, self.cause(event)).await?;
        Ok(())
    }
}
