//! What flows have in common that mail a link to an address: the same work for every address, and not too many mails.

use crate::error::AuthError;
use crate::kit::AuthKit;
use crate::model::attempts::Attempt;
use crate::model::email::Email;
use crate::model::profile::Profile;
use crate::model::secret::ResetToken;
use crate::model::timestamp::Timestamp;
use crate::model::user::{NewUser, User};
use crate::model::user_id::UserId;
use crate::token::link::Link;

impl AuthKit {
    /// Counts mails to an address. `false`: no more for now, and whoever asked is told the same as ever.
    pub(crate) async fn may_mail(&self, attempts: Vec<Attempt>, at: Timestamp) -> Result<bool, AuthError> {
        match self.take(attempts, at).await {
            Ok(taken) => {
                taken.keep();
                Ok(true)
            }
            Err(AuthError::Throttled { .. }) => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// A token that sets another password for a user as he is now.
    pub(crate) fn mint_reset(&self, user: &User, at: Timestamp) -> Result<ResetToken, AuthError> {
        let ttl = self.0.settings.reset_ttl;
        let token = self.0.keys.mint_link(Link::Reset, user, self.random()?, at, ttl);
        token.map(ResetToken::new).map_err(AuthError::internal)
    }

    /// A user who exists nowhere, to do the same work for.
    pub(crate) fn stand_in(&self, email: Email) -> Result<User, AuthError> {
        let id = UserId::from(self.new_uuid(self.now())?);
        let user = NewUser {
            suggested_id: id,
            email,
            password_hash: None,
            role: self.0.settings.default_role,
            is_active: false,
            is_verified: false,
            session_epoch: self.new_epoch()?,
            profile: Profile::default(),
        };
        Ok(user.into_user(id, self.now()))
    }
}
