//! Who is it, as the SQLite store has it now, beside what the stateless guard and the two reads by key cost together.

// P-3

use crate::Run;
use crate::failure::Failure;
use crate::floors::hello;
use crate::floors::reads::{Read, Reads};
use crate::load::executor;
use crate::report::{Line, Target};
use crate::rounds::{Part, Rounds, combined};
use crate::rows::{p1_me_stateless, p2_me_strict_memory};
use crate::server::Server;
use crate::world::World;

pub fn run(run: &Run) -> Result<Vec<Line>, Failure> {
    let folder = run.disk.folder(&run.bench)?;
    let file = folder.file("value.db");
    let world = executor()?.block_on(World::on_sqlite(&file, run.users))?;
    let reads = Reads::new(&file, &world.people);
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
        Part::floor(|| reads.rate(Read::UserAndSession, run.window)),
    ];
    let rounds = Rounds::run(run.rounds, parts)?;
    let line = |what, least, floor: fn(&[f64]) -> f64| {
        rounds.line("P3", what, Target::AtLeast(least), |round| round[0], floor)
    };
    Ok(vec![
        line("`/auth/me`, strict guard, SQLite / P1 and raw reads combined", 0.9, |round| combined(&round[2..])),
        line("the same / hello-world", 0.55, |round| round[1]),
    ])
}
