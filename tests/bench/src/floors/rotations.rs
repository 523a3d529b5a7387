//! The store's own statements in a loop on one connection: so many guarded updates, each with its audit row, in one
//! transaction after the other.

use std::path::Path;
use std::time::Instant;

use authkit_core::{Clock as _, Digest, SignIn, SystemClock};
use rusqlite::{Connection, params};

use crate::failure::Failure;
use crate::ids;
use crate::load::{Cpu, Rate, Window};
use crate::world::client;

const ROTATE: &str = include_str!("../../../../authkit-store-sqlite/sql/sessions/rotate_session.sql");
const EVENT: &str = include_str!("../../../../authkit-store-sqlite/sql/audit/insert_event.sql");

pub struct Rotations {
    conn: Connection,
    rows: Vec<Row>,
}

struct Row {
    session: [u8; 16],
    user: String,
    kid: String,
    current: Digest,
    generation: u64,
}

impl Rotations {
    /// Of the sessions of these people, who are in the file.
    pub fn new(file: &Path, people: &[SignIn]) -> Result<Self, Failure> {
        let row = |person: &SignIn| Row {
            session: person.session.id.as_uuid().into_bytes(),
            user: person.user.id.as_str().to_owned(),
            kid: person.session.kid.as_str().to_owned(),
            current: person.session.token_hash,
            generation: 0,
        };
        Ok(Self { conn: super::open(file)?, rows: people.iter().map(row).collect() })
    }

    /// How many rotations a second, each of the first `group` sessions once in a transaction.
    pub fn rate(&mut self, group: usize, window: Window) -> Result<Rate, Failure> {
        let Self { conn, rows } = self;
        let rows = rows.get_mut(..group).ok_or_else(|| Failure::new("too few sessions"))?;
        let (mut begin, mut commit) = (conn.prepare("BEGIN IMMEDIATE")?, conn.prepare("COMMIT")?);
        let (mut rotate, mut event) = (conn.prepare(ROTATE)?, conn.prepare(EVENT)?);
        let client = client();
        let ip = client.ip.map(|ip| ip.to_string());
        let start = Instant::now() + window.warm_up;
        let stop = start + window.measured;
        let cpu = Cpu::between(start, stop);
        let mut count = 0;
        loop {
            begin.execute(())?;
            for (n, row) in rows.iter_mut().enumerate() {
                let at = SystemClock.now();
                let next = ids::digest(n as u64, row.generation + 1);
                let changed = rotate.execute(params![
                    row.session,
                    row.current.as_bytes(),
                    next.as_bytes(),
                    row.kid,
                    i64::try_from(row.generation + 1)?,
                    at.as_micros(),
                    at.as_micros(),
                ])?;
                if changed != 1 {
                    return Err(Failure::new("a rotation met another row than it left"));
                }
                (row.current, row.generation) = (next, row.generation + 1);
                event.execute(params![
                    ids::uuid(at).into_bytes(),
                    at.as_micros(),
                    "session.refreshed",
                    "success",
                    "user",
                    row.user,
                    row.user,
                    row.session,
                    None::<&str>,
                    ip,
                    client.user_agent,
                    client.device,
                    client.request_id,
                    "{}",
                    None::<&str>,
                ])?;
            }
            commit.execute(())?;
            let at = Instant::now();
            if at >= stop {
                break;
            }
            count += if at >= start { group } else { 0 };
        }
        Rate::new(count as f64, window, cpu)
    }
}
