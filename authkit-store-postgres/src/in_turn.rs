//! Connecting to one server after the other, each for a bounded time.
//!
//! The driver bounds no more than the opening of a socket. A server that is frozen opens one and says nothing, and the
//! replica behind it in the URL, promoted meanwhile, would never be asked.

use std::future::Future;
use std::pin::Pin;

use deadpool_postgres::Connect;
use tokio::task::JoinHandle;
use tokio::time::timeout;
use tokio_postgres::tls::{MakeTlsConnect, TlsConnect};
use tokio_postgres::{Client, Config, Error, Socket};

type Connecting<'a> = Pin<Box<dyn Future<Output = Result<(Client, JoinHandle<()>), Error>> + Send + 'a>>;

/// Connects to the first of some servers that takes the connection.
pub(crate) struct InTurn<T> {
    /// One for each server, in the order in which they are tried.
    servers: Vec<Config>,
    tls: T,
}

impl<T> InTurn<T> {
    pub(crate) fn new(servers: Vec<Config>, tls: T) -> Self {
        Self { servers, tls }
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
        // The last one is bounded by whoever waits for the connection.
        let Some((last, others)) = self.servers.split_last() else {
            return self.one(&all).await;
        };
        for server in others {
            let tried = match server.get_connect_timeout() {
                Some(bound) => timeout(*bound, self.one(server)).await,
                None => Ok(self.one(server).await),
            };
            if let Ok(Ok(connected)) = tried {
                return Ok(connected);
            }
        }
        self.one(last).await
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
