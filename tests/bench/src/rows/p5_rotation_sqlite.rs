//! Rotation through the port of the SQLite store, beside the same statements in a raw loop with as many a transaction as
//! there are clients.

// P-5

use std::sync::Arc;

use authkit_core::{
    Actor, Clock as _, Digest, Event, EventCode, EventId, Rotate, Rotation, RotationEvents, SessionStore, SignIn,
    SystemClock,
};

use crate::Run;
use crate::failure::Failure;
use crate::floors::rotations::Rotations;
use crate::ids;
use crate::load::{Client, Rate, closed_loop, executor};
use crate::report::{Line, Target};
use crate::rounds::{Part, Rounds};
use crate::world::{World, client};

pub fn run(run: &Run) -> Result<Vec<Line>, Failure> {
    let folder = run.disk.folder(&run.bench)?;
    let executor = executor()?;
    let world = executor.block_on(World::on_sqlite(&folder.file("value.db"), run.users))?;
    let floor = executor.block_on(World::on_sqlite(&folder.file("floor.db"), run.users))?.people;
    let mut raw = Rotations::new(&folder.file("floor.db"), &floor)?;
    let mut lines = Vec::new();
    // Sessions that no other number of clients has rotated.
    let mut people = world.people.iter();
    for (clients, least) in [(1, 0.65), (32, 0.8), (128, 0.8)] {
        let mut rotators: Vec<_> =
            people.by_ref().take(clients).map(|person| Rotator::new(&world.sessions, person, Audit::On)).collect();
        let parts = vec![
            Part::value(|| executor.block_on(rate(&mut rotators, run))),
            Part::floor(|| raw.rate(clients, run.window)),
        ];
        let rounds = Rounds::run(run.rounds, parts)?;
        executor.block_on(check(&world.sessions, &rotators))?;
        let what = format!("rotation, SQLite, {}: {clients} clients / raw loop, {clients} a transaction", run.disk);
        lines.push(rounds.line("P5", what, Target::AtLeast(least), |round| round[0], |round| round[1]));
    }
    Ok(lines)
}

/// How many rotations a second.
pub async fn rate(rotators: &mut Vec<Rotator>, run: &Run) -> Result<Rate, Failure> {
    let (rate, back) = closed_loop(std::mem::take(rotators), run.window).await?;
    *rotators = back;
    Ok(rate)
}

/// Whether each row was moved as often as its client was told, and no oftener.
pub async fn check(sessions: &Arc<dyn SessionStore>, rotators: &[Rotator]) -> Result<(), Failure> {
    for rotator in rotators {
        let row = sessions.find_session(rotator.step.session).await?;
        let row = row.ok_or_else(|| Failure::new("a session is gone"))?;
        if (row.generation, row.token_hash) != (rotator.generation, rotator.step.presented) {
            return Err(Failure::new("a row is not what its client was told"));
        }
    }
    Ok(())
}

/// Whether each rotation leaves a row in the trail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Audit {
    On,
    Off,
    /// As by default: only a replay or a reuse would leave one.
    Incidents,
    /// The same, and every rotation leaves one.
    All,
}

/// A client that rotates one session.
pub struct Rotator {
    sessions: Arc<dyn SessionStore>,
    /// The step to come, but for its instant and its successor.
    step: Rotation,
    generation: u64,
    events: RotationEvents,
}

impl Rotator {
    pub fn new(sessions: &Arc<dyn SessionStore>, person: &SignIn, audit: Audit) -> Self {
        let SignIn { user, session, .. } = person;
        let at = SystemClock.now();
        let event = |code, wanted: &[Audit]| {
            let event = Event::new(EventId::from_uuid(ids::uuid(at)), at, code, &client())
                .by(Actor::User(user.id))
                .about(user.id)
                .in_session(session.id);
            wanted.contains(&audit).then_some(event)
        };
        Self {
            sessions: Arc::clone(sessions),
            step: Rotation {
                session: session.id,
                presented: session.token_hash,
                successor: session.token_hash,
                kid: session.kid,
                grace: std::time::Duration::from_secs(10),
                at,
            },
            generation: 0,
            events: RotationEvents {
                rotated: event(EventCode::SESSION_REFRESHED, &[Audit::On, Audit::All]),
                replayed: event(EventCode::SESSION_REFRESH_REPLAYED, &[Audit::Incidents, Audit::All]),
                reused: event(EventCode::SESSION_REUSE_DETECTED, &[Audit::Incidents, Audit::All]),
            },
        }
    }

    /// How often it has rotated.
    pub const fn generation(&self) -> u64 {
        self.generation
    }

    fn successor(&self) -> Digest {
        let id = self.step.session.as_uuid().as_u64_pair().1;
        ids::digest(id, self.generation + 1)
    }
}

impl Client for Rotator {
    async fn call(&mut self) -> Result<bool, Failure> {
        let at = SystemClock.now();
        (self.step.at, self.step.successor) = (at, self.successor());
        let now = |event: &Option<Event>| {
            event.clone().map(|event| Event { id: EventId::from_uuid(ids::uuid(at)), at, ..event })
        };
        let RotationEvents { rotated, replayed, reused } = &self.events;
        let events = RotationEvents { rotated: now(rotated), replayed: now(replayed), reused: now(reused) };
        match self.sessions.rotate(&self.step, &events).await? {
            Rotate::Rotated(row) if row.token_hash == self.step.successor && row.generation == self.generation + 1 => {
                (self.step.presented, self.generation) = (row.token_hash, row.generation);
                Ok(true)
            }
            other => Err(Failure::new(format!("a rotation was answered {other:?}"))),
        }
    }
}
