//! The user whom a filter names.

use authkit_core::{AuthError, AuthKit, ListRequest, UserId, UserQuery};

use super::door::Visit;
use super::event_view::Names;

/// Whom a filter names.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Named {
    /// It is not given.
    Nobody,
    Known(UserId),
    /// There is no such user.
    Unknown,
}

impl Named {
    /// The user with this id or address.
    ///
    /// # Errors
    /// As [`AuthKit::list_users`].
    pub(crate) async fn find(kit: &AuthKit, visit: &Visit, text: &str) -> Result<Self, AuthError> {
        if text.is_empty() {
            return Ok(Self::Nobody);
        }
        if !text.contains('@') {
            return Ok(UserId::new(text).map_or(Self::Unknown, Self::Known));
        }
        let wanted = UserQuery { query: Some(text.to_owned()), ..UserQuery::default() };
        let page = ListRequest { cursor: None, limit: Some(1) };
        let found = match kit.list_users(&visit.operator, &wanted, &page).await {
            Err(AuthError::Validation(_)) => None,
            other => other?.items.into_iter().next(),
        };
        let found = found.map(|item| item.user).filter(|user| user.email.as_str().eq_ignore_ascii_case(text));
        Ok(found.map_or(Self::Unknown, |user| Self::Known(user.id)))
    }

    pub(crate) const fn id(&self) -> Option<UserId> {
        match self {
            Self::Known(id) => Some(*id),
            _ => None,
        }
    }

    /// How it is told: by the address, if it is known.
    pub(crate) fn text<'a>(&self, given: &'a str, names: &'a Names) -> &'a str {
        self.id().and_then(|id| names.get(&id)).map_or(given, String::as_str)
    }
}
