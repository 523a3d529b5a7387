//! What can go wrong in Postgres, by name, and what each means for the caller.

use std::error::Error;
use std::sync::Arc;

use authkit_core::{StoreError, StoreErrorKind};
use tokio_postgres::error::SqlState;

/// The name that the backend has in a [`StoreError`].
const BACKEND: &str = "postgres";

/// Why this store could not do its work: the source of every [`StoreError`] that it answers with.
///
/// ```
/// # use authkit_core::{StoreError, StoreErrorKind};
/// use std::error::Error;
/// use authkit_store_postgres::PostgresTrouble;
///
/// fn is_full(error: &StoreError) -> bool {
///     let trouble = error.source().and_then(|source| source.downcast_ref::<PostgresTrouble>());
///     matches!(trouble, Some(PostgresTrouble::DiskFull(_)))
/// }
/// # assert!(!is_full(&StoreError::new(StoreErrorKind::Unavailable, "postgres", "find_user")));
/// ```
#[derive(Debug, Clone, thiserror::Error)]
#[non_exhaustive]
pub enum PostgresTrouble {
    /// No connection could be made: the server is down, starting, full, or refuses.
    #[error("no connection to the server could be made: see the source; it goes on by itself when the server answers")]
    NoConnection(#[source] Cause),
    /// All connections were busy for longer than 3 seconds.
    #[error("all connections are busy: the server is slow, rows are locked, or the pool is too small")]
    PoolBusy,
    /// More calls are waiting than may wait.
    #[error("more calls are waiting than may wait")]
    Overloaded,
    /// The connection was lost; whether the statement was done is not known.
    #[error("the connection was lost")]
    ConnectionLost(#[source] Cause),
    /// The server did not answer in time. The statement was cancelled; whether it was done is not known.
    #[error("the server did not answer in time")]
    Deadline,
    /// The server broke the statement off: it waited for a lock or ran for longer than it may. Nothing was done.
    #[error("the server broke the statement off: another transaction holds a lock, or the statement took too long")]
    BrokenOff(#[source] Cause),
    /// Deadlocks or serialization failures, more often than it was tried again. Nothing was done.
    #[error("the statement lost against others, more often than it was tried again")]
    Contended(#[source] Cause),
    /// The server only reads: it is a replica, or was one until now. The connection is given up and the primary looked for.
    #[error("the server only reads: it is a replica, or has become one")]
    ReadOnly(#[source] Cause),
    /// The server has no space, no memory or no connection left.
    #[error("the server has no resources left (disk, memory or connections): make space; nothing was written")]
    DiskFull(#[source] Cause),
    /// A pooler between here and the server forgets prepared statements.
    #[error(
        "a pooler between here and the server forgets prepared statements: \
         add pooler=forgets-statements to the URL, or call `.pooler(Pooler::ForgetsStatements)`"
    )]
    StatementsForgotten(#[source] Cause),
    /// The tables are not what this version works with.
    #[error("the tables are not those of this version: run the migration (`store.migrate()`)")]
    Schema(#[source] Cause),
    /// A row fits no state.
    #[error("{table}.{column} of the row {id} holds what fits no state")]
    Row {
        /// The table.
        table: &'static str,
        /// The column.
        column: String,
        /// The row's key.
        id: String,
    },
    /// Anything else.
    #[error("Postgres refused a statement")]
    Other(#[source] Cause),
}

/// The driver's own error.
type Cause = Arc<dyn Error + Send + Sync>;

impl PostgresTrouble {
    /// What it means for a caller.
    pub const fn kind(&self) -> StoreErrorKind {
        match self {
            Self::NoConnection(_)
            | Self::PoolBusy
            | Self::Overloaded
            | Self::ConnectionLost(_)
            | Self::Deadline
            | Self::BrokenOff(_)
            | Self::Contended(_)
            | Self::ReadOnly(_)
            | Self::DiskFull(_) => StoreErrorKind::Unavailable,
            Self::Row { .. } => StoreErrorKind::Inconsistent,
            Self::StatementsForgotten(_) | Self::Schema(_) | Self::Other(_) => StoreErrorKind::Unexpected,
        }
    }

    pub(crate) fn no_connection(error: impl Error + Send + Sync + 'static) -> Self {
        Self::NoConnection(Arc::new(error))
    }

    /// A statement that always answers with a row did not.
    pub(crate) fn no_row(table: &'static str) -> Self {
        Self::Row { table, column: String::new(), id: String::new() }
    }

    /// A store that is told that the users are elsewhere was asked for one.
    pub(crate) fn no_users() -> Self {
        Self::Schema(Arc::new(std::io::Error::other("the users are in another store, and this one was asked for one")))
    }

    /// Whether a unique index on one of these columns refused the statement.
    pub(crate) fn is_taken(&self, columns: &[&str]) -> bool {
        let Self::Other(cause) = self else { return false };
        let database = cause.downcast_ref::<tokio_postgres::Error>().and_then(tokio_postgres::Error::as_db_error);
        let Some(error) = database.filter(|error| *error.code() == SqlState::UNIQUE_VIOLATION) else { return false };
        // `Key (lower("e""mail"))=(ada@example.com) already exists.`, the words in the server's language.
        let key = error.detail().and_then(|detail| detail.split_once(")=("));
        key.is_some_and(|(key, _)| columns.iter().any(|column| key.contains(&column.replace('"', "\"\""))))
    }

    /// As the error of one of the port's methods.
    pub(crate) fn during(self, operation: &'static str) -> StoreError {
        StoreError::new(self.kind(), BACKEND, operation).with_source(self)
    }

    /// Whether the connection that it happened on is of no use any more.
    pub(crate) const fn breaks_connection(&self) -> bool {
        matches!(self, Self::ConnectionLost(_) | Self::Deadline | Self::ReadOnly(_) | Self::StatementsForgotten(_))
    }
}

impl From<tokio_postgres::Error> for PostgresTrouble {
    fn from(error: tokio_postgres::Error) -> Self {
        let code = error.code().cloned();
        let cause: Cause = Arc::new(error);
        let Some(code) = code else {
            // Reading cells and writing values are our own, so what has no code comes from the connection.
            return Self::ConnectionLost(cause);
        };
        match code {
            SqlState::T_R_SERIALIZATION_FAILURE | SqlState::T_R_DEADLOCK_DETECTED => Self::Contended(cause),
            SqlState::LOCK_NOT_AVAILABLE | SqlState::QUERY_CANCELED | SqlState::IDLE_IN_TRANSACTION_SESSION_TIMEOUT => {
                Self::BrokenOff(cause)
            }
            SqlState::READ_ONLY_SQL_TRANSACTION => Self::ReadOnly(cause),
            SqlState::INVALID_SQL_STATEMENT_NAME | SqlState::DUPLICATE_PSTATEMENT => Self::StatementsForgotten(cause),
            SqlState::UNDEFINED_TABLE
            | SqlState::UNDEFINED_COLUMN
            | SqlState::UNDEFINED_FUNCTION
            | SqlState::INVALID_SCHEMA_NAME => Self::Schema(cause),
            other => match other.code().get(..2) {
                Some("08" | "57" | "58" | "XX") => Self::ConnectionLost(cause),
                Some("53") => Self::DiskFull(cause),
                _ => Self::Other(cause),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_time_may_heal_is_unavailable_and_what_it_cannot_is_not() {
        for trouble in [PostgresTrouble::PoolBusy, PostgresTrouble::Overloaded, PostgresTrouble::Deadline] {
            assert_eq!(trouble.kind(), StoreErrorKind::Unavailable, "{trouble}");
        }
        let row = PostgresTrouble::Row { table: "users", column: "role".to_owned(), id: "7".to_owned() };
        assert_eq!(row.kind(), StoreErrorKind::Inconsistent);
        assert_eq!(row.to_string(), "users.role of the row 7 holds what fits no state");
    }
}
