//! The application's own row, and what it is to AuthKit.

use authkit_core::*;
use serde::{Deserialize, Serialize};

use super::Result;

/// A row as the application has had it for years, and `epoch`, which AuthKit needs: what live sessions were opened under.
pub(super) struct Member {
    pub(super) number: i64,
    pub(super) mail: Email,
    secret: Option<PasswordHash>,
    pub(super) rank: Role,
    pub(super) blocked: bool,
    joined: Timestamp,
    epoch: Epoch,
    more: More,
}

/// The fields that AuthKit does not know: to it, they are the user's profile.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct More {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub company: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seats: Option<i64>,
}

impl Member {
    pub(super) fn of(user: &User) -> Result<Self> {
        Ok(Self {
            number: user.id.as_i64().ok_or_else(|| trouble("a key of another table"))?,
            mail: user.email.clone(),
            secret: user.password_hash.clone(),
            rank: user.role,
            blocked: !user.is_active,
            joined: user.created_at,
            epoch: user.session_epoch,
            more: user.profile.read().map_err(trouble)?,
        })
    }

    pub(super) fn user(&self) -> Result<User> {
        Ok(User {
            id: UserId::from(self.number),
            email: self.mail.clone(),
            password_hash: self.secret.clone(),
            role: self.rank,
            is_active: !self.blocked,
            is_verified: true,
            session_epoch: self.epoch,
            profile: Profile::from_typed(&self.more).map_err(trouble)?,
            created_at: self.joined,
            updated_at: self.joined,
            last_sign_in_at: self.joined,
            deleted_at: None,
        })
    }

    pub(super) fn fits(&self, filter: &UserFilter) -> bool {
        let status = if self.blocked { UserStatus::Disabled } else { UserStatus::Active };
        filter.status.is_none_or(|wanted| wanted == status)
            && filter.role.is_none_or(|wanted| wanted == self.rank)
            && filter.verified != Some(false)
            && filter.search.as_ref().is_none_or(|search| match search {
                UserSearch::Id(id) => id.as_i64() == Some(self.number),
                UserSearch::Email(key) => key == self.mail.key(),
                UserSearch::EmailPrefix(prefix) => self.mail.key().as_str().starts_with(prefix),
            })
    }

    /// Where the row stands in a list: the order's mark, then bytes that sort in that order.
    pub(super) fn position(&self, sort: UserSort) -> Vec<u8> {
        let falling = |n: i64| (!(n.cast_unsigned() ^ (1 << 63))).to_be_bytes();
        match sort {
            UserSort::Email => [b"e", self.mail.key().as_str().as_bytes()].concat(),
            _ => [&b"n"[..], &falling(self.joined.as_micros()), &falling(self.number)].concat(),
        }
    }
}

/// What only an operator can mend.
pub(super) fn trouble(source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> StoreError {
    StoreError::new(StoreErrorKind::Unexpected, "members", "a statement").with_source(source)
}
