//! An operator names a user by what is at hand: the address, or the id.

use crate::error::AuthError;
use crate::kit::AuthKit;
use crate::model::email::Email;
use crate::model::permission::Permission;
use crate::model::user_id::UserId;
use crate::steps::observe::{debug_span, observed};
use crate::steps::operator::Operator;

impl AuthKit {
    /// The id of the user with this address or id, deleted or not: an id where there is such a row, else an address in any
    /// spelling. Never a part of either. Needs `users.read`.
    ///
    /// # Errors
    /// [`AuthError::Forbidden`], [`AuthError::NotFound`], and the operator's.
    ///
    /// # Examples
    /// ```
    /// # use authkit_flows::doc::{block_on, kit, signed_in};
    /// use authkit_core::{AuthError, Operator};
    ///
    /// # block_on(async {
    /// # let kit = kit();
    /// # let ada = signed_in(&kit).await;
    /// let operator = Operator::cli("root");
    /// assert_eq!(kit.find_user_named(&operator, "Ada@Example.com").await?, ada.user.id);
    /// assert!(matches!(kit.find_user_named(&operator, "ada@").await, Err(AuthError::NotFound)));
    /// # Ok::<(), AuthError>(())
    /// # }).unwrap();
    /// ```
    pub async fn find_user_named(&self, operator: &Operator, name: &str) -> Result<UserId, AuthError> {
        observed(debug_span!("authkit.find_user_named"), self.find_user_named_observed(operator, name)).await
    }

    async fn find_user_named_observed(&self, operator: &Operator, name: &str) -> Result<UserId, AuthError> {
        operator.require(Permission::UsersRead)?;
        if let Some(id) = UserId::new(name)
            && self.0.users.find_user(&id).await?.is_some()
        {
            return Ok(id);
        }
        let email = Email::parse(name).map_err(|_| AuthError::NotFound)?;
        let user = self.0.users.find_user_by_email(email.key()).await?;
        user.map(|user| user.id).ok_or(AuthError::NotFound)
    }
}
