//! What every port works with: the statements, and the three ways to run one.

use std::sync::Arc;
use std::time::Duration;

use authkit_sql::{KeyType, UserColumn};
use tokio::runtime::Handle;
use tokio::sync::Semaphore;
use tokio::time::{Instant, timeout_at};
use tokio_postgres::Row;
use tokio_postgres::types::Type;

use crate::lanes::{Lanes, Read};
use crate::run::{Again, Runner, Step, pipeline};
use crate::runtime::within;
use crate::sql::{Sql, Statements};
use crate::tables::{Tables, Users};
use crate::trouble::PostgresTrouble;
use crate::value::Value;

/// How long a list or search may take altogether.
const LIST_DEADLINE: Duration = Duration::from_secs(2);

/// The server's own limit for it, so that it ends there too. No page is worth compiling a statement for it, which takes tens of
/// milliseconds wherever the server expects more rows than there are.
const BEGIN_LIST: &str = "BEGIN READ ONLY; SET LOCAL statement_timeout = 2000; SET LOCAL jit = off";

/// A read by key, in the order of [`Db::reads`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Point {
    Session,
    BlockedEach,
    /// From here on only where the users are in this database.
    User,
    UserByEmail,
}

/// The store's connections, tables and statements.
pub(crate) struct Db {
    pub(crate) tables: Tables,
    statements: Statements,
    runner: Runner,
    lanes: Lanes,
    lists: Arc<Semaphore>,
    runtime: Handle,
}

impl Db {
    pub(crate) fn new(tables: Tables, runner: Runner, lanes: usize, lists: usize) -> Self {
        let statements = Statements::new(&tables);
        Self::with_statements(tables, statements, runner, lanes, lists)
    }

    /// The same with statements of which a test has broken one.
    pub(crate) fn with_statements(
        tables: Tables,
        statements: Statements,
        runner: Runner,
        lanes: usize,
        lists: usize,
    ) -> Self {
        let reads = Self::reads(&tables, &statements);
        let lanes = Lanes::new(lanes, runner.connections.clone(), runner.named, reads);
        let lists = Arc::new(Semaphore::new(lists.max(1)));
        Self { tables, statements, runner, lanes, lists, runtime: Handle::current() }
    }

    /// One statement that decides and writes.
    pub(crate) async fn write(&self, sql: Sql, values: &[Value<'_>]) -> Result<Vec<Row>, PostgresTrouble> {
        let step = Step { sql: self.statements.text(sql), values };
        self.looked_at(within(&self.runtime, self.runner.one(Again::Never, step))).await
    }

    /// The same for a statement that leads to the same whether it was done before or not.
    pub(crate) async fn write_again(&self, sql: Sql, values: &[Value<'_>]) -> Result<Vec<Row>, PostgresTrouble> {
        let step = Step { sql: self.statements.text(sql), values };
        self.looked_at(within(&self.runtime, self.runner.one(Again::Safe, step))).await
    }

    /// Several statements in one transaction and one round trip. Answers with the rows of the last.
    pub(crate) async fn write_all(&self, steps: &[(Sql, &[Value<'_>])]) -> Result<Vec<Row>, PostgresTrouble> {
        Ok(self.write_each(steps).await?.pop().unwrap_or_default())
    }

    /// The same with the rows of each.
    pub(crate) async fn write_each(&self, steps: &[(Sql, &[Value<'_>])]) -> Result<Vec<Vec<Row>>, PostgresTrouble> {
        let steps: Vec<Step<'_>> =
            steps.iter().map(|(sql, values)| Step { sql: self.statements.text(*sql), values }).collect();
        self.looked_at(within(&self.runtime, self.runner.all(Again::Never, &steps))).await
    }

    /// A read by key.
    pub(crate) async fn point(&self, point: Point, values: &[Value<'_>]) -> Result<Vec<Row>, PostgresTrouble> {
        within(&self.runtime, self.lanes.read(point as usize, values)).await
    }

    /// A list or search, whose text is put together for it.
    pub(crate) async fn list(&self, sql: &str, values: &[Value<'_>]) -> Result<Vec<Row>, PostgresTrouble> {
        within(&self.runtime, self.listed(sql, values)).await
    }

    async fn listed(&self, sql: &str, values: &[Value<'_>]) -> Result<Vec<Row>, PostgresTrouble> {
        let until = Instant::now() + LIST_DEADLINE;
        let permit = timeout_at(until, self.lists.acquire()).await;
        let _permit = permit.map_err(|_| PostgresTrouble::PoolBusy)?.map_err(PostgresTrouble::no_connection)?;
        let mut connection = self.runner.connections.take(until).await?;
        // Never named: a plan for the very values is worth more here than the planning that it saves.
        let steps = [Step { sql, values }];
        let answer = timeout_at(until, pipeline(connection.client()?, false, BEGIN_LIST, &steps)).await;
        let trouble = match answer {
            Ok(Ok(mut rows)) => return Ok(rows.pop().unwrap_or_default()),
            Ok(Err(error)) => PostgresTrouble::from(error),
            Err(_) => PostgresTrouble::Deadline,
        };
        if trouble.breaks_connection() {
            connection.give_up();
        }
        Err(trouble)
    }

    /// The same for a statement that has a file.
    pub(crate) async fn list_by(&self, sql: Sql, values: &[Value<'_>]) -> Result<Vec<Row>, PostgresTrouble> {
        self.list(self.statements.text(sql), values).await
    }

    pub(crate) fn close(&self) {
        self.lanes.give_up();
        self.runner.connections.close();
    }

    /// A server that only reads is not the primary: nothing that leads to it is kept. One that answers nothing may stand
    /// still: what has heard nothing from it either is not kept.
    async fn looked_at<T>(&self, call: impl Future<Output = Result<T, PostgresTrouble>>) -> Result<T, PostgresTrouble> {
        let began = Instant::now();
        let answer = call.await;
        match &answer {
            Err(PostgresTrouble::ReadOnly(_)) => self.lanes.give_up(),
            Err(PostgresTrouble::Deadline) => self.lanes.give_up_silent(began.elapsed()),
            _ => {}
        }
        answer
    }

    fn reads(tables: &Tables, statements: &Statements) -> Vec<Read> {
        let key: &'static [Type] = match tables.key_type() {
            KeyType::Text => &[Type::TEXT],
            KeyType::Uuid => &[Type::UUID],
            KeyType::BigInt => &[Type::INT8],
        };
        let blocked: &'static [Type] =
            &[Type::BYTEA_ARRAY, Type::TIMESTAMPTZ, Type::INT8_ARRAY, Type::INTERVAL_ARRAY, Type::INT8_ARRAY];
        let mut reads = Vec::new();
        for (point, sql, types) in [
            (Point::Session, Sql::FindSession, &[Type::UUID][..]),
            (Point::BlockedEach, Sql::BlockedEach, blocked),
            (Point::User, Sql::FindUser, key),
            (Point::UserByEmail, Sql::FindUserByEmail, &[Type::TEXT][..]),
        ] {
            // A table that is not there cannot be asked, not even for later.
            if matches!(point, Point::User | Point::UserByEmail) && *tables.users() == Users::Elsewhere {
                continue;
            }
            reads.push(Read { sql: statements.text(sql).into(), types });
        }
        reads
    }

    /// Whether the users have a column that a table may lack.
    pub(crate) fn has(&self, column: UserColumn) -> bool {
        self.tables.has(column)
    }
}
