//! PostgreSQL for the tests: the server that `cargo xtask test` started, clusters of their own where a test stops or
//! replaces the server, a pooler, and a proxy that loses answers.
//!
//! A test that needs a database asks for a new one: `shared().create_database().await`. Its path has `postgres` in it
//! (a module or the test's name), so that `cargo xtask test --without postgres` can leave it out by that word.

#[cfg(feature = "async")]
mod cluster;
#[cfg(feature = "async")]
mod database;
pub mod process;
#[cfg(feature = "async")]
mod proxy;
#[cfg(feature = "async")]
mod shared;
mod url;

#[cfg(feature = "async")]
pub use cluster::Cluster;
#[cfg(feature = "async")]
pub use database::{Database, Server, connect};
pub use process::{Options, PgBouncer, PoolerOptions, Stop};
#[cfg(feature = "async")]
pub use proxy::CuttingProxy;
#[cfg(feature = "async")]
pub use shared::shared;
pub use url::Url;

/// Names of the environment variables by which `cargo xtask test` tells the tests what it has started.
pub mod variable {
    /// The server: a role that may create databases. Whoever sets it by hand has the tests use that server.
    pub const POSTGRES_URL: &str = "AUTHKIT_TEST_POSTGRES_URL";
    /// A pooler in transaction mode in front of that server.
    pub const PGBOUNCER_URL: &str = "AUTHKIT_TEST_PGBOUNCER_URL";
    /// `postgres` when it was waived on the command line.
    pub const WITHOUT: &str = "AUTHKIT_TEST_WITHOUT";
}
