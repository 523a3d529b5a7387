//! `cargo xtask postgres`, and the server and pooler of a test run: those that the environment names, or their own.

mod install;

use std::env;
use std::thread;

use authkit_test_postgres::process::{Cluster, Options, PgBouncer, PoolerOptions, find_pgbouncer};
use authkit_test_postgres::{Url, variable};
pub use install::provide;

/// Enough for the tests of a machine with many cores, all of which share one server.
const MAX_CONNECTIONS: u32 = 500;

/// The server and the pooler of a run. Dropping it stops those that were started for it; when this process is killed,
/// they stop all the same.
pub struct Servers {
    /// How programs find them, as far as they do not know it already.
    pub variables: Vec<(&'static str, String)>,
    // In the order in which they are stopped.
    _pooler: Option<PgBouncer>,
    _cluster: Option<Cluster>,
}

impl Servers {
    /// # Errors
    /// What is missing and the command that installs it, or why a server does not start.
    pub fn start() -> Result<Self, String> {
        if let Ok(url) = env::var(variable::POSTGRES_URL) {
            let url = Url::parse(&url).map_err(|error| format!("{}: {error}", variable::POSTGRES_URL))?;
            return Self::in_front_of(&url);
        }
        provide()?;
        let cluster = Cluster::start(&Options::default().max_connections(MAX_CONNECTIONS))?;
        println!("PostgreSQL {} on 127.0.0.1:{}", cluster.programs().version(), cluster.port());
        let mut servers = Self::in_front_of(&cluster.url())?;
        servers.variables.push((variable::POSTGRES_URL, cluster.url().to_string()));
        servers._cluster = Some(cluster);
        Ok(servers)
    }

    fn in_front_of(server: &Url) -> Result<Self, String> {
        let mut servers = Self { variables: Vec::new(), _pooler: None, _cluster: None };
        if env::var_os(variable::PGBOUNCER_URL).is_some() {
            return Ok(servers);
        }
        if find_pgbouncer().is_none() {
            println!("note: no pgbouncer on this machine: the tests that go through it will fail");
            return Ok(servers);
        }
        let pooler = PgBouncer::start(server, &PoolerOptions::default())?;
        println!("PgBouncer on 127.0.0.1:{}", pooler.url().port);
        servers.variables.push((variable::PGBOUNCER_URL, pooler.url().to_string()));
        servers._pooler = Some(pooler);
        Ok(servers)
    }
}

/// Servers in the foreground, for `cargo test -p CRATE` in another terminal.
///
/// # Errors
/// As [`Servers::start`], or an argument that is not known.
pub fn run(args: &[String]) -> Result<(), String> {
    if !args.is_empty() && args != ["start"] {
        return Err(format!("takes nothing or start, not: {}", args.join(" ")));
    }
    let servers = Servers::start()?;
    println!("\nIn the terminal of the tests:\n");
    for (name, value) in &servers.variables {
        println!("export {name}={value}");
    }
    println!("\nStops at ctrl-c, and leaves nothing.");
    loop {
        thread::park();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_argument_starts_nothing() {
        assert!(run(&["stop".to_owned()]).unwrap_err().contains("stop"));
    }
}
