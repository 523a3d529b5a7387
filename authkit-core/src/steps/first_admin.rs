//! Making the first administrator: under the policy, and only while there is none.

use crate::error::AuthError;
use crate::kit::AuthKit;
use crate::model::email::Email;
use crate::model::event::Event;
use crate::model::profile::Profile;
use crate::model::secret::Password;
use crate::model::user::{NewUser, User};
use crate::model::user_id::UserId;
use crate::ports::user_store::InsertFirstAdmin;

impl AuthKit {
    /// Makes the first administrator, active and verified; `made` is the event, which is said to be about that user.
    pub(crate) async fn insert_first_admin(
        &self,
        email: &str,
        password: Password,
        made: Event,
    ) -> Result<User, AuthError> {
        let email: Email = Self::parse_email(email).map_err(|error| AuthError::Validation(vec![error]))?;
        self.check_new_password(&password, &email)?;
        let suggested_id = UserId::from(self.new_uuid(made.at)?);
        let new = NewUser {
            suggested_id,
            email,
            password_hash: Some(self.hash_password(password).await?),
            role: self.0.settings.admin_role,
            is_active: true,
            is_verified: true,
            session_epoch: self.new_epoch()?,
            profile: Profile::default(),
        };
        match self.0.users.insert_first_admin(new, self.cause(made.about(suggested_id))).await? {
            InsertFirstAdmin::Inserted(user) => Ok(*user),
            InsertFirstAdmin::EmailTaken => Err(AuthError::EmailTaken),
            InsertFirstAdmin::AdminExists => Err(AuthError::AdminExists),
        }
    }
}
