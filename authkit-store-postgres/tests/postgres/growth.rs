//! Rows that are written over and over, and what is removed beside them.

use std::time::Duration;

use authkit_conformance::fixtures::{GRACE, START, digest, instant, kid, new_session, new_user};
use authkit_core::{
    Cause, InsertSession, InsertUser, NewSession, NewUser, Rotate, Rotation, RotationEvents, SessionId,
    SessionStore as _, Timestamp, User, UserStore as _,
};
use authkit_store_postgres::PostgresStore;
use authkit_test_postgres::{Cluster, Database, shared};
use futures_util::future::join_all;
use tokio_postgres::Client;

async fn opened() -> (Database, PostgresStore, Client) {
    let database = shared().create_database().await;
    let builder = PostgresStore::builder(database.url());
    builder.migrate().await.unwrap();
    let (store, client) = (builder.connect().await.unwrap(), database.connect().await);
    (database, store, client)
}

async fn user(store: &PostgresStore, n: u64) -> User {
    let inserted = store.insert_user(new_user(n), Cause::silent(START)).await.unwrap();
    let InsertUser::Inserted(user) = inserted else { panic!("{inserted:?}") };
    *user
}

async fn session(store: &PostgresStore, user: &User, n: u64, idle_ttl: Duration) -> SessionId {
    let session = NewSession { idle_ttl, ..new_session(n, user, START) };
    let id = session.id;
    let opened = store.insert_session(session, 50, Cause::silent(START), None).await.unwrap();
    assert!(matches!(opened, InsertSession::Inserted { .. }), "{opened:?}");
    id
}

async fn rotate(store: &PostgresStore, session: SessionId, presented: u64, at: Timestamp) -> Rotate {
    let (presented, successor) = (digest(presented), digest(presented + 1));
    let step = Rotation { session, presented, successor, kid: kid("key-1"), grace: GRACE, at };
    store.rotate(&step, &RotationEvents::default()).await.unwrap()
}

/// Calls at once, the sessions that each of them refreshes, and how often.
const TASKS: u64 = 4;
const SESSIONS: u64 = 500;
const ROUNDS: u64 = 5;

/// The bytes of the table and of its indexes.
async fn sizes(client: &Client) -> (i64, i64) {
    let sql = "SELECT pg_relation_size('authkit.sessions'), pg_indexes_size('authkit.sessions')";
    let row = client.query_one(sql, &[]).await.unwrap();
    (row.get(0), row.get(1))
}

#[tokio::test(flavor = "multi_thread")]
async fn sessions_that_are_refreshed_ten_thousand_times_do_not_grow() {
    // A server of its own: a transaction of another test, in whatever database, would keep old versions alive.
    let cluster = Cluster::start().await;
    let builder = PostgresStore::builder(cluster.url());
    builder.migrate().await.unwrap();
    let (store, client) = (builder.connect().await.unwrap(), cluster.connect().await);
    // Whatever room is made, is made by the updates themselves.
    client.batch_execute("ALTER TABLE authkit.sessions SET (autovacuum_enabled = off)").await.unwrap();
    let ids = join_all((1..=TASKS).map(|task| open(store.clone(), task))).await;
    let before = sizes(&client).await;
    for done in join_all((1..).zip(ids).map(|(task, ids)| tokio::spawn(refresh(store.clone(), task, ids)))).await {
        done.unwrap();
    }
    let after = sizes(&client).await;
    // Ends the connections, which tells the counts of theirs.
    store.close();
    let sql = "SELECT n_tup_upd, n_tup_hot_upd FROM pg_stat_user_tables WHERE relname = 'sessions'";
    let expected = i64::try_from(TASKS * SESSIONS * ROUNDS).unwrap();
    let told = async {
        loop {
            client.batch_execute("SELECT pg_stat_clear_snapshot()").await.unwrap();
            let row = client.query_one(sql, &[]).await.unwrap();
            let (updates, hot): (i64, i64) = (row.get(0), row.get(1));
            if updates >= expected {
                return (updates, hot);
            }
            tokio::task::yield_now().await;
        }
    };
    let (updates, hot) = tokio::time::timeout(Duration::from_secs(30), told).await.expect("the server's counts");
    assert!(hot * 100 >= updates * 95, "{hot} of {updates} updates stayed on their page");
    assert!(after.0 * 4 <= before.0 * 5 && after.1 * 4 <= before.1 * 5, "from {before:?} to {after:?} bytes");
}

/// Sessions of a user of the task's own.
async fn open(store: PostgresStore, task: u64) -> Vec<SessionId> {
    let user = user(&store, task).await;
    let mut ids = Vec::new();
    for n in 0..SESSIONS {
        let new = new_session(1_000_000 * task + 1_000 * n, &user, START);
        ids.push(new.id);
        let opened = store.insert_session(new, 1_000, Cause::silent(START), None).await.unwrap();
        assert!(matches!(opened, InsertSession::Inserted { .. }), "{opened:?}");
    }
    ids
}

async fn refresh(store: PostgresStore, task: u64, ids: Vec<SessionId>) {
    for round in 0..ROUNDS {
        for (n, id) in (0..).zip(&ids) {
            let presented = 1_000_000 * task + 1_000 * n + round;
            let seen = rotate(&store, *id, presented, instant(60 * (round + 1))).await;
            assert!(matches!(seen, Rotate::Rotated(_)), "{seen:?}");
        }
    }
}

// S-41
#[tokio::test]
async fn a_purge_waits_for_nobody_and_takes_the_rest() {
    let (database, store, client) = opened().await;
    let user = user(&store, 1).await;
    let hour = Duration::from_secs(3_600);
    let mut sessions = Vec::new();
    for n in 1..=4 {
        sessions.push(session(&store, &user, n, hour).await);
    }
    let gone = new_user(9);
    let deleted = store.insert_user(NewUser { password_hash: None, ..gone }, Cause::silent(START)).await.unwrap();
    let InsertUser::Inserted(deleted) = deleted else { panic!("{deleted:?}") };
    client
        .execute("UPDATE authkit.users SET deleted_at = created_at WHERE id = $1", &[&deleted.id.as_str()])
        .await
        .unwrap();

    // Somebody holds one of each; whoever waits for it is broken off after two seconds.
    let holder = database.connect().await;
    holder.batch_execute("BEGIN").await.unwrap();
    let held = sessions[1].as_uuid().to_string();
    holder.batch_execute(&format!("SELECT FROM authkit.sessions WHERE id = '{held}' FOR KEY SHARE")).await.unwrap();
    holder.batch_execute("SELECT FROM authkit.users WHERE deleted_at IS NOT NULL FOR UPDATE").await.unwrap();
    let later = instant(90_000);
    assert_eq!(store.purge_sessions(later, 1_000).await.unwrap(), 3);
    assert_eq!(store.purge_deleted_users(later, 1_000).await.unwrap(), 0);
    holder.batch_execute("ROLLBACK").await.unwrap();
    assert_eq!(store.purge_sessions(later, 1_000).await.unwrap(), 1);
    assert_eq!(store.purge_deleted_users(later, 1_000).await.unwrap(), 1);
    assert!(store.find_user(&user.id).await.unwrap().is_some());
}

// S-41
#[tokio::test]
async fn a_purge_that_is_under_way_holds_up_no_sign_in() {
    let (database, store, client) = opened().await;
    let user = user(&store, 1).await;
    let over = session(&store, &user, 1, Duration::from_secs(60)).await;
    let living = session(&store, &user, 2, Duration::from_secs(86_400)).await;
    // A purge that stands still after its deletion, with all locks that it takes.
    client
        .batch_execute(
            "CREATE FUNCTION stand_still() RETURNS trigger LANGUAGE plpgsql AS
                 'BEGIN PERFORM pg_advisory_xact_lock(7); RETURN old; END';
             CREATE TRIGGER stands_still AFTER DELETE ON authkit.sessions
                 FOR EACH ROW EXECUTE FUNCTION stand_still();
             SELECT pg_advisory_lock(7)",
        )
        .await
        .unwrap();
    let purging = {
        let store = store.clone();
        tokio::spawn(async move { store.purge_sessions(instant(7_000), 1_000).await })
    };
    let watcher = database.connect().await;
    let stands = async {
        let sql = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted AND database =
                   (SELECT oid FROM pg_database WHERE datname = current_database())";
        while watcher.query_one(sql, &[]).await.unwrap().get::<_, i64>(0) == 0 {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(10), stands).await.expect("a purge under way");
    let another = session(&store, &user, 3, Duration::from_secs(86_400)).await;
    assert!(matches!(rotate(&store, living, 2, instant(10)).await, Rotate::Rotated(_)));
    assert!(store.find_session(another).await.unwrap().is_some());
    store.note_sign_in(&user.id, instant(10)).await.unwrap();
    client.batch_execute("SELECT pg_advisory_unlock(7)").await.unwrap();
    // Broken off after two seconds of waiting for a lock, where this machine was slow: then it is done again.
    if purging.await.unwrap().is_err() {
        store.purge_sessions(instant(7_000), 1_000).await.unwrap();
    }
    assert_eq!(store.find_session(over).await.unwrap(), None);
}
