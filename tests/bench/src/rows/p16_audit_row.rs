//! What the audit row costs a rotation on Postgres.

// P-16

use crate::Run;
use crate::failure::Failure;
use crate::load::executor;
use crate::postgres::Postgres;
use crate::report::{Line, Target};
use crate::rounds::{Part, Rounds};
use crate::rows::p5_rotation_sqlite::{Audit, check, rate};
use crate::rows::p6_rotation_postgres::{rotators, world};

/// Few, so that the disk and not the processor is what is waited for.
const FEW: usize = 4;

pub fn run(run: &Run) -> Result<Vec<Line>, Failure> {
    let executor = executor()?;
    let cluster = executor.block_on(Postgres::start(run))?;
    let (_, world) = executor.block_on(world(run, &cluster, "value"))?;
    let mut people = world.people.iter();
    let mut with = rotators(&world.sessions, people.by_ref().take(FEW), Audit::All);
    let mut without = rotators(&world.sessions, people.take(FEW), Audit::Incidents);
    let parts = vec![
        Part::value(|| executor.block_on(rate(&mut with, run))),
        Part::floor(|| executor.block_on(rate(&mut without, run))),
    ];
    let rounds = Rounds::run(run.rounds, parts)?;
    for rotators in [&with, &without] {
        executor.block_on(check(&world.sessions, rotators))?;
    }
    let what = format!("rotation with its audit row, PostgreSQL, {}: {FEW} clients / without it", run.disk);
    Ok(vec![rounds.line("P16", what, Target::AtLeast(0.7), |round| round[0], |round| round[1])])
}
