//! The guard's reads by primary key in a loop: on as many threads as there are cores, each with a connection and
//! statements that it keeps.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use authkit_core::SignIn;
use rusqlite::{Connection, Statement, ToSql};

use crate::failure::Failure;
use crate::ids::scattered;
use crate::load::{Cpu, Rate, Window, cores};

const SESSION: &str = include_str!("../../../../authkit-store-sqlite/sql/sessions/find_session.sql");
const USER: &str = include_str!("../../../../authkit-store-sqlite/sql/users/find_user.sql");

/// What one turn of the loop reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Read {
    User,
    UserAndSession,
}

pub struct Reads {
    file: PathBuf,
    keys: Arc<Vec<Key>>,
}

struct Key {
    session: [u8; 16],
    user: String,
}

impl Reads {
    /// Of the rows of these people, who are in the file.
    pub fn new(file: &Path, people: &[SignIn]) -> Self {
        let key = |person: &SignIn| Key {
            session: person.session.id.as_uuid().into_bytes(),
            user: person.user.id.as_str().to_owned(),
        };
        Self { file: file.to_owned(), keys: Arc::new(people.iter().map(key).collect()) }
    }

    /// How many turns a second.
    pub fn rate(&self, read: Read, window: Window) -> Result<Rate, Failure> {
        let start = Instant::now() + window.warm_up;
        let stop = start + window.measured;
        let cpu = Cpu::between(start, stop);
        let threads: Vec<_> = (0..cores() as u64)
            .map(|seed| {
                let (file, keys) = (self.file.clone(), Arc::clone(&self.keys));
                std::thread::spawn(move || turns(&file, &keys, read, seed << 32, start, stop))
            })
            .collect();
        let mut count = 0;
        for thread in threads {
            count += thread.join().map_err(|_| Failure::new("a reading thread panicked"))??;
        }
        Rate::new(f64::from(count), window, cpu)
    }
}

fn turns(file: &Path, keys: &[Key], read: Read, seed: u64, start: Instant, stop: Instant) -> Result<u32, Failure> {
    let conn: Connection = super::open(file)?;
    let (mut user, mut session) = (conn.prepare(&super::statement(USER))?, conn.prepare(SESSION)?);
    let mut count = 0;
    for n in seed.. {
        let key = &keys[scattered(n) as usize % keys.len()];
        one(&mut user, &key.user)?;
        if read == Read::UserAndSession {
            one(&mut session, &key.session)?;
        }
        let at = Instant::now();
        if at >= stop {
            break;
        }
        count += u32::from(at >= start);
    }
    Ok(count)
}

/// Every column of the one row.
fn one(statement: &mut Statement<'_>, key: &dyn ToSql) -> Result<(), Failure> {
    let columns = statement.column_count();
    let mut rows = statement.query([key])?;
    let row = rows.next()?.ok_or_else(|| Failure::new("a row is missing"))?;
    for i in 0..columns {
        std::hint::black_box(row.get_ref(i)?);
    }
    Ok(())
}
