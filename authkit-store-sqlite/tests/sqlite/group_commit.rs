//! Writes that wait together are committed together, and each is answered only after the commit.

use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Waker};

use authkit_conformance::fixtures::{START, digest, event, instant, kid, new_session, new_user, uuid_at};
use authkit_core::{
    AuditSink, Cause, EventCode, InsertSession, InsertUser, Rotate, Rotation, RotationEvents, SessionId, SessionStore,
    User, UserId, UserStore,
};
use authkit_store_sqlite::SqliteStore;

use crate::temp_db::TempDb;

const CLIENTS: u8 = 32;
const CALLS: u64 = 8;
const ALL: u64 = 32 * CALLS;

async fn with_user(db: &TempDb) -> (SqliteStore, User) {
    let store = SqliteStore::open(db.path()).await.expect("it opens");
    let inserted = store.insert_user(new_user(1), Cause::silent(START)).await.expect("it writes");
    let InsertUser::Inserted(user) = inserted else { unreachable!("the store was empty") };
    (store, *user)
}

fn rotation(n: u64) -> Rotation {
    Rotation {
        session: SessionId::from_uuid(uuid_at(START, n)),
        presented: digest(n),
        successor: digest(n + 1_000_000),
        kid: kid("key-2"),
        grace: std::time::Duration::from_secs(10),
        at: instant(60),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn many_clients_need_fewer_commits_than_calls() {
    let db = TempDb::new();
    let (store, user) = with_user(&db).await;
    for n in 0..ALL {
        let new = new_session(n, &user, START);
        let inserted = store.insert_session(new, 1_000, Cause::silent(START), None).await.expect("it writes");
        assert_eq!(inserted, InsertSession::Inserted { evicted: vec![] });
    }
    let before = store.commits();
    let barrier = Arc::new(tokio::sync::Barrier::new(CLIENTS.into()));
    let clients = (0..CLIENTS).map(|client| {
        let (store, barrier) = (store.clone(), Arc::clone(&barrier));
        tokio::spawn(async move {
            barrier.wait().await;
            for n in 0..CALLS {
                let step = rotation(u64::from(client) * CALLS + n);
                let rotated = store.rotate(&step, &RotationEvents::default()).await.expect("it writes");
                assert!(matches!(rotated, Rotate::Rotated(_)));
            }
        })
    });
    for client in clients.collect::<Vec<_>>() {
        client.await.expect("no client failed");
    }
    let commits = store.commits() - before;
    assert!(commits < ALL, "{commits} commits for {ALL} calls");
}

#[tokio::test]
async fn an_answered_write_is_seen_by_another_connection() {
    let db = TempDb::new();
    let (store, _) = with_user(&db).await;
    let raw = db.raw();
    for n in 1..20 {
        store.record(event(n, EventCode::SYSTEM_STARTED, START)).await.expect("it writes");
        let rows: i64 = raw.query_row("SELECT count(*) FROM ak_audit_events", (), |row| row.get(0)).expect("it reads");
        assert_eq!(u64::try_from(rows), Ok(n));
    }
}

#[tokio::test]
async fn a_call_that_nobody_waits_for_any_more_does_nothing_or_all_of_it() {
    let db = TempDb::new();
    let (store, _) = with_user(&db).await;
    for n in 100..150 {
        // Polled once, so that it is in the queue, and dropped.
        let cause = authkit_conformance::fixtures::cause(n, EventCode::USER_CREATED, START);
        let mut call = pin!(store.insert_user(new_user(n), cause));
        let _ = call.as_mut().poll(&mut Context::from_waker(Waker::noop()));
    }
    // Its answer comes after all that was queued before.
    let _ = store.insert_user(new_user(2), Cause::silent(START)).await.expect("it writes");
    let halves = "SELECT count(*) FROM (SELECT id FROM ak_users EXCEPT SELECT subject FROM ak_audit_events)";
    let silent: i64 = db.raw().query_row(halves, (), |row| row.get(0)).expect("it reads");
    assert_eq!(silent, 2, "only the two users that were inserted without an event have none");
}

#[tokio::test]
async fn what_was_answered_is_there_after_reopening() {
    let db = TempDb::new();
    let (store, user) = with_user(&db).await;
    let new = new_session(2, &user, START);
    let (id, cause) = (new.id, Cause::silent(START));
    let _ = store.insert_session(new, 10, cause, None).await.expect("it writes");
    let session = store.find_session(id).await.expect("it reads");
    assert!(session.is_some());
    drop(store);
    assert!(!db.log().exists(), "the log was copied into the file");
    let store = SqliteStore::open(db.path()).await.expect("it opens again");
    assert_eq!(store.find_user(&UserId::from(uuid_at(START, 1))).await.expect("it reads"), Some(user));
    assert_eq!(store.find_session(id).await.expect("it reads"), session);
}
