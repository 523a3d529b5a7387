//! Why a database could not be opened, and how to mend it.

use std::error::Error;
use std::path::PathBuf;

use authkit_sql::TableProblem;

/// Why [`crate::SqliteStore::open`] refused: what is wrong, with which file, and what to do about it.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OpenError {
    /// The path names no file of its own: a database in memory or an URI.
    #[error("`{path}` is not the path of a file: give a path, or use `authkit-store-memory` to keep nothing")]
    NotAFile {
        /// As it was given.
        path: PathBuf,
    },
    /// The directory that the file would be in is not there.
    #[error("the directory of `{path}` does not exist: create it, or give another path")]
    DirectoryMissing {
        /// The database file.
        path: PathBuf,
    },
    /// The file or its directory may not be written.
    #[error("`{path}` may not be written: give the process the right to write the file and its directory")]
    ReadOnly {
        /// The database file.
        path: PathBuf,
        /// What the system said, if it was asked.
        #[source]
        source: Option<Box<dyn Error + Send + Sync>>,
    },
    /// The file is damaged, or no database at all.
    #[error("`{path}` is damaged or is not an SQLite database: restore it from a backup, or give another path")]
    Corrupt {
        /// The database file.
        path: PathBuf,
        /// The driver's error.
        #[source]
        source: Box<dyn Error + Send + Sync>,
    },
    /// There is no space to create or migrate the database.
    #[error("no space is left to create or migrate `{path}`: make space and start again; nothing was changed")]
    DiskFull {
        /// The database file.
        path: PathBuf,
        /// The driver's error.
        #[source]
        source: Box<dyn Error + Send + Sync>,
    },
    /// Another process kept the file locked for longer than 5 seconds.
    #[error("`{path}` is locked by another process: end it, or start again when it is done")]
    Busy {
        /// The database file.
        path: PathBuf,
        /// The driver's error.
        #[source]
        source: Box<dyn Error + Send + Sync>,
    },
    /// A newer version of this crate has migrated the database.
    #[error(
        "`{path}` has schema {found} and this version knows {known}: \
         update `authkit-store-sqlite`, or restore the backup from before the update"
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
    #[error("migration {version} of `{path}` is not the one of this version: use the version that made the database")]
    ChangedStep {
        /// The database file.
        path: PathBuf,
        /// The step's version.
        version: i64,
    },
    /// The database has a table of one of our names and was not made by us.
    #[error(
        "`{path}` has a table `{table}` that AuthKit did not make: \
         rename it, or keep AuthKit's tables in a file of their own"
    )]
    NotOurs {
        /// The database file.
        path: PathBuf,
        /// The table.
        table: String,
    },
    /// The users table that was named does not fit its mapping. Nothing was changed.
    #[error("the users table in `{path}` does not fit its mapping:{}", lines(.problems))]
    UsersTable {
        /// The database file.
        path: PathBuf,
        /// All that keeps it from fitting.
        problems: Vec<TableProblem>,
    },
    /// The database was made for users in another table.
    #[error(
        "`{path}` was made for {was} and is opened for {now}: \
         open it as it was made, or remove the tables that begin with `ak_`, which ends all sessions"
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
    #[error("no thread could be started for `{path}`")]
    Thread {
        /// The database file.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: std::io::Error,
    },
    /// Anything else.
    #[error("`{path}` cannot be opened")]
    Other {
        /// The database file.
        path: PathBuf,
        /// The driver's error.
        #[source]
        source: Box<dyn Error + Send + Sync>,
    },
}

/// One problem a line.
fn lines(problems: &[TableProblem]) -> String {
    problems.iter().fold(String::new(), |lines, problem| format!("{lines}\n- {problem}"))
}
