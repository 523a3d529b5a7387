//! The reading side: its deadline, its panics, its pool.

use std::error::Error;
use std::time::Duration;

use authkit_core::StoreErrorKind;
use rusqlite::Connection;

use super::temp_db::TempDb;
use crate::SqliteStore;
use crate::trouble::SqliteTrouble;

#[tokio::test]
async fn a_query_without_end_is_broken_off_at_its_deadline() {
    let db = TempDb::new();
    let store = SqliteStore::builder(db.path())
        .list_deadline(Duration::from_millis(20))
        .list_threads(1)
        .open()
        .await
        .expect("it opens");
    let endless = |conn: &Connection| {
        let sql = "WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n";
        Ok(conn.query_row(sql, (), |row| row.get::<_, i64>(0))?)
    };
    let error = store.readers().list("list_users", endless).await.expect_err("it has no end");
    assert_eq!((error.kind(), error.operation()), (StoreErrorKind::Unavailable, "list_users"));
    let trouble = error.source().and_then(|source| source.downcast_ref());
    assert!(matches!(trouble, Some(SqliteTrouble::Deadline)), "{trouble:?}");
    // The thread and its connection are good for the next.
    let one = |conn: &Connection| Ok(conn.query_row("SELECT 1", (), |row| row.get::<_, i64>(0))?);
    assert_eq!(store.readers().upkeep("test", one).await.expect("it reads"), 1);
}

#[tokio::test]
async fn a_panic_in_a_read_costs_that_call_alone() {
    let db = TempDb::new();
    let store = SqliteStore::builder(db.path()).list_threads(1).open().await.expect("it opens");
    let defect = |_: &Connection| -> Result<(), SqliteTrouble> { panic!("a defect") };
    let error = store.readers().list("list_users", defect).await.expect_err("it panicked");
    let trouble = error.source().and_then(|source| source.downcast_ref());
    assert!(matches!(trouble, Some(SqliteTrouble::Panicked)), "{trouble:?}");
    let one = |conn: &Connection| Ok(conn.query_row("SELECT 1", (), |row| row.get::<_, i64>(0))?);
    assert_eq!(store.readers().list("test", one).await.expect("it reads"), 1);
}

#[tokio::test]
async fn a_reading_connection_cannot_write() {
    let db = TempDb::new();
    let store = SqliteStore::open(db.path()).await.expect("it opens");
    let write = |conn: &Connection| Ok(conn.execute("DELETE FROM ak_users", ())?);
    for error in [
        store.readers().point("find_user", write).await.expect_err("it only reads"),
        store.readers().list("list_users", write).await.expect_err("it only reads"),
    ] {
        let trouble = error.source().and_then(|source| source.downcast_ref());
        assert!(matches!(trouble, Some(SqliteTrouble::ReadOnly(_))), "{trouble:?}");
    }
}
