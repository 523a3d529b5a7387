//! AuthKit's stores on PostgreSQL: several nodes, one statement and one round trip for every decision.
//!
//! [`PostgresStore`] fills every port of `authkit-core`, on tokio.
//!
//! - **Writes** take a connection of the pool for one statement, which decides, writes and tells: the row that decides is
//!   read under a lock, and the audit event is inserted by the same statement or in the same transaction.
//! - **Reads by key** go down connections that are kept for them, many at a time, answered in the order in which they were
//!   sent: a guard has its user and its session after one round trip.
//! - **Lists and searches** have an allowance of their own and a deadline of 2 seconds.
//! - **Nothing waits for ever**: 3 seconds for a connection, 2 for a lock, 5 for everything; then the call fails as
//!   [`authkit_core::StoreErrorKind::Unavailable`]. A restart or failover of the server is lived through.
//! - **No session state**: a pooler in transaction mode may stand in between ([`Pooler`]).
//!
//! The schema is made of plain SQL files in `migrations/`, in a schema that the application may name.
//! [`PostgresBuilder::migrate`] runs what is missing, [`PostgresBuilder::print_migrations`] shows it.

mod attempt_counter;
mod audit_log;
mod audit_sink;
mod backfill;
mod builder;
mod cancel;
mod cells;
mod clauses;
mod connections;
mod db;
mod event_row;
mod in_turn;
mod lanes;
mod migrate;
#[cfg(test)]
mod mistakes;
mod open_error;
#[cfg(test)]
mod plans;
mod pooler;
mod refusal;
mod run;
mod runtime;
mod session_store;
mod sql;
mod start;
mod store;
mod tables;
mod tls;
mod trouble;
mod url;
mod user_store;
mod value;

pub use authkit_sql::{ColumnType, KeyType, MigrationScript, MigrationStatus, TableProblem, UsersTable};
pub use builder::PostgresBuilder;
/// The driver's client, as [`PostgresBuilder::client`] gives it.
pub use deadpool_postgres::ClientWrapper;
pub use open_error::OpenError;
pub use pooler::Pooler;
pub use store::PostgresStore;
pub use trouble::PostgresTrouble;
