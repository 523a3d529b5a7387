//! How a store is opened.

use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use authkit_sql::{MigrationScript, MigrationStatus, UsersTable};
use futures_channel::oneshot;

use crate::connection::{Users, open_reader, open_writer, prepare_file};
use crate::migrate::{self, migrate};
use crate::open_error::OpenError;
use crate::readers::{Readers, Reads};
use crate::store::SqliteStore;
use crate::tables::Tables;
use crate::writer::Writer;

impl SqliteStore {
    /// Opens the file with the default settings; creates and migrates it where that is due.
    ///
    /// A file that is not there is created for its owner alone (mode 0600 on Unix): it holds password hashes.
    ///
    /// # Errors
    /// [`OpenError`] names what is wrong, with which file, and how to mend it.
    pub async fn open(path: impl AsRef<Path>) -> Result<Self, OpenError> {
        Self::builder(path).open().await
    }

    /// Opens the file with other settings than the default ones.
    pub fn builder(path: impl AsRef<Path>) -> SqliteBuilder {
        SqliteBuilder::new(path.as_ref().to_owned())
    }
}

/// The settings of a [`SqliteStore`], all of them with a good default.
///
/// `synchronous` is no setting: every answered write is on the disk.
#[derive(Debug, Clone)]
#[must_use]
pub struct SqliteBuilder {
    path: PathBuf,
    reads: Reads,
    connections: usize,
    list_threads: usize,
    list_deadline: Duration,
    users: Users,
    table: Option<UsersTable>,
}

impl SqliteBuilder {
    fn new(path: PathBuf) -> Self {
        let cores = std::thread::available_parallelism().map_or(2, NonZeroUsize::get);
        Self {
            path,
            reads: Reads::Inline,
            connections: cores * 2,
            list_threads: 2,
            list_deadline: Duration::from_secs(2),
            users: Users::Here,
            table: None,
        }
    }

    /// Where reads by key run.
    pub fn reads(self, reads: Reads) -> Self {
        Self { reads, ..self }
    }

    /// How many connections read by key, at least 1. Default: two for each core.
    pub fn read_connections(self, connections: usize) -> Self {
        Self { connections: connections.max(1), ..self }
    }

    /// How many threads serve lists and searches, at least 1. Default: 2.
    pub fn list_threads(self, threads: usize) -> Self {
        Self { list_threads: threads.max(1), ..self }
    }

    /// How long a list or search may take before it is broken off and answered with an error. Default: 2 seconds.
    pub fn list_deadline(self, deadline: Duration) -> Self {
        Self { list_deadline: deadline, ..self }
    }

    /// The users are in another store: a session is inserted without looking for its user here.
    pub fn users_elsewhere(self) -> Self {
        Self { users: Users::Elsewhere, table: None, ..self }
    }

    /// The users are in a table of this file that exists already, read and written by its mapping.
    ///
    /// Opening checks the table, adds the columns `email_key` and `session_epoch`, fills in the canonical addresses of rows
    /// that have none yet, and makes them unique; sessions refer to the table with a foreign key. A file that was opened
    /// so stays so.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// use authkit_store_sqlite::{ColumnType, KeyType, OpenError, SqliteStore, UsersTable};
    ///
    /// # let file = std::env::temp_dir().join(format!("authkit-doc-mapped-{}.db", std::process::id()));
    /// let members = UsersTable::new("members")
    ///     .key("member_id", KeyType::BigInt)
    ///     .email("mail")
    ///     .updated_at("changed_at")
    ///     .profile("company", ColumnType::Text);
    /// let opened = SqliteStore::builder(&file).users_table(members).open().await;
    /// // Here there is no such table; the error lists all that does not fit.
    /// assert!(matches!(opened, Err(OpenError::UsersTable { .. })));
    /// # std::fs::remove_file(&file)?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn users_table(self, table: UsersTable) -> Self {
        Self { users: Users::Here, table: Some(table), ..self }
    }

    /// Opens the file, creates and migrates it where that is due.
    ///
    /// A file that is not there is created for its owner alone (mode 0600 on Unix): it holds password hashes.
    ///
    /// # Errors
    /// [`OpenError`] names what is wrong, with which file, and how to mend it.
    pub async fn open(self) -> Result<SqliteStore, OpenError> {
        let path = self.path.clone();
        let tables = Arc::new(Tables::new(self.users, self.table));
        let layout = Arc::clone(&tables);
        let open = move || {
            let path = prepare_file(&self.path)?;
            let mut conn = open_writer(&path, self.users)?;
            migrate(&mut conn, &path, &layout.layout)?;
            let readers = Readers::open(&path, self.reads, self.connections, self.list_threads, self.list_deadline)?;
            Ok((conn, readers))
        };
        let not_started = { |source| OpenError::Thread { path: path.clone(), source } };
        let (writer, readers) = Writer::start(path.clone(), open, not_started).await?;
        Ok(SqliteStore::new(path, readers, writer, tables))
    }

    /// Which migrations are done and which are missing. Changes nothing, and creates no file.
    ///
    /// # Errors
    /// [`OpenError`] names what is wrong, with which file, and how to mend it.
    pub async fn migration_status(&self) -> Result<MigrationStatus, OpenError> {
        let (path, tables) = (self.path.clone(), Tables::new(self.users, self.table.clone()));
        on_thread(self.path.clone(), move || {
            if !path.exists() {
                return Ok(migrate::all_missing(&tables.layout));
            }
            let mut conn = open_reader(&path)?;
            migrate::status(&mut conn, &path, &tables.layout)
        })
        .await
    }

    /// Creates the file where it is not there and runs the migrations that are missing, as [`Self::open`] does. Answers what
    /// is done now.
    ///
    /// # Errors
    /// [`OpenError`] names what is wrong, with which file, and how to mend it.
    pub async fn migrate(&self) -> Result<MigrationStatus, OpenError> {
        let (path, users) = (self.path.clone(), self.users);
        let tables = Tables::new(users, self.table.clone());
        on_thread(self.path.clone(), move || {
            let path = prepare_file(&path)?;
            let mut conn = open_writer(&path, users)?;
            migrate(&mut conn, &path, &tables.layout)?;
            migrate::status(&mut conn, &path, &tables.layout)
        })
        .await
    }

    /// Indexes that the migrations make and the database lacks: without them lists and searches read whole tables.
    ///
    /// # Errors
    /// [`OpenError`] names what is wrong, with which file, and how to mend it.
    pub async fn missing_indexes(&self) -> Result<Vec<String>, OpenError> {
        let (path, tables) = (self.path.clone(), Tables::new(self.users, self.table.clone()));
        let read = move || migrate::missing_indexes(&open_reader(&path)?, &path, &tables.layout);
        on_thread(self.path.clone(), read).await
    }

    /// Each migration as SQL, in order, for files of their own: what is run where it is missing. Needs no file.
    ///
    /// # Examples
    /// ```
    /// use authkit_store_sqlite::SqliteStore;
    ///
    /// for script in SqliteStore::builder("authkit.db").migration_scripts() {
    ///     println!("-- migrations/{}.sql\n{}", script.name, script.sql);
    /// }
    /// ```
    pub fn migration_scripts(&self) -> Vec<MigrationScript> {
        migrate::scripts(&Tables::new(self.users, self.table.clone()).layout)
    }

    /// All migrations as one text, for a tool that runs migrations by itself. Needs no file.
    pub fn print_migrations(&self) -> String {
        migrate::print(&Tables::new(self.users, self.table.clone()).layout)
    }
}

/// Runs what waits for the disk on a thread of its own.
async fn on_thread<T: Send + 'static>(
    path: PathBuf,
    work: impl FnOnce() -> Result<T, OpenError> + Send + 'static,
) -> Result<T, OpenError> {
    let (answer, answered) = oneshot::channel();
    let thread = std::thread::Builder::new().name("authkit-sqlite-migrate".to_owned());
    let started = thread.spawn(move || {
        let _ = answer.send(work());
    });
    let gone = |source| OpenError::Thread { path: path.clone(), source };
    started.map_err(gone)?;
    answered.await.map_err(|_| gone(std::io::Error::other("the thread ended early")))?
}
