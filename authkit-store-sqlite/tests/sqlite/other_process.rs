//! Several handles, as of several processes, on one file.

use std::sync::Arc;

use authkit_conformance::fixtures::{START, new_user};
use authkit_core::{Cause, InsertUser, UserStore};
use authkit_store_sqlite::SqliteStore;

use crate::temp_db::TempDb;

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_stores_write_to_one_file_and_lose_nothing() {
    let db = TempDb::new();
    let stores = [
        SqliteStore::open(db.path()).await.expect("it opens"),
        SqliteStore::open(db.path()).await.expect("it opens twice"),
    ];
    let barrier = Arc::new(tokio::sync::Barrier::new(16));
    let clients = (0..16).map(|client| {
        let store = stores[client % 2].clone();
        let barrier = Arc::clone(&barrier);
        tokio::spawn(async move {
            barrier.wait().await;
            let mut inserted = 0;
            // Both stores are asked for the same addresses: one of two calls wins.
            for n in (client as u64 / 2) * 10..(client as u64 / 2) * 10 + 10 {
                match store.insert_user(new_user(n), Cause::silent(START)).await.expect("it waits for the lock") {
                    InsertUser::Inserted(_) => inserted += 1,
                    InsertUser::EmailTaken => {}
                }
            }
            inserted
        })
    });
    let mut inserted = 0;
    for client in clients.collect::<Vec<_>>() {
        inserted += client.await.expect("no client failed");
    }
    assert_eq!(inserted, 80);
    let rows: i64 = db.raw().query_row("SELECT count(*) FROM ak_users", (), |row| row.get(0)).expect("it reads");
    assert_eq!(rows, 80);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_write_waits_for_another_process_that_writes() {
    let db = TempDb::new();
    let store = SqliteStore::open(db.path()).await.expect("it opens");
    let raw = db.raw();
    raw.execute_batch("BEGIN IMMEDIATE").expect("nobody else writes");
    let call = tokio::spawn({
        let store = store.clone();
        async move { store.insert_user(new_user(1), Cause::silent(START)).await }
    });
    // Reads go on meanwhile.
    assert_eq!(store.find_user(&new_user(1).suggested_id).await.expect("it reads"), None);
    assert!(!call.is_finished());
    raw.execute_batch("COMMIT").expect("the lock is given back");
    let inserted = call.await.expect("the call went through").expect("it writes");
    assert!(matches!(inserted, InsertUser::Inserted(_)));
}
