//! Pages of events.

use std::collections::BTreeSet;

use authkit_core::{Event, EventCode, EventFilter, EventId, Page, PageRequest, UserId};
use authkit_sql::{Entry, List, Place, highest, lowest};
use uuid::Uuid;

use crate::clauses::Clauses;
use crate::db::Db;
use crate::event_row::{COLUMNS, event};
use crate::sql::Sql;
use crate::tables::Tables;
use crate::trouble::PostgresTrouble;
use crate::value::Value;

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
    clauses.and_any("outcome", filter.outcomes.iter().map(|outcome| outcome.as_str()).collect());
    if let Some(session) = filter.session_id {
        clauses.and_with("session_id =", session.as_uuid());
    }
    if let Some(request) = &filter.request_id {
        if request.contains('\0') {
            return None;
        }
        clauses.and_with("request_id =", request.as_str());
    }
    if let Some(ip) = filter.ip {
        clauses.and_with("ip =", Value::OwnedText(ip.to_string()));
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
    let limit = clauses.bind(entry.rows());
    let ways = ways(filter, &mut clauses);
    let text = clauses.text();
    let select = |way: &Option<String>| {
        let join = if text.is_empty() { "WHERE" } else { "AND" };
        let more = way.as_ref().map(|condition| format!("{join} {condition}")).unwrap_or_default();
        format!("SELECT {COLUMNS} FROM {{schema}}.audit_events {text} {more}")
    };
    let end = format!("ORDER BY id {order} LIMIT ${limit}");
    let sql = match &ways[..] {
        [way] => format!("{} {end}", select(way)),
        // Each of them gives its rows in the order of the list, so they are merged, and each gives no more than a page.
        ways => {
            let rows: Vec<String> = ways.iter().map(|way| format!("({} {end})", select(way))).collect();
            format!("{} {end}", rows.join(" UNION ALL "))
        }
    };
    Some((tables.render(&sql), clauses))
}

/// The conditions that the list is read by, each on an index in its order; `None`: the key's own. No row fits two of them.
fn ways<'a>(filter: &'a EventFilter, clauses: &mut Clauses<'a>) -> Vec<Option<String>> {
    let codes: BTreeSet<&str> = filter.codes.iter().map(EventCode::as_str).collect();
    let mut number = |user: &'a Option<UserId>| user.as_ref().map(|user| clauses.bind(user));
    let (subject, actor, concerned) = (number(&filter.subject), number(&filter.actor), number(&filter.concerning));
    let by = |user: usize| format!("actor_kind = 'user' AND actor = ${user}");
    // What a user did to others stands in one index and what it did to itself in another.
    let to_others = |user: usize| format!("{} AND actor IS DISTINCT FROM subject", by(user));
    let ways = match (subject, actor, concerned) {
        (Some(subject), None, _) => vec![Some(format!("subject = ${subject}"))],
        (Some(subject), Some(actor), _) => vec![Some(format!("subject = ${subject} AND {}", by(actor)))],
        (None, Some(actor), _) => {
            vec![Some(to_others(actor)), Some(format!("{} AND subject = ${actor}", by(actor)))]
        }
        (None, None, Some(user)) => vec![Some(to_others(user)), Some(format!("subject = ${user}"))],
        (None, None, None) if codes.is_empty() => vec![None],
        (None, None, None) => {
            return codes.into_iter().map(|code| Some(format!("code = ${}", clauses.bind(code)))).collect();
        }
    };
    clauses.and_any("code", codes.into_iter().collect());
    if let Some(user) = concerned.filter(|_| subject.is_some() || actor.is_some()) {
        clauses.and(format!("(subject = ${user} OR {})", by(user)));
    }
    ways
}
