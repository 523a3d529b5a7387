//! Ids of users as the addresses behind them, for lists that name people.

use std::collections::HashMap;

use crate::error::AuthError;
use crate::kit::AuthKit;
use crate::model::permission::Permission;
use crate::model::user_id::UserId;
use crate::steps::observe::{debug_span, observed};
use crate::steps::operator::Operator;

impl AuthKit {
    /// The addresses of these users, in one read; of deleted ones, too, as long as their rows are there. Whoever is gone is
    /// left out. Needs `users.read`.
    ///
    /// # Errors
    /// [`AuthError::Forbidden`], and the operator's.
    ///
    /// # Examples
    /// ```
    /// # use authkit_flows::doc::{block_on, kit, signed_in};
    /// use authkit_core::{AuthError, Operator};
    ///
    /// # block_on(async {
    /// # let kit = kit();
    /// # let ada = signed_in(&kit).await;
    /// let names = kit.names_of(&Operator::system(), &[ada.user.id]).await?;
    /// assert_eq!(names[&ada.user.id], "ada@example.com");
    /// # Ok::<(), AuthError>(())
    /// # }).unwrap();
    /// ```
    pub async fn names_of(&self, operator: &Operator, ids: &[UserId]) -> Result<HashMap<UserId, String>, AuthError> {
        observed(debug_span!("authkit.names_of"), self.names_of_observed(operator, ids)).await
    }

    async fn names_of_observed(
        &self,
        operator: &Operator,
        ids: &[UserId],
    ) -> Result<HashMap<UserId, String>, AuthError> {
        operator.require(Permission::UsersRead)?;
        let mut wanted: Vec<UserId> = Vec::with_capacity(ids.len());
        for id in ids {
            if !wanted.contains(id) {
                wanted.push(*id);
            }
        }
        let users = self.0.users.find_users(&wanted).await?;
        Ok(users.into_iter().map(|user| (user.id, user.email.as_str().to_owned())).collect())
    }
}
