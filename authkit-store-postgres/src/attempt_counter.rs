//! The port behind every throttle: counters that all nodes share.

use async_trait::async_trait;
use authkit_core::{Attempt, AttemptCounter, AttemptKey, StoreError, Take, Timestamp};

use crate::cells::Cells;
use crate::db::{Db, Point};
use crate::sql::Sql;
use crate::store::PostgresStore;
use crate::trouble::PostgresTrouble;
use crate::value::Value;

/// How often a step is done again whose counters were swept away between its two statements.
const TRIES: usize = 3;

/// Rows that one purge removes at the most.
const BATCH: u32 = 1_000;

#[async_trait]
impl AttemptCounter for PostgresStore {
    async fn take(&self, attempts: &[Attempt], at: Timestamp) -> Result<Take, StoreError> {
        take(self.db(), attempts, at).await.map_err(|trouble| trouble.during("take"))
    }

    async fn give_back(&self, attempts: &[Attempt]) -> Result<(), StoreError> {
        let most = attempts.iter().map(|attempt| i64::from(attempt.limit.max)).collect();
        let given = self.db().write(Sql::GiveBackAttempts, &[keys(attempts), Value::Longs(most)]).await;
        given.map(|_| ()).map_err(|trouble| trouble.during("give_back"))
    }

    async fn clear(&self, keys: &[AttemptKey]) -> Result<(), StoreError> {
        let keys = Value::ByteArrays(keys.iter().map(|key| &key.as_bytes()[..]).collect());
        self.db().write_again(Sql::ClearAttempts, &[keys]).await.map(|_| ()).map_err(|trouble| trouble.during("clear"))
    }

    async fn blocked_each(&self, attempts: &[Attempt], at: Timestamp) -> Result<Vec<Option<Timestamp>>, StoreError> {
        let limits = Limits::of(attempts);
        let values = [keys(attempts), at.into(), limits.most, limits.windows, limits.stops];
        let read = async {
            let rows = self.db().point(Point::BlockedEach, &values).await?;
            rows.iter().map(|row| Cells::new("attempts", row, 0).optional_time(0)).collect::<Result<_, _>>()
        };
        read.await.map_err(|trouble| trouble.during("blocked_each"))
    }

    async fn purge_attempts(&self, before: Timestamp, limit: u32) -> Result<u64, StoreError> {
        let purge = async {
            let limit = i64::from(limit.min(BATCH));
            let rows = self.db().write_again(Sql::PurgeAttempts, &[before.into(), limit.into()]).await?;
            rows.first().map_or(Ok(0), |row| Cells::new("attempts", row, 0).number(0))
        };
        purge.await.map_err(|trouble| trouble.during("purge_attempts"))
    }
}

async fn take(db: &Db, attempts: &[Attempt], at: Timestamp) -> Result<Take, PostgresTrouble> {
    if attempts.is_empty() {
        return Ok(Take::Allowed { left: u32::MAX });
    }
    let limits = Limits::of(attempts);
    let rows = [keys(attempts), at.into()];
    let values = [keys(attempts), at.into(), limits.most, limits.windows, limits.firsts, limits.longest, limits.stops];
    for _ in 0..TRIES {
        let answer = db.write_all(&[(Sql::InsertAttempts, &rows), (Sql::TakeAttempts, &values)]).await?;
        let row = answer.first().ok_or_else(|| PostgresTrouble::no_row("attempts"))?;
        let cells = Cells::new("attempts", row, 0);
        if let Some(until) = cells.optional_time(0)? {
            return Ok(Take::Blocked { until });
        }
        if cells.number::<usize>(1)? == attempts.len() {
            return Ok(Take::Allowed { left: cells.number(2)? });
        }
    }
    Err(PostgresTrouble::Overloaded)
}

fn keys(attempts: &[Attempt]) -> Value<'_> {
    Value::ByteArrays(attempts.iter().map(|attempt| &attempt.key.as_bytes()[..]).collect())
}

/// What the limits of some attempts are, each an array in the order of the attempts; -1 where there is no delay.
struct Limits {
    most: Value<'static>,
    windows: Value<'static>,
    firsts: Value<'static>,
    longest: Value<'static>,
    stops: Value<'static>,
}

impl Limits {
    fn of(attempts: &[Attempt]) -> Self {
        let all = |read: fn(&Attempt) -> i64| attempts.iter().map(read).collect::<Vec<_>>();
        Self {
            most: Value::Longs(all(|attempt| attempt.limit.max.into())),
            windows: Value::Intervals(all(|attempt| micros(attempt.limit.window))),
            firsts: Value::Intervals(all(|attempt| attempt.limit.backoff.map_or(-1, |backoff| micros(backoff.first)))),
            longest: Value::Intervals(all(|attempt| {
                attempt.limit.backoff.map_or(-1, |backoff| micros(backoff.longest))
            })),
            stops: Value::Longs(all(|attempt| attempt.limit.backoff.map_or(-1, |backoff| backoff.stop_after.into()))),
        }
    }
}

fn micros(length: std::time::Duration) -> i64 {
    i64::try_from(length.as_micros()).unwrap_or(i64::MAX)
}
