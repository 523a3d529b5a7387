//! An audit event as a row, both ways.

use std::net::IpAddr;

use authkit_core::{Actor, Change, ClientInfo, Event, EventCode, EventId, EventOutcome, SessionId, Timestamp, UserId};
use serde::Serialize;
use serde_json::{Map, Value as Json};
use tokio_postgres::Row;
use uuid::Uuid;

use crate::cells::Cells;
use crate::trouble::PostgresTrouble;
use crate::value::Value;

/// The columns, in the order that [`event`] reads them in.
pub(crate) const COLUMNS: &str = "id, at, code, outcome, actor_kind, actor, subject, session_id, identifier, ip, \
                                  user_agent, device, request_id, details, change";

/// A row to be: JSON with the names of the columns, which the statement that makes a change turns into a row of the trail
/// (`jsonb_populate_record`) if there is a change. One value a statement, whatever an event holds.
#[derive(Serialize)]
struct EventRow<'a> {
    id: Uuid,
    at: Timestamp,
    code: &'a str,
    outcome: &'a str,
    actor_kind: &'a str,
    actor: Option<&'a str>,
    subject: Option<&'a str>,
    session_id: Option<Uuid>,
    identifier: Option<&'a str>,
    ip: Option<IpAddr>,
    user_agent: Option<&'a str>,
    device: Option<&'a str>,
    request_id: Option<&'a str>,
    details: &'a Map<String, Json>,
    #[serde(skip_serializing_if = "Option::is_none")]
    change: Option<Json>,
}

/// The event of a change as a value; NULL: the change has none.
pub(crate) fn value(event: Option<&Event>) -> Value<'static> {
    Value::Json(event.map(|event| {
        let row = EventRow {
            id: event.id.as_uuid(),
            at: event.at,
            code: event.code.as_str(),
            outcome: event.outcome.as_str(),
            actor_kind: event.actor.kind(),
            actor: event.actor.name(),
            subject: event.subject.as_ref().map(UserId::as_str),
            session_id: event.session_id.map(|id| id.as_uuid()),
            identifier: event.identifier.as_deref(),
            ip: event.client.ip,
            user_agent: event.client.user_agent.as_deref(),
            device: event.client.device.as_deref(),
            request_id: event.client.request_id.as_deref(),
            details: &event.details,
            change: event.change.to_json(),
        };
        // Text, numbers and JSON with text as its keys: nothing that JSON refuses.
        serde_json::to_string(&row).unwrap_or_default()
    }))
}

/// Reads a row of [`COLUMNS`].
pub(crate) fn event(row: &Row) -> Result<Event, PostgresTrouble> {
    let cells = Cells::new("audit_events", row, 0);
    let change = match cells.json(14)? {
        Some(json) => cells.fitting(14, Change::from_json(&json))?,
        None => Change::none(),
    };
    Ok(Event {
        id: EventId::from_uuid(cells.uuid(0)?),
        at: cells.time(1)?,
        code: EventCode::from_stored(cells.text(2)?),
        outcome: cells.fitting(3, EventOutcome::from_stored(cells.text(3)?))?,
        actor: cells.fitting(4, Actor::from_stored(cells.text(4)?, cells.optional_text(5)?))?,
        subject: cells.optional_text(6)?.map(|id| cells.fitting(6, UserId::new(id))).transpose()?,
        session_id: cells.read::<Option<Uuid>>(7)?.map(SessionId::from_uuid),
        identifier: cells.owned_text(8)?,
        client: client(&cells, 9, Some(12))?,
        details: cells.object(13)?,
        change,
    })
}

/// Three columns from `first` on: address, user agent, device; and the request's id where it is kept.
pub(crate) fn client(
    cells: &Cells<'_>,
    first: usize,
    request_id: Option<usize>,
) -> Result<ClientInfo, PostgresTrouble> {
    let ip = cells.optional_text(first)?;
    Ok(ClientInfo {
        ip: ip.map(|ip| cells.fitting(first, ip.parse::<IpAddr>().ok())).transpose()?,
        user_agent: cells.owned_text(first + 1)?,
        device: cells.owned_text(first + 2)?,
        request_id: request_id.map_or(Ok(None), |i| cells.owned_text(i))?,
    })
}
