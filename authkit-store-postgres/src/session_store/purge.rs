//! Removing sessions that are over: a walk through the table, one stretch a call.

use std::sync::{Mutex, PoisonError};

use authkit_core::Timestamp;
use uuid::Uuid;

use crate::cells::Cells;
use crate::db::Db;
use crate::sql::Sql;
use crate::trouble::PostgresTrouble;

/// Rows that one call looks at: the walk goes on at the next call, so no call takes long however large the table is.
const STRETCH: i64 = 20_000;

/// Rows that one call removes at the most.
const BATCH: i64 = 1_000;

/// Where the walk goes on: the id of the last row that was looked at. Lost with the process, which only makes the next walk
/// start at the oldest row.
#[derive(Debug, Default)]
pub(crate) struct PurgeMark(Mutex<Uuid>);

impl PurgeMark {
    fn read(&self) -> Uuid {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self, id: Uuid) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = id;
    }
}

pub(super) async fn purge_sessions(
    db: &Db,
    mark: &PurgeMark,
    before: Timestamp,
    limit: u32,
) -> Result<u64, PostgresTrouble> {
    let limit = i64::from(limit).min(BATCH);
    let rows = db.write_again(Sql::PastAbsolute, &[before.into(), limit.into()]).await?;
    let mut removed: i64 = rows.first().map_or(Ok(0), |row| Cells::new("sessions", row, 0).read(0))?;
    let mut start = mark.read();
    let mut room = STRETCH;
    while removed < limit && room > 0 {
        let values = [before.into(), start.into(), (limit - removed).into(), room.into()];
        let rows = db.write_again(Sql::PurgeSessions, &values).await?;
        let row = rows.first().ok_or_else(|| PostgresTrouble::no_row("sessions"))?;
        let cells = Cells::new("sessions", row, 0);
        let (gone, last, looked): (i64, Option<Uuid>, i64) = (cells.read(0)?, cells.read(1)?, cells.read(2)?);
        removed += gone;
        let at_end = looked < room;
        room -= looked.max(1);
        match last {
            Some(last) if !(at_end && removed < limit) => start = last,
            // The end of the table: once around, from the oldest row on.
            _ if start != Uuid::nil() => start = Uuid::nil(),
            _ => {
                start = Uuid::nil();
                break;
            }
        }
    }
    mark.write(start);
    Ok(removed.unsigned_abs())
}
