//! A cluster of its own for a test that stops, pauses or replaces the server. What can block is done off the runtime.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use tokio::task::spawn_blocking;
use tokio::time::{sleep, timeout};
use tokio_postgres::Client;

use crate::process::{self, Options, PgBouncer, PoolerOptions, Stop};
use crate::{Database, Server, connect};

/// A cluster: [`process::Cluster`] for tests that run on tokio. Whatever fails panics and says why. The last clone that
/// is dropped stops the server and removes its folder.
#[derive(Clone, Debug)]
pub struct Cluster(Arc<process::Cluster>);

impl Cluster {
    /// A quick one: it does not wait for the disk.
    pub async fn start() -> Self {
        Self::start_with(Options::default()).await
    }

    pub async fn start_with(options: Options) -> Self {
        Self(Arc::new(blocking(move || process::Cluster::start(&options)).await))
    }

    /// Its database `postgres`, over 127.0.0.1.
    pub fn url(&self) -> String {
        self.0.url().to_string()
    }

    /// Its database `postgres`, over the unix socket.
    pub fn socket_url(&self) -> String {
        self.0.socket_url().to_string()
    }

    /// Port, log, programs, folders.
    pub fn process(&self) -> &process::Cluster {
        &self.0
    }

    /// The certificate (PEM) of the authority that signed the server's, where it was started with [`Options::tls`].
    pub fn root_certificate(&self) -> PathBuf {
        self.0.root_certificate()
    }

    /// A new, empty database.
    pub async fn create_database(&self) -> Database {
        Server::new(self.0.url(), None).passing().create_database().await
    }

    /// A new, empty database that can be reached through `pooler` too.
    pub async fn create_database_behind(&self, pooler: &PgBouncer) -> Database {
        Server::new(self.0.url(), Some(pooler.url().clone())).passing().create_database().await
    }

    /// A superuser's connection to its database `postgres`.
    pub async fn connect(&self) -> Client {
        connect(&self.url()).await
    }

    /// A pooler in front of it.
    pub async fn pooler(&self, options: PoolerOptions) -> PgBouncer {
        let url = self.0.url();
        blocking(move || PgBouncer::start(&url, &options)).await
    }

    /// A streaming replica of it, connected.
    pub async fn standby(&self, name: &'static str) -> Self {
        let standby = Self(Arc::new(self.off(move |cluster| cluster.standby(name)).await));
        self.until_replicating(name, "state = 'streaming'").await;
        standby
    }

    /// Commits wait for this standby from now on: returns when they do.
    pub async fn set_synchronous(&self, standby: &'static str) {
        self.off(move |cluster| cluster.set_synchronous(standby)).await;
        self.until_replicating(standby, "sync_state = 'sync'").await;
    }

    pub async fn stop(&self, how: Stop) {
        self.off(move |cluster| cluster.stop(how)).await;
    }

    /// Starts the server again after it was stopped or killed.
    pub async fn start_server(&self) {
        self.off(process::Cluster::start_server).await;
    }

    pub async fn restart(&self, how: Stop) {
        self.off(move |cluster| cluster.restart(how)).await;
    }

    /// SIGKILL to the server and all its processes.
    pub async fn kill9(&self) {
        self.off(process::Cluster::kill9).await;
    }

    /// SIGSTOP to the server and all its processes: connections stay open, and nothing answers.
    pub async fn pause(&self) {
        self.off(process::Cluster::pause).await;
    }

    /// Ends a pause.
    pub async fn resume(&self) {
        self.off(|cluster| {
            cluster.resume();
            Ok(())
        })
        .await;
    }

    /// Makes a standby a primary: returns when it takes writes.
    pub async fn promote(&self) {
        self.off(process::Cluster::promote).await;
    }

    async fn off<T: Send + 'static>(
        &self,
        work: impl FnOnce(&process::Cluster) -> Result<T, String> + Send + 'static,
    ) -> T {
        let cluster = Arc::clone(&self.0);
        blocking(move || work(&cluster)).await
    }

    async fn until_replicating(&self, standby: &str, state: &str) {
        let client = self.connect().await;
        let query = format!("SELECT 1 FROM pg_stat_replication WHERE application_name = $1 AND {state}");
        let seen = async {
            while client.query(&query, &[&standby]).await.expect("pg_stat_replication").is_empty() {
                sleep(Duration::from_millis(10)).await;
            }
        };
        timeout(Duration::from_secs(30), seen).await.unwrap_or_else(|_| panic!("no standby {standby} with {state}"));
    }
}

async fn blocking<T: Send + 'static>(work: impl FnOnce() -> Result<T, String> + Send + 'static) -> T {
    spawn_blocking(work).await.expect("the work off the runtime").unwrap_or_else(|error| panic!("{error}"))
}
