//! Where most of a day's events are.

use std::sync::LazyLock;
use std::time::Duration;

use authkit_core::{EventCode, Peak, PeakOf, PeakQuery, UserId};
use authkit_sql::{highest, lowest};
use rusqlite::{Connection, params};

use crate::cells::Cells;
use crate::trouble::SqliteTrouble;

const LIST: &str = include_str!("../../sql/audit/list_peaks.sql");

/// By the index of all codes, and of failed sign-ins by their own, which has all that is asked for: a code that is bound
/// would not tell SQLite that it may be used.
static STATEMENTS: LazyLock<[String; 2]> = LazyLock::new(|| {
    let failed = format!("'{}'", EventCode::SESSION_OPEN_FAILED.as_str());
    [("ak_audit_events_code", "?1"), ("ak_audit_events_failed", &failed)].map(|(index, code)| {
        authkit_sql::render(LIST, |name, _| match name {
            "index" => Some(index.to_owned()),
            "code" => Some(code.to_owned()),
            _ => None,
        })
    })
});

pub(crate) fn statement(code: &EventCode) -> &'static str {
    let [any, failed] = &*STATEMENTS;
    if *code == EventCode::SESSION_OPEN_FAILED { failed } else { any }
}

const DAY: Duration = Duration::from_secs(86_400);
/// The days of a week.
const WEEK: u32 = 7;

pub(super) fn list(conn: &Connection, query: &PeakQuery) -> Result<Vec<Peak>, SqliteTrouble> {
    let begin = query.to - DAY;
    let before = begin - DAY * WEEK;
    let mut statement = conn.prepare_cached(statement(&query.code))?;
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
