//! What the list of users is asked for: read from the URL, kept in every link of the page, told in words.

use std::time::Duration;

use authkit_core::{AuthKit, ListRequest, Role, Timestamp, UserQuery, UserSort, UserStatus};

use super::shell::Shell;
use super::view::encoded;
use crate::query::Query;

/// The parameters, in the order in which links hold them.
const NAMES: [&str; 12] = [
    "query",
    "anywhere",
    "status",
    "role",
    "verified",
    "created_from",
    "created_to",
    "signed_in",
    "signed_in_from",
    "signed_in_to",
    "sort",
    "limit",
];
/// Those that only order and cut the list; the others narrow it.
const ORDERING: [&str; 2] = ["sort", "limit"];
/// The days of the filter form, with the keys of their labels.
const DAYS: [(&str, &str); 4] = [
    ("created_from", "users.created_from"),
    ("created_to", "users.created_to"),
    ("signed_in_from", "users.signed_in_from"),
    ("signed_in_to", "users.signed_in_to"),
];
const DAY: Duration = Duration::from_secs(24 * 60 * 60);
/// Where counting stops.
pub(crate) const COUNTED: u32 = 10_000;
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
                "anywhere" => value == "true",
                "signed_in" => value == "never",
                "sort" => matches!(value.as_str(), "email" | "last_sign_in" | "newest"),
                "created_from" | "created_to" | "signed_in_from" | "signed_in_to" => day(&value).is_some(),
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
        self.given.iter().any(|(name, _)| !ORDERING.contains(name))
    }

    /// What core is asked.
    pub(crate) fn user_query(&self) -> UserQuery {
        let query = self.value("query");
        UserQuery {
            status: status(self.value("status")),
            role: Role::from_stored(self.value("role")),
            verified: self.value("verified").parse().ok(),
            query: (!query.is_empty()).then(|| query.to_owned()),
            anywhere: self.is_anywhere(),
            created_from: day(self.value("created_from")),
            created_to: day(self.value("created_to")).map(|at| at + DAY),
            signed_in_from: day(self.value("signed_in_from")),
            signed_in_to: day(self.value("signed_in_to")).map(|at| at + DAY),
            never_signed_in: self.value("signed_in") == "never",
            sort: Some(self.sort()),
        }
    }

    /// The order. The beginning of an address is listed by address unless told otherwise: that stays fast.
    pub(crate) fn sort(&self) -> UserSort {
        let query = self.value("query");
        match self.value("sort") {
            "email" => UserSort::Email,
            "last_sign_in" => UserSort::LastSignIn,
            "" if !query.is_empty() && !query.starts_with("domain:") && !self.is_anywhere() => UserSort::Email,
            _ => UserSort::Newest,
        }
    }

    /// Whether the text is searched anywhere in the address.
    pub(crate) fn is_anywhere(&self) -> bool {
        self.value("anywhere") == "true"
    }

    /// The days of the filter form: name, key of the label, value.
    pub(crate) fn days(&self) -> Vec<(&'static str, &'static str, String)> {
        DAYS.map(|(name, label)| (name, label, self.value(name).to_owned())).into()
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
        let narrowing = self.given.iter().filter(|(name, _)| !ORDERING.contains(name) && *name != "anywhere");
        let chip = |(name, value): &(&'static str, String)| {
            let text = match *name {
                "query" if self.is_anywhere() => s.fill("users.chip_anywhere", "text", value),
                "query" => s.fill("users.chip_query", "text", value),
                "signed_in" => s.t("users.never_signed_in").to_owned(),
                "status" => s.fill("users.chip_status", "text", s.t(&format!("status.{value}"))),
                "role" => s.fill("users.chip_role", "text", value),
                "verified" => s.t(verified_key(value)).to_owned(),
                name => {
                    let label = DAYS.iter().find(|(known, _)| *known == name).map_or(name, |(_, label)| label);
                    format!("{} {value}", s.t(label))
                }
            };
            Chip { text, without: format!("{}{}", s.path("/users"), self.link(name, "", "")) }
        };
        narrowing.map(chip).collect()
    }

    /// The choices of a select of the filter form, the first of them for none.
    pub(crate) fn choices(&self, kit: &AuthKit, s: &Shell, name: &str) -> Vec<Choice> {
        let chosen = match (name, self.sort()) {
            ("sort", UserSort::Newest) => "newest",
            ("sort", UserSort::LastSignIn) => "last_sign_in",
            ("sort", UserSort::Email) => "email",
            _ => self.value(name),
        };
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
            "signed_in" => vec![key("", "users.any_sign_in"), key("never", "users.never_signed_in")],
            "sort" => vec![
                key("newest", "users.sort_newest"),
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

/// The beginning of a day, as a date field gives it.
fn day(text: &str) -> Option<Timestamp> {
    (text.len() == 10).then(|| Timestamp::parse(&format!("{text}T00:00:00Z")))?
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
