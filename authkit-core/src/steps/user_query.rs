//! Which users an administrator means: what was asked for, and the filter that the store is asked with.

use unicode_normalization::UnicodeNormalization;

use crate::error::AuthError;
use crate::kit::AuthKit;
use crate::model::email::Email;
use crate::model::role::Role;
use crate::model::timestamp::Timestamp;
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
    /// Only those whose row was made at or after this instant.
    pub created_from: Option<Timestamp>,
    /// Only those whose row was made before this instant.
    pub created_to: Option<Timestamp>,
    /// Only those whose last sign-in was at or after this instant.
    pub signed_in_from: Option<Timestamp>,
    /// Only those whose last sign-in was before this instant.
    pub signed_in_to: Option<Timestamp>,
    /// Only those who never signed in.
    pub never_signed_in: bool,
    /// An id or a full address: exactly that user. `domain:acme.com`: users of that domain. Anything else: users whose
    /// address begins so.
    pub query: Option<String>,
    /// Whether `query`, where it is none of the exact ones, may stand anywhere in the address. Slow without an index.
    pub anywhere: bool,
    /// The order. `None`: newest first; but by address where the beginning of one is searched for, which the index of
    /// addresses serves however many begin so.
    pub sort: Option<UserSort>,
}

impl AuthKit {
    /// The filter that stands for a query.
    pub(crate) async fn user_filter(&self, query: &UserQuery) -> Result<UserFilter, AuthError> {
        let search = match query.query.as_deref().filter(|text| !text.is_empty()) {
            Some(text) => Some(self.user_search(text, query.anywhere).await?),
            None => None,
        };
        let by_address = matches!(search, Some(UserSearch::EmailPrefix(_)));
        let sort = query.sort.unwrap_or(if by_address { UserSort::Email } else { UserSort::Newest });
        Ok(UserFilter {
            status: query.status,
            role: query.role,
            verified: query.verified,
            created_from: query.created_from,
            created_to: query.created_to,
            signed_in_from: query.signed_in_from,
            signed_in_to: query.signed_in_to,
            never_signed_in: query.never_signed_in,
            search,
            sort,
        })
    }

    async fn user_search(&self, text: &str, anywhere: bool) -> Result<UserSearch, AuthError> {
        if let Some(domain) = text.strip_prefix("domain:") {
            return Ok(UserSearch::Domain(canonical_domain(domain)));
        }
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
        // A canonical address, as far as it can be told of a part.
        let part = text.nfkc().collect::<String>().to_lowercase();
        Ok(if anywhere { UserSearch::Contains(part) } else { UserSearch::EmailPrefix(part) })
    }
}

/// A domain as canonical addresses have it; as typed where no address could have it, which then finds nobody.
fn canonical_domain(domain: &str) -> String {
    let domain = domain.trim().trim_start_matches('@');
    let address = Email::parse(&format!("x@{domain}")).ok();
    let canonical =
        address.as_ref().and_then(|address| address.key().as_str().split_once('@')).map(|(_, of)| of.to_owned());
    canonical.unwrap_or_else(|| domain.to_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_domain_is_compared_in_its_canonical_form() {
        for (typed, canonical) in [
            ("Acme.COM", "acme.com"),
            ("@acme.com", "acme.com"),
            (" bücher.example", "xn--bcher-kva.example"),
            ("", ""),
        ] {
            assert_eq!(canonical_domain(typed), canonical);
        }
    }
}
