//! Refresh over HTTP, on each store, beside what a request behind the stateless guard, the read of a user and
//! a rotation through the port cost together.

// P-7

use std::sync::Arc;

use authkit_core::{SessionId, SessionStore, SignIn, UserId, UserStore};

use crate::Run;
use crate::disk::Disk;
use crate::failure::Failure;
use crate::floors::pipelined::Pipelined;
use crate::floors::reads::{Read, Reads};
use crate::http::{Connection, request};
use crate::load::{Client, Rate, closed_loop, executor, from_one_thread};
use crate::postgres::Postgres;
use crate::report::{Line, Target};
use crate::rounds::{Part, Rounds, combined};
use crate::rows::p5_rotation_sqlite::{self, Audit, Rotator};
use crate::rows::{CLIENTS, p1_me_stateless, p2_me_strict_memory, p6_rotation_postgres};
use crate::server::Server;
use crate::world::World;

pub fn run(run: &Run) -> Result<Vec<Line>, Failure> {
    let executor = executor()?;
    let folder = run.disk.folder(&run.bench)?;
    let file = folder.file("value.db");
    let world = executor.block_on(World::on_sqlite(&file, run.users))?;
    let reads = Reads::new(&file, &world.people);
    let what = format!("SQLite, {}", run.disk);
    let mut lines = Vec::new();
    lines.extend(measure(run, &world, &what, &mut || reads.rate(Read::User, run.window))?);
    let cluster = executor.block_on(Postgres::start(run))?;
    let (url, on_postgres) = executor.block_on(p6_rotation_postgres::world(run, &cluster, "value"))?;
    let reads = executor.block_on(Pipelined::open(&url, 4, &on_postgres.people))?;
    let mut read = || executor.block_on(reads.rate(Read::User, CLIENTS, run.window));
    lines.extend(measure(run, &on_postgres, &format!("PostgreSQL, {}", run.disk), &mut read)?);
    if run.disk == Disk::Real {
        let world = executor.block_on(World::in_memory(run.users))?;
        let mut read = || executor.block_on(reads_through_the_port(&world, run));
        lines.splice(0..0, measure(run, &world, "memory", &mut read)?);
    }
    Ok(lines)
}

fn measure(
    run: &Run,
    world: &World,
    what: &str,
    read: &mut dyn FnMut() -> Result<Rate, Failure>,
) -> Result<[Line; 2], Failure> {
    let executor = executor()?;
    let server = Server::start_ours(&world.kit, p2_me_strict_memory::app(world))?;
    let stateless = Server::start_ours(&world.kit, p1_me_stateless::app(world))?;
    let length = p1_me_stateless::length(&stateless, p1_me_stateless::PATH, world)?;
    let mut people = world.people.iter();
    // As the default configuration has it: the trail does not record every refresh.
    let port = people.by_ref().take(CLIENTS).map(|person| Rotator::new(&world.sessions, person, Audit::Off));
    let mut port: Vec<_> = port.collect();
    let steps = people.by_ref().take(CLIENTS).map(|person| Steps {
        read: Reader { users: Arc::clone(&world.users), id: person.user.id },
        rotate: Rotator::new(&world.sessions, person, Audit::Incidents),
    });
    let mut steps: Vec<_> = steps.collect();
    let mut http: Vec<_> = people.by_ref().take(CLIENTS).map(Signed::new).collect();
    let parts = vec![
        Part::value(|| refreshes(&server, &mut http, run)),
        Part::floor(|| p1_me_stateless::rate(&stateless, p1_me_stateless::PATH, world, length, run)),
        Part::floor(read),
        Part::floor(|| executor.block_on(p5_rotation_sqlite::rate(&mut port, run))),
        Part::value(|| {
            let (rate, back) = executor.block_on(closed_loop(std::mem::take(&mut steps), run.window))?;
            steps = back;
            Ok(rate)
        }),
    ];
    let rounds = Rounds::run(run.rounds, parts)?;
    executor.block_on(p5_rotation_sqlite::check(&world.sessions, &port))?;
    executor.block_on(check(&world.sessions, &http))?;
    let what = format!("refresh over HTTP, {what}: {CLIENTS} clients / P1, user read and rotation combined");
    // One read at a time is not what many in flight cost each: this says how much of a shortfall is that.
    let one_by_one = "the same / P1 and, through the ports, the read and then the rotation combined";
    Ok([
        rounds.line("P7", what, Target::AtLeast(0.8), |round| round[0], |round| combined(&round[1..4])),
        rounds.line("P7", one_by_one, Target::None, |round| round[0], |round| combined(&[round[1], round[4]])),
    ])
}

/// What a client keeps between rounds.
struct Signed {
    session: SessionId,
    token: String,
    refreshed: u64,
}

impl Signed {
    fn new(person: &SignIn) -> Self {
        let token = person.tokens.refresh.expose().to_owned();
        Self { session: person.session.id, token, refreshed: 0 }
    }
}

fn refreshes(server: &Server, clients: &mut Vec<Signed>, run: &Run) -> Result<Rate, Failure> {
    let signed = std::mem::take(clients);
    let connect = async {
        let mut refreshers = Vec::with_capacity(signed.len());
        for signed in signed {
            refreshers.push(Refresher { connection: Connection::open(server.address).await?, signed });
        }
        Ok(refreshers)
    };
    let (rate, refreshers) = from_one_thread(connect, run.window)?;
    clients.extend(refreshers.into_iter().map(|refresher| refresher.signed));
    Ok(rate)
}

struct Refresher {
    connection: Connection,
    signed: Signed,
}

impl Client for Refresher {
    async fn call(&mut self) -> Result<bool, Failure> {
        let Self { connection, signed } = self;
        let answer = connection.call(&request("POST", "/auth/refresh", &signed.token)).await?;
        answer.expect(200)?;
        let next = answer.text("refresh_token").ok_or_else(|| Failure::new("no refresh token came"))?;
        let next = std::str::from_utf8(next)?;
        if next == signed.token {
            return Err(Failure::new("the same refresh token came back"));
        }
        signed.token.clear();
        signed.token.push_str(next);
        signed.refreshed += 1;
        Ok(true)
    }
}

/// Whether each row was moved exactly as often as its client got a new token.
async fn check(sessions: &Arc<dyn SessionStore>, clients: &[Signed]) -> Result<(), Failure> {
    for client in clients {
        let row = sessions.find_session(client.session).await?;
        if row.is_none_or(|row| row.generation != client.refreshed) {
            return Err(Failure::new("a session was not rotated once for each new token"));
        }
    }
    Ok(())
}

/// There is no faster way to a row in memory than the port.
async fn reads_through_the_port(world: &World, run: &Run) -> Result<Rate, Failure> {
    let readers = world.people.iter().take(CLIENTS);
    let readers = readers.map(|person| Reader { users: Arc::clone(&world.users), id: person.user.id });
    let (rate, _) = closed_loop(readers.collect(), run.window).await?;
    Ok(rate)
}

struct Reader {
    users: Arc<dyn UserStore>,
    id: UserId,
}

impl Client for Reader {
    async fn call(&mut self) -> Result<bool, Failure> {
        let found = self.users.find_user(&self.id).await?;
        found.map(|_| true).ok_or_else(|| Failure::new("a user is gone"))
    }
}

/// What a refresh asks of a store, in its order.
struct Steps {
    read: Reader,
    rotate: Rotator,
}

impl Client for Steps {
    async fn call(&mut self) -> Result<bool, Failure> {
        Ok(self.read.call().await? && self.rotate.call().await?)
    }
}
