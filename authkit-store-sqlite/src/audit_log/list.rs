//! Pages of events.

use authkit_core::{Event, EventCode, EventFilter, EventId, Page, PageRequest};
use authkit_sql::{Entry, List, Place, highest, lowest};
use rusqlite::{Connection, params, params_from_iter};

use crate::clauses::Clauses;
use crate::event_row::{COLUMNS, event, id_bytes};
use crate::trouble::SqliteTrouble;

const FIND: &str = include_str!("../../sql/audit/find_event.sql");

pub(super) fn find_event(conn: &Connection, id: EventId) -> Result<Option<Event>, SqliteTrouble> {
    let mut statement = conn.prepare_cached(FIND)?;
    let mut rows = statement.query(params![id_bytes(id.as_uuid())])?;
    rows.next()?.map(event).transpose()
}

pub(super) fn list_events(
    conn: &Connection,
    filter: &EventFilter,
    page: &PageRequest,
) -> Result<Page<Event>, SqliteTrouble> {
    let entry = Entry::of(page, List::Events);
    let (sql, clauses) = statement(filter, &entry);
    let mut statement = conn.prepare_cached(&sql)?;
    let rows = statement.query_and_then(params_from_iter(clauses.values()), event)?;
    let rows = rows.collect::<Result<Vec<_>, _>>()?;
    let place = |row: &Event| Place { number: 0, key: id_bytes(row.id.as_uuid()).to_vec() };
    Ok(entry.request.page_of(rows, |row| place(row).in_list(List::Events)))
}

/// The index is named, so that no statistics move a list away from the order of its rows.
pub(crate) fn statement(filter: &EventFilter, entry: &Entry) -> (String, Clauses) {
    let mut clauses = Clauses::default();
    if let Some(code) = &filter.code {
        clauses.and_with("code =", EventCode::as_str(code).to_owned());
    }
    if let Some(outcome) = filter.outcome {
        clauses.and_with("outcome =", outcome.as_str().to_owned());
    }
    if let Some(session) = filter.session_id {
        clauses.and_with("session_id =", id_bytes(session.as_uuid()).to_vec());
    }
    if let Some(request) = &filter.request_id {
        clauses.and_with("request_id =", request.clone());
    }
    if let Some(from) = filter.from {
        clauses.and_with("id >=", lowest(from).to_vec());
        clauses.and_with("at >=", from.as_micros());
    }
    if let Some(to) = filter.to {
        clauses.and_with("id <", highest(to).to_vec());
        clauses.and_with("at <", to.as_micros());
    }
    let (beyond, order) = if entry.is_forward() { ("id <", "DESC") } else { ("id >", "ASC") };
    if let Some(from) = &entry.from {
        clauses.and_with(beyond, from.key.clone());
    }
    if let Some(subject) = filter.subject {
        clauses.and_with("subject =", subject.as_str().to_owned());
    }
    let actor = filter.actor.map(|actor| clauses.bind(actor.as_str().to_owned()));
    let limit = clauses.bind(entry.rows());

    let select = |hint: &str, more: &str| {
        let text = clauses.text();
        let join = if text.is_empty() { "WHERE" } else { "AND" };
        let more = if more.is_empty() { String::new() } else { format!("{join} {more}") };
        format!("SELECT {COLUMNS} FROM ak_audit_events {hint} {text} {more}")
    };
    let rows = match (actor, filter.subject, &filter.code) {
        (Some(actor), Some(_), _) => {
            select("INDEXED BY ak_audit_events_subject", &format!("actor_kind = 'user' AND actor = ?{actor}"))
        }
        // What a user did to others stands in one index and what it did to itself in another; both are in the order of the
        // list, so they are merged.
        (Some(actor), None, _) => {
            let others = format!("actor_kind = 'user' AND actor = ?{actor} AND actor IS NOT subject");
            let itself = format!("actor_kind = 'user' AND actor = ?{actor} AND subject = ?{actor}");
            let others = select("INDEXED BY ak_audit_events_actor", &others);
            let itself = select("INDEXED BY ak_audit_events_subject", &itself);
            format!("{others} UNION ALL {itself}")
        }
        (None, Some(_), _) => select("INDEXED BY ak_audit_events_subject", ""),
        (None, None, Some(_)) => select("INDEXED BY ak_audit_events_code", ""),
        // The key's own index.
        (None, None, None) => select("INDEXED BY sqlite_autoindex_ak_audit_events_1", ""),
    };
    (format!("{rows} ORDER BY id {order} LIMIT ?{limit}"), clauses)
}
