//! Whether the stores answer.

use crate::error::AuthError;
use crate::kit::AuthKit;
use crate::model::ids::SessionId;
use crate::model::user_id::UserId;

impl AuthKit {
    /// Reads a row that does not exist from each store: what a readiness probe asks.
    ///
    /// # Errors
    /// [`AuthError::Store`]: one of them does not answer.
    pub async fn ping(&self) -> Result<(), AuthError> {
        self.0.users.find_user(&UserId::from(uuid::Uuid::nil())).await?;
        self.0.sessions.find_session(SessionId::from_uuid(uuid::Uuid::nil())).await?;
        Ok(())
    }
}
