//! What can go wrong in SQLite, by name, and what each means for the caller. May use the core's error and rusqlite.

use std::error::Error;
use std::sync::Arc;

use authkit_core::{StoreError, StoreErrorKind};
use rusqlite::ErrorCode;

/// The name that the backend has in a [`StoreError`].
const BACKEND: &str = "sqlite";

/// Why this store could not do its work: the source of every [`StoreError`] that it answers with.
///
/// ```
/// # use authkit_core::{StoreError, StoreErrorKind};
/// use std::error::Error;
/// use authkit_store_sqlite::SqliteTrouble;
///
/// fn is_full(error: &StoreError) -> bool {
///     let trouble = error.source().and_then(|source| source.downcast_ref::<SqliteTrouble>());
///     matches!(trouble, Some(SqliteTrouble::DiskFull(_)))
/// }
/// # assert!(!is_full(&StoreError::new(StoreErrorKind::Unavailable, "sqlite", "find_user")));
/// ```
#[derive(Debug, Clone, thiserror::Error)]
#[non_exhaustive]
pub enum SqliteTrouble {
    /// Another process kept the file locked for longer than 5 seconds.
    #[error("the database file is locked by another process")]
    Busy(#[source] Cause),
    /// The file could not grow. Nothing was written; it goes on when there is space again.
    #[error("the disk is full, or the database has reached its size limit: nothing was written; make space")]
    DiskFull(#[source] Cause),
    /// The file or its directory may not be written.
    #[error("the database file may not be written: give the process the right to write it and its directory")]
    ReadOnly(#[source] Cause),
    /// The file is damaged. Nothing that it says is to be relied on.
    #[error("the database file is damaged: stop the process and restore it from a backup")]
    Corrupt(#[source] Cause),
    /// Reading or writing the file failed.
    #[error("the database file cannot be read or written")]
    Io(#[source] Cause),
    /// More calls are waiting than the queue holds.
    #[error("more calls are waiting than the queue holds")]
    Overloaded,
    /// A list or search took longer than it may.
    #[error("the query took longer than it may")]
    Deadline,
    /// The thread that does the work is gone.
    #[error("the store is closed")]
    Closed,
    /// The work panicked. What it wrote was rolled back.
    #[error("the work panicked and was rolled back")]
    Panicked,
    /// The group of writes that this one was in could not be committed. Nothing of it was written.
    #[error("the group of writes was rolled back")]
    RolledBack(#[source] Cause),
    /// A row fits no state.
    #[error("{table}.{column} of the row {id} holds what fits no state")]
    Row {
        /// The table.
        table: &'static str,
        /// The column.
        column: String,
        /// The row's key: text as it is, sixteen bytes as a uuid.
        id: String,
    },
    /// A field of a profile does not fit the column that it belongs into.
    #[error("the profile field {column} does not fit its column")]
    Field {
        /// The column, and the field.
        column: String,
    },
    /// Anything else.
    #[error("SQLite refused a statement")]
    Other(#[source] Cause),
}

/// The driver's own error.
type Cause = Arc<dyn Error + Send + Sync>;

impl SqliteTrouble {
    /// What it means for a caller.
    pub const fn kind(&self) -> StoreErrorKind {
        match self {
            Self::Busy(_)
            | Self::DiskFull(_)
            | Self::Io(_)
            | Self::Overloaded
            | Self::Deadline
            | Self::Closed
            | Self::RolledBack(_) => StoreErrorKind::Unavailable,
            Self::Row { .. } => StoreErrorKind::Inconsistent,
            Self::ReadOnly(_) | Self::Corrupt(_) | Self::Panicked | Self::Field { .. } | Self::Other(_) => {
                StoreErrorKind::Unexpected
            }
        }
    }

    /// As the error of one of the port's methods.
    pub(crate) fn during(self, operation: &'static str) -> StoreError {
        StoreError::new(self.kind(), BACKEND, operation).with_source(self)
    }

    /// For the calls that shared a group with the one that failed.
    pub(crate) fn of_group(error: rusqlite::Error) -> Self {
        match Self::from(error) {
            Self::Other(cause) => Self::RolledBack(cause),
            named => named,
        }
    }
}

impl From<rusqlite::Error> for SqliteTrouble {
    fn from(error: rusqlite::Error) -> Self {
        let code = error.sqlite_error_code();
        let cause: Cause = Arc::new(error);
        match code {
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked | ErrorCode::FileLockingProtocolFailed) => {
                Self::Busy(cause)
            }
            Some(ErrorCode::DiskFull) => Self::DiskFull(cause),
            Some(ErrorCode::ReadOnly | ErrorCode::PermissionDenied) => Self::ReadOnly(cause),
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => Self::Corrupt(cause),
            Some(ErrorCode::SystemIoFailure | ErrorCode::CannotOpen | ErrorCode::OutOfMemory) => Self::Io(cause),
            Some(ErrorCode::OperationInterrupted) => Self::Deadline,
            _ => Self::Other(cause),
        }
    }
}
