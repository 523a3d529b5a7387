//! Pages of events.

use std::collections::BTreeSet;

use authkit_core::{Event, EventCode, EventFilter, EventId, Page, PageRequest, UserId};
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
    clauses.and_any("outcome", filter.outcomes.iter().map(|outcome| outcome.as_str()));
    if let Some(session) = filter.session_id {
        clauses.and_with("session_id =", id_bytes(session.as_uuid()).to_vec());
    }
    if let Some(request) = &filter.request_id {
        clauses.and_with("request_id =", request.clone());
    }
    if let Some(ip) = filter.ip {
        clauses.and_with("ip =", ip.to_string());
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
    let limit = clauses.bind(entry.rows());
    let ways = ways(filter, &mut clauses);
    let text = clauses.text();
    let select = |way: &Way| {
        let join = if text.is_empty() { "WHERE" } else { "AND" };
        let more = way.condition.as_ref().map(|condition| format!("{join} {condition}")).unwrap_or_default();
        format!("SELECT {COLUMNS} FROM ak_audit_events INDEXED BY {} {text} {more}", way.index)
    };
    // Each of them gives its rows in the order of the list, so they are merged.
    let rows = ways.iter().map(select).collect::<Vec<_>>().join(" UNION ALL ");
    (format!("{rows} ORDER BY id {order} LIMIT ?{limit}"), clauses)
}

/// The rows of one index that a list is made of.
struct Way {
    index: &'static str,
    condition: Option<String>,
}

impl Way {
    /// What is about somebody.
    fn subject(condition: String) -> Self {
        Self { index: "ak_audit_events_subject", condition: Some(condition) }
    }

    /// What a user did to others, or to nobody: what it did to itself is about somebody.
    fn actor(user: usize) -> Self {
        let condition = format!("actor_kind = 'user' AND actor = ?{user} AND actor IS NOT subject");
        Self { index: "ak_audit_events_actor", condition: Some(condition) }
    }

    fn code(code: usize) -> Self {
        Self { index: "ak_audit_events_code", condition: Some(format!("code = ?{code}")) }
    }

    /// The key's own index.
    fn all() -> Self {
        Self { index: "sqlite_autoindex_ak_audit_events_1", condition: None }
    }
}

/// What the list is read by. No row comes on two ways.
fn ways(filter: &EventFilter, clauses: &mut Clauses) -> Vec<Way> {
    let codes: BTreeSet<&str> = filter.codes.iter().map(EventCode::as_str).collect();
    let mut number = |user: Option<UserId>| user.map(|user| clauses.bind(user.as_str().to_owned()));
    let (subject, actor, concerned) = (number(filter.subject), number(filter.actor), number(filter.concerning));
    let ways = match (subject, actor, concerned) {
        (Some(subject), None, _) => vec![Way::subject(format!("subject = ?{subject}"))],
        (Some(subject), Some(actor), _) => {
            vec![Way::subject(format!("subject = ?{subject} AND actor_kind = 'user' AND actor = ?{actor}"))]
        }
        (None, Some(actor), _) => {
            let itself = format!("actor_kind = 'user' AND actor = ?{actor} AND subject = ?{actor}");
            vec![Way::actor(actor), Way::subject(itself)]
        }
        (None, None, Some(user)) => vec![Way::actor(user), Way::subject(format!("subject = ?{user}"))],
        (None, None, None) if codes.is_empty() => vec![Way::all()],
        (None, None, None) => {
            return codes.into_iter().map(|code| Way::code(clauses.bind(code.to_owned()))).collect();
        }
    };
    clauses.and_any("code", codes);
    if let Some(user) = concerned.filter(|_| subject.is_some() || actor.is_some()) {
        clauses.and(format!("(subject = ?{user} OR actor_kind = 'user' AND actor = ?{user})"));
    }
    ways
}
