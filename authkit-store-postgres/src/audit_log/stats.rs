//! Events counted by the hour.

use std::time::Duration;

use authkit_core::{EventCode, EventCount, HOURS_FROM_THE_TRAIL, HourlyCount, Timestamp};
use authkit_sql::{highest, lowest};
use uuid::Uuid;

use crate::cells::Cells;
use crate::db::Db;
use crate::sql::Sql;
use crate::trouble::PostgresTrouble;
use crate::value::Value;

const HOUR: Duration = Duration::from_secs(3_600);

/// Counts at most `limit` hours from where the last call stopped. Where that takes longer than a statement may, one hour.
pub(super) async fn roll_up(db: &Db, until: Timestamp, limit: u32) -> Result<u64, PostgresTrouble> {
    match count(db, until, limit).await {
        Err(PostgresTrouble::BrokenOff(_) | PostgresTrouble::Deadline) if limit > 1 => count(db, until, 1).await,
        counted => counted,
    }
}

async fn count(db: &Db, until: Timestamp, limit: u32) -> Result<u64, PostgresTrouble> {
    let rows = db.write(Sql::RollUpStats, &[until.hour().into(), i64::from(limit).into()]).await?;
    rows.first().map_or(Ok(0), |row| Cells::new("stats_hourly", row, 0).number(0))
}

/// Counts by spans of `hours`: from the statistics, and what they do not hold yet from the trail.
pub(super) async fn count_events(
    db: &Db,
    codes: &[EventCode],
    from: Timestamp,
    to: Timestamp,
    hours: u32,
) -> Result<Vec<EventCount>, PostgresTrouble> {
    let codes = Value::Texts(codes.iter().map(EventCode::as_str).collect());
    let trail = from.max(to - HOUR * HOURS_FROM_THE_TRAIL);
    let [least, most] = [lowest(trail), highest(to)].map(|id| Value::from(Uuid::from_bytes(id)));
    let values = [codes, from.into(), to.into(), i64::from(hours.max(1)).into(), least, most];
    let rows = db.list_by(Sql::CountEvents, &values).await?;
    let read = |row| {
        let cells = Cells::new("stats_hourly", row, 0);
        Ok(EventCount { start: cells.time(0)?, code: EventCode::from_stored(cells.text(1)?), n: cells.number(2)? })
    };
    rows.iter().map(read).collect()
}

pub(super) async fn list(db: &Db, from: Timestamp, to: Timestamp) -> Result<Vec<HourlyCount>, PostgresTrouble> {
    let rows = db.list_by(Sql::ListStats, &[from.into(), to.into()]).await?;
    let read = |row| {
        let cells = Cells::new("stats_hourly", row, 0);
        Ok(HourlyCount { hour: cells.time(0)?, metric: cells.text(1)?.to_owned(), n: cells.number(2)? })
    };
    rows.iter().map(read).collect()
}
