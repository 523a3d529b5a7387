//! Retention: the only way to remove events.

use authkit_core::{Cause, Timestamp};
use authkit_sql::highest;
use uuid::Uuid;

use crate::cells::Cells;
use crate::db::Db;
use crate::event_row;
use crate::sql::Sql;
use crate::trouble::PostgresTrouble;
use crate::value::Value;

/// Rows that one call removes at the most.
const BATCH: u32 = 1_000;

/// Removes the oldest events before an instant. The trigger lets them go while the floor stands, and it stands only inside
/// this transaction.
pub(super) async fn purge_events(
    db: &Db,
    before: Timestamp,
    limit: u32,
    cause: &Cause,
) -> Result<u64, PostgresTrouble> {
    let values = [
        before.into(),
        Uuid::from_bytes(highest(before)).into(),
        i64::from(limit.min(BATCH)).into(),
        event_row::value(cause.event.as_ref()),
    ];
    let floor = [Value::OwnedText(before.to_string())];
    let steps: [(Sql, &[Value<'_>]); 3] =
        [(Sql::SetFloor, &floor), (Sql::PurgeEvents, &values), (Sql::SetFloor, &[Value::Text(Some(""))])];
    let rows = db.write_each(&steps).await?;
    let removed = rows.get(1).and_then(|rows| rows.first());
    removed.map_or(Ok(0), |row| Cells::new("audit_events", row, 0).number(0))
}
