//! An audit event as a row, both ways.

use std::net::IpAddr;

use authkit_core::{Actor, Change, ClientInfo, Event, EventCode, EventId, EventOutcome, SessionId, UserId};
use rusqlite::{Connection, Row, params};
use serde_json::{Map, Value};
use uuid::Uuid;

use crate::cells::Cells;
use crate::trouble::SqliteTrouble;

const INSERT: &str = include_str!("../sql/audit/insert_event.sql");

/// The columns, in the order that [`event`] reads them in.
pub(crate) const COLUMNS: &str = "id, at, code, outcome, actor_kind, actor, subject, session_id, identifier, ip, \
                                  user_agent, device, request_id, details, change";

/// Appends an event; inside a change's savepoint it becomes durable with the change.
pub(crate) fn append(conn: &Connection, event: &Event) -> Result<(), SqliteTrouble> {
    conn.prepare_cached(INSERT)?.execute(params![
        id_bytes(event.id.as_uuid()),
        event.at.as_micros(),
        event.code.as_str(),
        event.outcome.as_str(),
        event.actor.kind(),
        event.actor.name(),
        event.subject.as_ref().map(UserId::as_str),
        event.session_id.map(|id| id_bytes(id.as_uuid())),
        event.identifier,
        event.client.ip.map(|ip| ip.to_string()),
        event.client.user_agent,
        event.client.device,
        event.client.request_id,
        json_text(&event.details)?,
        event.change.to_json().map(|change| change.to_string()),
    ])?;
    Ok(())
}

/// Appends the event of a change, if it has one.
pub(crate) fn append_if_any(conn: &Connection, event: Option<&Event>) -> Result<(), SqliteTrouble> {
    event.map_or(Ok(()), |event| append(conn, event))
}

/// Reads a row of [`COLUMNS`].
pub(crate) fn event(row: &Row<'_>) -> Result<Event, SqliteTrouble> {
    let cells = Cells::new("ak_audit_events", row);
    let change = match cells.optional_text(14)? {
        Some(text) => {
            cells.fitting(14, serde_json::from_str::<Value>(text).ok().and_then(|json| Change::from_json(&json)))?
        }
        None => Change::none(),
    };
    Ok(Event {
        id: EventId::from_uuid(Uuid::from_bytes(cells.bytes(0)?)),
        at: cells.time(1)?,
        code: EventCode::from_stored(cells.text(2)?),
        outcome: cells.fitting(3, EventOutcome::from_stored(cells.text(3)?))?,
        actor: cells.fitting(4, Actor::from_stored(cells.text(4)?, cells.optional_text(5)?))?,
        subject: cells.optional_text(6)?.map(|id| cells.fitting(6, UserId::new(id))).transpose()?,
        session_id: cells.optional_bytes(7)?.map(|id| SessionId::from_uuid(Uuid::from_bytes(id))),
        identifier: cells.owned_text(8)?,
        client: client(&cells, 9, Some(12))?,
        details: cells.object(13)?,
        change,
    })
}

/// Three columns from `first` on: address, user agent, device; and the request's id where it is kept.
pub(crate) fn client(cells: &Cells<'_>, first: usize, request_id: Option<usize>) -> Result<ClientInfo, SqliteTrouble> {
    let ip = cells.optional_text(first)?;
    Ok(ClientInfo {
        ip: ip.map(|ip| cells.fitting(first, ip.parse::<IpAddr>().ok())).transpose()?,
        user_agent: cells.owned_text(first + 1)?,
        device: cells.owned_text(first + 2)?,
        request_id: request_id.map_or(Ok(None), |i| cells.owned_text(i))?,
    })
}

/// A uuid as the blob that keys a row.
pub(crate) fn id_bytes(id: Uuid) -> [u8; 16] {
    id.into_bytes()
}

/// JSON as the text of a column.
pub(crate) fn json_text(value: &Map<String, Value>) -> Result<String, SqliteTrouble> {
    serde_json::to_string(value)
        .map_err(|error| rusqlite::Error::ToSqlConversionFailure(Box::new(error)))
        .map_err(SqliteTrouble::from)
}
