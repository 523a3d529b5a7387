//! What the list of users is asked for: read from the URL, kept in every link of the page, told in words.

use authkit_core::{AuthKit, ListRequest, Role, UserQuery, UserSort, UserStatus};

use super::shell::Shell;
use super::view::encoded;
use crate::query::Query;

/// The parameters, in the order in which links hold them.
const NAMES: [&str; 6] = ["query", "status", "role", "verified", "sort", "limit"];
/// Those that narrow the list; the others only order and cut it.
const NARROWING: [&str; 4] = ["query", "status", "role", "verified"];
/// Rows of a page when nobody says.
const ROWS: u32 = 50;

/// What the list is asked for. A value that does not fit is left out, so that an old link still shows a list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Filters {
    given: Vec<(&'static str, String)>,
}

/// A filter that is on, with the link to the list without it.
#[derive(Debug)]
pub(crate) struct Chip {
    pub(crate) text: String,
    pub(crate) without: String,
}

/// A choice of the filter form.
#[derive(Debug)]
pub(crate) struct Choice {
    pub(crate) value: String,
    pub(crate) text: String,
    pub(crate) is_chosen: bool,
}

impl Filters {
    /// Takes what it knows out of a query.
    pub(crate) fn read(query: &mut Query<'_>) -> Self {
        Self::of(|name| query.text(name))
    }

    /// Takes what it knows from wherever `text` finds it by name.
    pub(crate) fn of(mut text: impl FnMut(&str) -> Option<String>) -> Self {
        let mut given = Vec::new();
        for name in NAMES {
            let Some(value) = text(name).map(|value| value.trim().to_owned()) else { continue };
            let fits = match name {
                "query" => !value.is_empty() && value.len() <= 254,
                "status" => status(&value).is_some(),
                "role" => Role::from_stored(&value).is_some(),
                "verified" => matches!(value.as_str(), "true" | "false"),
                "sort" => matches!(value.as_str(), "email" | "last_sign_in"),
                _ => matches!(value.as_str(), "25" | "100"),
            };
            if fits {
                given.push((name, value));
            }
        }
        Self { given }
    }

    /// The value of a parameter; empty where it is not given.
    pub(crate) fn value(&self, name: &str) -> &str {
        self.given.iter().find(|(known, _)| *known == name).map_or("", |(_, value)| value)
    }

    /// Whether anything narrows the list.
    pub(crate) fn narrows(&self) -> bool {
        self.given.iter().any(|(name, _)| NARROWING.contains(name))
    }

    /// What core is asked.
    pub(crate) fn user_query(&self) -> UserQuery {
        let query = self.value("query");
        UserQuery {
            status: status(self.value("status")),
            role: Role::from_stored(self.value("role")),
            verified: self.value("verified").parse().ok(),
            query: (!query.is_empty()).then(|| query.to_owned()),
            sort: (!self.value("sort").is_empty()).then(|| self.sort()),
            ..UserQuery::default()
        }
    }

    pub(crate) fn sort(&self) -> UserSort {
        match self.value("sort") {
            "email" => UserSort::Email,
            "last_sign_in" => UserSort::LastSignIn,
            _ => UserSort::Newest,
        }
    }

    /// Which page core is asked for.
    pub(crate) fn page(&self, cursor: Option<String>) -> ListRequest {
        ListRequest { cursor, limit: Some(self.rows()) }
    }

    /// Rows a page.
    pub(crate) fn rows(&self) -> u32 {
        self.value("limit").parse().unwrap_or(ROWS)
    }

    /// Everything that is given, for hidden fields of a form.
    pub(crate) fn given(&self) -> &[(&'static str, String)] {
        &self.given
    }

    /// The query of a link: everything but the parameter `left_out`, and then `name=value`, each where it is not empty.
    pub(crate) fn link(&self, left_out: &str, name: &str, value: &str) -> String {
        let mut link = String::new();
        let rest = self.given.iter().filter(|(known, _)| *known != left_out);
        let rest = rest.map(|(known, value)| (*known, value.as_str()));
        for (name, value) in rest.chain((!value.is_empty()).then_some((name, value))) {
            link.push(if link.is_empty() { '?' } else { '&' });
            link.push_str(name);
            link.push('=');
            link.push_str(&encoded(value));
        }
        link
    }

    /// What narrows the list, in words.
    pub(crate) fn chips(&self, s: &Shell) -> Vec<Chip> {
        let narrowing = self.given.iter().filter(|(name, _)| NARROWING.contains(name));
        let chip = |(name, value): &(&'static str, String)| {
            let text = match *name {
                "query" => s.fill("users.chip_query", "text", value),
                "status" => s.fill("users.chip_status", "text", s.t(&format!("status.{value}"))),
                "role" => s.fill("users.chip_role", "text", value),
                _ => s.t(verified_key(value)).to_owned(),
            };
            Chip { text, without: format!("{}{}", s.path("/users"), self.link(name, "", "")) }
        };
        narrowing.map(chip).collect()
    }

    /// The choices of a select of the filter form, the first of them for none.
    pub(crate) fn choices(&self, kit: &AuthKit, s: &Shell, name: &str) -> Vec<Choice> {
        let chosen = self.value(name);
        let key = |value: &'static str, key: &str| (value.to_owned(), s.t(key).to_owned());
        let mut all = match name {
            "status" => vec![
                key("", "users.any_status"),
                key("active", "status.active"),
                key("disabled", "status.disabled"),
                key("deleted", "status.deleted"),
            ],
            "role" => {
                let roles = kit.settings().roles.iter().map(|role| (role.to_string(), role.to_string()));
                [key("", "users.any_role")].into_iter().chain(roles).collect()
            }
            "verified" => vec![
                key("", "users.any_verified"),
                key("true", verified_key("true")),
                key("false", verified_key("false")),
            ],
            "sort" => vec![
                key("", "users.sort_newest"),
                key("last_sign_in", "users.sort_last_sign_in"),
                key("email", "users.sort_email"),
            ],
            _ => [("25", 25_u32), ("", ROWS), ("100", 100)]
                .map(|(value, n)| (value.to_owned(), s.fill("users.rows", "n", n)))
                .to_vec(),
        };
        // A role that a row holds and the configuration does not know can be asked for by a link.
        if !all.iter().any(|(value, _)| value == chosen) {
            all.push((chosen.to_owned(), chosen.to_owned()));
        }
        all.into_iter().map(|(value, text)| Choice { is_chosen: value == chosen, value, text }).collect()
    }
}

fn status(text: &str) -> Option<UserStatus> {
    match text {
        "active" => Some(UserStatus::Active),
        "disabled" => Some(UserStatus::Disabled),
        "deleted" => Some(UserStatus::Deleted),
        _ => None,
    }
}

fn verified_key(value: &str) -> &'static str {
    if value == "true" { "users.verified" } else { "users.unverified" }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filters(query: &str) -> Filters {
        let uri = format!("/users?{query}").parse().expect("a path");
        Filters::read(&mut Query::of(&uri))
    }

    #[test]
    fn links_keep_what_is_given_and_lose_what_does_not_fit() {
        let all = filters("role=editor&query=+a%26b+&status=gone&sort=email&limit=7&verified=perhaps&x=1");
        assert_eq!(all.link("", "", ""), "?query=a%26b&role=editor&sort=email");
        assert_eq!(all.link("role", "cursor", "c"), "?query=a%26b&sort=email&cursor=c");
        assert_eq!(filters("").link("", "", ""), "");
        assert_eq!(all.rows(), 50);
    }

    #[test]
    fn order_and_length_alone_narrow_nothing() {
        assert!(!filters("sort=email&limit=25").narrows());
        assert!(filters("verified=false").narrows());
    }
}
