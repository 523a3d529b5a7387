//! How many users fit a filter.

use authkit_core::{UserFilter, UserSearch};
use rusqlite::{Connection, params_from_iter};

use super::list::{and_prefix, fitting};
use crate::clauses::Clauses;
use crate::layout::Layout;
use crate::tables::Tables;
use crate::trouble::SqliteTrouble;

pub(super) fn count_users(
    conn: &Connection,
    tables: &Tables,
    filter: &UserFilter,
    cap: u32,
) -> Result<u64, SqliteTrouble> {
    let (sql, clauses) = count_statement(&tables.layout, filter, cap);
    let mut statement = conn.prepare_cached(&sql)?;
    let n: i64 = statement.query_row(params_from_iter(clauses.values()), |row| row.get(0))?;
    Ok(u64::try_from(n).unwrap_or_default())
}

/// By one filter of the store's own table no row is read: its index tells who is deleted. That of the addresses does not, so
/// the deleted ones, who are few and have an index of theirs, are taken away from what it counts.
pub(crate) fn count_statement(layout: &Layout, filter: &UserFilter, cap: u32) -> (String, Clauses) {
    if let Some(prefix) = only_prefix(filter).filter(|_| layout.table().is_none()) {
        let mut clauses = Clauses::default();
        and_prefix(&mut clauses, "email_key", prefix);
        let (text, cap) = (clauses.text(), clauses.bind(i64::from(cap)));
        let sql = format!(
            "WITH deleted AS MATERIALIZED (
                 SELECT count(*) AS n FROM ak_users INDEXED BY ak_users_deleted {text} AND deleted_at IS NOT NULL
             )
             SELECT min(?{cap}, count(*) - (SELECT n FROM deleted))
             FROM (SELECT 1 FROM ak_users INDEXED BY ak_users_email_key {text} LIMIT ?{cap} + (SELECT n FROM deleted))"
        );
        return (sql, clauses);
    }
    let mut clauses = fitting(layout, filter);
    let cap = clauses.bind(i64::from(cap));
    let text = clauses.text();
    (layout.render(&format!("SELECT count(*) FROM (SELECT 1 FROM {{users}} {text} LIMIT ?{cap})")), clauses)
}

/// The beginning of an address, where a filter asks for nothing else.
fn only_prefix(filter: &UserFilter) -> Option<&str> {
    let Some(UserSearch::EmailPrefix(prefix)) = &filter.search else { return None };
    let bare = UserFilter { search: filter.search.clone(), sort: filter.sort, ..UserFilter::default() };
    (bare == *filter && !prefix.is_empty()).then_some(prefix)
}
