//! Until when accounts are closed to sign-in.

use crate::error::AuthError;
use crate::kit::AuthKit;
use crate::model::timestamp::Timestamp;
use crate::model::user::User;

impl AuthKit {
    /// Until when each of these users (at most 200) would be refused for failures, in their order: what a sign-in with the
    /// address would be told now. One call of the counter; none with the throttle switched off.
    pub(crate) async fn locked_until(&self, users: &[User]) -> Result<Vec<Option<Timestamp>>, AuthError> {
        let attempts: Vec<_> = users.iter().map_while(|user| self.account_attempt(user.email.key().as_str())).collect();
        if attempts.is_empty() {
            return Ok(vec![None; users.len()]);
        }
        Ok(self.0.attempts.blocked_each(&attempts, self.now()).await?)
    }
}
