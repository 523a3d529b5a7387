//! Reads by key: several in flight on one connection, answered in the order in which they were sent.
//!
//! A lane is a connection that is never given back. Calls that are first polled on one thread go down one lane, so a guard
//! that polls its read of the user before its read of the session has them done in that order, in one round trip's time.

mod link;

use std::future::{Future as _, poll_fn};
use std::pin::pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::Poll;
use std::time::Duration;

use futures_channel::oneshot;
use tokio::time::{Instant, timeout_at};
use tokio_postgres::Row;
use tokio_postgres::types::{ToSql, Type};

use crate::connections::Connections;
use crate::lanes::link::Link;
use crate::run::typed;
use crate::trouble::PostgresTrouble;
use crate::value::Value;

/// How long a read may take altogether.
const DEADLINE: Duration = Duration::from_secs(5);

/// So many reads may be in flight on one lane, or wait for it. More than a server answers in the deadline are of no use.
const IN_FLIGHT: usize = 2_048;

/// A read that every lane keeps prepared.
#[derive(Debug, Clone)]
pub(crate) struct Read {
    pub(crate) sql: Arc<str>,
    pub(crate) types: &'static [Type],
}

/// All lanes of a store.
#[derive(Clone)]
pub(crate) struct Lanes(Arc<Inner>);

struct Inner {
    lanes: Vec<Lane>,
    connections: Connections,
    named: bool,
    reads: Vec<Read>,
}

#[derive(Default)]
struct Lane {
    state: Mutex<State>,
    /// Calls on it.
    calls: AtomicUsize,
    /// Calls that waited for a connection and have not sent their read yet: who comes later sends later.
    unsent: AtomicUsize,
}

#[derive(Default)]
struct State {
    link: Option<Arc<Link>>,
    is_connecting: bool,
    waiting: Vec<oneshot::Sender<Linked>>,
}

impl Lanes {
    pub(crate) fn new(lanes: usize, connections: Connections, named: bool, reads: Vec<Read>) -> Self {
        let lanes = (0..lanes.max(1)).map(|_| Lane::default()).collect();
        Self(Arc::new(Inner { lanes, connections, named, reads }))
    }

    /// The read with a number in the list that the lanes were made with.
    pub(crate) async fn read(&self, number: usize, values: &[Value<'_>]) -> Result<Vec<Row>, PostgresTrouble> {
        let until = Instant::now() + DEADLINE;
        let index = of_thread() % self.0.lanes.len().max(1);
        match self.attempt(index, number, values, until).await {
            // It changed nothing, so it is asked again, on a new connection.
            Err(PostgresTrouble::ConnectionLost(_)) => self.attempt(index, number, values, until).await,
            answer => answer,
        }
    }

    /// Gives up every lane: the server that they lead to is not the one to work with any more.
    pub(crate) fn give_up(&self) {
        for lane in &self.0.lanes {
            if let Some(link) = lane.lock().link.take() {
                link.breaks();
            }
        }
    }

    /// Gives up the lanes that have answered nothing for as long as a call has waited in vain, and what the pool holds of
    /// that kind: their server may stand still.
    pub(crate) fn give_up_silent(&self, waited: Duration) {
        for lane in &self.0.lanes {
            let link = lane.lock().link.clone();
            if let Some(link) = link.filter(|link| link.is_silent_for(waited)) {
                lane.give_up(&link);
            }
        }
        self.0.connections.give_up_unused(waited);
    }

    async fn attempt(
        &self,
        index: usize,
        number: usize,
        values: &[Value<'_>],
        until: Instant,
    ) -> Result<Vec<Row>, PostgresTrouble> {
        let lane = self.0.lanes.get(index).ok_or(PostgresTrouble::Overloaded)?;
        let _call = Counted::within(&lane.calls, IN_FLIGHT).ok_or(PostgresTrouble::Overloaded)?;
        let (link, unsent) = match self.enter(index, lane) {
            Ready::Now(link) => {
                // Those who waited are awake and about to send: what was asked first is sent first.
                while lane.unsent.load(Ordering::Acquire) > 0 && Instant::now() < until {
                    tokio::task::yield_now().await;
                }
                (link, None)
            }
            Ready::Later(linked, unsent) => {
                let linked = timeout_at(until, linked).await.map_err(|_| PostgresTrouble::Deadline)?;
                (linked.map_err(PostgresTrouble::no_connection)??, Some(unsent))
            }
        };
        let trouble = match timeout_at(until, self.send(&link, number, values, unsent)).await {
            Ok(Ok(rows)) => {
                link.has_answered();
                return Ok(rows);
            }
            Ok(Err(trouble)) => trouble,
            Err(_) => PostgresTrouble::Deadline,
        };
        if trouble.breaks_connection() {
            lane.give_up(&link);
        }
        if matches!(trouble, PostgresTrouble::Deadline) {
            self.give_up_silent(DEADLINE);
        }
        Err(trouble)
    }

    /// The lane's connection, or the promise of one that is being made.
    fn enter<'l>(&self, index: usize, lane: &'l Lane) -> Ready<'l> {
        let mut state = lane.lock();
        if let Some(link) = state.link.as_ref().filter(|link| link.is_alive()) {
            return Ready::Now(Arc::clone(link));
        }
        state.link = None;
        let (promise, linked) = oneshot::channel();
        state.waiting.push(promise);
        if !state.is_connecting {
            state.is_connecting = true;
            let connecting = Connecting { inner: Arc::clone(&self.0), index, is_done: false };
            tokio::spawn(connecting.run());
        }
        Ready::Later(linked, Counted::new(&lane.unsent))
    }

    async fn send(
        &self,
        link: &Link,
        number: usize,
        values: &[Value<'_>],
        unsent: Option<Counted<'_>>,
    ) -> Result<Vec<Row>, PostgresTrouble> {
        let read = self.0.reads.get(number).ok_or_else(PostgresTrouble::no_users)?;
        let client = link.connection.client()?;
        let typed = typed(values);
        let query = async {
            match link.kept.get(number) {
                Some(statement) => {
                    let values: Vec<&(dyn ToSql + Sync)> = typed.iter().map(|(value, _)| *value).collect();
                    client.query(statement, &values).await
                }
                None => client.query_typed(&read.sql, &typed).await,
            }
        };
        let mut query = pin!(query);
        // The first poll sends it.
        let answer = match poll_fn(|context| Poll::Ready(query.as_mut().poll(context))).await {
            Poll::Ready(answer) => answer,
            Poll::Pending => {
                drop(unsent);
                query.await
            }
        };
        Ok(answer?)
    }
}

enum Ready<'l> {
    Now(Arc<Link>),
    Later(oneshot::Receiver<Linked>, Counted<'l>),
}

type Linked = Result<Arc<Link>, PostgresTrouble>;

impl Lane {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn give_up(&self, link: &Arc<Link>) {
        link.breaks();
        let mut state = self.lock();
        if state.link.as_ref().is_some_and(|current| Arc::ptr_eq(current, link)) {
            state.link = None;
        }
    }
}

/// A connection for a lane in the making. However it ends, everybody who waits for it is told.
struct Connecting {
    inner: Arc<Inner>,
    index: usize,
    is_done: bool,
}

impl Connecting {
    async fn run(mut self) {
        let until = Instant::now() + DEADLINE;
        let linked = timeout_at(until, self.link(until)).await.unwrap_or(Err(PostgresTrouble::Deadline)).map(Arc::new);
        if let Err(trouble) = &linked {
            tracing::debug!(%trouble, "a lane found no connection");
            if matches!(trouble, PostgresTrouble::Deadline) {
                self.inner.connections.give_up_unused(DEADLINE);
            }
        }
        self.tell(&linked);
        self.is_done = true;
    }

    async fn link(&self, until: Instant) -> Result<Link, PostgresTrouble> {
        let connection = self.inner.connections.take(until).await?;
        let mut kept = Vec::new();
        if self.inner.named {
            for read in &self.inner.reads {
                kept.push(connection.client()?.prepare_typed(&read.sql, read.types).await?);
            }
        }
        Ok(Link::new(connection, kept))
    }

    /// Under the lock, so that nobody comes between those who wait and the connection.
    fn tell(&self, linked: &Linked) {
        let Some(lane) = self.inner.lanes.get(self.index) else { return };
        let mut state = lane.lock();
        state.is_connecting = false;
        state.link = linked.as_ref().ok().map(Arc::clone);
        for promise in state.waiting.drain(..) {
            let _ = promise.send(linked.clone());
        }
    }
}

impl Drop for Connecting {
    fn drop(&mut self) {
        if !self.is_done {
            // The runtime went away first.
            self.tell(&Err(PostgresTrouble::Deadline));
        }
    }
}

/// One more of something that is counted, until it is dropped.
struct Counted<'c>(&'c AtomicUsize);

impl<'c> Counted<'c> {
    fn new(counter: &'c AtomicUsize) -> Self {
        counter.fetch_add(1, Ordering::AcqRel);
        Self(counter)
    }

    fn within(counter: &'c AtomicUsize, limit: usize) -> Option<Self> {
        let one_more = Self::new(counter);
        (counter.load(Ordering::Acquire) <= limit).then_some(one_more)
    }
}

impl Drop for Counted<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::AcqRel);
    }
}

/// A number that stays the same on a thread.
fn of_thread() -> usize {
    static NEXT: AtomicUsize = AtomicUsize::new(0);
    thread_local!(static NUMBER: usize = NEXT.fetch_add(1, Ordering::Relaxed));
    NUMBER.with(|number| *number)
}
