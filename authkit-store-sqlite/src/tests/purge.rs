//! What the purge found is asked again before it goes.

use std::time::Duration;

use authkit_conformance::fixtures::{GRACE, IDLE, START, digest, kid, new_session, new_user};
use authkit_core::{
    Cause, InsertUser, Rotate, Rotation, RotationEvents, Session, SessionStore, Timestamp, User, UserStore,
};

use super::temp_db::TempDb;
use crate::SqliteStore;
use crate::session_store::purge::{find_over, purge};

async fn with_sessions(db: &TempDb, count: u64) -> (SqliteStore, User) {
    let store = SqliteStore::open(db.path()).await.expect("it opens");
    let inserted = store.insert_user(new_user(1), Cause::silent(START)).await.expect("it writes");
    let InsertUser::Inserted(user) = inserted else { unreachable!("the store was empty") };
    for n in 0..count {
        let new = new_session(n, &user, START);
        let _ = store.insert_session(new, 1_000, Cause::silent(START), None).await.expect("it writes");
    }
    (store, *user)
}

// S-41
#[tokio::test]
async fn a_session_that_is_rotated_after_the_purge_found_it_stays() {
    let db = TempDb::new();
    let (store, user) = with_sessions(&db, 2).await;
    // Found over by a clock that runs ahead, and rotated before the writer has its turn.
    let before = START + IDLE + Duration::from_secs(1);
    let mark = store.purge_mark().clone();
    let found = store.readers().list("test", move |conn| find_over(conn, before, 10, &mark)).await.expect("it reads");
    assert_eq!(found.len(), 2);
    let step = Rotation {
        session: new_session(1, &user, START).id,
        presented: digest(1),
        successor: digest(100),
        kid: kid("key-1"),
        grace: GRACE,
        at: START + Duration::from_secs(60),
    };
    let rotated = store.rotate(&step, &RotationEvents::default()).await.expect("it writes");
    assert!(matches!(rotated, Rotate::Rotated(_)));
    let removed = store.writer().run("test", move |conn| purge(conn, &found, before)).await.expect("it writes");
    assert_eq!(removed, 1);
    assert!(session(&store, step.session).await.is_some());
}

// S-41
#[tokio::test]
async fn the_walk_finds_every_session_that_is_over_however_few_at_a_time() {
    let db = TempDb::new();
    let (store, _) = with_sessions(&db, 25).await;
    let before = START + IDLE + Duration::from_secs(1);
    let mut removed = Vec::new();
    loop {
        let n = store.purge_sessions(before, 10).await.expect("it writes");
        if n == 0 {
            break;
        }
        removed.push(n);
    }
    assert_eq!(removed.iter().sum::<u64>(), 25);
    assert!(removed.iter().all(|n| *n <= 10), "{removed:?}");
    assert_eq!(store.purge_sessions(Timestamp::MIN, 10).await.expect("it writes"), 0);
}

async fn session(store: &SqliteStore, id: authkit_core::SessionId) -> Option<Session> {
    store.find_session(id).await.expect("it reads")
}
