//! Pages of users.
//!
//! A list is read in the order of its sort key's index. A filter that few rows fit would make that walk long, so its own
//! index is asked first whether they are few; then they are read by it and sorted.

use authkit_core::{Page, PageRequest, Timestamp, User, UserFilter, UserId, UserSearch, UserSort, UserStatus};
use authkit_sql::{Entry, List, Place, UserColumn, after_prefix};
use rusqlite::types::Value;
use rusqlite::{Connection, params, params_from_iter};

use super::row::user;
use crate::clauses::Clauses;
use crate::layout::Layout;
use crate::tables::Tables;
use crate::trouble::SqliteTrouble;

/// So many rows are sorted in no time.
const FEW: i64 = 2_000;

pub(super) fn find_users(conn: &Connection, tables: &Tables, ids: &[UserId]) -> Result<Vec<User>, SqliteTrouble> {
    let keys = ids.iter().filter_map(|id| match tables.layout.key(id) {
        Value::Integer(number) => Some(serde_json::Value::from(number)),
        Value::Text(text) => Some(serde_json::Value::from(text)),
        _ => None,
    });
    let keys: serde_json::Value = keys.collect();
    let mut statement = conn.prepare_cached(&tables.sql.find_users)?;
    statement.query_and_then(params![keys.to_string()], |row| user(&tables.layout, row))?.collect()
}

pub(super) fn list_users(
    conn: &Connection,
    tables: &Tables,
    filter: &UserFilter,
    page: &PageRequest,
) -> Result<Page<User>, SqliteTrouble> {
    let layout = &tables.layout;
    let order = Order::of(layout, filter.sort);
    let entry = Entry::of(page, order.list);
    let (sql, clauses) = statement(layout, filter, &order, &entry, access(conn, layout, filter)?);
    let mut statement = conn.prepare_cached(&sql)?;
    let rows = statement.query_and_then(params_from_iter(clauses.values()), |row| user(layout, row))?;
    let rows = rows.collect::<Result<Vec<_>, _>>()?;
    Ok(entry.request.page_of(rows, |row| order.place(row).in_list(order.list)))
}

/// What a list is sorted by.
pub(crate) struct Order {
    list: List,
    /// Compared as a whole with a place.
    key: String,
    /// The index of the store's own table.
    index: &'static str,
    forward: String,
    backward: String,
    descending: bool,
}

impl Order {
    pub(crate) fn of(layout: &Layout, sort: UserSort) -> Self {
        match sort {
            UserSort::Newest => Self {
                list: List::UsersByCreation,
                key: layout.render("({order.created_at}, {id})"),
                index: "ak_users_created",
                forward: layout.render("{order.created_at} DESC, {id} DESC"),
                backward: layout.render("{order.created_at}, {id}"),
                descending: true,
            },
            UserSort::LastSignIn => Self {
                list: List::UsersBySignIn,
                key: layout.render("({order.last_sign_in_at}, {id})"),
                index: "ak_users_last_sign_in",
                forward: layout.render("{order.last_sign_in_at} DESC, {id} DESC"),
                backward: layout.render("{order.last_sign_in_at}, {id}"),
                descending: true,
            },
            // Canonical addresses are unique: no ties.
            UserSort::Email => Self {
                list: List::UsersByEmail,
                key: layout.render("{email_key}"),
                index: "ak_users_email_key",
                forward: layout.render("{email_key}"),
                backward: layout.render("{email_key} DESC"),
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

fn access(conn: &Connection, layout: &Layout, filter: &UserFilter) -> Result<Access, SqliteTrouble> {
    if matches!(filter.search, Some(UserSearch::Id(_) | UserSearch::Email(_))) {
        return Ok(Access::Unique);
    }
    if layout.table().is_some() {
        return Ok(Access::Ordered);
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
        and_prefix(&mut condition, "email_key", prefix);
        candidates.push(("ak_users_email_key", condition));
    }
    if let Some(UserSearch::Domain(domain)) = &filter.search {
        let mut condition = Clauses::default();
        condition.and_with(&format!("{} =", domain_of("email_key")), domain.clone());
        candidates.push(("ak_users_domain", condition));
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

pub(crate) fn statement(
    layout: &Layout,
    filter: &UserFilter,
    order: &Order,
    entry: &Entry,
    access: Access,
) -> (String, Clauses) {
    let mut clauses = fitting(layout, filter);
    if let Some(from) = &entry.from {
        let sign = if entry.is_forward() == order.descending { "<" } else { ">" };
        let (number, key) = (from.number, from.text());
        if order.list == List::UsersByEmail {
            clauses.and_with(&format!("{} {sign}", order.key), key);
        } else {
            let number = layout.order_value(Timestamp::from_micros(number));
            let key = UserId::new(&key).map_or(Value::Null, |id| layout.key(&id));
            let (number, key) = (clauses.bind(number), clauses.bind(key));
            clauses.and(format!("{} {sign} (?{number}, ?{key})", order.key));
        }
    }
    let email_key = layout.name(UserColumn::EmailKey).unwrap_or_else(|| "1".to_owned());
    if order.list == List::UsersByEmail && layout.table().is_some() {
        // What another program inserted has no place in this order until the next backfill.
        clauses.and(format!("{email_key} IS NOT NULL"));
    }
    let hint = match access {
        Access::Unique => String::new(),
        // Which indexes the table has is not ours to say.
        Access::Ordered if layout.table().is_some() => String::new(),
        Access::Ordered => format!("INDEXED BY {}", order.index),
        Access::Few(index) => format!("INDEXED BY {index}"),
    };
    let by = if entry.is_forward() { &order.forward } else { &order.backward };
    let limit = clauses.bind(entry.rows());
    let text = clauses.text();
    let select = layout.render("SELECT {columns} FROM {users}");
    (format!("{select} {hint} {text} ORDER BY {by} LIMIT ?{limit}"), clauses)
}

/// The conditions of a filter, wherever the page begins.
pub(super) fn fitting(layout: &Layout, filter: &UserFilter) -> Clauses {
    let name = |column| layout.name(column).unwrap_or_else(|| "1".to_owned());
    let email_key = name(UserColumn::EmailKey);
    let mut clauses = Clauses::default();
    // Literals, so that SQLite sees which partial index they fit.
    clauses.and(layout.is_deleted(filter.status == Some(UserStatus::Deleted)));
    match filter.status {
        None | Some(UserStatus::Deleted) => {}
        Some(UserStatus::Active) => clauses.and(format!("{} = 1", name(UserColumn::IsActive))),
        Some(UserStatus::Disabled) => clauses.and(format!("{} = 0", name(UserColumn::IsActive))),
    }
    if let Some(role) = filter.role {
        clauses.and_with(&format!("{} =", name(UserColumn::Role)), role.as_str().to_owned());
    }
    if let Some(verified) = filter.verified {
        clauses.and(format!("{} = {}", name(UserColumn::IsVerified), u8::from(verified)));
    }
    match &filter.search {
        None => {}
        Some(UserSearch::Id(id)) => clauses.and_with(&format!("{} =", name(UserColumn::Id)), layout.key(id)),
        Some(UserSearch::Email(key)) => clauses.and_with(&format!("{email_key} ="), key.as_str().to_owned()),
        Some(UserSearch::EmailPrefix(prefix)) => and_prefix(&mut clauses, &email_key, prefix),
        Some(UserSearch::Domain(domain)) => clauses.and_with(&format!("{} =", domain_of(&email_key)), domain.clone()),
        Some(UserSearch::Contains(text)) => {
            let text = clauses.bind(text.clone());
            clauses.and(format!("instr({email_key}, ?{text}) > 0"));
        }
    }
    let times = [
        ("{order.created_at} >=", filter.created_from),
        ("{order.created_at} <", filter.created_to),
        ("{order.last_sign_in_at} >=", filter.signed_in_from),
        ("{order.last_sign_in_at} <", filter.signed_in_to),
    ];
    for (condition, at) in times {
        if let Some(at) = at {
            clauses.and_with(&layout.render(condition), layout.order_bound(at));
        }
    }
    if filter.never_signed_in {
        clauses.and(layout.render("{order.last_sign_in_at} = {order.created_at}"));
    }
    clauses
}

/// What stands after the one `@` of a canonical address.
fn domain_of(email_key: &str) -> String {
    format!("substr({email_key}, instr({email_key}, '@') + 1)")
}

/// A prefix is a range of keys: no pattern, so no sign in it has a meaning.
pub(super) fn and_prefix(clauses: &mut Clauses, column: &str, prefix: &str) {
    if prefix.is_empty() {
        return;
    }
    clauses.and_with(&format!("{column} >="), prefix.to_owned());
    if let Some(end) = after_prefix(prefix) {
        clauses.and_with(&format!("{column} <"), end);
    }
}
