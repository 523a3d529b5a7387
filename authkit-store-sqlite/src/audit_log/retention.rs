//! Retention: the only way to remove events.

use authkit_core::{Cause, Timestamp};
use authkit_sql::highest;
use rusqlite::{Connection, params};

use super::meta::Fact;
use crate::event_row::append_if_any;
use crate::trouble::SqliteTrouble;

const PAST_RETENTION: &str = include_str!("../../sql/audit/past_retention.sql");
const PURGE: &str = include_str!("../../sql/audit/purge_event.sql");

/// Rows that one call removes at the most, so that no write waits long behind it.
const BATCH: u32 = 1_000;

/// Removes the oldest events before an instant. The trigger lets them go while the floor stands, and it stands only inside
/// this step.
pub(super) fn purge_events(
    conn: &Connection,
    before: Timestamp,
    limit: u32,
    cause: &Cause,
) -> Result<u64, SqliteTrouble> {
    let ids = past_retention(conn, before, limit.min(BATCH))?;
    if ids.is_empty() {
        return Ok(0);
    }
    Fact::RetentionFloor.set(conn, before)?;
    let mut removed = 0;
    for id in &ids {
        removed += conn.prepare_cached(PURGE)?.execute(params![id, before.as_micros()])? as u64;
    }
    Fact::RetentionFloor.clear(conn)?;
    append_if_any(conn, cause.event_counting(removed).as_ref())?;
    Ok(removed)
}

fn past_retention(conn: &Connection, before: Timestamp, limit: u32) -> Result<Vec<Vec<u8>>, SqliteTrouble> {
    let mut statement = conn.prepare_cached(PAST_RETENTION)?;
    let ids = statement.query_map(params![before.as_micros(), highest(before), limit], |row| row.get(0))?;
    Ok(ids.collect::<Result<_, _>>()?)
}
