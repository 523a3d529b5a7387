//! Where reads run: those by key inside the call on a small pool of connections, all others on threads of their own.

use std::path::Path;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use authkit_core::StoreError;
use rusqlite::Connection;

use crate::connection::open_reader;
use crate::open_error::OpenError;
use crate::reader_threads::ReaderThreads;
use crate::trouble::SqliteTrouble;

/// How long a read by key waits for a connection or a thread.
const POINT_PATIENCE: Duration = Duration::from_secs(2);

/// Reads by key that may wait for a thread: microseconds each.
const WAITING_POINTS: usize = 4_096;

/// Lists that may wait for a thread: what two threads can do before the deadline, usually much more.
const WAITING_LISTS: usize = 1_024;

/// Work of the upkeep may take this many times as long as a list.
const UPKEEP: u32 = 10;

/// Where reads by key run.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Reads {
    /// Inside the call: the fastest while the database fits into memory.
    #[default]
    Inline,
    /// On threads of their own: for a database far larger than memory, where a read may wait for the disk and would hold
    /// up an executor.
    Threads,
}

/// The store's reading side.
#[derive(Debug)]
pub(crate) struct Readers {
    points: Points,
    lists: ReaderThreads,
    list_deadline: Duration,
}

#[derive(Debug)]
enum Points {
    Inline(Pool),
    Threads(ReaderThreads),
}

impl Readers {
    pub(crate) fn open(
        path: &Path,
        reads: Reads,
        connections: usize,
        list_threads: usize,
        list_deadline: Duration,
    ) -> Result<Self, OpenError> {
        let points = match reads {
            Reads::Inline => Points::Inline(Pool::open(path, connections)?),
            Reads::Threads => Points::Threads(ReaderThreads::start(path, "authkit-read", connections, WAITING_POINTS)?),
        };
        let lists = ReaderThreads::start(path, "authkit-list", list_threads, WAITING_LISTS)?;
        Ok(Self { points, lists, list_deadline })
    }

    /// Whether a read by key is answered within the first poll.
    pub(crate) fn are_inline(&self) -> bool {
        matches!(self.points, Points::Inline(_))
    }

    /// A read by a primary or unique key: microseconds while the pages are in memory.
    pub(crate) async fn point<T, F>(&self, operation: &'static str, work: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnOnce(&Connection) -> Result<T, SqliteTrouble> + Send + 'static,
    {
        match &self.points {
            Points::Inline(pool) => {
                pool.with(|conn| work(conn)).map_err(|trouble: SqliteTrouble| trouble.during(operation))
            }
            Points::Threads(threads) => threads.run(operation, POINT_PATIENCE, work).await,
        }
    }

    /// Any other read, under the deadline of lists.
    pub(crate) async fn list<T, F>(&self, operation: &'static str, work: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnOnce(&Connection) -> Result<T, SqliteTrouble> + Send + 'static,
    {
        self.lists.run(operation, self.list_deadline, work).await
    }

    /// A read that nobody looks at: it may take longer.
    pub(crate) async fn upkeep<T, F>(&self, operation: &'static str, work: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnOnce(&Connection) -> Result<T, SqliteTrouble> + Send + 'static,
    {
        self.lists.run(operation, self.list_deadline * UPKEEP, work).await
    }
}

/// Connections that calls borrow for the length of one read.
#[derive(Debug)]
struct Pool {
    idle: Mutex<Vec<Connection>>,
    returned: Condvar,
}

impl Pool {
    fn open(path: &Path, connections: usize) -> Result<Self, OpenError> {
        let idle = (0..connections).map(|_| open_reader(path)).collect::<Result<_, _>>()?;
        Ok(Self { idle: Mutex::new(idle), returned: Condvar::new() })
    }

    fn with<T>(&self, work: impl FnOnce(&Connection) -> Result<T, SqliteTrouble>) -> Result<T, SqliteTrouble> {
        let borrowed = Borrowed { conn: Some(self.pop()?), pool: self };
        borrowed.conn.as_ref().ok_or(SqliteTrouble::Closed).and_then(work)
    }

    /// No call keeps a connection across an await, so one that is out comes back after one read.
    fn pop(&self) -> Result<Connection, SqliteTrouble> {
        let mut idle = self.lock();
        if let Some(conn) = idle.pop() {
            return Ok(conn);
        }
        let waited = self.returned.wait_timeout_while(idle, POINT_PATIENCE, |idle| idle.is_empty());
        idle = waited.unwrap_or_else(PoisonError::into_inner).0;
        idle.pop().ok_or(SqliteTrouble::Overloaded)
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Connection>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Gives the connection back, also when the read panics.
struct Borrowed<'p> {
    conn: Option<Connection>,
    pool: &'p Pool,
}

impl Drop for Borrowed<'_> {
    fn drop(&mut self) {
        if let Some(conn) = self.conn.take() {
            self.pool.lock().push(conn);
            self.pool.returned.notify_one();
        }
    }
}
