//! Running statements: one round trip each, with a deadline, and again only where that is safe.

use std::hash::{BuildHasher as _, RandomState};
use std::time::Duration;

use deadpool_postgres::ClientWrapper;
use futures_util::future::{BoxFuture, join_all};
use tokio::time::{Instant, sleep_until, timeout_at};
use tokio_postgres::types::{ToSql, Type};
use tokio_postgres::{Error, Row};

use crate::connections::Connections;
use crate::trouble::PostgresTrouble;
use crate::value::Value;

/// How long a call may take altogether; the server's own limit for a statement is the same.
const DEADLINE: Duration = Duration::from_secs(5);

/// How often a statement that lost against others is tried again. Nothing was done by it, so that is always safe.
const TRIES: u32 = 3;

/// A statement with its values.
#[derive(Clone, Copy)]
pub(crate) struct Step<'a> {
    pub(crate) sql: &'a str,
    pub(crate) values: &'a [Value<'a>],
}

/// Whether a call may be made again when its connection was lost and nobody knows whether it was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Again {
    /// A change is never made twice.
    Never,
    /// It changes nothing, or leads to the same whether it was done or not.
    Safe,
}

/// Runs statements on the store's connections.
#[derive(Clone)]
pub(crate) struct Runner {
    pub(crate) connections: Connections,
    /// Whether statements are named and kept on each connection.
    pub(crate) named: bool,
}

impl Runner {
    /// One statement.
    pub(crate) async fn one(&self, again: Again, step: Step<'_>) -> Result<Vec<Row>, PostgresTrouble> {
        let mut rows = self.run(again, &[step]).await?;
        Ok(rows.pop().unwrap_or_default())
    }

    /// Several statements in one transaction and still one round trip: all are on their way before the first is answered.
    /// Each sees what was committed before it began, so a statement that follows a lock sees what the lock waited for.
    pub(crate) async fn all(&self, again: Again, steps: &[Step<'_>]) -> Result<Vec<Vec<Row>>, PostgresTrouble> {
        self.run(again, steps).await
    }

    async fn run(&self, again: Again, steps: &[Step<'_>]) -> Result<Vec<Vec<Row>>, PostgresTrouble> {
        let until = Instant::now() + DEADLINE;
        let (mut lost, mut contended) = (0, 0);
        loop {
            let trouble = match self.attempt(steps, until).await {
                Ok(rows) => return Ok(rows),
                Err(trouble) => trouble,
            };
            match &trouble {
                PostgresTrouble::Contended(_) if contended < TRIES => {
                    contended += 1;
                    sleep_until((Instant::now() + jitter(contended)).min(until)).await;
                }
                PostgresTrouble::ConnectionLost(_) if again == Again::Safe && lost < 1 => lost += 1,
                _ => return Err(trouble),
            }
        }
    }

    async fn attempt(&self, steps: &[Step<'_>], until: Instant) -> Result<Vec<Vec<Row>>, PostgresTrouble> {
        let mut connection = self.connections.take(until).await?;
        let client = connection.client()?;
        let answered = timeout_at(until, async {
            match steps {
                [step] => query(client, self.named, *step).await.map(|rows| vec![rows]),
                steps => transaction(client, self.named, steps).await,
            }
        });
        let trouble = match answered.await {
            Ok(Ok(rows)) => return Ok(rows),
            Ok(Err(error)) => PostgresTrouble::from(error),
            Err(_) => PostgresTrouble::Deadline,
        };
        if trouble.breaks_connection() {
            connection.give_up();
        }
        if matches!(trouble, PostgresTrouble::ReadOnly(_)) {
            // The primary is elsewhere now; the others lead to the same server.
            self.connections.give_up_idle();
        }
        Err(trouble)
    }
}

/// One statement on one connection.
pub(crate) async fn query(client: &ClientWrapper, named: bool, step: Step<'_>) -> Result<Vec<Row>, Error> {
    let values = typed(step.values);
    if !named {
        return client.query_typed(step.sql, &values).await;
    }
    let (values, types): (Vec<&(dyn ToSql + Sync)>, Vec<Type>) = values.into_iter().unzip();
    let statement = client.prepare_typed_cached(step.sql, &types).await?;
    client.query(&statement, &values).await
}

/// Each statement sees what the lock before it waited for: so whatever the role's default is, not one snapshot for all.
const BEGIN: &str = "BEGIN ISOLATION LEVEL READ COMMITTED";

/// Everything is sent before anything is answered. After a statement that fails the server refuses the rest, and makes
/// `COMMIT` a rollback.
async fn transaction(client: &ClientWrapper, named: bool, steps: &[Step<'_>]) -> Result<Vec<Vec<Row>>, Error> {
    pipeline(client, named, BEGIN, steps).await
}

/// The statements between `begin` and `COMMIT`, in one round trip.
pub(crate) async fn pipeline(
    client: &ClientWrapper,
    named: bool,
    begin: &str,
    steps: &[Step<'_>],
) -> Result<Vec<Vec<Row>>, Error> {
    let mut kept = Vec::with_capacity(steps.len());
    if named {
        for step in steps {
            let types: Vec<Type> = step.values.iter().map(Value::ty).collect();
            kept.push(client.prepare_typed_cached(step.sql, &types).await?);
        }
    }
    let mut calls: Vec<BoxFuture<'_, Result<Vec<Row>, Error>>> = Vec::with_capacity(steps.len() + 2);
    calls.push(Box::pin(async { client.batch_execute(begin).await.map(|()| Vec::new()) }));
    for (number, step) in steps.iter().enumerate() {
        let statement = kept.get(number);
        calls.push(Box::pin(async move {
            let values = typed(step.values);
            match statement {
                Some(statement) => {
                    let values: Vec<_> = values.into_iter().map(|(value, _)| value).collect();
                    client.query(statement, &values).await
                }
                None => client.query_typed(step.sql, &values).await,
            }
        }));
    }
    calls.push(Box::pin(async { client.batch_execute("COMMIT").await.map(|()| Vec::new()) }));
    // Polled in their order, so sent in their order.
    let mut answers: Vec<Vec<Row>> = join_all(calls).await.into_iter().collect::<Result<_, _>>()?;
    answers.pop();
    Ok(answers.into_iter().skip(1).collect())
}

pub(crate) fn typed<'a>(values: &'a [Value<'a>]) -> Vec<(&'a (dyn ToSql + Sync), Type)> {
    values.iter().map(|value| (value as &(dyn ToSql + Sync), value.ty())).collect()
}

/// Between 1 and 20 milliseconds for the first time and longer each time, so that those who lost together part.
fn jitter(tries: u32) -> Duration {
    let random = RandomState::new().hash_one(tries);
    Duration::from_millis(1 + random % (20 * u64::from(tries)))
}
