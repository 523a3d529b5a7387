//! The administration makes a user and invites the owner of the address.

use crate::error::AuthError;
use crate::kit::AuthKit;
use crate::model::client::ClientInfo;
use crate::model::event_code::EventCode;
use crate::model::permission::Permission;
use crate::model::profile::Profile;
use crate::model::role::Role;
use crate::model::user::{NewUser, User};
use crate::model::user_id::UserId;
use crate::ports::user_store::InsertUser;
use crate::steps::administration::Note;
use crate::steps::observe::{info_span, observed};
use crate::steps::operator::Operator;

impl AuthKit {
    /// Makes a user without a password and mails a link to set one, good as long as a reset link. Needs `users.write`; any
    /// role but the default one needs the admin role and a password proven in the last five minutes.
    ///
    /// The user is active and not verified: nobody has proven the address yet. Nobody but the owner of the mailbox sees the
    /// link; when it has run out, "forgot password" or [`AuthKit::request_reset_for`] sends the next. Of the note the
    /// reason counts.
    ///
    /// # Atomicity
    /// As [`AuthKit::register`]; the event is `user.created`. The mail goes out after it; a mailer that does not take it
    /// changes no answer and is recorded.
    ///
    /// # Errors
    /// [`AuthError::Forbidden`], [`AuthError::ReauthenticationRequired`], [`AuthError::UnknownRole`],
    /// [`AuthError::Validation`] (not an address, the note), [`AuthError::EmailTaken`], and the operator's.
    ///
    /// # Examples
    /// ```
    /// # use authkit_flows::doc::{block_on, kit};
    /// use authkit_core::{AuthError, ClientInfo, Note, Operator};
    ///
    /// # block_on(async {
    /// # let kit = kit();
    /// let (operator, client) = (Operator::cli("root"), ClientInfo::none());
    /// let grace = kit.create_user_for(&operator, "grace@example.com", "user", Note::default(), &client).await?;
    /// assert!(grace.is_active && grace.password_hash.is_none());
    /// let again = kit.create_user_for(&operator, "GRACE@example.com", "user", Note::default(), &client).await;
    /// assert!(matches!(again, Err(AuthError::EmailTaken)));
    /// # Ok::<(), AuthError>(())
    /// # }).unwrap();
    /// ```
    pub async fn create_user_for(
        &self,
        operator: &Operator,
        email: &str,
        role: &str,
        note: Note,
        client: &ClientInfo,
    ) -> Result<User, AuthError> {
        observed(
            info_span!("authkit.create_user_for"),
            self.create_user_for_observed(operator, email, role, note, client),
        )
        .await
    }

    async fn create_user_for_observed(
        &self,
        operator: &Operator,
        email: &str,
        role: &str,
        note: Note,
        client: &ClientInfo,
    ) -> Result<User, AuthError> {
        operator.require(Permission::UsersWrite)?;
        let role = self.role_to_give(operator, role)?;
        let email = Self::parse_email(email).map_err(|error| AuthError::Validation(vec![error]))?;
        let suggested_id = UserId::from(self.new_uuid(self.now())?);
        let new = NewUser {
            suggested_id,
            email,
            password_hash: None,
            role,
            is_active: true,
            is_verified: false,
            session_epoch: self.new_epoch()?,
            profile: Profile::default(),
        };
        let event = self.action(EventCode::USER_CREATED, operator, &note, client)?;
        let event = event.about(suggested_id).detail("role", role.as_str());
        let user = match self.0.users.insert_user(new, self.cause(event)).await? {
            InsertUser::Inserted(user) => *user,
            InsertUser::EmailTaken => return Err(AuthError::EmailTaken),
        };
        let mail = self.invitation_mail(&user, self.mint_reset(&user, self.now())?);
        self.send(mail, &user, client).await?;
        Ok(user)
    }

    /// A role that the operator may give to a new user.
    fn role_to_give(&self, operator: &Operator, name: &str) -> Result<Role, AuthError> {
        let default = self.0.settings.default_role;
        let harmless = name == default.as_str() && operator.permissions().covers(self.0.settings.permissions(&default));
        if !harmless {
            operator.require_to_grant(self.now())?;
        }
        self.known_role(name)
    }
}
