//! Writes that wait together are committed together, and each is answered only after the commit.

use std::sync::Arc;

use crate::support::{START, TempDb, event, new_session, new_user, rotation, session_id, silent, user_id};
use authkit_core::{AuditSink, InsertSession, InsertUser, Rotate, RotationEvents, SessionStore, UserStore};
use authkit_store_sqlite::SqliteStore;

const CLIENTS: u8 = 32;
const CALLS: u64 = 8;
const ALL: u64 = 32 * CALLS;

async fn with_sessions(db: &TempDb, sessions: u64) -> SqliteStore {
    let store = SqliteStore::open(db.path()).await.expect("it opens");
    let inserted = store.insert_user(new_user(1), silent()).await.expect("it writes");
    assert!(matches!(inserted, InsertUser::Inserted(_)));
    for n in 0..sessions {
        let inserted = store.insert_session(new_session(n, 1), 1_000, silent(), None).await.expect("it writes");
        assert_eq!(inserted, InsertSession::Inserted { evicted: vec![] });
    }
    store
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn many_clients_need_fewer_commits_than_calls() {
    let db = TempDb::new();
    let store = with_sessions(&db, ALL).await;
    let before = store.commits();
    let barrier = Arc::new(tokio::sync::Barrier::new(CLIENTS.into()));
    let clients: Vec<_> = (0..CLIENTS)
        .map(|client| {
            let (store, barrier) = (store.clone(), Arc::clone(&barrier));
            tokio::spawn(async move {
                barrier.wait().await;
                for n in 0..CALLS {
                    let step = rotation(u64::from(client) * CALLS + n);
                    let rotated = store.rotate(&step, &RotationEvents::default()).await.expect("it writes");
                    assert!(matches!(rotated, Rotate::Rotated(_)));
                }
            })
        })
        .collect();
    for client in clients {
        client.await.expect("no client failed");
    }
    let commits = store.commits() - before;
    assert!(commits < ALL, "{commits} commits for {} calls", ALL);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn an_answered_write_is_seen_by_another_connection() {
    let db = TempDb::new();
    let store = with_sessions(&db, 0).await;
    let raw = db.raw();
    for n in 0..20 {
        let mut event = event(n, START);
        event.subject = Some(user_id(1));
        store.record(event).await.expect("it writes");
        let rows: i64 = raw.query_row("SELECT count(*) FROM ak_audit_events", (), |row| row.get(0)).expect("it reads");
        assert_eq!(rows, i64::try_from(n).expect("small") + 1);
    }
}

#[tokio::test]
async fn a_call_that_nobody_waits_for_any_more_does_nothing_or_all_of_it() {
    let db = TempDb::new();
    let store = with_sessions(&db, 0).await;
    for n in 0..50 {
        // Polled once, so that it is in the queue, and dropped.
        let mut call = Box::pin(store.insert_user(new_user(100 + n), silent()));
        let _ = futures_poll_once(call.as_mut()).await;
        drop(call);
    }
    let _ = store.insert_user(new_user(2), silent()).await.expect("it writes");
    let raw = db.raw();
    let (users, keys): (i64, i64) = raw
        .query_row("SELECT count(*), count(DISTINCT email_key) FROM ak_users", (), |row| Ok((row.get(0)?, row.get(1)?)))
        .expect("it reads");
    assert_eq!(users, keys);
    assert!((2..=52).contains(&users));
}

async fn futures_poll_once<F: Future + Unpin>(mut future: F) -> Option<F::Output> {
    std::future::poll_fn(|context| match std::pin::Pin::new(&mut future).poll(context) {
        std::task::Poll::Ready(output) => std::task::Poll::Ready(Some(output)),
        std::task::Poll::Pending => std::task::Poll::Ready(None),
    })
    .await
}

#[tokio::test]
async fn what_was_answered_is_there_after_reopening() {
    let db = TempDb::new();
    let store = with_sessions(&db, 3).await;
    let user = store.find_user(&user_id(1)).await.expect("it reads");
    let session = store.find_session(session_id(2)).await.expect("it reads");
    assert!(user.is_some() && session.is_some());
    drop(store);
    assert!(!db.directory().join("auth.db-wal").exists(), "the log was copied into the file");
    let store = SqliteStore::open(db.path()).await.expect("it opens again");
    assert_eq!(store.find_user(&user_id(1)).await.expect("it reads"), user);
    assert_eq!(store.find_session(session_id(2)).await.expect("it reads"), session);
}
