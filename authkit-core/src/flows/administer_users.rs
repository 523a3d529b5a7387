//! The administration changes users: state, role, deletion.

use crate::error::AuthError;
use crate::kit::AuthKit;
use crate::model::client::ClientInfo;
use crate::model::event_code::EventCode;
use crate::model::permission::Permission;
use crate::model::user::User;
use crate::model::user_id::UserId;
use crate::ports::user_store::{PurgeUser, SetUser};
use crate::steps::administration::Note;
use crate::steps::observe::{info_span, observed};
use crate::steps::operator::Operator;
use crate::steps::user_action::{BulkAction, LOOKS};

impl AuthKit {
    /// Enables or disables a user. Disabling ends every session at once; enabling revives none.
    ///
    /// # Errors
    /// [`AuthError::Forbidden`], [`AuthError::SelfForbidden`], [`AuthError::NotFound`], [`AuthError::LastAdmin`],
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
    /// let operator = Operator::cli("root");
    /// kit.set_active(&operator, &ada.user.id, false, Note::default(), &ClientInfo::none()).await?;
    /// assert!(matches!(kit.current_user(&ada.tokens.access).await, Err(AuthError::AccountDisabled)));
    /// # Ok::<(), AuthError>(())
    /// # }).unwrap();
    /// ```
    pub async fn set_active(
        &self,
        operator: &Operator,
        id: &UserId,
        active: bool,
        note: Note,
        client: &ClientInfo,
    ) -> Result<User, AuthError> {
        observed(info_span!("authkit.set_active"), self.set_active_observed(operator, id, active, note, client)).await
    }

    async fn set_active_observed(
        &self,
        operator: &Operator,
        id: &UserId,
        active: bool,
        note: Note,
        client: &ClientInfo,
    ) -> Result<User, AuthError> {
        let action = if active { BulkAction::Enable } else { BulkAction::Disable };
        self.allow(operator, action)?;
        Ok(self.act(operator, action, id, &note, client).await?.user)
    }

    /// Gives a user another role; it counts from the user's next request on. Needs the admin role and a password proven
    /// in the last five minutes.
    ///
    /// # Errors
    /// [`AuthError::Forbidden`], [`AuthError::ReauthenticationRequired`], [`AuthError::UnknownRole`],
    /// [`AuthError::SelfForbidden`], [`AuthError::NotFound`], [`AuthError::LastAdmin`], [`AuthError::Stale`],
    /// [`AuthError::Validation`] (the note), and the operator's.
    ///
    /// # Examples
    /// ```
    /// # use authkit_flows::doc::{block_on, kit, signed_in};
    /// use authkit_core::{AuthError, ClientInfo, Note, Operator};
    ///
    /// # block_on(async {
    /// # let kit = kit();
    /// # let ada = signed_in(&kit).await;
    /// let operator = Operator::cli("root");
    /// let user = kit.set_role(&operator, &ada.user.id, "editor", Note::default(), &ClientInfo::none()).await?;
    /// assert_eq!(user.role.as_str(), "editor");
    /// # Ok::<(), AuthError>(())
    /// # }).unwrap();
    /// ```
    pub async fn set_role(
        &self,
        operator: &Operator,
        id: &UserId,
        role: &str,
        note: Note,
        client: &ClientInfo,
    ) -> Result<User, AuthError> {
        observed(info_span!("authkit.set_role"), self.set_role_observed(operator, id, role, note, client)).await
    }

    async fn set_role_observed(
        &self,
        operator: &Operator,
        id: &UserId,
        role: &str,
        note: Note,
        client: &ClientInfo,
    ) -> Result<User, AuthError> {
        operator.require_to_grant(self.now())?;
        let action = BulkAction::SetRole(self.known_role(role)?);
        Ok(self.act(operator, action, id, &note, client).await?.user)
    }

    /// Deletes a user: every session is dead at once, the row stays for seven days and can be restored, then it is
    /// purged. Needs a password proven in the last five minutes. Deleted already: done.
    ///
    /// # Errors
    /// As [`AuthKit::set_role`], without [`AuthError::UnknownRole`].
    ///
    /// # Examples
    /// ```
    /// # use authkit_flows::doc::{block_on, kit, signed_in};
    /// use authkit_core::{AuthError, ClientInfo, Note, Operator};
    ///
    /// # block_on(async {
    /// # let kit = kit();
    /// # let ada = signed_in(&kit).await;
    /// let (operator, client) = (Operator::cli("root"), ClientInfo::none());
    /// kit.delete_user(&operator, &ada.user.id, Note::default(), &client).await?;
    /// assert!(kit.current_user(&ada.tokens.access).await.is_err());
    /// kit.restore_user(&operator, &ada.user.id, Note::default(), &client).await?;
    /// # Ok::<(), AuthError>(())
    /// # }).unwrap();
    /// ```
    pub async fn delete_user(
        &self,
        operator: &Operator,
        id: &UserId,
        note: Note,
        client: &ClientInfo,
    ) -> Result<(), AuthError> {
        observed(info_span!("authkit.delete_user"), self.delete_user_observed(operator, id, note, client)).await
    }

    async fn delete_user_observed(
        &self,
        operator: &Operator,
        id: &UserId,
        note: Note,
        client: &ClientInfo,
    ) -> Result<(), AuthError> {
        self.allow(operator, BulkAction::Delete)?;
        self.act(operator, BulkAction::Delete, id, &note, client).await.map(drop)
    }

    /// Restores a deleted user to the state before the deletion. Sessions stay dead.
    ///
    /// # Errors
    /// [`AuthError::Forbidden`], [`AuthError::NotFound`], [`AuthError::NotDeleted`], [`AuthError::Stale`],
    /// [`AuthError::Validation`] (the note), and the operator's.
    pub async fn restore_user(
        &self,
        operator: &Operator,
        id: &UserId,
        note: Note,
        client: &ClientInfo,
    ) -> Result<User, AuthError> {
        observed(info_span!("authkit.restore_user"), self.restore_user_observed(operator, id, note, client)).await
    }

    async fn restore_user_observed(
        &self,
        operator: &Operator,
        id: &UserId,
        note: Note,
        client: &ClientInfo,
    ) -> Result<User, AuthError> {
        operator.require(Permission::UsersWrite)?;
        let mut outcome = SetUser::Stale;
        for _ in 0..LOOKS {
            let (_, guard, cause) = self.prepare(operator, EventCode::USER_RESTORED, id, &note, client).await?;
            outcome = self.0.users.restore_user(id, self.new_epoch()?, guard, cause).await?;
            if outcome != SetUser::Stale {
                break;
            }
        }
        let settled = self.settled(outcome, operator, id, client).await?;
        settled.map(|(_, after)| after).ok_or(AuthError::NotDeleted)
    }

    /// Removes a deleted user's row at once. Needs a password proven in the last five minutes. The audit trail keeps the
    /// id.
    ///
    /// # Errors
    /// [`AuthError::Forbidden`], [`AuthError::ReauthenticationRequired`], [`AuthError::NotFound`],
    /// [`AuthError::NotDeleted`], [`AuthError::Stale`], [`AuthError::Validation`] (the note), and the operator's.
    pub async fn purge_user(
        &self,
        operator: &Operator,
        id: &UserId,
        note: Note,
        client: &ClientInfo,
    ) -> Result<(), AuthError> {
        observed(info_span!("authkit.purge_user"), self.purge_user_observed(operator, id, note, client)).await
    }

    async fn purge_user_observed(
        &self,
        operator: &Operator,
        id: &UserId,
        note: Note,
        client: &ClientInfo,
    ) -> Result<(), AuthError> {
        operator.require(Permission::UsersDelete)?;
        operator.require_recent_proof(self.now())?;
        for _ in 0..LOOKS {
            let (_, guard, cause) = self.prepare(operator, EventCode::USER_PURGED, id, &note, client).await?;
            match self.0.users.purge_user(id, guard, cause).await? {
                PurgeUser::Purged => return Ok(()),
                PurgeUser::NotDeleted => return Err(AuthError::NotDeleted),
                PurgeUser::Missing => return Err(AuthError::NotFound),
                PurgeUser::Stale => {}
            }
        }
        self.record_refusal(operator, id, AuthError::Stale.code(), client).await?;
        Err(AuthError::Stale)
    }

    /// Sends a user a reset link. Nobody but the owner of the mailbox ever sees it.
    ///
    /// # Errors
    /// [`AuthError::Forbidden`], [`AuthError::NotFound`] (deleted, too), [`AuthError::AccountDisabled`],
    /// [`AuthError::Stale`], [`AuthError::Validation`] (the note), and the operator's.
    pub async fn request_reset_for(
        &self,
        operator: &Operator,
        id: &UserId,
        note: Note,
        client: &ClientInfo,
    ) -> Result<(), AuthError> {
        observed(info_span!("authkit.request_reset_for"), self.request_reset_for_observed(operator, id, note, client))
            .await
    }

    async fn request_reset_for_observed(
        &self,
        operator: &Operator,
        id: &UserId,
        note: Note,
        client: &ClientInfo,
    ) -> Result<(), AuthError> {
        operator.require(Permission::UsersWrite)?;
        let user = self.reachable(operator, id).await?;
        self.require_unchanged(&user, operator, &note, client).await?;
        let event = self.action(EventCode::PASSWORD_RESET_REQUESTED, operator, &note, client)?.about(*id);
        self.record_event(event).await?;
        // A mail is no write that could rest on what was seen, so it is looked at again, as late as can be.
        let user = self.reachable(operator, id).await?;
        let mail = self.reset_mail(&user, self.mint_reset(&user, self.now())?);
        self.send(mail, &user, client).await
    }

    /// A user whom a mail may be sent to on the word of this operator.
    async fn reachable(&self, operator: &Operator, id: &UserId) -> Result<User, AuthError> {
        let user = self.target(operator, id).await?;
        if !user.exists() {
            return Err(AuthError::NotFound);
        }
        if user.is_active { Ok(user) } else { Err(AuthError::AccountDisabled) }
    }
}
