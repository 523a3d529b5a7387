//! Removing sessions that are over: found on a reading connection, asked again by the writer.

use authkit_core::Timestamp;
use rusqlite::{Connection, params};

use crate::purge_mark::PurgeMark;
use crate::trouble::SqliteTrouble;

const PAST_ABSOLUTE: &str = include_str!("../../sql/sessions/past_absolute.sql");
const SCAN_OVER: &str = include_str!("../../sql/sessions/scan_over.sql");
const PURGE: &str = include_str!("../../sql/sessions/purge_sessions.sql");

/// Rows that one call looks at: the walk goes on at the next call, so no call takes long however large the table is.
const STRETCH: usize = 20_000;

/// Rows that one call removes at the most, so that no write waits long behind it.
const BATCH: u32 = 1_000;

/// At most `limit` ids of rows that are over.
pub(crate) fn find_over(
    conn: &Connection,
    before: Timestamp,
    limit: u32,
    mark: &PurgeMark,
) -> Result<Vec<Vec<u8>>, SqliteTrouble> {
    let limit = usize::try_from(limit.min(BATCH)).unwrap_or(usize::MAX);
    let mut over = past_absolute(conn, before, limit)?;
    let start = mark.read();
    let mut walk = Walk { conn, before, limit, room: STRETCH };
    let mut last = walk.from(&start, &mut over)?;
    if last.is_none() && !start.is_empty() {
        // The end of the table: once around, from the oldest row on.
        last = walk.from(&[], &mut over)?;
    }
    mark.write(last.unwrap_or_default());
    Ok(over)
}

/// Removes those of the rows that still are over.
pub(crate) fn purge(conn: &Connection, ids: &[Vec<u8>], before: Timestamp) -> Result<u64, SqliteTrouble> {
    let mut statement = conn.prepare_cached(PURGE)?;
    let mut removed = 0;
    for id in ids {
        removed += statement.execute(params![id, before.as_micros()])? as u64;
    }
    Ok(removed)
}

fn past_absolute(conn: &Connection, before: Timestamp, limit: usize) -> Result<Vec<Vec<u8>>, SqliteTrouble> {
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let mut statement = conn.prepare_cached(PAST_ABSOLUTE)?;
    let ids = statement.query_map(params![before.as_micros(), limit], |row| row.get(0))?;
    Ok(ids.collect::<Result<_, _>>()?)
}

struct Walk<'c> {
    conn: &'c Connection,
    before: Timestamp,
    limit: usize,
    room: usize,
}

impl Walk<'_> {
    /// Adds what is over after `start`, until there is enough or the stretch is used up. Answers the last id looked at;
    /// `None`: the end of the table.
    fn from(&mut self, start: &[u8], over: &mut Vec<Vec<u8>>) -> Result<Option<Vec<u8>>, SqliteTrouble> {
        let room = i64::try_from(self.room).unwrap_or(i64::MAX);
        let mut statement = self.conn.prepare_cached(SCAN_OVER)?;
        let mut rows = statement.query(params![self.before.as_micros(), start, room])?;
        let mut last = None;
        while over.len() < self.limit && self.room > 0 {
            let Some(row) = rows.next()? else {
                return Ok(None);
            };
            self.room -= 1;
            let id: Vec<u8> = row.get(0)?;
            if row.get(1)? && !over.contains(&id) {
                over.push(id.clone());
            }
            last = Some(id);
        }
        // Nothing was looked at: the mark stays where it was.
        Ok(last.or_else(|| Some(start.to_vec())))
    }
}
