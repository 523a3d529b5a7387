//! Why a database could not be opened, and how to mend it.

use std::error::Error;
use std::fmt;
use std::path::PathBuf;

use authkit_core::OpenCode;
use authkit_sql::{TableProblem, lines};

/// Why [`crate::SqliteStore::open`] refused: what is wrong, with which file, and what to do about it.
#[derive(thiserror::Error)]
#[non_exhaustive]
pub enum OpenError {
    /// The path names no file of its own: a database in memory or an URI.
    #[error(
        "{ak}: `{path}` is not the path of a file: give a path, or use `authkit-store-memory` to keep nothing",
        ak = OpenCode::Path
    )]
    NotAFile {
        /// As it was given.
        path: PathBuf,
    },
    /// The directory that the file would be in is not there.
    #[error("{ak}: the directory of `{path}` does not exist: create it, or give another path", ak = OpenCode::Path)]
    DirectoryMissing {
        /// The database file.
        path: PathBuf,
    },
    /// The file or its directory may not be written.
    #[error(
        "{ak}: `{path}` may not be written: give the process the right to write the file and its directory",
        ak = OpenCode::ReadOnly
    )]
    ReadOnly {
        /// The database file.
        path: PathBuf,
        /// What the system said, if it was asked.
        #[source]
        source: Option<Box<dyn Error + Send + Sync>>,
    },
    /// The file is damaged, or no database at all.
    #[error(
        "{ak}: `{path}` is damaged or is not an SQLite database: restore it from a backup, or give another path",
        ak = OpenCode::Corrupt
    )]
    Corrupt {
        /// The database file.
        path: PathBuf,
        /// The driver's error.
        #[source]
        source: Box<dyn Error + Send + Sync>,
    },
    /// There is no space to create or migrate the database.
    #[error(
        "{ak}: no space is left to create or migrate `{path}`: make space and start again; nothing was changed",
        ak = OpenCode::DiskFull
    )]
    DiskFull {
        /// The database file.
        path: PathBuf,
        /// The driver's error.
        #[source]
        source: Box<dyn Error + Send + Sync>,
    },
    /// Another process kept the file locked for longer than 5 seconds.
    #[error("{ak}: `{path}` is locked by another process: end it, or start again when it is done", ak = OpenCode::Busy)]
    Busy {
        /// The database file.
        path: PathBuf,
        /// The driver's error.
        #[source]
        source: Box<dyn Error + Send + Sync>,
    },
    /// A newer version of this crate has migrated the database.
    #[error(
        "{ak}: `{path}` has schema {found} and this version knows {known}: \
         update `authkit-store-sqlite`, or restore the backup from before the update",
        ak = OpenCode::NewerSchema
    )]
    NewerSchema {
        /// The database file.
        path: PathBuf,
        /// The version in the database.
        found: i64,
        /// The newest version that this crate knows.
        known: i64,
    },
    /// A migration that the database has gone through is not the one that this crate holds.
    #[error(
        "{ak}: migration {version} of `{path}` is not the one of this version: use the version that made the \
         database",
        ak = OpenCode::ChangedStep
    )]
    ChangedStep {
        /// The database file.
        path: PathBuf,
        /// The step's version.
        version: i64,
    },
    /// The database has a table of one of our names and was not made by us.
    #[error(
        "{ak}: `{path}` has a table `{table}` that AuthKit did not make: \
         rename it, or keep AuthKit's tables in a file of their own",
        ak = OpenCode::NotOurs
    )]
    NotOurs {
        /// The database file.
        path: PathBuf,
        /// The table.
        table: String,
    },
    /// The users table that was named does not fit its mapping. Nothing was changed.
    #[error(
        "{ak}: the users table in `{path}` does not fit its mapping:{}", lines(.problems),
        ak = OpenCode::UsersTable
    )]
    UsersTable {
        /// The database file.
        path: PathBuf,
        /// All that keeps it from fitting.
        problems: Vec<TableProblem>,
    },
    /// The database was made for users in another table.
    #[error(
        "{ak}: `{path}` was made for {was} and is opened for {now}: \
         open it as it was made, or remove the tables that begin with `ak_`, which ends all sessions",
        ak = OpenCode::OtherUsers
    )]
    OtherUsers {
        /// The database file.
        path: PathBuf,
        /// What it was made for.
        was: String,
        /// What it is opened for.
        now: String,
    },
    /// A thread of the store could not be started.
    #[error("{ak}: no thread could be started for `{path}`", ak = OpenCode::Thread)]
    Thread {
        /// The database file.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: std::io::Error,
    },
    /// Anything else.
    #[error("{ak}: `{path}` cannot be opened", ak = OpenCode::Other)]
    Other {
        /// The database file.
        path: PathBuf,
        /// The driver's error.
        #[source]
        source: Box<dyn Error + Send + Sync>,
    },
}

impl OpenError {
    /// The kind of reason, with its stable text and its page in the guide.
    pub const fn code(&self) -> OpenCode {
        match self {
            Self::NotAFile { .. } | Self::DirectoryMissing { .. } => OpenCode::Path,
            Self::ReadOnly { .. } => OpenCode::ReadOnly,
            Self::Corrupt { .. } => OpenCode::Corrupt,
            Self::DiskFull { .. } => OpenCode::DiskFull,
            Self::Busy { .. } => OpenCode::Busy,
            Self::NewerSchema { .. } => OpenCode::NewerSchema,
            Self::ChangedStep { .. } => OpenCode::ChangedStep,
            Self::NotOurs { .. } => OpenCode::NotOurs,
            Self::UsersTable { .. } => OpenCode::UsersTable,
            Self::OtherUsers { .. } => OpenCode::OtherUsers,
            Self::Thread { .. } => OpenCode::Thread,
            Self::Other { .. } => OpenCode::Other,
        }
    }
}

impl fmt::Debug for OpenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.code().explain(self, f)
    }
}
