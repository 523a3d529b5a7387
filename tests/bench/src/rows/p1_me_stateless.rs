//! Who is it, by the token's signature and times alone, beside a poem hello-world.

// P-1

use poem::{EndpointExt as _, IntoEndpoint, Route, get, handler};

use crate::Run;
use crate::failure::Failure;
use crate::floors::hello::{self, Getter};
use crate::load::{Rate, executor, from_one_thread};
use crate::report::{Line, Target};
use crate::rounds::{Part, Rounds};
use crate::rows::CLIENTS;
use crate::server::Server;
use crate::world::World;

pub const PATH: &str = "/me";

pub fn run(run: &Run) -> Result<Vec<Line>, Failure> {
    let world = executor()?.block_on(World::in_memory(run.users))?;
    let bare = Server::start(app(&world))?;
    let whole = Server::start_ours(&world.kit, app(&world))?;
    let length = length(&bare, PATH, &world)?;
    let hello = Server::start(hello::app(length))?;
    let parts = vec![
        Part::value(|| rate(&bare, PATH, &world, length, run)),
        Part::floor(|| rate(&hello, hello::PATH, &world, length, run)),
        Part::value(|| rate(&whole, PATH, &world, length, run)),
    ];
    let rounds = Rounds::run(run.rounds, parts)?;
    let line = |what, least, value: usize| {
        rounds.line("P1", what, Target::AtLeast(least), |round| round[value], |round| round[1])
    };
    Ok(vec![
        line("`/me`, stateless guard, poem's server / hello-world", 0.85, 0),
        line("the same, our `serve` with all it does / hello-world", 0.75, 2),
    ])
}

/// A route of the application behind the stateless guard, that answers with the user's id.
pub fn app(world: &World) -> impl IntoEndpoint<Endpoint: 'static> + Send + 'static {
    #[handler]
    fn me(claims: authkit_poem::Claims) -> String {
        claims.0.user.as_str().to_owned()
    }

    Route::new().at(PATH, get(me)).with(authkit_poem::layer(&world.kit))
}

/// How long the answer of a path is.
pub fn length(server: &Server, path: &str, world: &World) -> Result<usize, Failure> {
    let token = world.people.first().ok_or_else(|| Failure::new("nobody is there"))?.tokens.access.expose();
    executor()?.block_on(hello::length(server, path, token))
}

/// How many requests a second a path of a server answers.
pub fn rate(server: &Server, path: &str, world: &World, length: usize, run: &Run) -> Result<Rate, Failure> {
    let tokens: Vec<&str> = world.people.iter().map(|person| person.tokens.access.expose()).collect();
    let connect = Getter::several(server, path, &tokens, CLIENTS, length);
    from_one_thread(connect, run.window).map(|(rate, _)| rate)
}
