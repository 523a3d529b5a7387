//! A server as the tests see it, and the database that each of them creates for itself.

use std::process;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use tokio::time::timeout;
use tokio_postgres::{Client, NoTls};

use crate::Url;

/// A database older than this was left by a run that was killed.
const STALE_SECONDS: i64 = 6 * 3600;

/// A server on which the role of the URL may create databases, and perhaps a pooler in front of it.
#[derive(Clone, Debug)]
pub struct Server {
    url: Url,
    pooler: Option<Url>,
    /// Its databases go with it.
    passing: bool,
}

impl Server {
    pub fn new(url: Url, pooler: Option<Url>) -> Self {
        Self { url, pooler, passing: false }
    }

    /// One that ends with the test: nobody has to drop its databases.
    #[must_use]
    pub fn passing(self) -> Self {
        Self { passing: true, ..self }
    }

    /// The database that the server was named with, usually `postgres`.
    pub fn url(&self) -> String {
        self.url.to_string()
    }

    /// A new, empty database, dropped with what is returned.
    ///
    /// # Panics
    /// The server refuses.
    pub async fn create_database(&self) -> Database {
        self.create_from("template0").await
    }

    /// A new database with all that another holds, to which nobody is connected.
    ///
    /// # Panics
    /// The server refuses.
    pub async fn create_database_like(&self, other: &Database) -> Database {
        self.create_from(other.name()).await
    }

    async fn create_from(&self, template: &str) -> Database {
        static COUNTER: AtomicU32 = AtomicU32::new(0);
        let client = connect(&self.url.to_string()).await;
        let row = client.query_one("SELECT extract(epoch FROM now())::bigint", &[]).await.expect("the server's time");
        let now: i64 = row.get(0);
        let n = COUNTER.fetch_add(1, Ordering::Relaxed);
        if n == 0 {
            drop_stale(&client, now).await;
        }
        let name = format!("authkit_test_{now}_{}_{n}", process::id());
        client.batch_execute(&format!("CREATE DATABASE {name} TEMPLATE {template}")).await.expect("a new database");
        let url = self.url.in_database(&name);
        let pooled = self.pooler.as_ref().map(|pooler| pooler.in_database(&name).to_string());
        Database { text: url.to_string(), url, pooled, server: (!self.passing).then(|| self.url.clone()) }
    }
}

/// A database of its own for one test. It is dropped with this, whoever is still connected.
#[derive(Debug)]
pub struct Database {
    url: Url,
    text: String,
    pooled: Option<String>,
    /// Where to drop it.
    server: Option<Url>,
}

impl Database {
    /// How to reach it directly.
    pub fn url(&self) -> &str {
        &self.text
    }

    /// How to reach it through the pooler.
    ///
    /// # Panics
    /// There is no pooler in front of the server.
    pub fn pooled_url(&self) -> &str {
        self.pooled.as_deref().unwrap_or_else(|| {
            panic!(
                "no pooler in front of the server: run the tests by `cargo xtask test` with pgbouncer installed, or \
                 set {}",
                crate::variable::PGBOUNCER_URL
            )
        })
    }

    pub fn name(&self) -> &str {
        &self.url.database
    }

    /// The parts of [`Self::url`], to be changed.
    pub fn parts(&self) -> &Url {
        &self.url
    }

    /// A connection to it.
    ///
    /// # Panics
    /// It cannot be reached.
    pub async fn connect(&self) -> Client {
        connect(&self.text).await
    }
}

impl Drop for Database {
    /// Waits for it: the number of databases that exist at once must not grow with the number of tests. On a thread of
    /// its own, since a runtime cannot be entered from within another. A server that is gone has no database to drop.
    fn drop(&mut self) {
        let Some(server) = self.server.take().map(|server| server.to_string()) else { return };
        let name = self.url.database.clone();
        let work = move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
            let dropping = async {
                if let Ok((client, connection)) = tokio_postgres::connect(&server, NoTls).await {
                    tokio::spawn(connection);
                    let _ = client.batch_execute(&format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")).await;
                }
            };
            // Made within the runtime, since it has a timer.
            let _ = runtime.block_on(async { timeout(Duration::from_secs(10), dropping).await });
        };
        let _ = std::thread::spawn(work).join();
    }
}

/// A connection without TLS, driven by a task.
///
/// # Panics
/// The server cannot be reached, or refuses.
pub async fn connect(url: &str) -> Client {
    let (client, connection) = tokio_postgres::connect(url, NoTls).await.expect("the server that the tests are given");
    // How the connection ends is seen by the client.
    tokio::spawn(connection);
    client
}

async fn drop_stale(client: &Client, now: i64) {
    let found = client.query("SELECT datname FROM pg_database WHERE datname LIKE 'authkit\\_test\\_%'", &[]).await;
    for row in found.expect("the names of the databases") {
        let name: String = row.get(0);
        let born = name.split('_').nth(2).and_then(|seconds| seconds.parse::<i64>().ok());
        if born.is_some_and(|born| now - born > STALE_SECONDS) {
            // Another program may be dropping it at this moment.
            let _ = client.batch_execute(&format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")).await;
        }
    }
}
