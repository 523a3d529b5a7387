//! Events counted by the hour.

use std::time::Duration;

use authkit_core::{EventCode, EventCount, HOURS_FROM_THE_TRAIL, HourlyCount, Timestamp};
use authkit_sql::{highest, lowest};
use rusqlite::{Connection, OptionalExtension, params};

use super::meta::Fact;
use crate::cells::Cells;
use crate::trouble::SqliteTrouble;

const OLDEST: &str = include_str!("../../sql/audit/oldest_event.sql");
const COUNT_HOUR: &str = include_str!("../../sql/audit/count_hour.sql");
const INSERT: &str = include_str!("../../sql/audit/insert_stat.sql");
const COUNT_EVENTS: &str = include_str!("../../sql/audit/count_events.sql");
const LIST: &str = include_str!("../../sql/audit/list_stats.sql");

const HOUR: Duration = Duration::from_secs(3_600);

/// Some whole hours, counted and not yet kept.
pub(super) struct Counted {
    /// The mark as it stood: only then the counts are new.
    mark: Option<Timestamp>,
    counts: Vec<HourlyCount>,
    hours: u64,
    /// The first hour after them.
    next: Timestamp,
}

/// Counts at most `limit` hours from where the last call stopped; `None`: nothing is due.
pub(super) fn count(conn: &Connection, until: Timestamp, limit: u32) -> Result<Option<Counted>, SqliteTrouble> {
    let mark = Fact::RollUpMark.find(conn)?;
    let Some(start) = mark.map_or_else(|| oldest_hour(conn), |mark| Ok(Some(mark)))? else {
        return Ok(None);
    };
    let mut counted = Counted { mark, counts: Vec::new(), hours: 0, next: start };
    while counted.next < until.hour() && counted.hours < u64::from(limit) {
        match count_hour(conn, counted.next) {
            Ok(counts) => counted.counts.extend(counts),
            // What was counted in time is kept, so that every call comes further.
            Err(SqliteTrouble::Deadline) if counted.hours > 0 => break,
            Err(trouble) => return Err(trouble),
        }
        counted.hours += 1;
        counted.next = counted.next + HOUR;
    }
    Ok((counted.hours > 0).then_some(counted))
}

/// Keeps what was counted, unless another call has kept those hours meanwhile. Answers how many hours are done.
pub(super) fn keep(conn: &Connection, counted: &Counted) -> Result<u64, SqliteTrouble> {
    if Fact::RollUpMark.find(conn)? != counted.mark {
        return Ok(0);
    }
    let mut insert = conn.prepare_cached(INSERT)?;
    for count in &counted.counts {
        let n = i64::try_from(count.n).unwrap_or(i64::MAX);
        insert.execute(params![count.hour.as_micros(), count.metric, n])?;
    }
    Fact::RollUpMark.set(conn, counted.next)?;
    Ok(counted.hours)
}

/// Counts by spans of `hours`: from the statistics, and what they do not hold yet from the trail.
pub(super) fn count_events(
    conn: &Connection,
    codes: &[EventCode],
    from: Timestamp,
    to: Timestamp,
    hours: u32,
) -> Result<Vec<EventCount>, SqliteTrouble> {
    let codes: serde_json::Value = codes.iter().map(EventCode::as_str).collect();
    let mark = Fact::RollUpMark.find(conn)?.unwrap_or(Timestamp::MIN);
    let trail = mark.max(to - HOUR * HOURS_FROM_THE_TRAIL).max(from);
    let span = i64::try_from((HOUR * hours.max(1)).as_micros()).unwrap_or(i64::MAX);
    let mut statement = conn.prepare_cached(COUNT_EVENTS)?;
    let values = params![codes.to_string(), from.as_micros(), to.as_micros(), span, trail.as_micros()];
    let rows = statement.query_and_then(values, |row| {
        let cells = Cells::new("ak_stats_hourly", row);
        Ok(EventCount { start: cells.time(0)?, code: EventCode::from_stored(cells.text(1)?), n: cells.number(2)? })
    })?;
    rows.collect()
}

pub(super) fn list(conn: &Connection, from: Timestamp, to: Timestamp) -> Result<Vec<HourlyCount>, SqliteTrouble> {
    let mut statement = conn.prepare_cached(LIST)?;
    let rows = statement.query_and_then(params![from.as_micros(), to.as_micros()], |row| {
        let cells = Cells::new("ak_stats_hourly", row);
        Ok(HourlyCount { hour: cells.time(0)?, metric: cells.text(1)?.to_owned(), n: cells.number(2)? })
    })?;
    rows.collect()
}

fn count_hour(conn: &Connection, hour: Timestamp) -> Result<Vec<HourlyCount>, SqliteTrouble> {
    let end = hour + HOUR;
    let mut statement = conn.prepare_cached(COUNT_HOUR)?;
    let values = params![lowest(hour), highest(end), hour.as_micros(), end.as_micros()];
    let counts = statement.query_map(values, |row| {
        Ok(HourlyCount { hour, metric: row.get(0)?, n: row.get::<_, i64>(1)?.unsigned_abs() })
    })?;
    Ok(counts.collect::<Result<_, _>>()?)
}

fn oldest_hour(conn: &Connection) -> Result<Option<Timestamp>, SqliteTrouble> {
    let at: Option<i64> = conn.prepare_cached(OLDEST)?.query_row((), |row| row.get(0)).optional()?;
    Ok(at.map(|at| Timestamp::from_micros(at).hour()))
}
