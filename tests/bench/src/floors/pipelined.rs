//! The guard's reads by key on a few connections of the driver, both on their way before the first is answered.

use std::sync::Arc;

use authkit_core::SignIn;
use futures_util::future::try_join;
use tokio_postgres::{Client as Connection, Row, Statement};
use uuid::Uuid;

use crate::failure::Failure;
use crate::floors::reads::Read;
use crate::ids::scattered;
use crate::load::{Client, Rate, Window, closed_loop};
use crate::postgres::{connect, statement};

const SESSION: &str = include_str!("../../../../authkit-store-postgres/sql/sessions/find_session.sql");
const USER: &str = include_str!("../../../../authkit-store-postgres/sql/users/find_user.sql");

pub struct Pipelined {
    links: Vec<Arc<Link>>,
    keys: Arc<Vec<(String, Uuid)>>,
}

struct Link {
    connection: Connection,
    user: Statement,
    session: Statement,
}

impl Pipelined {
    /// Of the rows of these people, who are in the database.
    pub async fn open(url: &str, connections: usize, people: &[SignIn]) -> Result<Self, Failure> {
        let mut links = Vec::with_capacity(connections);
        for _ in 0..connections {
            let connection = connect(url).await?;
            let user = connection.prepare(&statement(USER)).await?;
            let session = connection.prepare(&statement(SESSION)).await?;
            links.push(Arc::new(Link { connection, user, session }));
        }
        let key = |person: &SignIn| (person.user.id.as_str().to_owned(), person.session.id.as_uuid());
        Ok(Self { links, keys: Arc::new(people.iter().map(key).collect()) })
    }

    /// How many turns a second so many tasks make.
    pub async fn rate(&self, read: Read, tasks: usize, window: Window) -> Result<Rate, Failure> {
        let readers = self.links.iter().cycle().take(tasks).zip(0_u64..).map(|(link, seed)| Reader {
            link: Arc::clone(link),
            keys: Arc::clone(&self.keys),
            read,
            turn: seed << 32,
        });
        Ok(closed_loop(readers.collect(), window).await?.0)
    }
}

struct Reader {
    link: Arc<Link>,
    keys: Arc<Vec<(String, Uuid)>>,
    read: Read,
    turn: u64,
}

impl Client for Reader {
    async fn call(&mut self) -> Result<bool, Failure> {
        let Self { link, keys, .. } = self;
        let (user, session) = &keys[scattered(self.turn) as usize % keys.len()];
        self.turn += 1;
        let values: [&(dyn tokio_postgres::types::ToSql + Sync); 1] = [user];
        let of_user = link.connection.query(&link.user, &values);
        if self.read == Read::User {
            return one(&of_user.await?);
        }
        let values: [&(dyn tokio_postgres::types::ToSql + Sync); 1] = [session];
        let (user, session) = try_join(of_user, link.connection.query(&link.session, &values)).await?;
        Ok(one(&user)? && one(&session)?)
    }
}

fn one(rows: &[Row]) -> Result<bool, Failure> {
    let [row] = rows else { return Err(Failure::new("a row is missing")) };
    std::hint::black_box(row);
    Ok(true)
}
