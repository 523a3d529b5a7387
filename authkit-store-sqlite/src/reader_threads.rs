//! Threads that read: each owns a connection and takes the next waiting query, which may run until its deadline.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use authkit_core::StoreError;
use futures_channel::oneshot;
use rusqlite::Connection;

use crate::connection::{open_reader, refusal};
use crate::deadline::{Deadline, STEPS_BETWEEN_LOOKS};
use crate::open_error::OpenError;
use crate::trouble::SqliteTrouble;

/// The handle to the threads. Dropping it breaks off what runs and ends them.
#[derive(Debug)]
pub(crate) struct ReaderThreads {
    queue: Option<SyncSender<Box<dyn Query>>>,
    threads: Vec<(JoinHandle<()>, Arc<Deadline>)>,
}

impl ReaderThreads {
    /// Opens `count` connections and starts a thread on each. At most `waiting` queries wait for one; one more is refused
    /// at once.
    pub(crate) fn start(path: &Path, name: &str, count: usize, waiting: usize) -> Result<Self, OpenError> {
        let (queue, queries) = sync_channel(waiting);
        let queries = Arc::new(Mutex::new(queries));
        let mut threads = Vec::with_capacity(count);
        for _ in 0..count {
            let mut conn = open_reader(path)?;
            let deadline = Arc::new(Deadline::never());
            let watched = Arc::clone(&deadline);
            conn.progress_handler(STEPS_BETWEEN_LOOKS, Some(move || watched.is_passed()))
                .finish()
                .map_err(|error| refusal(path, error))?;
            let (queries, set) = (Arc::clone(&queries), Arc::clone(&deadline));
            let thread = std::thread::Builder::new()
                .name(name.to_owned())
                .spawn(move || work(&conn, &queries, &set))
                .map_err(|source| OpenError::Thread { path: path.to_owned(), source })?;
            threads.push((thread, deadline));
        }
        Ok(Self { queue: Some(queue), threads })
    }

    /// Runs `work` on one of the threads, for at most `patience` from now, the wait for the thread included.
    pub(crate) async fn run<T, F>(&self, operation: &'static str, patience: Duration, work: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnOnce(&Connection) -> Result<T, SqliteTrouble> + Send + 'static,
    {
        let (answer, answered) = oneshot::channel();
        let deadline = Instant::now() + patience;
        let query = Box::new(Task { deadline, work, answer });
        let queue = self.queue.as_ref().ok_or_else(|| SqliteTrouble::Closed.during(operation))?;
        queue.try_send(query).map_err(|error| match error {
            TrySendError::Full(_) => SqliteTrouble::Overloaded.during(operation),
            TrySendError::Disconnected(_) => SqliteTrouble::Closed.during(operation),
        })?;
        let result = answered.await.unwrap_or(Err(SqliteTrouble::Closed));
        result.map_err(|trouble| trouble.during(operation))
    }
}

impl Drop for ReaderThreads {
    fn drop(&mut self) {
        self.queue = None;
        for (thread, deadline) in self.threads.drain(..) {
            deadline.set_passed();
            // A thread that panicked has nothing left to wait for.
            drop(thread.join());
        }
    }
}

trait Query: Send {
    fn run(self: Box<Self>, conn: &Connection, deadline: &Deadline);
}

struct Task<T, F> {
    deadline: Instant,
    work: F,
    answer: oneshot::Sender<Result<T, SqliteTrouble>>,
}

impl<T, F> Query for Task<T, F>
where
    T: Send,
    F: FnOnce(&Connection) -> Result<T, SqliteTrouble> + Send,
{
    fn run(self: Box<Self>, conn: &Connection, deadline: &Deadline) {
        let Self { deadline: at, work, answer } = *self;
        if answer.is_canceled() {
            return;
        }
        deadline.set(at);
        let result = if deadline.is_passed() {
            Err(SqliteTrouble::Deadline)
        } else {
            catch_unwind(AssertUnwindSafe(|| work(conn))).unwrap_or(Err(SqliteTrouble::Panicked))
        };
        // Nobody waits any more: nobody to tell.
        drop(answer.send(result));
    }
}

fn work(conn: &Connection, queries: &Mutex<Receiver<Box<dyn Query>>>, deadline: &Deadline) {
    loop {
        let next = queries.lock().unwrap_or_else(PoisonError::into_inner).recv();
        match next {
            Ok(query) => query.run(conn, deadline),
            Err(_) => return,
        }
    }
}

/// Setting the handler can fail in newer versions of rusqlite and answers nothing in older ones.
trait Finish {
    fn finish(self) -> rusqlite::Result<()>;
}

impl Finish for () {
    fn finish(self) -> rusqlite::Result<()> {
        Ok(())
    }
}

impl Finish for rusqlite::Result<()> {
    fn finish(self) -> rusqlite::Result<()> {
        self
    }
}
