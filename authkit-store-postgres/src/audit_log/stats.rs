//! Events counted by the hour.

use authkit_core::{HourlyCount, Timestamp};

use crate::cells::Cells;
use crate::db::Db;
use crate::sql::Sql;
use crate::trouble::PostgresTrouble;

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

pub(super) async fn list(db: &Db, from: Timestamp, to: Timestamp) -> Result<Vec<HourlyCount>, PostgresTrouble> {
    let rows = db.list_by(Sql::ListStats, &[from.into(), to.into()]).await?;
    let read = |row| {
        let cells = Cells::new("stats_hourly", row, 0);
        Ok(HourlyCount { hour: cells.time(0)?, metric: cells.text(1)?.to_owned(), n: cells.number(2)? })
    };
    rows.iter().map(read).collect()
}
