//! The store that a URL names: its migrations, and the store itself behind one type.

use std::path::PathBuf;
use std::sync::Arc;

use authkit_core::{DatabaseUrl, Ports, Store};
use authkit_store_postgres::{MigrationStatus, PostgresBuilder, PostgresStore};
use authkit_store_sqlite::{SqliteBuilder, SqliteStore};

use crate::codes::CliCode;
use crate::failure::{Failure, chain};

/// A database that can be opened.
#[derive(Debug)]
pub(crate) enum Database {
    Sqlite(PathBuf, Box<SqliteBuilder>),
    Postgres(PostgresBuilder),
}

/// A store on any of them.
#[derive(Debug)]
pub(crate) enum AnyStore {
    Sqlite(SqliteStore),
    Postgres(PostgresStore),
}

impl AnyStore {
    /// What the start found unwise.
    pub(crate) fn warnings(&self) -> &[String] {
        match self {
            Self::Sqlite(_) => &[],
            Self::Postgres(store) => store.warnings(),
        }
    }
}

impl Store for AnyStore {
    fn ports(self: Arc<Self>) -> Ports {
        match &*self {
            Self::Sqlite(store) => Arc::new(store.clone()).ports(),
            Self::Postgres(store) => Arc::new(store.clone()).ports(),
        }
    }
}

impl Database {
    pub(crate) fn of(url: &DatabaseUrl) -> Result<Self, Failure> {
        match url {
            DatabaseUrl::Sqlite(path) => {
                // One call at a time: more connections would only be opened and closed again.
                let builder = SqliteStore::builder(path).read_connections(1).list_threads(1);
                Ok(Self::Sqlite(path.clone(), Box::new(builder)))
            }
            DatabaseUrl::Postgres(url) => {
                let builder =
                    PostgresStore::builder(url.expose()).connections(1).read_connections(1).list_connections(1);
                Ok(Self::Postgres(builder))
            }
            DatabaseUrl::Memory => Err(Failure::new(
                CliCode::DatabaseInMemory,
                "AUTHKIT_DATABASE_URL is memory:, which ends with the process that has it",
            )
            .fix("name a database that is kept, such as sqlite://authkit.db")),
        }
    }

    /// What kind it is, for people and scripts.
    pub(crate) const fn kind(&self) -> &'static str {
        match self {
            Self::Sqlite(..) => "sqlite",
            Self::Postgres(_) => "postgres",
        }
    }

    /// Which migrations are done and which are missing. Changes nothing.
    pub(crate) async fn status(&self) -> Result<MigrationStatus, Failure> {
        match self {
            Self::Sqlite(_, builder) => builder.migration_status().await.map_err(|error| refused(&error)),
            Self::Postgres(builder) => builder.migration_status().await.map_err(|error| refused(&error)),
        }
    }

    /// Runs the migrations that are missing.
    pub(crate) async fn migrate(&self) -> Result<MigrationStatus, Failure> {
        match self {
            Self::Sqlite(_, builder) => builder.migrate().await.map_err(|error| refused(&error)),
            Self::Postgres(builder) => builder.migrate().await.map_err(|error| refused(&error)),
        }
    }

    /// Indexes that somebody took away.
    pub(crate) async fn missing_indexes(&self) -> Result<Vec<String>, Failure> {
        match self {
            Self::Sqlite(_, builder) => builder.missing_indexes().await.map_err(|error| refused(&error)),
            Self::Postgres(builder) => builder.missing_indexes().await.map_err(|error| refused(&error)),
        }
    }

    /// How far the server's clock is ahead, in microseconds; a file has none of its own.
    pub(crate) async fn clock_ahead(&self) -> Result<Option<i64>, Failure> {
        match self {
            Self::Sqlite(..) => Ok(None),
            Self::Postgres(builder) => builder.clock_ahead().await.map(Some).map_err(|error| refused(&error)),
        }
    }

    /// All migrations as SQL.
    pub(crate) fn sql(&self) -> String {
        match self {
            Self::Sqlite(_, builder) => builder.print_migrations(),
            Self::Postgres(builder) => builder.print_migrations(),
        }
    }

    /// The store, if its database is there and migrated: only `migrate up` changes a schema, and no misspelt name makes a file.
    pub(crate) async fn open(&self) -> Result<AnyStore, Failure> {
        let status = self.status().await?;
        if !status.missing.is_empty() {
            let why = match self {
                Self::Sqlite(path, _) if !path.exists() => format!("there is no file {}", path.display()),
                _ => format!("it lacks {}", status.missing.join(", ")),
            };
            return Err(Failure::new(CliCode::NotMigrated, why).fix("authkit migrate up"));
        }
        match self {
            Self::Sqlite(_, builder) => {
                SqliteBuilder::clone(builder).open().await.map(AnyStore::Sqlite).map_err(|error| refused(&error))
            }
            Self::Postgres(builder) => builder.connect().await.map(AnyStore::Postgres).map_err(|error| refused(&error)),
        }
    }
}

fn refused(error: &dyn std::error::Error) -> Failure {
    Failure::new(CliCode::DatabaseRefused, chain(error))
}
