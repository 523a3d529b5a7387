//! A disk without space, played by a limit on the size of the database.

use std::error::Error;

use authkit_conformance::fixtures::{START, cause, new_user};
use authkit_core::{EventCode, InsertUser, StoreErrorKind, UserStore};
use rusqlite::Connection;

use super::temp_db::TempDb;
use crate::SqliteStore;
use crate::trouble::SqliteTrouble;

async fn limit_pages(store: &SqliteStore, pages: i64) {
    let limit = move |conn: &Connection| {
        let set = format!("PRAGMA max_page_count = {pages}");
        Ok(conn.query_row(&set, (), |_| Ok(()))?)
    };
    store.writer().run("test", limit).await.expect("a setting");
}

// S-104
#[tokio::test]
async fn a_full_disk_is_a_named_error_and_nothing_is_half_written() {
    let db = TempDb::new();
    let store = SqliteStore::open(db.path()).await.expect("it opens");
    // As small as the database is already.
    limit_pages(&store, 1).await;
    let mut inserted = 0;
    let error = loop {
        match store.insert_user(new_user(inserted), cause(inserted, EventCode::USER_CREATED, START)).await {
            Ok(outcome) => assert!(matches!(outcome, InsertUser::Inserted(_))),
            Err(error) => break error,
        }
        inserted += 1;
    };
    assert_eq!(error.kind(), StoreErrorKind::Unavailable);
    let trouble = error.source().and_then(|source| source.downcast_ref());
    assert!(matches!(trouble, Some(SqliteTrouble::DiskFull(_))), "{trouble:?}");

    let count = |table: &str| {
        let sql = format!("SELECT count(*) FROM {table}");
        db.raw().query_row(&sql, (), |row| row.get::<_, i64>(0)).expect("it reads").unsigned_abs()
    };
    assert_eq!((count("ak_users"), count("ak_audit_events")), (inserted, inserted));
    // Reads go on, and so do writes when there is space again.
    assert_eq!(store.find_user(&new_user(inserted).suggested_id).await.expect("it reads"), None);
    limit_pages(&store, 1_000_000).await;
    let retried = store.insert_user(new_user(inserted), cause(inserted, EventCode::USER_CREATED, START)).await;
    assert!(matches!(retried.expect("there is space"), InsertUser::Inserted(_)));
    assert_eq!((count("ak_users"), count("ak_audit_events")), (inserted + 1, inserted + 1));
}
