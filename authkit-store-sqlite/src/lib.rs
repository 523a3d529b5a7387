//! AuthKit's stores on SQLite: one file, one node, grouped commits.
//!
//! [`SqliteStore`] fills every port of `authkit-core`. It needs no async runtime.
//!
//! - **Writes** go to one thread that owns the one writing connection. It commits all calls that wait together, each in a
//!   savepoint of its own, and answers them after the commit (`synchronous=FULL`, write-ahead log): what is answered is on
//!   the disk.
//! - **Reads by key** run inside the call on a small pool of connections ([`Reads`] has the alternative).
//! - **Lists and searches** run on threads of their own, under a deadline of 2 seconds.
//!
//! The schema is made of plain SQL files in `migrations/`; all tables begin with `ak_`. [`SqliteStore::open`] runs what is
//! missing. Copy the file for a backup only through SQLite itself (`VACUUM INTO`, `.backup`), or with the process stopped.

mod attempt_counter;
mod audit_log;
mod audit_sink;
mod backfill;
mod builder;
mod cells;
mod clauses;
mod connection;
mod deadline;
mod event_row;
mod layout;
mod migrate;
mod open_error;
mod profile_columns;
mod purge_mark;
mod reader_threads;
mod readers;
mod session_store;
mod statements;
mod store;
mod table_check;
mod tables;
mod times;
mod trouble;
mod user_store;
mod writer;

#[cfg(test)]
mod tests;

pub use authkit_sql::{ColumnType, KeyType, MigrationScript, MigrationStatus, TableProblem, TimeFormat, UsersTable};
pub use builder::SqliteBuilder;
pub use open_error::OpenError;
pub use readers::Reads;
pub use store::SqliteStore;
pub use trouble::SqliteTrouble;
