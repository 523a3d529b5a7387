//! Where most of a day's events are.

use std::time::Duration;

use authkit_core::{Peak, PeakOf, PeakQuery, UserId};
use authkit_sql::{highest, lowest};
use uuid::Uuid;

use crate::cells::Cells;
use crate::db::Db;
use crate::sql::Sql;
use crate::trouble::PostgresTrouble;
use crate::value::Value;

const DAY: Duration = Duration::from_secs(86_400);
/// The day itself and the week before.
const DAYS: u32 = 8;

pub(super) async fn list(db: &Db, query: &PeakQuery) -> Result<Vec<Peak>, PostgresTrouble> {
    let mut peaks: Vec<Peak> = Vec::new();
    for row in &db.list_by(Sql::ListPeaks, &values(query)).await? {
        let cells = Cells::new("audit_events", row, 0);
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
        let day: Option<i64> = cells.read(3)?;
        let n = peaks.last_mut().and_then(|peak| peak.week.get_mut(usize::try_from(day?).ok()?));
        if let Some(n) = n {
            *n = cells.number(4)?;
        }
    }
    Ok(peaks)
}

/// What the statement is asked with.
pub(crate) fn values(query: &PeakQuery) -> [Value<'_>; 10] {
    let (day, week) = (query.to - DAY, query.to - DAY * DAYS);
    let ids = [lowest(day), highest(query.to), lowest(week), highest(day)];
    let [day_from, day_to, week_from, week_to] = ids.map(|id| Value::from(Uuid::from_bytes(id)));
    let (min, limit) = (i64::from(query.min).into(), i64::from(query.limit).into());
    let (code, to, day, week) = (query.code.as_str().into(), query.to.into(), day.into(), week.into());
    [code, to, day, week, min, limit, day_from, day_to, week_from, week_to]
}
