//! A call on Postgres with a million users and sessions, beside the same call with ten thousand; and what a million
//! rotations leave behind in the table.

// P-12

use std::time::{Duration, Instant};

use tokio_postgres::Client;

use crate::Run;
use crate::failure::Failure;
use crate::load::executor;
use crate::postgres::{self, Postgres, connect};
use crate::report::{Line, Target, Unit};
use crate::rounds::{Part, Rounds};
use crate::rows::p5_rotation_sqlite::Audit;
use crate::rows::p6_rotation_postgres::{Several, rotators, world};
use crate::rows::{p1_me_stateless, p2_me_strict_memory};
use crate::seed;
use crate::server::Server;
use crate::world::World;

const CLIENTS: usize = 64;

/// A call may take 1.3 times as long.
const TARGET: Target = Target::AtLeast(1.0 / 1.3);

pub fn run(run: &Run) -> Result<Vec<Line>, Failure> {
    let executor = executor()?;
    let cluster = executor.block_on(Postgres::start(run))?;
    let (small, large) = executor.block_on(async {
        let small = grown(run, &cluster, "small", run.users).await?;
        Ok::<_, Failure>((small, grown(run, &cluster, "large", run.many).await?))
    })?;
    let [mut few, mut many] = [&small, &large]
        .map(|world| Several::sharing(rotators(&world.sessions, world.people.iter(), Audit::Incidents), CLIENTS));
    let parts = vec![
        Part::value(|| executor.block_on(Several::rate(&mut many, run))),
        Part::floor(|| executor.block_on(Several::rate(&mut few, run))),
    ];
    let rounds = Rounds::run(run.rounds, parts)?;
    for (world, all) in [(&small, &few), (&large, &many)] {
        executor.block_on(Several::check(&world.sessions, all))?;
    }
    let what = |call: &str| format!("{call}, PostgreSQL: {} sessions / {} sessions", run.many, run.users);
    let line = |rounds: &Rounds, call| rounds.line("P12", what(call), TARGET, |round| round[0], |round| round[1]);
    let rotation = line(&rounds, "rotation, 64 clients");
    let [small_server, large_server] =
        [&small, &large].map(|world| Server::start_ours(&world.kit, p2_me_strict_memory::app(world)));
    let (small_server, large_server) = (small_server?, large_server?);
    let length = p1_me_stateless::length(&large_server, p2_me_strict_memory::PATH, &large)?;
    let rate = |server, world| p1_me_stateless::rate(server, p2_me_strict_memory::PATH, world, length, run);
    let parts = vec![Part::value(|| rate(&large_server, &large)), Part::floor(|| rate(&small_server, &small))];
    let rounds = Rounds::run(run.rounds, parts)?;
    Ok(vec![rotation, line(&rounds, "`/auth/me`, strict guard")])
}

async fn grown(run: &Run, cluster: &Postgres, name: &str, total: usize) -> Result<World, Failure> {
    let url = cluster.database(name).await?;
    let mut world = World::on_postgres(postgres::store(&url).await?, 0).await?;
    seed::users(&connect(&url).await?, &mut world, total, run.users).await?;
    Ok(world)
}

/// Heap-only updates and the table's size. No disk is waited for: it changes neither.
pub fn heap_only(run: &Run) -> Result<Vec<Line>, Failure> {
    let executor = executor()?;
    let cluster = Postgres::forgetful(run)?;
    let (url, world) = executor.block_on(world(run, &cluster, "value"))?;
    let database = executor.block_on(connect(&url))?;
    let mut all = Several::sharing(rotators(&world.sessions, world.people.iter(), Audit::Incidents), CLIENTS);
    let before = executor.block_on(mebibytes(&database))?;
    while Several::rotated(&all) < run.rotations {
        executor.block_on(Several::rate(&mut all, run))?;
    }
    executor.block_on(Several::check(&world.sessions, &all))?;
    let rotated = Several::rotated(&all);
    let (updates, heap_only) = executor.block_on(updates(&database, rotated))?;
    let after = executor.block_on(mebibytes(&database))?;
    let share = Line::share(
        "P12",
        format!("heap-only of all updates after {rotated} rotations, PostgreSQL"),
        heap_only / updates,
        0.95,
    );
    let what = "table and indexes of the sessions after them / before, no target";
    let size = Line::limited("P12", what, Unit::Mebibytes, &[after], before);
    Ok(vec![share, Line { target: Target::None, ..size }])
}

async fn mebibytes(database: &Client) -> Result<f64, Failure> {
    let size = "SELECT pg_total_relation_size('authkit.sessions')::float8 / 1048576";
    Ok(database.query_one(size, &[]).await?.get(0))
}

/// As the server counts them, which it does a little later.
async fn updates(database: &Client, rotated: u64) -> Result<(f64, f64), Failure> {
    let counted = "SELECT n_tup_upd::float8, n_tup_hot_upd::float8 FROM pg_stat_user_tables WHERE relname = 'sessions'";
    let patience = Instant::now() + Duration::from_secs(30);
    loop {
        let row = database.query_one(counted, &[]).await?;
        let updates: f64 = row.get(0);
        if updates >= rotated as f64 {
            return Ok((updates, row.get(1)));
        }
        if Instant::now() > patience {
            return Err(Failure::new(format!("the server counts {updates} updates after {rotated} rotations")));
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}
