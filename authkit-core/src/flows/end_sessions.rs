//! The administration ends every session of a user.

use crate::error::AuthError;
use crate::kit::AuthKit;
use crate::model::client::ClientInfo;
use crate::model::user_id::UserId;
use crate::steps::administration::Note;
use crate::steps::observe::{info_span, observed};
use crate::steps::operator::Operator;
use crate::steps::user_action::BulkAction;

impl AuthKit {
    /// Ends every session of a user and says how many were live. Needs `sessions.revoke`.
    ///
    /// # Atomicity
    /// One write moves the user's epoch and records `session.revoked` with the number: a sign-in that is in flight
    /// meanwhile leaves a session that is dead on arrival. Marking the rows comes after and does not matter.
    ///
    /// # Errors
    /// [`AuthError::Forbidden`], [`AuthError::SelfForbidden`], [`AuthError::NotFound`] (deleted, too),
    /// [`AuthError::Stale`], [`AuthError::Validation`] (the note), and the operator's.
    ///
    /// # Examples
    /// ```
    /// # use authkit_flows::doc::{block_on, kit, signed_in};
    /// use authkit_core::{AuthError, ClientInfo, Note, Operator};
    ///
    /// # block_on(async {
    /// # let kit = kit();
    /// # let ada = signed_in(&kit).await;
    /// let (operator, note) = (Operator::cli("root"), Note::default());
    /// let ended = kit.revoke_sessions_of(&operator, &ada.user.id, note, &ClientInfo::none()).await?;
    /// assert_eq!(ended, 1);
    /// assert!(kit.current_user(&ada.tokens.access).await.is_err());
    /// # Ok::<(), AuthError>(())
    /// # }).unwrap();
    /// ```
    pub async fn revoke_sessions_of(
        &self,
        operator: &Operator,
        id: &UserId,
        note: Note,
        client: &ClientInfo,
    ) -> Result<u64, AuthError> {
        observed(info_span!("authkit.revoke_sessions_of"), self.revoke_sessions_of_observed(operator, id, note, client))
            .await
    }

    async fn revoke_sessions_of_observed(
        &self,
        operator: &Operator,
        id: &UserId,
        note: Note,
        client: &ClientInfo,
    ) -> Result<u64, AuthError> {
        self.allow(operator, BulkAction::EndSessions)?;
        Ok(self.act(operator, BulkAction::EndSessions, id, &note, client).await?.sessions)
    }
}
