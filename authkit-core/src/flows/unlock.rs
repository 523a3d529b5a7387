//! The administration lets an account try again that failed too often.

use crate::error::AuthError;
use crate::kit::AuthKit;
use crate::model::client::ClientInfo;
use crate::model::event_code::EventCode;
use crate::model::permission::Permission;
use crate::model::user_id::UserId;
use crate::steps::administration::Note;
use crate::steps::observe::{info_span, observed};
use crate::steps::operator::Operator;

impl AuthKit {
    /// Forgets the failed sign-ins of an account, a stop after a hundred too. Needs `users.write`. What is counted by
    /// network address stays. With the throttle switched off there is nothing to do and nothing is recorded.
    ///
    /// # Errors
    /// [`AuthError::Forbidden`], [`AuthError::SelfForbidden`], [`AuthError::NotFound`] (deleted, too),
    /// [`AuthError::Stale`], [`AuthError::Validation`] (the note), and the operator's.
    ///
    /// # Examples
    /// ```
    /// # use authkit_flows::doc::{block_on, kit, register};
    /// use authkit_core::{AuthError, ClientInfo, Login, Note, Operator};
    ///
    /// # block_on(async {
    /// # let kit = kit();
    /// # let ada = register(&kit, "ada@example.com", "a lantern over the quay").await;
    /// let client = ClientInfo::none();
    /// let login = |password: &str| kit.login(Login::new("ada@example.com", password), &client);
    /// for _ in 0..5 {
    ///     assert!(login("guess").await.is_err());
    /// }
    /// assert!(matches!(login("a lantern over the quay").await, Err(AuthError::Throttled { .. })));
    /// kit.unlock(&Operator::cli("root"), &ada.id, Note::default(), &client).await?;
    /// login("a lantern over the quay").await?;
    /// # Ok::<(), AuthError>(())
    /// # }).unwrap();
    /// ```
    pub async fn unlock(
        &self,
        operator: &Operator,
        id: &UserId,
        note: Note,
        client: &ClientInfo,
    ) -> Result<(), AuthError> {
        observed(info_span!("authkit.unlock"), self.unlock_observed(operator, id, note, client)).await
    }

    async fn unlock_observed(
        &self,
        operator: &Operator,
        id: &UserId,
        note: Note,
        client: &ClientInfo,
    ) -> Result<(), AuthError> {
        operator.require(Permission::UsersWrite)?;
        let target = self.target(operator, id).await?;
        if !target.exists() {
            return Err(AuthError::NotFound);
        }
        self.require_unchanged(&target, operator, &note, client).await?;
        let event = self.action(EventCode::THROTTLE_CLEARED, operator, &note, client)?.about(*id);
        let Some(attempt) = self.account_attempt(target.email.key().as_str()) else { return Ok(()) };
        // The counter may be elsewhere than the trail: said first, so that nothing is cleared in silence.
        self.record_event(event).await?;
        // The counter knows no users to compare with, so they are looked at again, as late as can be.
        self.target(operator, id).await?;
        self.0.attempts.clear(&[attempt.key]).await?;
        Ok(())
    }
}
