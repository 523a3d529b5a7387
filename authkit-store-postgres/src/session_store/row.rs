//! A session as the statements answer with it.

use std::time::Duration;

use authkit_core::{Digest, Epoch, KeyId, RevokeReason, Session, SessionId, Via};
use authkit_sql::KeyType;
use tokio_postgres::Row;

use crate::cells::Cells;
use crate::event_row::client;
use crate::trouble::PostgresTrouble;

/// The columns, in the order that [`session`] reads them in.
pub(super) const COLUMNS: &str = "id, user_id, epoch, token_hash, kid, generation, via, idle_ttl, created_at, \
                                  authenticated_at, rotated_at, idle_at, absolute_at, revoked_at, revoked_reason, ip, \
                                  user_agent, device";

/// The first column after them.
pub(super) const AFTER: usize = 18;

/// Reads a row of [`COLUMNS`].
pub(super) fn session(key: KeyType, row: &Row) -> Result<Session, PostgresTrouble> {
    let cells = Cells::new("sessions", row, 0);
    let reason = cells.optional_text(14)?;
    Ok(Session {
        id: SessionId::from_uuid(cells.uuid(0)?),
        user_id: cells.user_id(1, key)?,
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
