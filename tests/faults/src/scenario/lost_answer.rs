//! S2: the answer to a refresh is lost after the commit: between server and node, and between node and client.

use std::time::{Duration, Instant};

use authkit_test_postgres::CuttingProxy;
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;
use tokio::time::sleep;
use tokio_postgres::Client;

use crate::world::{Node, Session, World};
use crate::{Caller, Form, Row};

/// An update of a session waits here until the test lets it go on, so that nothing else can be the answer that is lost.
const GATE: &str = "
    CREATE FUNCTION gate() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN PERFORM pg_advisory_xact_lock_shared(1); RETURN new; END $$;
    CREATE TRIGGER gate BEFORE UPDATE ON authkit.sessions FOR EACH ROW EXECUTE FUNCTION gate()";

const AT_THE_GATE: &str = "SELECT EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND NOT granted)";

pub async fn lost_answer(form: Form) -> Vec<Row> {
    let world = World::start().await;
    let proxy = CuttingProxy::start(world.database.url()).await;
    let node = Node::start(&proxy.url(world.database.url()), &[]).await;
    let sql = world.sql().await;
    sql.batch_execute(GATE).await.expect("a gate");
    let mut caller = world.caller(&node);
    let mut session = Session::new(&mut caller, "ada@example.com").await;
    let rounds = form.pick(50, 1_000);
    let began = Instant::now();
    for round in 0..rounds {
        match round % 3 {
            0 => between_server_and_node(&sql, &proxy, &mut caller, &session).await,
            1 => cut_after_commit(&sql, &caller, &session, round).await,
            _ => cut_at_once(&caller, &session).await,
        }
        // Asked again twice with the same token: the same successor.
        let first = caller.refresh(&session.refresh).await;
        let second = caller.refresh(&session.refresh).await;
        assert_eq!((first.status, second.status), (200, 200), "round {round}: {first:?} {second:?}");
        assert_eq!(first.text("refresh_token"), second.text("refresh_token"), "round {round}");
        session.take(&first);
        assert_eq!(generation(&sql, &session).await, round + 1, "one step in round {round}");
    }
    let lost = proxy.losses();
    assert_eq!(i64::try_from(lost), Ok((rounds + 2) / 3), "the proxy lost other answers than those of refreshes");
    world.journal.verdict();
    vec![Row::new(
        "S2: answer lost after the commit",
        format!(
            "{rounds} of {rounds} recover with the same token ({lost} between server and node); slowest {:.2} s",
            world.journal.slowest(began).as_secs_f64()
        ),
        "all recover with the same token",
        true,
    )]
}

/// The server carries it out, and the node's connection breaks in place of the answer.
async fn between_server_and_node(sql: &Client, proxy: &CuttingProxy, caller: &mut Caller, session: &Session) {
    sql.batch_execute("SELECT pg_advisory_lock(1)").await.expect("the gate closes");
    let open = async {
        until(sql, AT_THE_GATE).await;
        proxy.lose_next_answer();
        sql.batch_execute("SELECT pg_advisory_unlock(1)").await.expect("the gate opens");
    };
    // The node may have asked again by itself.
    tokio::join!(caller.refresh(&session.refresh), open);
}

/// The client is gone when the step is committed, before it has read anything.
async fn cut_after_commit(sql: &Client, caller: &Caller, session: &Session, round: i64) {
    let stream = sent(caller, session).await;
    while generation(sql, session).await == round {
        sleep(Duration::from_millis(1)).await;
    }
    drop(stream);
}

/// The client is gone at once; whether anything is done then is not known.
async fn cut_at_once(caller: &Caller, session: &Session) {
    drop(sent(caller, session).await);
}

async fn sent(caller: &Caller, session: &Session) -> TcpStream {
    let mut stream = TcpStream::connect(caller.address).await.expect("the node accepts");
    let request = format!(
        "POST /auth/refresh HTTP/1.1\r\nHost: {}\r\nAuthorization: Bearer {}\r\nContent-Length: 0\r\n\r\n",
        caller.address, session.refresh
    );
    stream.write_all(request.as_bytes()).await.expect("the node reads");
    stream
}

async fn generation(sql: &Client, session: &Session) -> i64 {
    let query = "SELECT generation FROM authkit.sessions WHERE id = $1::text::uuid";
    sql.query_one(query, &[&session.id()]).await.expect("the session").get(0)
}

async fn until(sql: &Client, query: &str) {
    let began = Instant::now();
    while !sql.query_one(query, &[]).await.expect("an answer").get::<_, bool>(0) {
        assert!(began.elapsed() < Duration::from_secs(10), "never true: {query}");
        sleep(Duration::from_millis(1)).await;
    }
}
