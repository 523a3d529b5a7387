//! Connecting to one server after the other, each for a bounded time.
//!
//! The driver bounds no more than the opening of a socket. A server that is frozen opens one and says nothing, and the
//! replica behind it in the URL, promoted meanwhile, would never be asked. Nor should every connection wait for the frozen
//! one: where only a primary will do, the server that was one is asked first the next time.

use std::future::Future;
use std::pin::Pin;
use std::sync::atomic::{AtomicUsize, Ordering};

use deadpool_postgres::Connect;
use tokio::task::JoinHandle;
use tokio::time::timeout;
use tokio_postgres::config::TargetSessionAttrs;
use tokio_postgres::tls::{MakeTlsConnect, TlsConnect};
use tokio_postgres::{Client, Config, Error, Socket};

type Connecting<'a> = Pin<Box<dyn Future<Output = Result<(Client, JoinHandle<()>), Error>> + Send + 'a>>;

/// Connects to the first of some servers that takes the connection.
pub(crate) struct InTurn<T> {
    /// One for each server, in the order in which they are tried.
    servers: Vec<Config>,
    /// The one to begin with.
    begin: AtomicUsize,
    tls: T,
}

impl<T> InTurn<T> {
    pub(crate) fn new(servers: Vec<Config>, tls: T) -> Self {
        Self { servers, begin: AtomicUsize::new(0), tls }
    }
}

impl<T> InTurn<T>
where
    T: MakeTlsConnect<Socket> + Clone + Sync + Send + 'static,
    T::Stream: Sync + Send,
    T::TlsConnect: Sync + Send,
    <T::TlsConnect as TlsConnect<Socket>>::Future: Send,
{
    /// `all` is the last resort: it names every server, and the driver goes through them.
    async fn first(&self, all: Config) -> Result<(Client, JoinHandle<()>), Error> {
        let begin = self.begin.load(Ordering::Relaxed);
        let mut order: Vec<_> = self.servers.iter().enumerate().collect();
        order.rotate_left(begin.min(self.servers.len()));
        // The last one is bounded by whoever waits for the connection.
        let Some((last, others)) = order.split_last() else {
            return self.one(&all).await;
        };
        for (number, server) in others {
            let tried = match server.get_connect_timeout() {
                Some(bound) => timeout(*bound, self.one(server)).await,
                None => Ok(self.one(server).await),
            };
            if let Ok(Ok(connected)) = tried {
                self.found(*number, &all);
                return Ok(connected);
            }
        }
        let (number, server) = *last;
        let connected = self.one(server).await?;
        self.found(number, &all);
        Ok(connected)
    }

    /// Whoever takes any server wants the first that answers, in the order of the URL.
    fn found(&self, number: usize, all: &Config) {
        if all.get_target_session_attrs() == TargetSessionAttrs::ReadWrite {
            self.begin.store(number, Ordering::Relaxed);
        }
    }

    async fn one(&self, server: &Config) -> Result<(Client, JoinHandle<()>), Error> {
        let (client, connection) = server.connect(self.tls.clone()).await?;
        let task = tokio::spawn(async move {
            if let Err(error) = connection.await {
                // Who uses the connection sees the same.
                tracing::debug!(?error, "a connection to Postgres has ended");
            }
        });
        Ok((client, task))
    }
}

impl<T> Connect for InTurn<T>
where
    T: MakeTlsConnect<Socket> + Clone + Sync + Send + 'static,
    T::Stream: Sync + Send,
    T::TlsConnect: Sync + Send,
    <T::TlsConnect as TlsConnect<Socket>>::Future: Send,
{
    fn connect(&self, all: &Config) -> Connecting<'_> {
        Box::pin(self.first(all.clone()))
    }
}
