//! Who is it, as the Postgres store has it now, beside what the stateless guard and the two reads by key, both in flight,
//! cost together. The server runs on the same cores.

// P-4

use crate::Run;
use crate::failure::Failure;
use crate::floors::hello;
use crate::floors::pipelined::Pipelined;
use crate::floors::reads::Read;
use crate::load::executor;
use crate::postgres::{self, Postgres};
use crate::report::{Line, Target};
use crate::rounds::{Part, Rounds, combined};
use crate::rows::{CLIENTS, p1_me_stateless, p2_me_strict_memory};
use crate::server::Server;
use crate::world::World;

/// Of the floor.
const CONNECTIONS: usize = 4;

/// What the system that this one replaces answered a second, on as many cores.
const PREDECESSOR: f64 = 272.0;

pub fn run(run: &Run) -> Result<Vec<Line>, Failure> {
    let executor = executor()?;
    let cluster = executor.block_on(Postgres::start(run))?;
    let (world, reads) = executor.block_on(async {
        let url = cluster.database("value").await?;
        let world = World::on_postgres(postgres::store(&url).await?, run.users).await?;
        let reads = Pipelined::open(&url, CONNECTIONS, &world.people).await?;
        Ok::<_, Failure>((world, reads))
    })?;
    let value = Server::start_ours(&world.kit, p2_me_strict_memory::app(&world))?;
    let stateless = Server::start_ours(&world.kit, p1_me_stateless::app(&world))?;
    let length = p1_me_stateless::length(&value, p2_me_strict_memory::PATH, &world)?;
    let short = p1_me_stateless::length(&stateless, p1_me_stateless::PATH, &world)?;
    let hello = Server::start(hello::app(length))?;
    let rate = p1_me_stateless::rate;
    let parts = vec![
        Part::value(|| rate(&value, p2_me_strict_memory::PATH, &world, length, run)),
        Part::floor(|| rate(&hello, hello::PATH, &world, length, run)),
        Part::value(|| rate(&stateless, p1_me_stateless::PATH, &world, short, run)),
        Part::floor(|| executor.block_on(reads.rate(Read::UserAndSession, CLIENTS, run.window))),
    ];
    let rounds = Rounds::run(run.rounds, parts)?;
    let line = |what, least, floor: fn(&[f64]) -> f64| {
        rounds.line("P4", what, Target::AtLeast(least), |round| round[0], floor)
    };
    let what = "`/auth/me`, strict guard, PostgreSQL / P1 and both reads in flight on 4 connections combined";
    let than_before = line("the same / 272 a second, the system that it replaces", 30.0, |_| PREDECESSOR);
    Ok(vec![
        line(what, 0.9, |round| combined(&round[2..])),
        line("the same / hello-world", 0.28, |round| round[1]),
        Line { by_cpu: None, ..than_before },
    ])
}
