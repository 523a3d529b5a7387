//! How a store is opened.

use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::connection::{Users, open_writer, prepare_file};
use crate::migrate::migrate;
use crate::open_error::OpenError;
use crate::readers::{Readers, Reads};
use crate::store::SqliteStore;
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
        Self { users: Users::Elsewhere, ..self }
    }

    /// Opens the file, creates and migrates it where that is due.
    ///
    /// A file that is not there is created for its owner alone (mode 0600 on Unix): it holds password hashes.
    ///
    /// # Errors
    /// [`OpenError`] names what is wrong, with which file, and how to mend it.
    pub async fn open(self) -> Result<SqliteStore, OpenError> {
        let (path, users) = (self.path.clone(), self.users);
        let open = move || {
            let path = prepare_file(&self.path)?;
            let mut conn = open_writer(&path, self.users)?;
            migrate(&mut conn, &path)?;
            let readers = Readers::open(&path, self.reads, self.connections, self.list_threads, self.list_deadline)?;
            Ok((conn, readers))
        };
        let not_started = { |source| OpenError::Thread { path: path.clone(), source } };
        let (writer, readers) = Writer::start(path.clone(), open, not_started).await?;
        Ok(SqliteStore::new(path, readers, writer, users))
    }
}
