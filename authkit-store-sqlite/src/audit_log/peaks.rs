//! Where most of a day's events are.

use std::time::Duration;

use authkit_core::{Peak, PeakOf, PeakQuery, UserId};
use authkit_sql::{highest, lowest};
use rusqlite::{Connection, params};

use crate::cells::Cells;
use crate::trouble::SqliteTrouble;

const LIST: &str = include_str!("../../sql/audit/list_peaks.sql");

const DAY: Duration = Duration::from_secs(86_400);
/// The days of a week.
const WEEK: u32 = 7;

pub(super) fn list(conn: &Connection, query: &PeakQuery) -> Result<Vec<Peak>, SqliteTrouble> {
    let begin = query.to - DAY;
    let before = begin - DAY * WEEK;
    let mut statement = conn.prepare_cached(LIST)?;
    let mut rows = statement.query(params![
        query.code.as_str(),
        begin.as_micros(),
        query.to.as_micros(),
        lowest(begin),
        highest(query.to),
        query.min,
        query.limit,
        i64::try_from(DAY.as_micros()).unwrap_or(i64::MAX),
        before.as_micros(),
        lowest(before),
        highest(begin),
    ])?;
    let mut peaks: Vec<Peak> = Vec::new();
    while let Some(row) = rows.next()? {
        let cells = Cells::new("ak_audit_events", row);
        let name = cells.text(1)?;
        let of = match cells.text(0)? {
            "ip" => name.parse().ok().map(PeakOf::Ip),
            _ => UserId::new(name).map(PeakOf::User),
        };
        let of = cells.fitting(1, of)?;
        if peaks.last().is_none_or(|last| last.of != of) {
            peaks.push(Peak { of, day: cells.number(2)?, week: [0; 7] });
        }
        // No day: nothing in the week before.
        let day = row.get::<_, Option<i64>>(3)?.and_then(|days| usize::try_from(days).ok());
        let n = peaks.last_mut().and_then(|peak| peak.week.get_mut(day?));
        if let Some(n) = n {
            *n = cells.number(4)?;
        }
    }
    Ok(peaks)
}
