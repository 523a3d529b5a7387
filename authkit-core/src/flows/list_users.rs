//! The administration looks at users.

use crate::error::AuthError;
use crate::kit::AuthKit;
use crate::model::permission::Permission;
use crate::model::timestamp::Timestamp;
use crate::model::user::{User, UserFilter};
use crate::model::user_id::UserId;
use crate::steps::cursor::{ListRequest, Listing};
use crate::steps::observe::{debug_span, observed};
use crate::steps::operator::Operator;
use crate::steps::user_query::UserQuery;

/// A user in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UserItem {
    /// The row.
    pub user: User,
    /// Live sessions.
    pub sessions: u64,
    /// Until when the account is closed to sign-in after failures, [`Timestamp::MAX`]: until somebody unlocks it or the
    /// password is reset. `None`: it is open.
    pub locked_until: Option<Timestamp>,
}

impl AuthKit {
    /// A page of users. Needs `users.read`.
    ///
    /// # Errors
    /// [`AuthError::Forbidden`], [`AuthError::InvalidCursor`], [`AuthError::Validation`] (the limit), and the operator's.
    ///
    /// # Examples
    /// ```
    /// # use authkit_flows::doc::{block_on, kit, signed_in};
    /// use authkit_core::{AuthError, ListRequest, Operator, UserQuery};
    ///
    /// # block_on(async {
    /// # let kit = kit();
    /// # let ada = signed_in(&kit).await;
    /// let query = UserQuery { query: Some("ada@".into()), ..UserQuery::default() };
    /// let page = kit.list_users(&Operator::system(), &query, &ListRequest::default()).await?;
    /// assert_eq!((page.items[0].user.id, page.items[0].sessions), (ada.user.id, 1));
    /// # Ok::<(), AuthError>(())
    /// # }).unwrap();
    /// ```
    pub async fn list_users(
        &self,
        operator: &Operator,
        query: &UserQuery,
        request: &ListRequest,
    ) -> Result<Listing<UserItem>, AuthError> {
        observed(debug_span!("authkit.list_users"), self.list_users_observed(operator, query, request)).await
    }

    async fn list_users_observed(
        &self,
        operator: &Operator,
        query: &UserQuery,
        request: &ListRequest,
    ) -> Result<Listing<UserItem>, AuthError> {
        Ok(self.users_page(operator, query, request).await?.1)
    }

    /// A page of users and, with the first page, how many users the query means, and at most `cap`. The query is looked
    /// into once for both, and users who fit on one page are not counted again. `None`: another page, or the count failed,
    /// which may take longer than the page. Needs `users.read`.
    ///
    /// # Errors
    /// As [`AuthKit::list_users`].
    pub async fn list_and_count_users(
        &self,
        operator: &Operator,
        query: &UserQuery,
        request: &ListRequest,
        cap: u32,
    ) -> Result<(Listing<UserItem>, Option<u64>), AuthError> {
        let listed = self.list_and_count_users_observed(operator, query, request, cap);
        observed(debug_span!("authkit.list_and_count_users"), listed).await
    }

    async fn list_and_count_users_observed(
        &self,
        operator: &Operator,
        query: &UserQuery,
        request: &ListRequest,
        cap: u32,
    ) -> Result<(Listing<UserItem>, Option<u64>), AuthError> {
        let (filter, listing) = self.users_page(operator, query, request).await?;
        let count = if request.cursor.is_some() {
            None
        } else if listing.next_cursor.is_none() {
            Some(u64::try_from(listing.items.len()).unwrap_or(u64::MAX).min(cap.into()))
        } else {
            self.0.users.count_users(&filter, cap).await.ok()
        };
        Ok((listing, count))
    }

    async fn users_page(
        &self,
        operator: &Operator,
        query: &UserQuery,
        request: &ListRequest,
    ) -> Result<(UserFilter, Listing<UserItem>), AuthError> {
        operator.require(Permission::UsersRead)?;
        let list = format!("users {query:?}");
        let page = self.page_request(request, &list)?;
        let filter = self.user_filter(query).await?;
        let page = self.0.users.list_users(&filter, &page).await?;
        let beside = self.beside(&page.items).await?;
        let item = |(user, (sessions, locked_until))| UserItem { user, sessions, locked_until };
        let listing = self.listing(page, &list).map(|users| users.into_iter().zip(beside).map(item).collect());
        Ok((filter, listing))
    }

    /// How many users a query means, and at most `cap`. Needs `users.read`.
    ///
    /// # Errors
    /// [`AuthError::Forbidden`], and the operator's.
    pub async fn count_users(&self, operator: &Operator, query: &UserQuery, cap: u32) -> Result<u64, AuthError> {
        observed(debug_span!("authkit.count_users"), self.count_users_observed(operator, query, cap)).await
    }

    async fn count_users_observed(&self, operator: &Operator, query: &UserQuery, cap: u32) -> Result<u64, AuthError> {
        operator.require(Permission::UsersRead)?;
        let filter = self.user_filter(query).await?;
        Ok(self.0.users.count_users(&filter, cap).await?)
    }

    /// One user, deleted or not. Needs `users.read`.
    ///
    /// # Errors
    /// [`AuthError::Forbidden`], [`AuthError::NotFound`], and the operator's.
    pub async fn find_user_for(&self, operator: &Operator, id: &UserId) -> Result<UserItem, AuthError> {
        observed(debug_span!("authkit.find_user_for"), self.find_user_for_observed(operator, id)).await
    }

    async fn find_user_for_observed(&self, operator: &Operator, id: &UserId) -> Result<UserItem, AuthError> {
        operator.require(Permission::UsersRead)?;
        let user = self.0.users.find_user(id).await?.ok_or(AuthError::NotFound)?;
        let (sessions, locked_until) =
            self.beside(std::slice::from_ref(&user)).await?.first().copied().unwrap_or_default();
        Ok(UserItem { user, sessions, locked_until })
    }

    /// What a list says of each user beside the row: live sessions, and until when the account is locked. Two reads for all
    /// of them.
    async fn beside(&self, users: &[User]) -> Result<Vec<(u64, Option<Timestamp>)>, AuthError> {
        let keys: Vec<_> = users.iter().map(|user| (user.id, user.session_epoch)).collect();
        let counts = self.0.sessions.count_live_sessions(&keys, self.now()).await?;
        Ok(counts.into_iter().zip(self.locked_until(users).await?).collect())
    }
}
