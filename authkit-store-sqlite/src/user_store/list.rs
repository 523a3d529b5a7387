//! Pages of users.
//!
//! A list is read in the order of its sort key's index. A filter that few rows fit would make that walk long, so its own
//! index is asked first whether they are few; then they are read by it and sorted.

use authkit_core::{Page, PageRequest, User, UserFilter, UserId, UserSearch, UserSort, UserStatus};
use authkit_sql::{Entry, List, Place, after_prefix};
use rusqlite::types::Value;
use rusqlite::{Connection, params, params_from_iter};

use super::row::{COLUMNS, user};
use crate::clauses::Clauses;
use crate::trouble::SqliteTrouble;

const FIND_USERS: &str = include_str!("../../sql/users/find_users.sql");

/// So many rows are sorted in no time.
const FEW: i64 = 2_000;

pub(super) fn find_users(conn: &Connection, ids: &[UserId]) -> Result<Vec<User>, SqliteTrouble> {
    let ids: serde_json::Value = ids.iter().map(UserId::as_str).collect();
    let mut statement = conn.prepare_cached(FIND_USERS)?;
    statement.query_and_then(params![ids.to_string()], user)?.collect()
}

pub(super) fn list_users(
    conn: &Connection,
    filter: &UserFilter,
    page: &PageRequest,
) -> Result<Page<User>, SqliteTrouble> {
    let order = Order::of(filter.sort);
    let entry = Entry::of(page, order.list);
    let (sql, clauses) = statement(filter, &order, &entry, access(conn, filter)?);
    let mut statement = conn.prepare_cached(&sql)?;
    let rows = statement.query_and_then(params_from_iter(clauses.values()), user)?;
    let rows = rows.collect::<Result<Vec<_>, _>>()?;
    Ok(entry.request.page_of(rows, |row| order.place(row).in_list(order.list)))
}

/// What a list is sorted by.
pub(crate) struct Order {
    list: List,
    /// Compared as a whole with a place.
    key: &'static str,
    index: &'static str,
    forward: &'static str,
    backward: &'static str,
    descending: bool,
}

impl Order {
    pub(crate) fn of(sort: UserSort) -> Self {
        match sort {
            UserSort::Newest => Self {
                list: List::UsersByCreation,
                key: "(created_at, id)",
                index: "ak_users_created",
                forward: "created_at DESC, id DESC",
                backward: "created_at, id",
                descending: true,
            },
            UserSort::LastSignIn => Self {
                list: List::UsersBySignIn,
                key: "(last_sign_in_at, id)",
                index: "ak_users_last_sign_in",
                forward: "last_sign_in_at DESC, id DESC",
                backward: "last_sign_in_at, id",
                descending: true,
            },
            // Canonical addresses are unique: no ties.
            UserSort::Email => Self {
                list: List::UsersByEmail,
                key: "email_key",
                index: "ak_users_email_key",
                forward: "email_key",
                backward: "email_key DESC",
                descending: false,
            },
        }
    }

    fn place(&self, row: &User) -> Place {
        let (number, key) = match self.list {
            List::UsersByEmail => (0, row.email.key().as_str()),
            List::UsersBySignIn => (row.last_sign_in_at.as_micros(), row.id.as_str()),
            _ => (row.created_at.as_micros(), row.id.as_str()),
        };
        Place { number, key: key.as_bytes().to_vec() }
    }
}

/// How the rows are reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Access {
    /// By a unique key.
    Unique,
    /// In the order of the list.
    Ordered,
    /// By the index of a filter that few rows fit, and then sorted.
    Few(&'static str),
}

fn access(conn: &Connection, filter: &UserFilter) -> Result<Access, SqliteTrouble> {
    if matches!(filter.search, Some(UserSearch::Id(_) | UserSearch::Email(_))) {
        return Ok(Access::Unique);
    }
    for (index, condition) in candidates(filter) {
        let values = condition.values().iter().cloned().chain([Value::from(FEW + 1)]);
        let mut count = conn.prepare_cached(&count_to(index, &condition))?;
        let rows: i64 = count.query_row(params_from_iter(values), |row| row.get(0))?;
        if rows <= FEW {
            return Ok(Access::Few(index));
        }
    }
    Ok(Access::Ordered)
}

/// Filters with an index of their own and the condition on it, the ones that usually fit fewest rows first.
pub(crate) fn candidates(filter: &UserFilter) -> Vec<(&'static str, Clauses)> {
    let mut candidates = Vec::new();
    if let Some(UserSearch::EmailPrefix(prefix)) = filter.search.as_ref().filter(|_| filter.sort != UserSort::Email) {
        let mut condition = Clauses::default();
        and_prefix(&mut condition, prefix);
        candidates.push(("ak_users_email_key", condition));
    }
    let fixed = |index, condition: &str| {
        let mut clauses = Clauses::default();
        clauses.and(condition);
        (index, clauses)
    };
    match filter.status {
        Some(UserStatus::Deleted) => candidates.push(fixed("ak_users_deleted", "deleted_at IS NOT NULL")),
        Some(UserStatus::Disabled) => candidates.push(fixed("ak_users_disabled", "is_active = 0")),
        Some(UserStatus::Active) | None => {}
    }
    if let Some(verified) = filter.verified {
        candidates.push(fixed("ak_users_verified", is_verified(verified)));
    }
    if let Some(role) = filter.role {
        let mut condition = Clauses::default();
        condition.and_with("role =", role.as_str().to_owned());
        candidates.push(("ak_users_role", condition));
    }
    candidates
}

fn is_verified(verified: bool) -> &'static str {
    if verified { "is_verified = 1" } else { "is_verified = 0" }
}

/// Counts in one index and stops at the last bound value.
pub(crate) fn count_to(index: &str, clauses: &Clauses) -> String {
    let limit = clauses.values().len() + 1;
    let text = clauses.text();
    format!("SELECT count(*) FROM (SELECT 1 FROM ak_users INDEXED BY {index} {text} LIMIT ?{limit})")
}

pub(crate) fn statement(filter: &UserFilter, order: &Order, entry: &Entry, access: Access) -> (String, Clauses) {
    let mut clauses = Clauses::default();
    // Literals, so that SQLite sees which partial index they fit.
    clauses.and(match filter.status {
        None => "deleted_at IS NULL",
        Some(UserStatus::Active) => "deleted_at IS NULL AND is_active = 1",
        Some(UserStatus::Disabled) => "deleted_at IS NULL AND is_active = 0",
        Some(UserStatus::Deleted) => "deleted_at IS NOT NULL",
    });
    if let Some(role) = filter.role {
        clauses.and_with("role =", role.as_str().to_owned());
    }
    if let Some(verified) = filter.verified {
        clauses.and(is_verified(verified));
    }
    match &filter.search {
        None => {}
        Some(UserSearch::Id(id)) => clauses.and_with("id =", id.as_str().to_owned()),
        Some(UserSearch::Email(key)) => clauses.and_with("email_key =", key.as_str().to_owned()),
        Some(UserSearch::EmailPrefix(prefix)) => and_prefix(&mut clauses, prefix),
    }
    if let Some(from) = &entry.from {
        let sign = if entry.is_forward() == order.descending { "<" } else { ">" };
        let (number, key) = (from.number, from.text());
        if order.list == List::UsersByEmail {
            clauses.and_with(&format!("{} {sign}", order.key), key);
        } else {
            let (number, key) = (clauses.bind(number), clauses.bind(key));
            clauses.and(format!("{} {sign} (?{number}, ?{key})", order.key));
        }
    }
    let hint = match access {
        Access::Unique => String::new(),
        Access::Ordered => format!("INDEXED BY {}", order.index),
        Access::Few(index) => format!("INDEXED BY {index}"),
    };
    let by = if entry.is_forward() { order.forward } else { order.backward };
    let limit = clauses.bind(entry.rows());
    let text = clauses.text();
    (format!("SELECT {COLUMNS} FROM ak_users {hint} {text} ORDER BY {by} LIMIT ?{limit}"), clauses)
}

/// A prefix is a range of keys: no pattern, so no sign in it has a meaning.
fn and_prefix(clauses: &mut Clauses, prefix: &str) {
    if prefix.is_empty() {
        return;
    }
    clauses.and_with("email_key >=", prefix.to_owned());
    if let Some(end) = after_prefix(prefix) {
        clauses.and_with("email_key <", end);
    }
}
