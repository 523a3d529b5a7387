//! The port behind every throttle: counters that hold across processes on one file.

use async_trait::async_trait;
use authkit_core::{Attempt, AttemptCounter, AttemptKey, AttemptRow, StoreError, Take, Timestamp, take_all};
use rusqlite::{Connection, params};

use crate::cells::Cells;
use crate::store::SqliteStore;
use crate::trouble::SqliteTrouble;

const FIND: &str = include_str!("../sql/attempts/find_attempt.sql");
const PUT: &str = include_str!("../sql/attempts/put_attempt.sql");
const CLEAR: &str = include_str!("../sql/attempts/clear_attempt.sql");
const PURGE: &str = include_str!("../sql/attempts/purge_attempts.sql");

#[async_trait]
impl AttemptCounter for SqliteStore {
    async fn take(&self, attempts: &[Attempt], at: Timestamp) -> Result<Take, StoreError> {
        let attempts = attempts.to_vec();
        self.writer().run("take", move |conn| take(conn, &attempts, at)).await
    }

    async fn give_back(&self, attempts: &[Attempt]) -> Result<(), StoreError> {
        let attempts = attempts.to_vec();
        self.writer().run("give_back", move |conn| give_back(conn, &attempts)).await
    }

    async fn clear(&self, keys: &[AttemptKey]) -> Result<(), StoreError> {
        let keys = keys.to_vec();
        let clear = move |conn: &Connection| {
            let mut statement = conn.prepare_cached(CLEAR)?;
            for key in &keys {
                statement.execute(params![key.as_bytes()])?;
            }
            Ok(())
        };
        self.writer().run("clear", clear).await
    }

    async fn blocked_each(&self, attempts: &[Attempt], at: Timestamp) -> Result<Vec<Option<Timestamp>>, StoreError> {
        let attempts = attempts.to_vec();
        let blocked_each = move |conn: &Connection| {
            let until = |attempt: &Attempt| Ok(find(conn, attempt)?.and_then(|row| row.blocked(&attempt.limit, at)));
            attempts.iter().map(until).collect()
        };
        self.readers().point("blocked_each", blocked_each).await
    }

    async fn purge_attempts(&self, before: Timestamp, limit: u32) -> Result<u64, StoreError> {
        let purge = move |conn: &Connection| {
            let removed = conn.prepare_cached(PURGE)?.execute(params![before.as_micros(), limit])?;
            Ok(removed as u64)
        };
        self.writer().run("purge_attempts", purge).await
    }
}

fn take(conn: &Connection, attempts: &[Attempt], at: Timestamp) -> Result<Take, SqliteTrouble> {
    let mut rows = Vec::with_capacity(attempts.len());
    for attempt in attempts {
        rows.push((find(conn, attempt)?.unwrap_or_else(|| AttemptRow::new(at)), attempt.limit));
    }
    let taken = take_all(&mut rows, at);
    if matches!(taken, Take::Allowed { .. }) {
        for (attempt, (row, _)) in attempts.iter().zip(&rows) {
            put(conn, &attempt.key, row)?;
        }
    }
    Ok(taken)
}

fn give_back(conn: &Connection, attempts: &[Attempt]) -> Result<(), SqliteTrouble> {
    for attempt in attempts {
        if let Some(mut row) = find(conn, attempt)? {
            row.give_back(&attempt.limit);
            put(conn, &attempt.key, &row)?;
        }
    }
    Ok(())
}

fn find(conn: &Connection, attempt: &Attempt) -> Result<Option<AttemptRow>, SqliteTrouble> {
    let mut statement = conn.prepare_cached(FIND)?;
    let row = statement.query_and_then(params![attempt.key.as_bytes()], |row| {
        let cells = Cells::new("ak_attempts", row);
        Ok(AttemptRow {
            window_start: cells.time(1)?,
            count: cells.number(2)?,
            streak: cells.number(3)?,
            blocked_until: cells.optional_time(4)?,
            updated_at: cells.time(5)?,
        })
    })?;
    row.last().transpose()
}

fn put(conn: &Connection, key: &AttemptKey, row: &AttemptRow) -> Result<(), SqliteTrouble> {
    conn.prepare_cached(PUT)?.execute(params![
        key.as_bytes(),
        row.window_start.as_micros(),
        row.count,
        row.streak,
        row.blocked_until.map(Timestamp::as_micros),
        row.updated_at.as_micros(),
    ])?;
    Ok(())
}
