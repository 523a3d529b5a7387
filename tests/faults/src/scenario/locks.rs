//! S7: another program holds the locks of rows, then more callers wait for them than there are connections.

use std::time::{Duration, Instant};

use futures_util::future::join_all;
use tokio::time::sleep;

use crate::scenario::seconds;
use crate::world::{Node, PASSWORD, Session, World};
use crate::{Caller, Form, Journal, Row};

/// What a caller who waits for a lock, or for a connection, may have to wait; half a second for a busy machine.
const TARGET: Duration = Duration::from_millis(3_500);

/// What one may have to wait who waits for a connection first, and with it for the lock: the store's deadline.
const BOTH: Duration = Duration::from_millis(5_500);

/// More than the node's connections.
const CALLERS: usize = 48;

pub async fn locks(form: Form) -> Vec<Row> {
    let world = World::start().await;
    let node = world.node().await;
    let mut caller = world.caller(&node);
    let victim = Session::new(&mut caller, "victim@example.com").await;
    let mut bystander = Session::new(&mut caller, "bystander@example.com").await;
    let length = form.pick(Duration::from_secs(4), Duration::from_secs(10));
    let mut rows = Vec::new();
    let locks = [
        ("a user's row", "SELECT FROM authkit.users WHERE email_key = 'victim@example.com' FOR UPDATE".to_owned()),
        ("a session's row", format!("SELECT FROM authkit.sessions WHERE id = '{}' FOR UPDATE", victim.id())),
    ];
    for (what, lock) in locks {
        let rogue = world.sql().await;
        rogue.batch_execute(&format!("BEGIN; {lock}")).await.expect("the lock");
        let began = Instant::now();
        let (mut waited, mut others) = (Duration::ZERO, Duration::ZERO);
        let mut caught = world.caller(&node);
        while began.elapsed() < length {
            let call = async {
                if what == "a user's row" {
                    caught.login(&victim.email, PASSWORD).await
                } else {
                    caught.refresh(&victim.refresh).await
                }
            };
            let beside = async {
                let answer = caller.refresh(&bystander.refresh).await;
                assert_eq!(answer.status, 200, "a bystander: {answer:?}");
                answer
            };
            let (locked, other) = tokio::join!(call, beside);
            bystander.take(&other);
            if began.elapsed() < length {
                assert_eq!(locked.status, 503, "{what} is locked: {locked:?}");
            }
            (waited, others) = (waited.max(locked.took), others.max(other.took));
        }
        rogue.batch_execute("ROLLBACK").await.expect("the end of the lock");
        rows.push(Row::new(
            format!("S7: {what} locked for {} s", length.as_secs()),
            format!("503 within {}; others 200 within {}", seconds(waited), seconds(others)),
            "503 within 3 s (+ 0.5 s), others go on",
            waited < TARGET,
        ));
    }
    rows.extend(exhausted(&world, &node, &victim, &mut bystander, length).await);
    let answer = caller.refresh(&victim.refresh).await;
    assert_eq!(answer.status, 200, "after the lock: {answer:?}");
    let deadlocks = "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()";
    let deadlocks: i64 = world.sql().await.query_one(deadlocks, &[]).await.expect("the statistics").get(0);
    rows.push(Row::new("S7: deadlocks", deadlocks.to_string(), "0", deadlocks == 0));
    world.journal.verdict();
    rows
}

/// Everybody refreshes the locked session, and one who has nothing to do with it refreshes his own.
async fn exhausted(
    world: &World,
    node: &Node,
    victim: &Session,
    bystander: &mut Session,
    length: Duration,
) -> Vec<Row> {
    let rogue = world.sql().await;
    let lock = format!("BEGIN; SELECT FROM authkit.sessions WHERE id = '{}' FOR UPDATE", victim.id());
    rogue.batch_execute(&lock).await.expect("the lock");
    let began = Instant::now();
    let (others, guards) = (Journal::default(), Journal::default());
    let crowd = join_all((0..CALLERS).map(|_| {
        let (mut caller, token) = (world.caller(node), victim.refresh.clone());
        async move {
            while began.elapsed() < length {
                caller.refresh(&token).await;
            }
        }
    }));
    let access = bystander.access.clone();
    let beside = async {
        let mut caller = Caller::new(node.address(), &others);
        while began.elapsed() < length {
            let answer = caller.refresh(&bystander.refresh).await;
            if answer.is_good() {
                bystander.take(&answer);
            }
            sleep(Duration::from_millis(100)).await;
        }
    };
    // Guards read on connections of their own.
    let guarded = async {
        let mut caller = Caller::new(node.address(), &guards);
        while began.elapsed() < length {
            let answer = caller.get("/auth/me", &access).await;
            assert_eq!(answer.status, 200, "a guard: {answer:?}");
            sleep(Duration::from_millis(50)).await;
        }
    };
    tokio::join!(crowd, beside, guarded, async {
        sleep(length).await;
        rogue.batch_execute("ROLLBACK").await.expect("the end of the lock");
    });
    others.verdict();
    guards.verdict();
    let (waited, beside) = (world.journal.slowest(began), others.slowest(began));
    let name = |who: &str| format!("S7: {CALLERS} callers on a row locked for {} s: {who}", length.as_secs());
    vec![
        Row::new(
            name("they"),
            format!("{}, slowest {}", world.journal.counts(began), seconds(waited)),
            "503 within 3 s for a connection and 2 s for the lock (+ 0.5 s)",
            waited < BOTH,
        ),
        Row::new(
            name("a refresh beside them"),
            format!("{}, slowest {}", others.counts(began), seconds(beside)),
            "503 within 3 s (+ 0.5 s)",
            beside < TARGET,
        ),
        Row::new(
            name("guards beside them"),
            format!("{}, slowest {}", guards.counts(began), seconds(guards.slowest(began))),
            "200",
            true,
        ),
    ]
}
