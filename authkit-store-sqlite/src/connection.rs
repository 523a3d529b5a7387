//! Opening the file: who may read it, and how every connection is set up.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::time::Duration;

use authkit_core::Timestamp;
use rusqlite::config::DbConfig;
use rusqlite::functions::FunctionFlags;
use rusqlite::{Connection, ErrorCode, OpenFlags};

use crate::open_error::OpenError;
use crate::times::{self, MICROS_OF_TEXT};
use crate::trouble::SqliteTrouble;

/// How long a connection waits for another process's lock.
pub(crate) const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

/// Statements kept prepared on each connection: all of the fixed ones and the commonest lists.
const KEPT_STATEMENTS: usize = 96;

/// Frames in the log from which a commit copies them into the file (about 64 MiB).
const AUTO_CHECKPOINT: u32 = 16_000;

/// The log's size in bytes from which the writer ends it between two groups; else, while reads overlap, it never shrinks.
pub(crate) const LOG_LIMIT: u64 = 64 * 1_024 * 1_024;

/// Which parts of the schema's rules a writing connection keeps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Users {
    /// The users are in this file: a session needs its user.
    Here,
    /// The users are elsewhere.
    Elsewhere,
}

/// The file, when its path names one and it may be written; created for its owner alone when it is not there.
///
/// The rows hold password hashes and addresses, so nobody else has to read them. SQLite gives the log beside it the same
/// rights. A file that exists keeps the rights that it has.
pub(crate) fn prepare_file(path: &Path) -> Result<PathBuf, OpenError> {
    let text = path.to_string_lossy();
    if text.is_empty() || text.starts_with(":memory:") || text.starts_with("file:") || path.is_dir() {
        return Err(OpenError::NotAFile { path: path.to_owned() });
    }
    // SQLite keeps the absolute path, and so do we, whatever directory the process goes to later.
    let path = &std::path::absolute(path).map_err(|_| OpenError::NotAFile { path: path.to_owned() })?;
    let directory = path.parent().filter(|directory| !directory.as_os_str().is_empty());
    if directory.is_some_and(|directory| !directory.is_dir()) {
        return Err(OpenError::DirectoryMissing { path: path.to_owned() });
    }
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(path) {
        Ok(_) => {}
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {
            // Asked for by the file's mark, since SQLite would open it for reading without a word.
            if std::fs::metadata(path).is_ok_and(|file| file.permissions().readonly()) {
                return Err(OpenError::ReadOnly { path: path.to_owned(), source: None });
            }
        }
        Err(error) if error.kind() == ErrorKind::StorageFull => {
            return Err(OpenError::DiskFull { path: path.to_owned(), source: error.into() });
        }
        Err(error) if matches!(error.kind(), ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem) => {
            return Err(OpenError::ReadOnly { path: path.to_owned(), source: Some(error.into()) });
        }
        Err(error) => return Err(OpenError::Other { path: path.to_owned(), source: error.into() }),
    }
    Ok(path.to_owned())
}

/// The one connection that writes.
pub(crate) fn open_writer(path: &Path, users: Users) -> Result<Connection, OpenError> {
    let refused = |error| refusal(path, error);
    let conn = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX)
        .map_err(refused)?;
    harden(&conn).map_err(refused)?;
    if conn.is_readonly("main").map_err(refused)? {
        return Err(OpenError::ReadOnly { path: path.to_owned(), source: None });
    }
    conn.pragma_update(None, "journal_mode", "WAL").map_err(refused)?;
    conn.pragma_update(None, "synchronous", "FULL").map_err(refused)?;
    conn.pragma_update(None, "foreign_keys", users == Users::Here).map_err(refused)?;
    conn.pragma_update(None, "recursive_triggers", true).map_err(refused)?;
    conn.pragma_update(None, "wal_autocheckpoint", AUTO_CHECKPOINT).map_err(refused)?;
    // A log that begins anew after a long read gives its surplus back.
    conn.pragma_update(None, "journal_size_limit", LOG_LIMIT.cast_signed()).map_err(refused)?;
    Ok(conn)
}

/// A connection that can only read.
pub(crate) fn open_reader(path: &Path) -> Result<Connection, OpenError> {
    let refused = |error| refusal(path, error);
    let conn = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX)
        .map_err(refused)?;
    harden(&conn).map_err(refused)?;
    conn.pragma_update(None, "query_only", true).map_err(refused)?;
    Ok(conn)
}

/// No strings out of misspelt columns, no writes to the schema or past it, no plan made anew for each value, no rows in
/// temporary files.
fn harden(conn: &Connection) -> rusqlite::Result<()> {
    conn.busy_timeout(BUSY_TIMEOUT)?;
    let flags = FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_DETERMINISTIC;
    conn.create_scalar_function(MICROS_OF_TEXT, 1, flags, |context| {
        let text = context.get_raw(0).as_str().ok();
        Ok(text.and_then(times::parse).map(Timestamp::as_micros))
    })?;
    conn.set_prepared_statement_cache_capacity(KEPT_STATEMENTS);
    conn.set_db_config(DbConfig::SQLITE_DBCONFIG_DQS_DML, false)?;
    conn.set_db_config(DbConfig::SQLITE_DBCONFIG_DQS_DDL, false)?;
    conn.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
    conn.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    conn.pragma_update(None, "trusted_schema", false)?;
    // What is sorted holds addresses: it does not belong into files of the system's temporary directory.
    conn.pragma_update(None, "temp_store", "MEMORY")
}

/// The driver's error by its name among the reasons not to open.
pub(crate) fn refusal(path: &Path, error: rusqlite::Error) -> OpenError {
    let path = path.to_owned();
    // The file is there, or it would have been created: what cannot be opened may not be.
    if error.sqlite_error_code() == Some(ErrorCode::CannotOpen) {
        return OpenError::ReadOnly { path, source: Some(error.into()) };
    }
    match SqliteTrouble::from(error) {
        SqliteTrouble::Corrupt(source) => OpenError::Corrupt { path, source: source.into() },
        SqliteTrouble::DiskFull(source) => OpenError::DiskFull { path, source: source.into() },
        SqliteTrouble::Busy(source) => OpenError::Busy { path, source: source.into() },
        SqliteTrouble::ReadOnly(source) => OpenError::ReadOnly { path, source: Some(source.into()) },
        other => OpenError::Other { path, source: other.into() },
    }
}
