//! The connections of the Postgres store: other numbers, and other ways to use them, beside the default ones. What is
//! written in `docs/decisions/0012-postgres-connections.md` comes from here.

use std::sync::Arc;

use authkit_core::{SessionStore, SignIn, UserStore};
use authkit_store_postgres::{Pooler, PostgresBuilder};
use futures_util::future::try_join;

use crate::Run;
use crate::failure::Failure;
use crate::floors::raw::{Raw, Way};
use crate::load::{Client, closed_loop, executor};
use crate::postgres::{self, Postgres};
use crate::report::{Line, Target};
use crate::rounds::{Part, Rounds};
use crate::rows::p5_rotation_sqlite::{Audit, Rotator, check, rate};
use crate::rows::p6_rotation_postgres::rotators;
use crate::world::World;

const CLIENTS: usize = 64;

type Settings = fn(PostgresBuilder) -> PostgresBuilder;

const WRITES: [(&str, Settings); 5] = [
    ("16 connections", |builder| builder),
    ("4 connections", |builder| builder.connections(4)),
    ("8 connections", |builder| builder.connections(8)),
    ("32 connections", |builder| builder.connections(32)),
    ("16 connections, unnamed statements", |builder| builder.pooler(Pooler::ForgetsStatements)),
];

const READS: [(&str, Settings); 4] = [
    ("2 lanes", |builder| builder.read_connections(2)),
    ("1 lane", |builder| builder.read_connections(1)),
    ("4 lanes", |builder| builder.read_connections(4)),
    ("2 lanes, unnamed statements", |builder| builder.read_connections(2).pooler(Pooler::ForgetsStatements)),
];

pub fn run(run: &Run) -> Result<Vec<Line>, Failure> {
    let executor = executor()?;
    let cluster = executor.block_on(Postgres::start(run))?;
    let url = executor.block_on(cluster.database("value"))?;
    let world = executor.block_on(async { World::on_postgres(postgres::store(&url).await?, run.users).await })?;
    let mut lines = writes(run, &url, &world)?;
    lines.extend(reads(run, &url, &world)?);
    Ok(lines)
}

fn writes(run: &Run, url: &str, world: &World) -> Result<Vec<Line>, Failure> {
    let executor = executor()?;
    let mut people = world.people.iter();
    let mut all: Vec<(String, Vec<Rotator>, Arc<dyn SessionStore>)> = Vec::new();
    for (name, settings) in WRITES {
        let store: Arc<dyn SessionStore> = Arc::new(executor.block_on(postgres::store_with(url, settings))?);
        let clients = rotators(&store, people.by_ref().take(CLIENTS), Audit::Incidents);
        all.push((name.to_owned(), clients, store));
    }
    let raw: Vec<(usize, Raw)> = [1, 4, 16]
        .into_iter()
        .map(|connections| {
            let people: Vec<&SignIn> = people.by_ref().take(CLIENTS).collect();
            Ok((connections, executor.block_on(Raw::open(url, connections, &people))?))
        })
        .collect::<Result<_, Failure>>()?;
    let mut names: Vec<String> = all.iter().map(|(name, _, _)| format!("through the port, {name}")).collect();
    names.extend(raw.iter().map(|(n, _)| format!("raw driver, pipelined, {n} connections")));
    let mut parts = Vec::new();
    for (_, clients, _) in &mut all {
        parts.push(Part::value(|| executor.block_on(rate(clients, run))));
    }
    for (_, raw) in &raw {
        parts.push(Part::value(|| executor.block_on(raw.rate(Way::Rotate, CLIENTS, run.window))));
    }
    let rounds = Rounds::run(run.rounds, parts)?;
    for (_, clients, store) in &all {
        executor.block_on(check(store, clients))?;
    }
    Ok(lines(&rounds, &format!("rotation, {}, {CLIENTS} clients", run.disk), &names))
}

fn reads(run: &Run, url: &str, world: &World) -> Result<Vec<Line>, Failure> {
    let executor = executor()?;
    let stores = READS.map(|(_, settings)| executor.block_on(postgres::store_with(url, settings)));
    let stores = stores.into_iter().map(|store| store.map(Arc::new)).collect::<Result<Vec<_>, _>>()?;
    let people: Vec<&SignIn> = world.people.iter().take(CLIENTS * 10).collect();
    let mut names: Vec<String> = READS.iter().map(|(name, _)| format!("through the ports, {name}")).collect();
    let raw = executor.block_on(Raw::open(url, 16, &people))?;
    let mut parts = Vec::new();
    for store in &stores {
        parts.push(Part::value(|| {
            let guards = people.iter().take(CLIENTS).map(|person| Guard {
                users: Arc::clone(store) as Arc<dyn UserStore>,
                sessions: Arc::clone(store) as Arc<dyn SessionStore>,
                person: (*person).clone(),
            });
            executor.block_on(async { Ok(closed_loop(guards.collect(), run.window).await?.0) })
        }));
    }
    names.push("raw driver, a connection of 16 for each read".to_owned());
    parts.push(Part::value(|| executor.block_on(raw.rate(Way::Read, CLIENTS, run.window))));
    let rounds = Rounds::run(run.rounds, parts)?;
    Ok(lines(&rounds, &format!("user and session read, {CLIENTS} clients"), &names))
}

/// Everything to the first, which is the default.
fn lines(rounds: &Rounds, what: &str, names: &[String]) -> Vec<Line> {
    let line = |(n, name): (usize, &String)| {
        let what = format!("{what}: {name} / {}", names[0]);
        rounds.line("connections", what, Target::None, move |round| round[n], |round| round[0])
    };
    names.iter().enumerate().skip(1).map(line).collect()
}

/// Reads a person's user and session as a guard does.
struct Guard {
    users: Arc<dyn UserStore>,
    sessions: Arc<dyn SessionStore>,
    person: SignIn,
}

impl Client for Guard {
    async fn call(&mut self) -> Result<bool, Failure> {
        let user = self.users.find_user(&self.person.user.id);
        let (user, session) = try_join(user, self.sessions.find_session(self.person.session.id)).await?;
        if user.is_some() && session.is_some() { Ok(true) } else { Err(Failure::new("a row is missing")) }
    }
}
