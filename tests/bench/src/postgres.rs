//! A PostgreSQL cluster for a row, stopped and removed at its end, and the store in a database of its own there.

use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::time::Instant;

use authkit_store_postgres::{PostgresBuilder, PostgresStore};
use authkit_test_postgres::Options;
use authkit_test_postgres::process::{Cluster, is_root};
use tokio_postgres::{Client, NoTls};

use crate::Run;
use crate::disk::Disk;
use crate::failure::Failure;
use crate::load::Cpu;
use crate::rounds::median;

/// What every cluster has: `synchronous_commit` and autovacuum are on, as the server has them by itself.
pub const SETTINGS: [(&str, &str); 3] =
    [("shared_buffers", "256MB"), ("max_wal_size", "8GB"), ("wal_sync_method", "fdatasync")];

/// A socket's path has room for about a hundred bytes.
const LONGEST: usize = 60;

pub struct Postgres {
    pub cluster: Cluster,
}

impl Postgres {
    /// One that waits for the row's disk.
    pub async fn start(run: &Run) -> Result<Self, Failure> {
        let postgres = Self::with(run, Options::default().durable())?;
        if run.disk == Disk::Slowed {
            postgres.check_slowness().await?;
        }
        Ok(postgres)
    }

    /// One that waits for no disk, where only what is written counts and not how fast.
    pub fn forgetful(run: &Run) -> Result<Self, Failure> {
        Self::with(run, Options::default())
    }

    fn with(run: &Run, options: Options) -> Result<Self, Failure> {
        let mut options = SETTINGS.iter().fold(options, |options, (name, value)| options.setting(name, value));
        let parent = run.disk.parent(&run.bench);
        if parent.as_os_str().len() < LONGEST && can_be_entered(&parent) {
            options = options.under(parent);
        }
        let cluster = Cluster::start(&options).map_err(Failure::new)?;
        Cpu::count_server(cluster.pid().ok_or_else(|| Failure::new("the server has no process"))?);
        Ok(Self { cluster })
    }

    /// The URL of a new, empty database.
    pub async fn database(&self, name: &str) -> Result<String, Failure> {
        let url = self.cluster.url();
        connect(&url.to_string()).await?.batch_execute(&format!("CREATE DATABASE {name} TEMPLATE template0")).await?;
        Ok(url.in_database(name).to_string())
    }

    /// The library that makes an fsync slow must have reached the server.
    async fn check_slowness(&self) -> Result<(), Failure> {
        let client = connect(&self.cluster.url().to_string()).await?;
        client.batch_execute("CREATE TABLE slow (n int)").await?;
        let mut times = Vec::new();
        for _ in 0..20 {
            let start = Instant::now();
            client.batch_execute("INSERT INTO slow VALUES (1)").await?;
            times.push(start.elapsed().as_secs_f64() * 1_000.0);
        }
        client.batch_execute("DROP TABLE slow").await?;
        if median(&times) < 2.0 {
            return Err(Failure::new("the server's fsync is not slowed: can its account read target/bench?"));
        }
        Ok(())
    }
}

/// A connection that a task drives.
pub async fn connect(url: &str) -> Result<Client, Failure> {
    let (client, connection) = tokio_postgres::connect(url, NoTls).await?;
    // How the connection ends is seen by the client.
    tokio::spawn(connection);
    Ok(client)
}

/// The store in an empty database.
pub async fn store(url: &str) -> Result<PostgresStore, Failure> {
    store_with(url, |builder| builder).await
}

/// The same with other settings than the default ones.
pub async fn store_with(
    url: &str,
    settings: impl FnOnce(PostgresBuilder) -> PostgresBuilder,
) -> Result<PostgresStore, Failure> {
    let builder = settings(PostgresStore::builder(url));
    builder.migrate().await?;
    Ok(builder.connect().await?)
}

/// A statement of the store with the names filled in as the store does it for its own users.
pub fn statement(template: &str) -> String {
    let columns = [
        "id",
        "email",
        "email_key",
        "password_hash",
        "role",
        "is_active",
        "is_verified",
        "session_epoch",
        "created_at",
        "updated_at",
        "last_sign_in_at",
        "deleted_at",
        "profile",
    ];
    authkit_sql::render(template, |name, _| match name {
        "schema" => Some("\"authkit\"".to_owned()),
        "users" => Some("\"authkit\".users".to_owned()),
        "id" => Some("id".to_owned()),
        "columns" => Some(columns.map(|column| format!("u.{column} AS {column}")).join(", ")),
        _ => None,
    })
}

/// Whether the account that the server runs as gets there.
fn can_be_entered(folder: &Path) -> bool {
    let open = |part: &Path| std::fs::metadata(part).is_ok_and(|data| data.permissions().mode() & 0o001 != 0);
    !is_root() || folder.ancestors().all(open)
}

/// The version, as the server's program says it.
pub fn version() -> Option<String> {
    let program: PathBuf = authkit_test_postgres::process::Programs::find().ok()?.path("postgres");
    let output = std::process::Command::new(program).arg("--version").output().ok()?;
    let text = String::from_utf8_lossy(&output.stdout).replace("postgres (PostgreSQL)", "PostgreSQL");
    Some(text.split(" (").next()?.trim().to_owned())
}
