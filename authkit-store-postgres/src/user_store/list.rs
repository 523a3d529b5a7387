//! Pages of users.
//!
//! The server sees the very values (a list is planned each time), so it knows whether few rows fit a filter and takes the
//! filter's index, or many and takes the index of the order.

use authkit_core::{Page, PageRequest, User, UserFilter, UserId, UserSearch, UserSort, UserStatus};
use authkit_sql::{Entry, KeyType, List, Place, UserColumn, after_prefix};

use super::row::user;
use crate::clauses::Clauses;
use crate::db::Db;
use crate::sql::Sql;
use crate::tables::Tables;
use crate::trouble::PostgresTrouble;
use crate::value::Value;

pub(super) async fn find_users(db: &Db, ids: &[UserId]) -> Result<Vec<User>, PostgresTrouble> {
    let rows = db.list_by(Sql::FindUsers, &[db.tables.keys(ids.iter())]).await?;
    rows.iter().map(|row| user(&db.tables, row, 0)).collect()
}

pub(super) async fn list_users(
    db: &Db,
    filter: &UserFilter,
    page: &PageRequest,
) -> Result<Page<User>, PostgresTrouble> {
    let order = Order::of(filter.sort);
    let entry = Entry::of(page, order.list);
    let Some((sql, clauses)) = statement(&db.tables, filter, &order, &entry) else {
        return Ok(entry.request.page_of(Vec::new(), |row| order.place(row).in_list(order.list)));
    };
    let rows = db.list(&sql, clauses.values()).await?;
    let rows = rows.iter().map(|row| user(&db.tables, row, 0)).collect::<Result<Vec<_>, _>>()?;
    Ok(entry.request.page_of(rows, |row| order.place(row).in_list(order.list)))
}

pub(super) async fn count_users(db: &Db, filter: &UserFilter, cap: u32) -> Result<u64, PostgresTrouble> {
    let Some(mut clauses) = fitting(&db.tables, filter) else { return Ok(0) };
    let cap = clauses.bind(i64::from(cap));
    let text = clauses.text();
    let sql = format!("SELECT count(*) FROM (SELECT 1 FROM {{users}} AS u {text} LIMIT ${cap}) AS fitting");
    let rows = db.list(&db.tables.render(&sql), clauses.values()).await?;
    let n: i64 = rows.first().map(|row| row.try_get(0)).transpose()?.unwrap_or_default();
    Ok(u64::try_from(n).unwrap_or_default())
}

/// What a list is sorted by.
pub(crate) struct Order {
    pub(crate) list: List,
    column: UserColumn,
    descending: bool,
}

impl Order {
    pub(crate) fn of(sort: UserSort) -> Self {
        let (list, column, descending) = match sort {
            UserSort::Newest => (List::UsersByCreation, UserColumn::CreatedAt, true),
            UserSort::LastSignIn => (List::UsersBySignIn, UserColumn::LastSignInAt, true),
            // Canonical addresses are unique: no ties.
            UserSort::Email => (List::UsersByEmail, UserColumn::EmailKey, false),
        };
        Self { list, column, descending }
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

/// The statement of a page; `None`: no row can fit.
pub(crate) fn statement<'a>(
    tables: &Tables,
    filter: &'a UserFilter,
    order: &Order,
    entry: &Entry,
) -> Option<(String, Clauses<'a>)> {
    let mut clauses = fitting(tables, filter)?;
    let read = |column| tables.read(column);
    let descending = entry.is_forward() == order.descending;
    let direction = if descending { "DESC" } else { "ASC" };
    let (sorted, id) = (read(order.column), read(UserColumn::Id));
    let by_email = order.list == List::UsersByEmail;
    let sorted = if by_email { format!("{sorted} COLLATE \"C\"") } else { sorted };
    if let Some(from) = &entry.from {
        let sign = if descending { "<" } else { ">" };
        if by_email {
            clauses.and_with(&format!("{sorted} {sign}"), Value::OwnedText(from.text()));
        } else {
            let at = clauses.bind(authkit_core::Timestamp::from_micros(from.number));
            let place = clauses.bind(key_of_place(tables, from)?);
            clauses.and(format!("({sorted}, {id}) {sign} (${at}, ${place})"));
        }
    }
    let by = if by_email { format!("{sorted} {direction}") } else { format!("{sorted} {direction}, {id} {direction}") };
    let limit = clauses.bind(entry.rows());
    let text = clauses.text();
    Some((
        tables.render(&format!("SELECT {{columns}} FROM {{users}} AS u {text} ORDER BY {by} LIMIT ${limit}")),
        clauses,
    ))
}

/// The conditions of a filter, wherever the page begins; `None`: no row can fit.
fn fitting<'a>(tables: &Tables, filter: &'a UserFilter) -> Option<Clauses<'a>> {
    let mut clauses = Clauses::default();
    let read = |column| tables.read(column);
    let (deleted, active) = (read(UserColumn::DeletedAt), read(UserColumn::IsActive));
    clauses.and(match filter.status {
        None => format!("{deleted} IS NULL"),
        Some(UserStatus::Active) => format!("{deleted} IS NULL AND {active}"),
        Some(UserStatus::Disabled) => format!("{deleted} IS NULL AND NOT {active}"),
        Some(UserStatus::Deleted) => format!("{deleted} IS NOT NULL"),
    });
    if let Some(role) = &filter.role {
        clauses.and_with(&format!("{} =", read(UserColumn::Role)), role.as_str());
    }
    if let Some(verified) = filter.verified {
        let is_verified = read(UserColumn::IsVerified);
        clauses.and(if verified { is_verified } else { format!("NOT {is_verified}") });
    }
    let key = read(UserColumn::EmailKey);
    match &filter.search {
        None => {}
        Some(UserSearch::Id(id)) => {
            clauses.and_with(&format!("{} =", read(UserColumn::Id)), tables.key(id)?);
        }
        Some(UserSearch::Email(address)) => clauses.and_with(&format!("{key} ="), address.as_str()),
        Some(UserSearch::EmailPrefix(prefix)) if prefix.is_empty() => {}
        // A prefix is a range of keys: no pattern, so no sign in it has a meaning.
        Some(UserSearch::EmailPrefix(prefix)) if !prefix.contains('\0') => {
            clauses.and_with(&format!("{key} COLLATE \"C\" >="), prefix.as_str());
            if let Some(end) = after_prefix(prefix) {
                clauses.and_with(&format!("{key} COLLATE \"C\" <"), Value::OwnedText(end));
            }
        }
        Some(UserSearch::Domain(domain)) if !domain.contains('\0') => {
            clauses.and_with(&format!("split_part({key}, '@', 2) ="), domain.as_str());
        }
        // A pattern, so that an index of trigrams can serve it where there is one.
        Some(UserSearch::Contains(text)) if !text.contains('\0') => {
            let text = text.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
            clauses.and_with(&format!("{key} LIKE"), Value::OwnedText(format!("%{text}%")));
        }
        Some(UserSearch::EmailPrefix(_) | UserSearch::Domain(_) | UserSearch::Contains(_)) => return None,
    }
    let (created, signed_in) = (read(UserColumn::CreatedAt), read(UserColumn::LastSignInAt));
    let times = [
        (&created, ">=", filter.created_from),
        (&created, "<", filter.created_to),
        (&signed_in, ">=", filter.signed_in_from),
        (&signed_in, "<", filter.signed_in_to),
    ];
    for (column, sign, at) in times {
        if let Some(at) = at {
            clauses.and_with(&format!("{column} {sign}"), at);
        }
    }
    if filter.never_signed_in {
        clauses.and(format!("{signed_in} = {created}"));
    }
    Some(clauses)
}

fn key_of_place(tables: &Tables, place: &Place) -> Option<Value<'static>> {
    let id = UserId::new(&place.text())?;
    match tables.key_type() {
        KeyType::Text => Some(Value::OwnedText(place.text())),
        KeyType::Uuid => id.as_uuid().map(Value::from),
        KeyType::BigInt => id.as_i64().map(Value::from),
    }
}
