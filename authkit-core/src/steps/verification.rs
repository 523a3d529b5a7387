//! Addresses that must be proven: who is shut out until then, the link that proves one, and the mark on the row.

use crate::error::AuthError;
use crate::kit::AuthKit;
use crate::model::attempts::Attempt;
use crate::model::client::ClientInfo;
use crate::model::email::EmailKey;
use crate::model::event::Actor;
use crate::model::event_code::EventCode;
use crate::model::secret::VerificationToken;
use crate::model::timestamp::Timestamp;
use crate::model::user::User;
use crate::ports::user_store::SetUser;
use crate::steps::throttle::Counted;
use crate::token::link::Link;

impl AuthKit {
    /// Where addresses must be proven, nobody gets in whose address is not: neither with a password nor with a session from
    /// before that was asked for. (S-60)
    pub(crate) fn require_verified(&self, user: &User) -> Result<(), AuthError> {
        if self.0.settings.require_verified_email && !user.is_verified {
            return Err(AuthError::EmailNotVerified);
        }
        Ok(())
    }

    /// The counts of mails to one address that have to do with proving it.
    pub(crate) fn verification_attempts(&self, key: &EmailKey) -> Vec<Attempt> {
        let Some(limits) = self.0.settings.throttle else { return Vec::new() };
        let key = key.as_str().as_bytes();
        vec![
            self.attempt_on(Counted::VerificationAccount, limits.verification_account, key),
            self.attempt_on(Counted::VerificationAccountHourly, limits.verification_account_hourly, key),
        ]
    }

    /// A token that proves the address of a user as he is now.
    pub(crate) fn mint_verification(&self, user: &User, at: Timestamp) -> Result<VerificationToken, AuthError> {
        let ttl = self.0.settings.verification_ttl;
        let token = self.0.keys.mint_link(Link::Verification, user, self.random()?, at, ttl);
        token.map(VerificationToken::new).map_err(AuthError::internal)
    }

    /// Marks the address verified that a link has proven, while it still is the user's.
    pub(crate) async fn mark_proven(&self, user: &User, client: &ClientInfo) -> Result<SetUser, AuthError> {
        let event = self.event(EventCode::EMAIL_VERIFIED, self.now(), client)?;
        let event = event.by(Actor::User(user.id)).about(user.id);
        Ok(self.0.users.mark_verified(&user.id, user.email.key(), self.cause(event)).await?)
    }
}
