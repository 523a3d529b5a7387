//! A session as a row, both ways.

use std::time::Duration;

use authkit_core::{Digest, Epoch, KeyId, RevokeReason, Session, SessionId, Timestamp, Via};
use rusqlite::{Connection, Row, params};
use uuid::Uuid;

use crate::cells::Cells;
use crate::event_row::{client, id_bytes};
use crate::tables::Tables;
use crate::trouble::SqliteTrouble;

const INSERT: &str = include_str!("../../sql/sessions/insert_session.sql");

/// The columns, in the order that [`session`] reads them in.
pub(super) const COLUMNS: &str = "id, user_id, epoch, token_hash, kid, generation, via, idle_ttl, created_at, \
                                  authenticated_at, rotated_at, idle_at, absolute_at, revoked_at, revoked_reason, ip, \
                                  user_agent, device";

/// Reads a row of [`COLUMNS`].
pub(super) fn session(row: &Row<'_>) -> Result<Session, SqliteTrouble> {
    let cells = Cells::new("ak_sessions", row);
    let reason = cells.optional_text(14)?;
    Ok(Session {
        id: SessionId::from_uuid(Uuid::from_bytes(cells.bytes(0)?)),
        user_id: cells.user_id(1)?,
        epoch: Epoch::from_bytes(cells.bytes(2)?),
        token_hash: Digest::from_bytes(cells.bytes(3)?),
        kid: cells.fitting(4, KeyId::new(cells.text(4)?))?,
        generation: cells.number(5)?,
        via: cells.fitting(6, Via::from_stored(cells.text(6)?))?,
        idle_ttl: Duration::from_secs(cells.number(7)?),
        created_at: cells.time(8)?,
        authenticated_at: cells.time(9)?,
        rotated_at: cells.time(10)?,
        idle_at: cells.time(11)?,
        absolute_at: cells.time(12)?,
        revoked_at: cells.optional_time(13)?,
        revoked_reason: reason.map(|text| cells.fitting(14, RevokeReason::from_stored(text))).transpose()?,
        client: client(&cells, 15, None)?,
    })
}

pub(super) fn insert(conn: &Connection, tables: &Tables, session: &Session) -> Result<(), SqliteTrouble> {
    conn.prepare_cached(INSERT)?.execute(params![
        id_bytes(session.id.as_uuid()),
        tables.layout.key(&session.user_id),
        session.epoch.as_bytes(),
        session.token_hash.as_bytes(),
        session.kid.as_str(),
        generation(session)?,
        session.via.as_str(),
        i64::try_from(session.idle_ttl.as_secs()).unwrap_or(i64::MAX),
        session.created_at.as_micros(),
        session.authenticated_at.as_micros(),
        session.rotated_at.as_micros(),
        session.idle_at.as_micros(),
        session.absolute_at.as_micros(),
        session.revoked_at.map(Timestamp::as_micros),
        session.revoked_reason.map(RevokeReason::as_str),
        session.client.ip.map(|ip| ip.to_string()),
        session.client.user_agent,
        session.client.device,
    ])?;
    Ok(())
}

/// The generation as SQLite's integer.
pub(super) fn generation(session: &Session) -> Result<i64, SqliteTrouble> {
    i64::try_from(session.generation)
        .map_err(|error| SqliteTrouble::from(rusqlite::Error::ToSqlConversionFailure(Box::new(error))))
}
