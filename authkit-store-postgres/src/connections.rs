//! Taking a connection for a call, and giving it back or up.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use deadpool_postgres::{ClientWrapper, Object, Pool, PoolError, TimeoutType, Timeouts};
use tokio::time::{Instant, timeout_at};

use crate::cancel::Cancel;
use crate::trouble::PostgresTrouble;

/// How long a call waits for a connection, in the pool or for a new one.
pub(crate) const WAIT: Duration = Duration::from_secs(3);

/// All connections of a store.
#[derive(Clone)]
pub(crate) struct Connections {
    pool: Pool,
    cancel: Cancel,
    /// For a pool that the application goes on with: whether this store does not.
    closed: Option<Arc<AtomicBool>>,
}

impl Connections {
    pub(crate) fn new(pool: Pool, cancel: Cancel) -> Self {
        Self { pool, cancel, closed: None }
    }

    /// Those of a pool that the application has for itself too: it stays open when the store is closed.
    pub(crate) fn of_application(pool: Pool) -> Self {
        Self { closed: Some(Arc::default()), ..Self::new(pool, Cancel::Plain) }
    }

    /// One connection, whose server was there a moment ago, for the time until an instant.
    pub(crate) async fn take(&self, until: Instant) -> Result<Connection, PostgresTrouble> {
        if self.closed.as_ref().is_some_and(|closed| closed.load(Ordering::Acquire)) {
            return Err(PostgresTrouble::no_connection(PoolError::Closed));
        }
        let until = until.min(Instant::now() + WAIT);
        let timeouts = Timeouts { wait: Some(WAIT), create: Some(WAIT), recycle: Some(WAIT) };
        match timeout_at(until, self.pool.timeout_get(&timeouts)).await {
            Ok(Ok(object)) => Ok(Connection { object: Some(object), cancel: self.cancel.clone() }),
            Ok(Err(PoolError::Timeout(TimeoutType::Wait))) => Err(PostgresTrouble::PoolBusy),
            Ok(Err(error)) => Err(PostgresTrouble::no_connection(error)),
            Err(_) if self.pool.status().available == 0 && self.pool.status().size >= self.pool.status().max_size => {
                Err(PostgresTrouble::PoolBusy)
            }
            Err(late) => Err(PostgresTrouble::no_connection(late)),
        }
    }

    /// Gives up every connection that is not in use: the server that they lead to is not the one to work with any more.
    pub(crate) fn give_up_idle(&self) {
        let _ = self.pool.retain(|_, _| false);
    }

    /// Gives up every connection that nobody has used for as long as a call has waited in vain: the server that they lead
    /// to may stand still, and each would cost another call its time. Those that were used since have answered since.
    pub(crate) fn give_up_unused(&self, waited: Duration) {
        let _ = self.pool.retain(|_, metrics| metrics.last_used() < waited);
    }

    pub(crate) fn close(&self) {
        match &self.closed {
            Some(closed) => closed.store(true, Ordering::Release),
            None => self.pool.close(),
        }
    }
}

/// A connection in use. It goes back to the pool when dropped.
pub(crate) struct Connection {
    object: Option<Object>,
    cancel: Cancel,
}

impl Connection {
    /// The driver's client; nothing, once it was given up.
    pub(crate) fn client(&self) -> Result<&ClientWrapper, PostgresTrouble> {
        let gone = || PostgresTrouble::no_connection(std::io::Error::from(std::io::ErrorKind::NotConnected));
        self.object.as_deref().ok_or_else(gone)
    }

    /// Gives the connection up, and asks the server to break off what runs on it.
    pub(crate) fn give_up(&mut self) {
        if let Some(object) = self.object.take() {
            let client = Object::take(object);
            if !client.is_closed() {
                self.cancel.send(client.cancel_token());
            }
        }
    }
}
