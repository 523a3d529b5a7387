//! Who is it, as the store in memory has it now, beside a poem hello-world.

// P-2

use poem::Route;

use crate::Run;
use crate::failure::Failure;
use crate::floors::hello;
use crate::load::executor;
use crate::report::{Line, Target};
use crate::rounds::{Part, Rounds};
use crate::rows::p1_me_stateless::{length, rate};
use crate::server::Server;
use crate::world::World;

pub const PATH: &str = "/auth/me";

pub fn run(run: &Run) -> Result<Vec<Line>, Failure> {
    let world = executor()?.block_on(World::in_memory(run.users))?;
    let value = Server::start_ours(&world.kit, app(&world))?;
    let length = length(&value, PATH, &world)?;
    let hello = Server::start(hello::app(length))?;
    let parts = vec![
        Part::value(|| rate(&value, PATH, &world, length, run)),
        Part::floor(|| rate(&hello, hello::PATH, &world, length, run)),
    ];
    let rounds = Rounds::run(run.rounds, parts)?;
    let what = "`/auth/me`, strict guard, memory / hello-world";
    Ok(vec![rounds.line("P2", what, Target::AtLeast(0.80), |round| round[0], |round| round[1])])
}

/// The account API as it is mounted.
pub fn app(world: &World) -> Route {
    Route::new().nest("/auth", authkit_poem::routes(&world.kit))
}
