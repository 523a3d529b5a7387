//! Pages and counts of sessions.

use authkit_core::{Epoch, Page, PageRequest, RowState, Session, SessionFilter, Timestamp, UserId};
use authkit_sql::{Entry, List, Place, highest, lowest};
use uuid::Uuid;

use super::row::{COLUMNS, session};
use crate::cells::Cells;
use crate::clauses::Clauses;
use crate::db::Db;
use crate::sql::Sql;
use crate::tables::Tables;
use crate::trouble::PostgresTrouble;
use crate::value::Value;

pub(super) async fn list_sessions(
    db: &Db,
    filter: &SessionFilter,
    page: &PageRequest,
) -> Result<Page<Session>, PostgresTrouble> {
    let entry = Entry::of(page, List::Sessions);
    let place = |row: &Session| Place { number: 0, key: row.id.as_uuid().as_bytes().to_vec() }.in_list(List::Sessions);
    let Some((sql, clauses)) = statement(&db.tables, filter, &entry) else {
        return Ok(entry.request.page_of(Vec::new(), place));
    };
    let rows = db.list(&sql, clauses.values()).await?;
    let rows = rows.iter().map(|row| session(db.tables.key_type(), row)).collect::<Result<Vec<_>, _>>()?;
    Ok(entry.request.page_of(rows, place))
}

pub(super) async fn count_sessions(db: &Db, filter: &SessionFilter, cap: u32) -> Result<u64, PostgresTrouble> {
    let Some((sql, clauses)) = count_statement(&db.tables, filter, cap) else { return Ok(0) };
    let rows = db.list(&sql, clauses.values()).await?;
    rows.first().map_or(Ok(0), |row| Cells::new("sessions", row, 0).number(0))
}

pub(super) async fn count_live(db: &Db, users: &[(UserId, Epoch)], at: Timestamp) -> Result<Vec<u64>, PostgresTrouble> {
    // A key that no row can have still needs its place in the answer.
    let (mut keys, mut places) = (Vec::new(), Vec::new());
    for (place, (id, _)) in users.iter().enumerate() {
        if db.tables.key(id).is_some() {
            keys.push(id);
            places.push(place);
        }
    }
    let epochs = places.iter().filter_map(|place| users.get(*place)).map(|(_, epoch)| &epoch.as_bytes()[..]).collect();
    let values = [db.tables.keys(keys.into_iter()), Value::ByteArrays(epochs), at.into()];
    let rows = db.list_by(Sql::CountLive, &values).await?;
    let mut counts = vec![0; users.len()];
    for (row, place) in rows.iter().zip(places) {
        if let Some(count) = counts.get_mut(place) {
            *count = Cells::new("sessions", row, 0).number(0)?;
        }
    }
    Ok(counts)
}

/// The statement of a page; `None`: no row can fit.
pub(crate) fn statement<'a>(
    tables: &Tables,
    filter: &'a SessionFilter,
    entry: &Entry,
) -> Option<(String, Clauses<'a>)> {
    let mut clauses = fitting(tables, filter)?;
    let (beyond, order) = if entry.is_forward() { ("id <", "DESC") } else { ("id >", "ASC") };
    if let Some(from) = &entry.from {
        clauses.and_with(beyond, Uuid::from_slice(&from.key).ok()?);
    }
    let limit = clauses.bind(entry.rows());
    let text = clauses.text();
    let sql = format!("SELECT {COLUMNS} FROM {{schema}}.sessions {text} ORDER BY id {order} LIMIT ${limit}");
    Some((tables.render(&sql), clauses))
}

/// Newest first: among those, most are still open.
pub(crate) fn count_statement<'a>(
    tables: &Tables,
    filter: &'a SessionFilter,
    cap: u32,
) -> Option<(String, Clauses<'a>)> {
    let mut clauses = fitting(tables, filter)?;
    let cap = clauses.bind(i64::from(cap));
    let text = clauses.text();
    let fitting = format!("SELECT 1 FROM {{schema}}.sessions {text} ORDER BY id DESC LIMIT ${cap}");
    Some((tables.render(&format!("SELECT count(*) FROM ({fitting}) AS fitting")), clauses))
}

/// The conditions of a filter, wherever the page begins; `None`: no row can fit.
fn fitting<'a>(tables: &Tables, filter: &'a SessionFilter) -> Option<Clauses<'a>> {
    let mut clauses = Clauses::default();
    if let Some(user) = &filter.user_id {
        clauses.and_with("user_id =", tables.key(user)?);
    }
    if let Some(epoch) = &filter.epoch {
        clauses.and_with("epoch =", epoch);
    }
    if let Some(ip) = &filter.ip {
        if ip.contains('\0') {
            return None;
        }
        clauses.and_with("ip =", ip.as_str());
    }
    if let Some(from) = filter.created_from {
        clauses.and_with("id >=", Uuid::from_bytes(lowest(from)));
        clauses.and_with("created_at >=", from);
    }
    if let Some(to) = filter.created_to {
        clauses.and_with("id <", Uuid::from_bytes(highest(to)));
        clauses.and_with("created_at <", to);
    }
    clauses.and_any("revoked_reason", filter.reasons.iter().map(|reason| reason.as_str()).collect());
    match filter.state {
        None => {}
        Some(RowState::Open) => {
            let at = clauses.bind(filter.at);
            clauses.and(format!("revoked_at IS NULL AND idle_at > ${at} AND absolute_at > ${at}"));
        }
        Some(RowState::Expired) => {
            let at = clauses.bind(filter.at);
            clauses.and(format!("revoked_at IS NULL AND (idle_at <= ${at} OR absolute_at <= ${at})"));
        }
        Some(RowState::Revoked) => clauses.and("revoked_at IS NOT NULL"),
    }
    Some(clauses)
}
