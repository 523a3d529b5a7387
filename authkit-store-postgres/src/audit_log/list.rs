//! Pages of events.

use authkit_core::{Event, EventCode, EventFilter, EventId, Page, PageRequest};
use authkit_sql::{Entry, List, Place, highest, lowest};
use uuid::Uuid;

use crate::clauses::Clauses;
use crate::db::Db;
use crate::event_row::{COLUMNS, event};
use crate::sql::Sql;
use crate::tables::Tables;
use crate::trouble::PostgresTrouble;

pub(super) async fn find_event(db: &Db, id: EventId) -> Result<Option<Event>, PostgresTrouble> {
    let rows = db.list_by(Sql::FindEvent, &[id.as_uuid().into()]).await?;
    rows.first().map(event).transpose()
}

pub(super) async fn list_events(
    db: &Db,
    filter: &EventFilter,
    page: &PageRequest,
) -> Result<Page<Event>, PostgresTrouble> {
    let entry = Entry::of(page, List::Events);
    let place = |row: &Event| Place { number: 0, key: row.id.as_uuid().as_bytes().to_vec() }.in_list(List::Events);
    let Some((sql, clauses)) = statement(&db.tables, filter, &entry) else {
        return Ok(entry.request.page_of(Vec::new(), place));
    };
    let rows = db.list(&sql, clauses.values()).await?;
    let rows = rows.iter().map(event).collect::<Result<Vec<_>, _>>()?;
    Ok(entry.request.page_of(rows, place))
}

/// The statement of a page; `None`: no row can fit.
pub(crate) fn statement<'a>(tables: &Tables, filter: &'a EventFilter, entry: &Entry) -> Option<(String, Clauses<'a>)> {
    let mut clauses = Clauses::default();
    if let Some(code) = &filter.code {
        clauses.and_with("code =", EventCode::as_str(code));
    }
    if let Some(outcome) = filter.outcome {
        clauses.and_with("outcome =", outcome.as_str());
    }
    if let Some(session) = filter.session_id {
        clauses.and_with("session_id =", session.as_uuid());
    }
    if let Some(request) = &filter.request_id {
        if request.contains('\0') {
            return None;
        }
        clauses.and_with("request_id =", request.as_str());
    }
    if let Some(from) = filter.from {
        clauses.and_with("id >=", Uuid::from_bytes(lowest(from)));
        clauses.and_with("at >=", from);
    }
    if let Some(to) = filter.to {
        clauses.and_with("id <", Uuid::from_bytes(highest(to)));
        clauses.and_with("at <", to);
    }
    let (beyond, order) = if entry.is_forward() { ("id <", "DESC") } else { ("id >", "ASC") };
    if let Some(from) = &entry.from {
        clauses.and_with(beyond, Uuid::from_slice(&from.key).ok()?);
    }
    if let Some(subject) = &filter.subject {
        clauses.and_with("subject =", subject);
    }
    let actor = filter.actor.as_ref().map(|actor| clauses.bind(actor));
    let limit = clauses.bind(entry.rows());
    let select = |more: &str| {
        let text = clauses.text();
        let join = if text.is_empty() { "WHERE" } else { "AND" };
        let more = if more.is_empty() { String::new() } else { format!("{join} {more}") };
        format!("SELECT {COLUMNS} FROM {{schema}}.audit_events {text} {more}")
    };
    let end = format!("ORDER BY id {order} LIMIT ${limit}");
    let sql = match (actor, &filter.subject) {
        (Some(actor), Some(_)) => format!("{} {end}", select(&format!("actor_kind = 'user' AND actor = ${actor}"))),
        // What a user did to others stands in one index and what it did to itself in another; both are in the order of the
        // list, so they are merged, and each gives no more than a page.
        (Some(actor), None) => {
            let others =
                select(&format!("actor_kind = 'user' AND actor = ${actor} AND actor IS DISTINCT FROM subject"));
            let itself = select(&format!("actor_kind = 'user' AND actor = ${actor} AND subject = ${actor}"));
            format!("({others} {end}) UNION ALL ({itself} {end}) {end}")
        }
        (None, _) => format!("{} {end}", select("")),
    };
    Some((tables.render(&sql), clauses))
}
