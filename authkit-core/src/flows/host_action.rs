//! An operator does to a user what the application has added to the console.

use crate::error::AuthError;
use crate::kit::AuthKit;
use crate::model::client::ClientInfo;
use crate::model::event::EventOutcome;
use crate::model::event_code::EventCode;
use crate::model::permission::Permission;
use crate::model::user::User;
use crate::model::user_id::UserId;
use crate::steps::administration::Note;
use crate::steps::observe::{info_span, observed};
use crate::steps::operator::Operator;

impl AuthKit {
    /// Whether the operator may do what needs this permission to this user: the rules of AuthKit's own actions. The user
    /// as it is now.
    ///
    /// What the application writes then is its own. An action that must not reach somebody who becomes an administrator
    /// in between writes only while the row has the role of the answer ([`User::role`]).
    ///
    /// # Errors
    /// [`AuthError::Forbidden`], [`AuthError::SelfForbidden`], [`AuthError::NotFound`] (deleted, too), [`AuthError::Stale`],
    /// and the operator's.
    pub async fn allow_host_action(
        &self,
        operator: &Operator,
        permission: Permission,
        id: &UserId,
        note: &Note,
        client: &ClientInfo,
    ) -> Result<User, AuthError> {
        observed(
            info_span!("authkit.allow_host_action"),
            self.allow_host_action_observed(operator, permission, id, note, client),
        )
        .await
    }

    async fn allow_host_action_observed(
        &self,
        operator: &Operator,
        permission: Permission,
        id: &UserId,
        note: &Note,
        client: &ClientInfo,
    ) -> Result<User, AuthError> {
        operator.require(permission)?;
        let target = self.target(operator, id).await?;
        self.require_unchanged(&target, operator, note, client).await?;
        if target.exists() { Ok(target) } else { Err(AuthError::NotFound) }
    }

    /// Records what became of it, under a code of the application's own.
    ///
    /// # Errors
    /// [`AuthError::Validation`] (the note), and the operator's.
    ///
    /// # Examples
    /// ```
    /// # use authkit_flows::doc::{block_on, kit, signed_in};
    /// use authkit_core::{AuthError, ClientInfo, EventCode, EventOutcome, Note, Operator, Permission};
    ///
    /// # block_on(async {
    /// # let kit = kit();
    /// # let ada = signed_in(&kit).await;
    /// let (operator, client, note) = (Operator::cli("root"), ClientInfo::none(), Note::default());
    /// let code = EventCode::of_application("plan_extended").ok_or(AuthError::NotFound)?;
    /// let user = kit.allow_host_action(&operator, Permission::UsersWrite, &ada.user.id, &note, &client).await?;
    /// kit.record_host_action(&operator, &user.id, code, EventOutcome::Success, &note, &client).await?;
    /// # Ok::<(), AuthError>(())
    /// # }).unwrap();
    /// ```
    pub async fn record_host_action(
        &self,
        operator: &Operator,
        id: &UserId,
        code: EventCode,
        outcome: EventOutcome,
        note: &Note,
        client: &ClientInfo,
    ) -> Result<(), AuthError> {
        observed(
            info_span!("authkit.record_host_action"),
            self.record_host_action_observed(operator, id, code, outcome, note, client),
        )
        .await
    }

    async fn record_host_action_observed(
        &self,
        operator: &Operator,
        id: &UserId,
        code: EventCode,
        outcome: EventOutcome,
        note: &Note,
        client: &ClientInfo,
    ) -> Result<(), AuthError> {
        let event = self.action(code, operator, note, client)?.about(*id).ended(outcome);
        self.record_event(event).await
    }
}
