//! The threads that hash: as many as there are cores, a bounded queue before them, and nothing of an async runtime.
//!
//! Argon2 on an executor stalls every other request, and on a runtime's blocking threads it takes a buffer for each of
//! them. Here the memory is bounded by threads × buffer, the wait by the queue, and whatever exceeds either is told so
//! at once (SECURITY 87).

use std::collections::VecDeque;
use std::io;
use std::num::NonZeroUsize;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use futures_channel::oneshot;

use crate::model::secret::{Password, PasswordHash};
use crate::ports::password_hasher::{HashError, HashMemory, PasswordHasher, Verified};

/// The threads that hash passwords, and the queue before them.
///
/// First come, first served. 64 hashes may wait beside those that run; one more is [`HashFailure::Busy`] at once, and so
/// is one that has waited for 2 s when its turn comes. A hash whose caller has dropped the future is not run.
///
/// The threads start with the pool and end when it is dropped. Each allocates its buffer at its first hash and keeps it.
pub struct HashPool {
    shared: Arc<Shared>,
    threads: NonZeroUsize,
}

/// Why the pool has no answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HashFailure {
    /// Too many hashes are waiting, or this one has waited too long: nothing was computed, try again in a few seconds.
    #[error("too many passwords are being hashed at once")]
    Busy,
    /// The hasher refused or failed.
    #[error(transparent)]
    Failed(#[from] HashError),
}

impl HashPool {
    /// Starts `threads` threads that run `hasher`.
    ///
    /// More threads than cores gain nothing and cost a buffer each; see [`HashPool::cores`].
    ///
    /// # Errors
    /// The operating system refused a thread. Those that were started end again.
    pub fn new(hasher: Arc<dyn PasswordHasher>, threads: NonZeroUsize) -> io::Result<Self> {
        Self::with_limits(hasher, threads, Limits::DEFAULT)
    }

    /// How many threads this machine can run at once: the default number of threads.
    pub fn cores() -> NonZeroUsize {
        thread::available_parallelism().unwrap_or(NonZeroUsize::MIN)
    }

    /// Hashes a password that shall be stored. `salt` is fresh from [`SecureRandom`](crate::ports).
    ///
    /// # Errors
    /// [`HashFailure::Busy`], or [`HashFailure::Failed`] with what the hasher said.
    pub async fn hash(&self, password: Password, salt: [u8; 16]) -> Result<PasswordHash, HashFailure> {
        self.run(move |hasher, memory| hasher.hash(memory, &password, &salt)).await
    }

    /// Says whether `password` is the one that `stored` was made from.
    ///
    /// # Errors
    /// [`HashFailure::Busy`], or [`HashFailure::Failed`] with what the hasher said: treat that as a wrong password, and
    /// log it.
    pub async fn verify(&self, password: Password, stored: PasswordHash) -> Result<Verified, HashFailure> {
        self.run(move |hasher, memory| hasher.verify(memory, &password, &stored)).await
    }

    /// Runs a short closure on one of the threads, before any hash that waits: for what must still be done when the
    /// future that would have done it is dropped, such as giving back the count of a cancelled login.
    ///
    /// `false`: 256 of them wait already, and this one was dropped unrun. Those that wait when the pool is dropped are
    /// still run.
    #[must_use]
    pub fn defer(&self, task: impl FnOnce() + Send + 'static) -> bool {
        let mut queue = self.shared.lock();
        let accepted = queue.deferred.len() < self.shared.limits.deferred;
        if accepted {
            queue.deferred.push_back(Box::new(task));
        }
        drop(queue);
        self.shared.ready.notify_one();
        accepted
    }

    /// The number of threads.
    pub const fn threads(&self) -> NonZeroUsize {
        self.threads
    }

    /// How many hashes wait at present, without those that run.
    pub fn waiting(&self) -> usize {
        self.shared.lock().jobs.len()
    }

    /// How many hashes and verifications were begun since the start.
    pub fn hashes_run(&self) -> u64 {
        self.shared.hashes.load(Ordering::Relaxed)
    }

    /// How long the first hash or verification took; `None`: none is done yet.
    pub fn first_hash(&self) -> Option<Duration> {
        match self.shared.first_micros.load(Ordering::Relaxed) {
            0 => None,
            micros => Some(Duration::from_micros(micros)),
        }
    }

    fn with_limits(hasher: Arc<dyn PasswordHasher>, threads: NonZeroUsize, limits: Limits) -> io::Result<Self> {
        let shared = Arc::new(Shared {
            hasher,
            limits,
            queue: Mutex::default(),
            ready: Condvar::new(),
            hashes: AtomicU64::new(0),
            first_micros: AtomicU64::new(0),
        });
        let pool = Self { shared, threads };
        for number in 1..=threads.get() {
            let shared = Arc::clone(&pool.shared);
            thread::Builder::new().name(format!("authkit-hash-{number}")).spawn(move || shared.serve())?;
        }
        Ok(pool)
    }

    /// Queues `work` now; the future only waits for what it answers, and dropping it calls the work off.
    pub(super) fn run<T, W>(&self, work: W) -> impl Future<Output = Result<T, HashFailure>> + Send + use<T, W>
    where
        T: Send + 'static,
        W: FnOnce(&dyn PasswordHasher, &mut HashMemory) -> Result<T, HashError> + Send + 'static,
    {
        let (sender, receiver) = oneshot::channel();
        let queued = self.queue(move |turn| {
            if sender.is_canceled() {
                return;
            }
            let answer = if turn.late { Err(HashFailure::Busy) } else { turn.take(work).map_err(HashFailure::Failed) };
            // The caller may have gone meanwhile; then nobody wants the answer.
            let _ = sender.send(answer);
        });
        async move {
            if !queued {
                return Err(HashFailure::Busy);
            }
            // The sender is dropped unused only where the pool itself is dropped.
            receiver.await.unwrap_or(Err(HashFailure::Busy))
        }
    }

    /// Queues a job that decides for itself what its turn is good for; `false` where the queue is full.
    pub(super) fn queue(&self, work: impl FnOnce(Turn<'_>) + Send + 'static) -> bool {
        let mut queue = self.shared.lock();
        let accepted = queue.jobs.len() < self.shared.limits.jobs;
        if accepted {
            queue.jobs.push_back(Job { since: Instant::now(), work: Box::new(work) });
        }
        drop(queue);
        self.shared.ready.notify_one();
        accepted
    }
}

impl Drop for HashPool {
    fn drop(&mut self) {
        let mut queue = self.shared.lock();
        queue.closed = true;
        let jobs = std::mem::take(&mut queue.jobs);
        drop(queue);
        self.shared.ready.notify_all();
        // Outside the lock, since it wakes the callers.
        drop(jobs);
    }
}

impl std::fmt::Debug for HashPool {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("HashPool")
            .field("threads", &self.threads)
            .field("waiting", &self.waiting())
            .field("hashes_run", &self.hashes_run())
            .finish_non_exhaustive()
    }
}

/// A thread and its buffer, lent to one job.
pub(super) struct Turn<'a> {
    shared: &'a Shared,
    memory: &'a mut HashMemory,
    /// The job has waited longer than the limit allows.
    pub(super) late: bool,
}

impl Turn<'_> {
    /// Runs one hash. A hasher that panics costs its caller the answer, and nobody else anything.
    pub(super) fn take<T>(
        self,
        work: impl FnOnce(&dyn PasswordHasher, &mut HashMemory) -> Result<T, HashError>,
    ) -> Result<T, HashError> {
        self.shared.hashes.fetch_add(1, Ordering::Relaxed);
        let begun = Instant::now();
        let answer = catch_unwind(AssertUnwindSafe(|| work(&*self.shared.hasher, self.memory)))
            .unwrap_or(Err(HashError::Failed("the hasher panicked")));
        if answer.is_ok() && self.shared.first_micros.load(Ordering::Relaxed) == 0 {
            let took = u64::try_from(begun.elapsed().as_micros()).unwrap_or(u64::MAX).max(1);
            // Of two that are first, one is kept.
            let _ = self.shared.first_micros.compare_exchange(0, took, Ordering::Relaxed, Ordering::Relaxed);
        }
        answer
    }
}

#[derive(Clone, Copy)]
struct Limits {
    jobs: usize,
    deferred: usize,
    wait: Duration,
}

impl Limits {
    const DEFAULT: Self = Self { jobs: 64, deferred: 256, wait: Duration::from_secs(2) };
}

struct Shared {
    hasher: Arc<dyn PasswordHasher>,
    limits: Limits,
    queue: Mutex<Queue>,
    ready: Condvar,
    hashes: AtomicU64,
    /// What the first one took, 0 before it is done.
    first_micros: AtomicU64,
}

#[derive(Default)]
struct Queue {
    jobs: VecDeque<Job>,
    deferred: VecDeque<Box<dyn FnOnce() + Send>>,
    closed: bool,
}

struct Job {
    // A monotonic age, not an instant that is stored or shown: only this file looks at a clock of its own.
    since: Instant,
    work: Box<dyn FnOnce(Turn<'_>) + Send>,
}

enum Task {
    Deferred(Box<dyn FnOnce() + Send>),
    Job(Job),
}

impl Shared {
    /// What one thread does until the pool is dropped.
    fn serve(&self) {
        let mut memory = HashMemory::new();
        while let Some(task) = self.next() {
            // Also a closure or a waker of a caller may panic, and the thread has to outlive that.
            let _ = catch_unwind(AssertUnwindSafe(|| match task {
                Task::Deferred(task) => task(),
                Task::Job(job) => {
                    let late = job.since.elapsed() >= self.limits.wait;
                    (job.work)(Turn { shared: self, memory: &mut memory, late });
                }
            }));
        }
    }

    /// Waits for the next task; `None` once the pool is dropped and nothing is left.
    fn next(&self) -> Option<Task> {
        let mut queue = self.lock();
        loop {
            if let Some(task) = queue.deferred.pop_front() {
                return Some(Task::Deferred(task));
            }
            if let Some(job) = queue.jobs.pop_front() {
                return Some(Task::Job(job));
            }
            if queue.closed {
                return None;
            }
            queue = self.ready.wait(queue).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// No code that can panic runs under this lock, so a poisoned one holds a whole queue.
    fn lock(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests;
