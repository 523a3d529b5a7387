//! Pages and counts of sessions.

use authkit_core::{Epoch, Page, PageRequest, RowState, Session, SessionFilter, Timestamp, UserId};
use authkit_sql::{Entry, List, Place, highest, lowest};
use rusqlite::{Connection, params, params_from_iter};

use super::row::{COLUMNS, session};
use crate::clauses::Clauses;
use crate::event_row::id_bytes;
use crate::layout::Layout;
use crate::tables::Tables;
use crate::trouble::SqliteTrouble;

const COUNT_LIVE: &str = include_str!("../../sql/sessions/count_live.sql");

pub(super) fn list_sessions(
    conn: &Connection,
    tables: &Tables,
    filter: &SessionFilter,
    page: &PageRequest,
) -> Result<Page<Session>, SqliteTrouble> {
    let entry = Entry::of(page, List::Sessions);
    let (sql, clauses) = statement(&tables.layout, filter, &entry);
    let mut statement = conn.prepare_cached(&sql)?;
    let rows = statement.query_and_then(params_from_iter(clauses.values()), session)?;
    let rows = rows.collect::<Result<Vec<_>, _>>()?;
    let place = |row: &Session| Place { number: 0, key: id_bytes(row.id.as_uuid()).to_vec() };
    Ok(entry.request.page_of(rows, |row| place(row).in_list(List::Sessions)))
}

pub(super) fn count_sessions(
    conn: &Connection,
    tables: &Tables,
    filter: &SessionFilter,
    cap: u32,
) -> Result<u64, SqliteTrouble> {
    let (sql, clauses) = count_statement(&tables.layout, filter, cap);
    let mut statement = conn.prepare_cached(&sql)?;
    let n: i64 = statement.query_row(params_from_iter(clauses.values()), |row| row.get(0))?;
    Ok(n.unsigned_abs())
}

pub(super) fn count_live(
    conn: &Connection,
    tables: &Tables,
    users: &[(UserId, Epoch)],
    at: Timestamp,
) -> Result<Vec<u64>, SqliteTrouble> {
    let mut statement = conn.prepare_cached(COUNT_LIVE)?;
    let count = |(user, epoch): &(UserId, Epoch)| {
        statement
            .query_row(params![tables.layout.key(user), epoch.as_bytes(), at.as_micros()], |row| row.get(0))
            .map(i64::unsigned_abs)
    };
    Ok(users.iter().map(count).collect::<Result<_, _>>()?)
}

/// The index is named, or none for the order of the key, so that no statistics move a list away from the order of its rows.
pub(crate) fn statement(layout: &Layout, filter: &SessionFilter, entry: &Entry) -> (String, Clauses) {
    let mut clauses = fitting(layout, filter);
    let (beyond, order) = if entry.is_forward() { ("id <", "DESC") } else { ("id >", "ASC") };
    if let Some(from) = &entry.from {
        clauses.and_with(beyond, from.key.clone());
    }
    let limit = clauses.bind(entry.rows());
    let (index, text) = (index(filter), clauses.text());
    let sql = format!("SELECT {COLUMNS} FROM ak_sessions {index} {text} ORDER BY id {order} LIMIT ?{limit}");
    (sql, clauses)
}

/// Newest first: among those, most are still open.
pub(crate) fn count_statement(layout: &Layout, filter: &SessionFilter, cap: u32) -> (String, Clauses) {
    let mut clauses = fitting(layout, filter);
    let cap = clauses.bind(i64::from(cap));
    let (index, text) = (index(filter), clauses.text());
    let fitting = format!("SELECT 1 FROM ak_sessions {index} {text} ORDER BY id DESC LIMIT ?{cap}");
    (format!("SELECT count(*) FROM ({fitting})"), clauses)
}

fn index(filter: &SessionFilter) -> &'static str {
    if filter.user_id.is_some() { "INDEXED BY ak_sessions_user" } else { "NOT INDEXED" }
}

/// The conditions of a filter, wherever the page begins.
fn fitting(layout: &Layout, filter: &SessionFilter) -> Clauses {
    let mut clauses = Clauses::default();
    if let Some(user) = filter.user_id {
        clauses.and_with("user_id =", layout.key(&user));
    }
    if let Some(epoch) = filter.epoch {
        clauses.and_with("epoch =", epoch.as_bytes().to_vec());
    }
    if let Some(ip) = &filter.ip {
        clauses.and_with("ip =", ip.clone());
    }
    if let Some(from) = filter.created_from {
        clauses.and_with("id >=", lowest(from).to_vec());
        clauses.and_with("created_at >=", from.as_micros());
    }
    if let Some(to) = filter.created_to {
        clauses.and_with("id <", highest(to).to_vec());
        clauses.and_with("created_at <", to.as_micros());
    }
    clauses.and_any("revoked_reason", filter.reasons.iter().map(|reason| reason.as_str()));
    match filter.state {
        None => {}
        Some(RowState::Open) => {
            let at = clauses.bind(filter.at.as_micros());
            clauses.and(format!("revoked_at IS NULL AND idle_at > ?{at} AND absolute_at > ?{at}"));
        }
        Some(RowState::Expired) => {
            let at = clauses.bind(filter.at.as_micros());
            clauses.and(format!("revoked_at IS NULL AND (idle_at <= ?{at} OR absolute_at <= ?{at})"));
        }
        Some(RowState::Revoked) => clauses.and("revoked_at IS NOT NULL"),
    }
    clauses
}
