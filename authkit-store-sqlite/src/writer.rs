//! The one thread that writes: it commits all waiting calls together and answers them only after the commit.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::thread::JoinHandle;
use std::time::Duration;

use authkit_core::{LogCode, StoreError};
use futures_channel::oneshot;
use rusqlite::Connection;

use crate::connection::{BUSY_TIMEOUT, LOG_LIMIT};
use crate::trouble::SqliteTrouble;

/// Calls that may wait; one more is refused at once.
const QUEUE: usize = 4_096;

/// Calls in one transaction.
const GROUP: usize = 256;

/// How much a log that could not be ended, because somebody reads it, grows before it is tried again.
const LOG_STEP: u64 = 16 * 1_024 * 1_024;

/// How long ending the log waits for those who read it.
const LOG_PATIENCE: Duration = Duration::from_millis(250);

/// The handle to the thread. Dropping it lets the thread finish what waits, copy the log into the file and end.
#[derive(Debug)]
pub(crate) struct Writer {
    queue: Option<SyncSender<Box<dyn Job>>>,
    thread: Option<JoinHandle<()>>,
    commits: Arc<AtomicU64>,
}

impl Writer {
    /// Starts the thread on what `open` opens there, and answers what else `open` made, or why it could not.
    pub(crate) async fn start<T, E>(
        path: PathBuf,
        open: impl FnOnce() -> Result<(Connection, T), E> + Send + 'static,
        not_started: impl FnOnce(std::io::Error) -> E,
    ) -> Result<(Self, T), E>
    where
        T: Send + 'static,
        E: Send + 'static,
    {
        let (queue, jobs) = sync_channel(QUEUE);
        let (opened, opening) = oneshot::channel();
        let commits = Arc::new(AtomicU64::new(0));
        let count = Arc::clone(&commits);
        let thread = std::thread::Builder::new().name("authkit-writer".to_owned()).spawn(move || {
            let (conn, made) = match open() {
                Ok(opened) => opened,
                Err(error) => return drop(opened.send(Err(error))),
            };
            if opened.send(Ok(made)).is_ok() {
                work(&conn, &jobs, &count, &log_of(&path));
            }
        });
        let thread = match thread {
            Ok(thread) => thread,
            Err(error) => return Err(not_started(error)),
        };
        match opening.await {
            Ok(made) => made.map(|made| (Self { queue: Some(queue), thread: Some(thread), commits }, made)),
            Err(_) => Err(not_started(std::io::Error::other("the thread ended while it opened the file"))),
        }
    }

    /// Does `work` inside the writer's transaction, in a savepoint of its own, and answers once it is committed.
    ///
    /// A future that is dropped before its turn has done nothing; later, all of it.
    pub(crate) async fn run<T, F>(&self, operation: &'static str, work: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnOnce(&Connection) -> Result<T, SqliteTrouble> + Send + 'static,
    {
        let (answer, answered) = oneshot::channel();
        let job = Box::new(Task { operation, work, answer });
        let queue = self.queue.as_ref().ok_or_else(|| SqliteTrouble::Closed.during(operation))?;
        queue.try_send(job).map_err(|error| match error {
            TrySendError::Full(_) => SqliteTrouble::Overloaded.during(operation),
            TrySendError::Disconnected(_) => SqliteTrouble::Closed.during(operation),
        })?;
        answered.await.unwrap_or_else(|_| Err(SqliteTrouble::Closed.during(operation)))
    }

    /// How many transactions were committed.
    pub(crate) fn commits(&self) -> u64 {
        self.commits.load(Ordering::Relaxed)
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        self.queue = None;
        if let Some(thread) = self.thread.take() {
            // A thread that panicked has nothing left to wait for.
            drop(thread.join());
        }
    }
}

/// A call that waits for its turn.
trait Job: Send {
    /// Whether nobody waits for the answer any more.
    fn is_abandoned(&self) -> bool;

    /// Does it inside the open transaction; what it wrote stays only if it succeeded.
    fn run(self: Box<Self>, conn: &Connection) -> Box<dyn Settle>;

    /// Answers a call that never had its turn.
    fn refuse(self: Box<Self>, trouble: SqliteTrouble);
}

/// A call that is done and waits for the commit.
trait Settle {
    fn settle(self: Box<Self>, commit: Result<(), SqliteTrouble>);
}

struct Task<T, F> {
    operation: &'static str,
    work: F,
    answer: oneshot::Sender<Result<T, StoreError>>,
}

impl<T, F> Job for Task<T, F>
where
    T: Send + 'static,
    F: FnOnce(&Connection) -> Result<T, SqliteTrouble> + Send,
{
    fn is_abandoned(&self) -> bool {
        self.answer.is_canceled()
    }

    fn run(self: Box<Self>, conn: &Connection) -> Box<dyn Settle> {
        let Self { operation, work, answer } = *self;
        let result = in_savepoint(conn, work);
        Box::new(Done { operation, result, answer })
    }

    fn refuse(self: Box<Self>, trouble: SqliteTrouble) {
        // Nobody waits: nobody to tell.
        drop(self.answer.send(Err(trouble.during(self.operation))));
    }
}

struct Done<T> {
    operation: &'static str,
    result: Result<T, SqliteTrouble>,
    answer: oneshot::Sender<Result<T, StoreError>>,
}

impl<T> Settle for Done<T> {
    fn settle(self: Box<Self>, commit: Result<(), SqliteTrouble>) {
        // What went wrong in the call itself says more than that its group was lost with it.
        let result = self.result.and_then(|outcome| commit.map(|()| outcome));
        drop(self.answer.send(result.map_err(|trouble| trouble.during(self.operation))));
    }
}

fn in_savepoint<T>(
    conn: &Connection,
    work: impl FnOnce(&Connection) -> Result<T, SqliteTrouble>,
) -> Result<T, SqliteTrouble> {
    execute(conn, "SAVEPOINT call")?;
    let result = catch_unwind(AssertUnwindSafe(|| work(conn))).unwrap_or(Err(SqliteTrouble::Panicked));
    // After a full disk and the like SQLite may have given up the whole transaction, this savepoint with it.
    if !conn.is_autocommit() {
        if result.is_err() && execute(conn, "ROLLBACK TO call").is_err() {
            // Rather lose the group than commit half a call: its COMMIT will fail.
            execute(conn, "ROLLBACK")?;
            return result;
        }
        execute(conn, "RELEASE call")?;
    }
    result
}

fn execute(conn: &Connection, sql: &str) -> rusqlite::Result<()> {
    conn.prepare_cached(sql)?.execute(()).map(drop)
}

fn work(conn: &Connection, jobs: &Receiver<Box<dyn Job>>, commits: &AtomicU64, log: &Path) {
    let mut log_limit = LOG_LIMIT;
    while let Ok(first) = jobs.recv() {
        if first.is_abandoned() {
            continue;
        }
        run_group(conn, first, jobs, commits);
        let size = std::fs::metadata(log).map_or(0, |file| file.len());
        if size <= LOG_LIMIT {
            log_limit = LOG_LIMIT;
        } else if size > log_limit && !end_log(conn) {
            log_limit = size + LOG_STEP;
        }
    }
    end_log(conn);
}

fn run_group(conn: &Connection, first: Box<dyn Job>, jobs: &Receiver<Box<dyn Job>>, commits: &AtomicU64) {
    if let Err(error) = begin(conn) {
        // Those who came meanwhile have waited as well; each waiting anew would add up to minutes.
        let trouble = SqliteTrouble::of_group(error);
        for job in std::iter::once(first).chain(jobs.try_iter().take(GROUP)) {
            job.refuse(trouble.clone());
        }
        return;
    }
    let mut done = Vec::new();
    let mut next = Some(first);
    while let Some(job) = next {
        if !job.is_abandoned() {
            done.push(job.run(conn));
        }
        let room = done.len() < GROUP && !conn.is_autocommit();
        next = if room { jobs.try_recv().ok() } else { None };
    }
    let commit = commit(conn);
    if commit.is_ok() {
        commits.fetch_add(1, Ordering::Relaxed);
    }
    for call in done {
        call.settle(commit.clone());
    }
}

fn begin(conn: &Connection) -> rusqlite::Result<()> {
    if !conn.is_autocommit() {
        execute(conn, "ROLLBACK")?;
    }
    execute(conn, "BEGIN IMMEDIATE")
}

/// Commits, or leaves nothing of the group.
fn commit(conn: &Connection) -> Result<(), SqliteTrouble> {
    // Without an open transaction this fails as it must: SQLite has rolled the group back.
    execute(conn, "COMMIT").map_err(|error| {
        if !conn.is_autocommit()
            && let Err(error) = execute(conn, "ROLLBACK")
        {
            tracing::error!(
                ak = LogCode::SqliteWriter.as_str(),
                %error,
                "a failed group of writes could not be rolled back"
            );
        }
        SqliteTrouble::of_group(error)
    })
}

/// Copies the log into the file and empties it; `false` when somebody still reads it.
fn end_log(conn: &Connection) -> bool {
    let ended = conn.busy_timeout(LOG_PATIENCE).and_then(|()| {
        conn.query_row("PRAGMA wal_checkpoint(TRUNCATE)", (), |row| row.get::<_, i64>(0)).map(|busy| busy == 0)
    });
    if let Err(error) = conn.busy_timeout(BUSY_TIMEOUT) {
        tracing::error!(ak = LogCode::SqliteWriter.as_str(), %error, "the lock timeout could not be set");
    }
    ended.unwrap_or_else(|error| {
        tracing::warn!(ak = LogCode::SqliteWriter.as_str(), %error, "the log could not be copied into the database");
        false
    })
}

fn log_of(database: &Path) -> PathBuf {
    let mut log = database.as_os_str().to_owned();
    log.push("-wal");
    PathBuf::from(log)
}
