//! The server that all tests of a run share.

use std::env;

use crate::variable::{PGBOUNCER_URL, POSTGRES_URL, WITHOUT};
use crate::{Server, Url};

/// The server that `cargo xtask test` started, or that the environment names.
///
/// # Panics
/// There is none. A test whose means are missing fails: a skip is no pass.
pub fn shared() -> Server {
    let Ok(url) = env::var(POSTGRES_URL) else {
        if env::var(WITHOUT).is_ok_and(|without| without == "postgres") {
            panic!(
                "Postgres was waived, and this test needs it: its path must have `postgres` in it, so that the run \
                 leaves it out and says so"
            );
        }
        panic!(
            "this test needs PostgreSQL. Either\n    cargo xtask test\nor, for single tests,\n    cargo xtask \
             postgres\nin another terminal, and the lines that it prints in this one. A server of your own:\n    \
             export {POSTGRES_URL}=postgres://USER:PASSWORD@127.0.0.1:5432/postgres"
        );
    };
    let parsed = |name, url: &str| Url::parse(url).unwrap_or_else(|error| panic!("{name}: {error}"));
    let pooler = env::var(PGBOUNCER_URL).ok().map(|url| parsed(PGBOUNCER_URL, &url));
    Server::new(parsed(POSTGRES_URL, &url), pooler)
}
