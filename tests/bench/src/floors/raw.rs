//! Other ways to use connections than the store's: rotations pipelined on a few, and a connection of its own for each read.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use authkit_core::{Clock as _, SignIn, SystemClock};
use tokio::sync::{Mutex, Semaphore};
use tokio_postgres::types::{ToSql, Type};
use tokio_postgres::{Client as Connection, Statement};
use uuid::Uuid;

use crate::failure::Failure;
use crate::ids;
use crate::load::{Client, Rate, Window, closed_loop};
use crate::postgres::{connect, statement};

const ROTATE: &str = include_str!("../../../../authkit-store-postgres/sql/sessions/rotate_session.sql");
const SESSION: &str = include_str!("../../../../authkit-store-postgres/sql/sessions/find_session.sql");
const USER: &str = include_str!("../../../../authkit-store-postgres/sql/users/find_user.sql");

/// What is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// Each task rotates one session; its statement is sent while others of the connection are in work.
    Rotate,
    /// Each task reads a user, then a session, and has a connection to itself for each.
    Read,
}

pub struct Raw {
    links: Arc<Links>,
    rows: Vec<Arc<Row>>,
}

struct Links {
    all: Vec<Arc<Link>>,
    free: Mutex<Vec<Arc<Link>>>,
    permits: Semaphore,
}

struct Link {
    connection: Connection,
    rotate: Statement,
    user: Statement,
    session: Statement,
}

struct Row {
    session: Uuid,
    user: String,
    kid: String,
    first: [u8; 32],
    generation: AtomicU64,
}

impl Raw {
    /// With a session of one of these people for each task.
    pub async fn open(url: &str, connections: usize, people: &[&SignIn]) -> Result<Self, Failure> {
        let types = [Type::UUID, Type::BYTEA, Type::BYTEA, Type::TEXT, Type::TEXT, Type::TIMESTAMPTZ];
        // The driver sends no intervals by itself.
        let rotate = statement(ROTATE).replace("$5", "$5::text::interval");
        let mut all = Vec::with_capacity(connections);
        for _ in 0..connections {
            let connection = connect(url).await?;
            let rotate = connection.prepare_typed(&rotate, &types).await?;
            let user = connection.prepare(&statement(USER)).await?;
            let session = connection.prepare(&statement(SESSION)).await?;
            all.push(Arc::new(Link { connection, rotate, user, session }));
        }
        let row = |person: &&SignIn| {
            Arc::new(Row {
                session: person.session.id.as_uuid(),
                user: person.user.id.as_str().to_owned(),
                kid: person.session.kid.as_str().to_owned(),
                first: *person.session.token_hash.as_bytes(),
                generation: AtomicU64::new(0),
            })
        };
        let free = Mutex::new(all.clone());
        let links = Links { all, free, permits: Semaphore::new(connections) };
        Ok(Self { links: Arc::new(links), rows: people.iter().map(row).collect() })
    }

    /// How often a second so many tasks do it.
    pub async fn rate(&self, way: Way, tasks: usize, window: Window) -> Result<Rate, Failure> {
        let task = |(n, row): (usize, &Arc<Row>)| Task {
            links: Arc::clone(&self.links),
            link: Arc::clone(&self.links.all[n % self.links.all.len()]),
            row: Arc::clone(row),
            way,
        };
        Ok(closed_loop(self.rows.iter().take(tasks).enumerate().map(task).collect(), window).await?.0)
    }
}

struct Task {
    links: Arc<Links>,
    link: Arc<Link>,
    row: Arc<Row>,
    way: Way,
}

impl Client for Task {
    async fn call(&mut self) -> Result<bool, Failure> {
        let rows = match self.way {
            Way::Rotate => self.rotate().await?,
            Way::Read => self.read(false).await? + self.read(true).await?,
        };
        if rows > 0 { Ok(true) } else { Err(Failure::new("a row is missing")) }
    }
}

impl Task {
    async fn rotate(&self) -> Result<usize, Failure> {
        let Self { link, row, .. } = self;
        let id = row.session.as_u64_pair().1;
        let generation = row.generation.load(Ordering::Relaxed);
        let digest = |generation| match generation {
            0 => row.first,
            generation => *ids::digest(id, generation).as_bytes(),
        };
        let (presented, successor) = (digest(generation), digest(generation + 1));
        let at = std::time::UNIX_EPOCH + std::time::Duration::from_micros(SystemClock.now().as_micros().unsigned_abs());
        let none: Option<&str> = None;
        let values: [&(dyn ToSql + Sync); 9] =
            [&row.session, &presented.as_slice(), &successor.as_slice(), &row.kid, &"10 s", &at, &none, &none, &none];
        let rows = link.connection.query(&link.rotate, &values).await?;
        let outcome: &str = rows.first().map_or("missing", |row| row.get(18));
        if outcome != "rotated" {
            return Err(Failure::new(format!("a rotation was answered {outcome}")));
        }
        row.generation.store(generation + 1, Ordering::Relaxed);
        Ok(rows.len())
    }

    async fn read(&self, session: bool) -> Result<usize, Failure> {
        let _permit = self.links.permits.acquire().await?;
        let link = self.links.free.lock().await.pop().ok_or_else(|| Failure::new("no connection is free"))?;
        let key: &(dyn ToSql + Sync) = if session { &self.row.session } else { &self.row.user };
        let rows = link.connection.query(if session { &link.session } else { &link.user }, &[key]).await;
        self.links.free.lock().await.push(link);
        Ok(rows?.len())
    }
}
