//! A signed-in user is let into the administration.

use std::time::Duration;

use crate::error::AuthError;
use crate::kit::AuthKit;
use crate::steps::observe::{debug_span, observed};
use crate::steps::operator::Operator;
use crate::steps::sign_in::SignedIn;

/// The oldest proof of a password that the administration admits.
const PROOF_FOR_ENTRY: Duration = Duration::from_secs(12 * 60 * 60);

impl AuthKit {
    /// Lets a signed-in user into the administration.
    ///
    /// # Errors
    /// [`AuthError::Forbidden`]: the role allows nothing there. [`AuthError::ReauthenticationRequired`]: the password was
    /// last proven more than 12 hours ago.
    ///
    /// # Examples
    /// ```
    /// # use authkit_flows::doc::{admin, block_on, kit, signed_in};
    /// # use authkit_core::AuthError;
    /// # block_on(async {
    /// # let kit = kit();
    /// # let ada = signed_in(&kit).await;
    /// let current = kit.current_user(&ada.tokens.access).await?;
    /// assert!(matches!(kit.operator(&current), Err(AuthError::Forbidden)));
    ///
    /// # let root = admin(&kit).await;
    /// let current = kit.current_user(&root.tokens.access).await?;
    /// let operator = kit.operator(&current)?;
    /// # assert!(operator.session().is_some());
    /// # Ok::<(), AuthError>(())
    /// # }).unwrap();
    /// ```
    pub fn operator(&self, who: &SignedIn) -> Result<Operator, AuthError> {
        let permissions = self.0.settings.permissions(&who.user.role);
        if permissions.is_empty() {
            return Err(AuthError::Forbidden);
        }
        let proven = who.session.authenticated_at;
        if self.now().since(proven) > PROOF_FOR_ENTRY {
            return Err(AuthError::ReauthenticationRequired);
        }
        Ok(Operator::user(who.user.id, permissions, who.session.id, proven))
    }

    /// The same operator as things are now, for work that goes on after its request was let in, such as a file that is
    /// sent piece by piece. A trusted place stays as it is.
    ///
    /// # Errors
    /// As [`AuthKit::operator`], and what [`AuthKit::current_user`] says of a session that is not live any more.
    ///
    /// # Examples
    /// ```
    /// # use authkit_flows::doc::{admin, block_on, kit};
    /// # use authkit_core::{AuthError, ClientInfo};
    /// # block_on(async {
    /// # let kit = kit();
    /// # let root = admin(&kit).await;
    /// let current = kit.current_user(&root.tokens.access).await?;
    /// let operator = kit.operator(&current)?;
    /// kit.sign_out_everywhere(&current, &ClientInfo::none()).await?;
    /// assert!(matches!(kit.confirm_operator(&operator).await, Err(AuthError::SessionRevoked)));
    /// # Ok::<(), AuthError>(())
    /// # }).unwrap();
    /// ```
    pub async fn confirm_operator(&self, operator: &Operator) -> Result<Operator, AuthError> {
        observed(debug_span!("authkit.confirm_operator"), self.confirm_operator_observed(operator)).await
    }

    async fn confirm_operator_observed(&self, operator: &Operator) -> Result<Operator, AuthError> {
        let Some((session, user)) = operator.session().zip(operator.actor().user()) else {
            return Ok(operator.clone());
        };
        self.operator(&self.live(user, session, None, self.now()).await?)
    }
}
