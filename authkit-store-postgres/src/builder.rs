//! How a store is opened.

use std::num::NonZeroUsize;

use authkit_core::{Clock, LogCode, SystemClock};
use authkit_sql::{MigrationScript, MigrationStatus, UsersTable};
use deadpool_postgres::{ClientWrapper, Manager, ManagerConfig, Object, Pool, RecyclingMethod, Runtime, Timeouts};
use tokio_postgres::NoTls;

use crate::backfill::{backfill, refuse_twins};
use crate::cancel::Cancel;
use crate::connections::{Connections, WAIT};
use crate::db::Db;
use crate::in_turn::InTurn;
use crate::migrate;
use crate::open_error::OpenError;
use crate::pooler::Pooler;
use crate::refusal::pool_refusal;
use crate::run::Runner;
use crate::start;
use crate::store::PostgresStore;
use crate::tables::{Tables, Users};
use crate::tls::{self, Roots, TlsMode};
use crate::url::Target;

/// The schema that AuthKit's tables are in unless another is named.
const SCHEMA: &str = "authkit";

impl PostgresStore {
    /// Connects with the default settings, and refuses a database that is not migrated.
    ///
    /// `url` is like `postgres://user:password@host:5432/database`; what else it may hold is said in
    /// `docs/guide/stores-and-migrations.md`.
    ///
    /// # Errors
    /// [`OpenError`] names what is wrong, where, and how to mend it.
    pub async fn connect(url: &str) -> Result<Self, OpenError> {
        Self::builder(url).connect().await
    }

    /// Works with the connections of a pool that the application has already, and refuses a database that is not migrated.
    ///
    /// The pool's connections should carry `synchronous_commit=on`, `statement_timeout` and `lock_timeout`; what is missing
    /// is a warning. Some of them are kept for reads by key ([`PostgresBuilder::read_connections`], at most half), so it must
    /// have room for two at least. [`PostgresStore::close`] leaves the pool open.
    ///
    /// # Errors
    /// [`OpenError`] names what is wrong, where, and how to mend it.
    pub async fn from_pool(pool: Pool) -> Result<Self, OpenError> {
        Self::builder_from_pool(pool).connect().await
    }

    /// Connects with other settings than the default ones.
    pub fn builder(url: impl Into<String>) -> PostgresBuilder {
        PostgresBuilder::new(Source::Url(url.into()))
    }

    /// Works with a pool of the application's, with other settings than the default ones.
    pub fn builder_from_pool(pool: Pool) -> PostgresBuilder {
        PostgresBuilder::new(Source::Pool(pool))
    }
}

/// The settings of a [`PostgresStore`], all of them with a good default.
///
/// `synchronous_commit` is no setting: every answered write is on the server's disk, and on that of its synchronous replica.
#[derive(Clone)]
#[must_use]
pub struct PostgresBuilder {
    source: Source,
    schema: String,
    users: Users,
    pooler: Option<Pooler>,
    roots: Option<Vec<u8>>,
    connections: usize,
    read_connections: usize,
    list_connections: usize,
}

#[derive(Clone)]
enum Source {
    Url(String),
    Pool(Pool),
}

impl PostgresBuilder {
    fn new(source: Source) -> Self {
        let cores = std::thread::available_parallelism().map_or(2, NonZeroUsize::get);
        Self {
            source,
            schema: SCHEMA.to_owned(),
            users: Users::Own,
            pooler: None,
            roots: None,
            connections: 16,
            read_connections: cores.clamp(1, 4),
            list_connections: 2,
        }
    }

    /// The schema of AuthKit's tables. Default: `authkit`.
    pub fn schema(self, schema: impl Into<String>) -> Self {
        Self { schema: schema.into(), ..self }
    }

    /// The users are in a table that exists already in this database.
    pub fn users_table(self, users: UsersTable) -> Self {
        Self { users: Users::Mapped(Box::new(users)), ..self }
    }

    /// The users are in another store: a session is inserted without looking for its user here.
    pub fn users_elsewhere(self) -> Self {
        Self { users: Users::Elsewhere, ..self }
    }

    /// What stands between here and the server. Default: what the URL says (`pooler=…`), else nothing.
    pub fn pooler(self, pooler: Pooler) -> Self {
        Self { pooler: Some(pooler), ..self }
    }

    /// The certificates, as PEM, that the server's certificate is checked against, in place of the platform's.
    pub fn root_certificates(self, pem: impl Into<Vec<u8>>) -> Self {
        Self { roots: Some(pem.into()), ..self }
    }

    /// How many connections write, at least 1, each one statement at a time. Default: 16. More pay where a commit waits
    /// long; the server's `max_connections` must hold those of all nodes.
    pub fn connections(self, connections: usize) -> Self {
        Self { connections: connections.max(1), ..self }
    }

    /// How many connections read by key, at least 1, each many reads at a time. Default: one for each core, at most 4.
    pub fn read_connections(self, connections: usize) -> Self {
        Self { read_connections: connections.max(1), ..self }
    }

    /// How many lists and searches run at once, at least 1, so that they leave room for sign-ins. Default: 2.
    pub fn list_connections(self, connections: usize) -> Self {
        Self { list_connections: connections.max(1), ..self }
    }

    /// Connects, and refuses a database that is not migrated, a server that is too old or only reads, and a users table that
    /// does not fit.
    ///
    /// # Errors
    /// [`OpenError`] names what is wrong, where, and how to mend it.
    pub async fn connect(&self) -> Result<PostgresStore, OpenError> {
        let opened = self.open()?;
        let mut client = opened.client().await?;
        let mut warnings = opened.warnings.clone();
        let server = start::check_server(&client, &opened.target).await?;
        warnings.extend(server.warnings);
        let tables = Tables::new(&self.schema, self.users.clone());
        let status = migrate::status(&mut client, &tables, &opened.target).await?;
        if !status.missing.is_empty() {
            return Err(OpenError::NotMigrated { target: opened.target, missing: status.missing });
        }
        let mut zoneless = Vec::new();
        if let Users::Mapped(users) = &self.users {
            let found = start::find_table(&client, users, &opened.target).await?;
            if start::has_added(users, found.as_ref()) {
                refuse_twins(&client, users, &opened.target).await?;
            }
            start::check_users(users, found.as_ref(), true, &opened.target)?;
            zoneless = start::zoneless(&self.users, found.as_ref());
        }
        drop(client);
        for warning in &warnings {
            tracing::warn!(ak = LogCode::Accepted.as_str(), target_server = %opened.target, "{warning}");
        }
        let (lanes, lists) = self.shares(&opened)?;
        let connections = match self.source {
            Source::Url(_) => Connections::new(opened.pool, opened.cancel),
            Source::Pool(_) => Connections::of_application(opened.pool),
        };
        let runner = Runner { connections, named: opened.pooler != Pooler::ForgetsStatements };
        let db = Db::new(tables.with_zoneless(zoneless), runner, lanes, lists);
        let description = format!("PostgreSQL {}, schema {}", server.version, status.applied.len());
        Ok(PostgresStore::new(opened.target, db, warnings, description))
    }

    /// Runs the migrations that are missing, each whole or not at all; of several nodes that start at once one runs them. In
    /// a users table that exists already it then fills in and makes unique what [`UsersTable`] needs. Answers what is done
    /// now.
    ///
    /// # Errors
    /// [`OpenError`] names what is wrong, where, and how to mend it. What failed has left nothing behind.
    pub async fn migrate(&self) -> Result<MigrationStatus, OpenError> {
        let opened = self.open()?;
        let mut client = opened.client().await?;
        start::check_server(&client, &opened.target).await?;
        let tables = Tables::new(&self.schema, self.users.clone());
        if let Users::Mapped(users) = &self.users {
            let found = start::find_table(&client, users, &opened.target).await?;
            start::check_users(users, found.as_ref(), false, &opened.target)?;
        }
        migrate::migrate(&mut client, &tables, &opened.target).await?;
        if let Users::Mapped(users) = &self.users {
            let filled = backfill(&mut client, &tables, users, &opened.target).await?;
            if filled > 0 {
                tracing::info!(rows = filled, "canonical addresses were filled in");
            }
        }
        migrate::status(&mut client, &tables, &opened.target).await
    }

    /// Which migrations are done and which are missing. Changes nothing.
    ///
    /// # Errors
    /// [`OpenError`] names what is wrong, where, and how to mend it.
    pub async fn migration_status(&self) -> Result<MigrationStatus, OpenError> {
        let opened = self.open()?;
        let mut client = opened.client().await?;
        let tables = Tables::new(&self.schema, self.users.clone());
        migrate::status(&mut client, &tables, &opened.target).await
    }

    /// Indexes that the migrations make and the database lacks, or has and cannot use: without them lists and searches read
    /// whole tables.
    ///
    /// # Errors
    /// [`OpenError`] names what is wrong, where, and how to mend it.
    pub async fn missing_indexes(&self) -> Result<Vec<String>, OpenError> {
        let opened = self.open()?;
        let client = opened.client().await?;
        migrate::missing_indexes(&client, &Tables::new(&self.schema, self.users.clone()), &opened.target).await
    }

    /// How far the server's clock is ahead of this machine's, in microseconds; behind: less than zero. The time that the
    /// question takes is in it.
    ///
    /// # Errors
    /// [`OpenError`] names what is wrong, where, and how to mend it.
    pub async fn clock_ahead(&self) -> Result<i64, OpenError> {
        let opened = self.open()?;
        let client = opened.client().await?;
        migrate::clock_ahead(&client, SystemClock.now(), &opened.target).await
    }

    /// A connection outside of the store, made as the store's are: for what a tool does beside it, such as reading the tables of
    /// another system. It ends when it is dropped.
    ///
    /// # Errors
    /// [`OpenError`] names what is wrong, where, and how to mend it.
    pub async fn client(&self) -> Result<ClientWrapper, OpenError> {
        Ok(Object::take(self.open()?.client().await?))
    }

    /// Each migration as SQL, in order, for files of their own: what [`PostgresBuilder::migrate`] runs. Needs no server.
    ///
    /// # Examples
    /// ```
    /// use authkit_store_postgres::PostgresStore;
    ///
    /// for script in PostgresStore::builder("postgres://db.example.com/app").migration_scripts() {
    ///     println!("-- migrations/{}.sql\n{}", script.name, script.sql);
    /// }
    /// ```
    pub fn migration_scripts(&self) -> Vec<MigrationScript> {
        migrate::scripts(&Tables::new(&self.schema, self.users.clone()))
    }

    /// All migrations as one text, for a tool that runs migrations by itself. Needs no server.
    pub fn print_migrations(&self) -> String {
        migrate::print(&Tables::new(&self.schema, self.users.clone()))
    }

    /// Indexes for lists of events by session and by address, and of users of a table that exists already by the domain of
    /// their address, as SQL: each costs a little at every event or user.
    pub fn print_optional_indexes(&self) -> String {
        migrate::optional(&Tables::new(&self.schema, self.users.clone()))
    }

    /// How many connections of the pool are kept for reads, and how many lists may take: something is left for writes.
    fn shares(&self, opened: &Opened) -> Result<(usize, usize), OpenError> {
        let size = opened.pool.status().max_size;
        if size < 2 {
            let why = "it has room for one connection and the store needs two: make it larger".to_owned();
            return Err(OpenError::Pool { target: opened.target.clone(), why, source: None });
        }
        let lanes = self.read_connections.min(size / 2);
        Ok((lanes, self.list_connections.min(size - lanes - 1).max(1)))
    }

    fn open(&self) -> Result<Opened, OpenError> {
        match &self.source {
            Source::Pool(pool) => Ok(Opened {
                pool: pool.clone(),
                cancel: Cancel::Plain,
                pooler: self.pooler.unwrap_or_default(),
                target: "the application's pool".to_owned(),
                warnings: Vec::new(),
            }),
            Source::Url(url) => self.open_url(url),
        }
    }

    fn open_url(&self, url: &str) -> Result<Opened, OpenError> {
        let mut target = Target::parse(url)?;
        let pooler = self.pooler.unwrap_or(target.pooler);
        if pooler == Pooler::None {
            target.with_limits();
        }
        let roots = match (&self.roots, target.root_cert.take()) {
            (Some(pem), _) => Roots::Pem(pem.clone()),
            (None, Some(file)) => Roots::File(file),
            (None, None) => Roots::Platform,
        };
        let config = ManagerConfig { recycling_method: RecyclingMethod::Fast };
        let (manager, cancel) = if target.tls == TlsMode::Off {
            let servers = InTurn::new(target.servers, NoTls);
            (Manager::from_connect(target.config, servers, config), Cancel::Plain)
        } else {
            let tls = tls::connector(target.tls, &roots)?;
            let servers = InTurn::new(target.servers, tls.clone());
            (Manager::from_connect(target.config, servers, config), Cancel::Tls(tls))
        };
        let size = self.connections + self.read_connections + self.list_connections;
        let timeouts = Timeouts { wait: Some(WAIT), create: Some(WAIT), recycle: Some(WAIT) };
        let pool = Pool::builder(manager).max_size(size).timeouts(timeouts).runtime(Runtime::Tokio1).build();
        let pool = pool.map_err(|error| OpenError::Other {
            target: target.hosts.clone(),
            said: error.to_string(),
            source: Box::new(error),
        })?;
        Ok(Opened { pool, cancel, pooler, target: target.hosts, warnings: target.warnings })
    }
}

/// What leads to the server.
struct Opened {
    pool: Pool,
    cancel: Cancel,
    pooler: Pooler,
    target: String,
    warnings: Vec<String>,
}

impl Opened {
    async fn client(&self) -> Result<Object, OpenError> {
        self.pool.get().await.map_err(|error| pool_refusal(&self.target, error))
    }
}

impl std::fmt::Debug for PostgresBuilder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // Without the source: a URL may hold a password.
        f.debug_struct("PostgresBuilder")
            .field("schema", &self.schema)
            .field("users", &self.users)
            .field("pooler", &self.pooler)
            .field("connections", &self.connections)
            .field("read_connections", &self.read_connections)
            .field("list_connections", &self.list_connections)
            .finish_non_exhaustive()
    }
}
