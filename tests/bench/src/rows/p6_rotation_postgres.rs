//! Rotation through the port of the Postgres store, beside pgbench with the very statement on as many connections.

// P-6

use std::sync::Arc;

use authkit_core::{SessionStore, SignIn};

use crate::Run;
use crate::failure::Failure;
use crate::floors::pgbench::Pgbench;
use crate::load::{Client, Rate, closed_loop, executor};
use crate::postgres::{self, Postgres, connect};
use crate::report::{Line, Target};
use crate::rounds::{Part, Rounds};
use crate::rows::p5_rotation_sqlite::{Audit, Rotator, check, rate};
use crate::world::World;

pub fn run(run: &Run) -> Result<Vec<Line>, Failure> {
    let executor = executor()?;
    let cluster = executor.block_on(Postgres::start(run))?;
    let (url, world) = executor.block_on(world(run, &cluster, "value"))?;
    let mut lines = Vec::new();
    let mut people = world.people.iter();
    for (clients, first) in [(1, 1), (64, 1_000)] {
        let mut rotators = rotators(&world.sessions, people.by_ref().take(clients), Audit::Incidents);
        // It opens as many connections as it wants.
        executor.block_on(rate(&mut rotators, run))?;
        let used = executor.block_on(connections(&url))?.min(clients);
        let like = &world.people[0];
        let pgbench = Pgbench::new(&cluster, &url, like, (used, clients.max(used)), first);
        let pgbench = executor.block_on(pgbench)?;
        let parts = vec![
            Part::value(|| executor.block_on(rate(&mut rotators, run))),
            Part::floor(|| executor.block_on(pgbench.rate(run.window))),
        ];
        let rounds = Rounds::run(run.rounds, parts)?;
        executor.block_on(check(&world.sessions, &rotators))?;
        let what = format!(
            "rotation, PostgreSQL, {}: {clients} clients / pgbench, the same statement on {} connections",
            run.disk,
            pgbench.connections()
        );
        lines.push(rounds.line("P6", what, Target::AtLeast(0.9), |round| round[0], |round| round[1]));
    }
    Ok(lines)
}

/// People who are signed in, in a new database, and its URL.
pub async fn world(run: &Run, cluster: &Postgres, name: &str) -> Result<(String, World), Failure> {
    let url = cluster.database(name).await?;
    let world = World::on_postgres(postgres::store(&url).await?, run.users).await?;
    Ok((url, world))
}

pub fn rotators<'p>(
    sessions: &Arc<dyn SessionStore>,
    people: impl Iterator<Item = &'p SignIn>,
    audit: Audit,
) -> Vec<Rotator> {
    people.map(|person| Rotator::new(sessions, person, audit)).collect()
}

/// On how many connections the last statement was a rotation.
async fn connections(url: &str) -> Result<usize, Failure> {
    let count = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND query LIKE '%FOR NO KEY \
                 UPDATE%' AND query LIKE '%the digest that was presented%' AND pid <> pg_backend_pid()";
    match usize::try_from(connect(url).await?.query_one(count, &[]).await?.get::<_, i64>(0))? {
        0 => Err(Failure::new("no connection has rotated")),
        used => Ok(used),
    }
}

/// A client that rotates many sessions, one after the other.
pub struct Several {
    rotators: Vec<Rotator>,
    next: usize,
}

impl Several {
    /// So many clients, which share the sessions among them.
    pub fn sharing(rotators: Vec<Rotator>, clients: usize) -> Vec<Self> {
        let mut all: Vec<Self> = (0..clients).map(|_| Self { rotators: Vec::new(), next: 0 }).collect();
        for (n, rotator) in rotators.into_iter().enumerate() {
            all[n % clients].rotators.push(rotator);
        }
        all
    }

    pub async fn rate(all: &mut Vec<Self>, run: &Run) -> Result<Rate, Failure> {
        let (rate, back) = closed_loop(std::mem::take(all), run.window).await?;
        *all = back;
        Ok(rate)
    }

    pub fn rotated(all: &[Self]) -> u64 {
        all.iter().flat_map(|several| &several.rotators).map(Rotator::generation).sum()
    }

    pub async fn check(sessions: &Arc<dyn SessionStore>, all: &[Self]) -> Result<(), Failure> {
        for several in all {
            check(sessions, &several.rotators).await?;
        }
        Ok(())
    }
}

impl Client for Several {
    async fn call(&mut self) -> Result<bool, Failure> {
        let next = self.next;
        self.next = (next + 1) % self.rotators.len();
        self.rotators[next].call().await
    }
}
