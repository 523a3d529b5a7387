//! Which users an administrator means: what was asked for, and the filter that the store is asked with.

use unicode_normalization::UnicodeNormalization;

use crate::error::AuthError;
use crate::kit::AuthKit;
use crate::model::email::Email;
use crate::model::role::Role;
use crate::model::user::{UserFilter, UserSearch, UserSort, UserStatus};
use crate::model::user_id::UserId;

/// Which users to list. Everything that is given must fit.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct UserQuery {
    /// `None`: active and disabled ones.
    pub status: Option<UserStatus>,
    /// Exactly this role.
    pub role: Option<Role>,
    /// Whether the address is verified.
    pub verified: Option<bool>,
    /// An id or a full address: exactly that user. Anything else: users whose address begins so.
    pub query: Option<String>,
    /// The order.
    pub sort: UserSort,
}

impl AuthKit {
    /// The filter that stands for a query.
    pub(crate) async fn user_filter(&self, query: &UserQuery) -> Result<UserFilter, AuthError> {
        let search = match query.query.as_deref().filter(|text| !text.is_empty()) {
            Some(text) => Some(self.user_search(text).await?),
            None => None,
        };
        Ok(UserFilter { status: query.status, role: query.role, verified: query.verified, search, sort: query.sort })
    }

    async fn user_search(&self, text: &str) -> Result<UserSearch, AuthError> {
        if let Some(id) = UserId::new(text)
            && self.0.users.find_user(&id).await?.is_some()
        {
            return Ok(UserSearch::Id(id));
        }
        if let Ok(email) = Email::parse(text)
            && self.0.users.find_user_by_email(email.key()).await?.is_some()
        {
            return Ok(UserSearch::Email(email.key().clone()));
        }
        // The start of a canonical address, as far as it can be told of a part.
        Ok(UserSearch::EmailPrefix(text.nfkc().collect::<String>().to_lowercase()))
    }
}
