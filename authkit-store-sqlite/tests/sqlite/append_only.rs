//! The trail cannot be rewritten, not even past the store.

use authkit_conformance::fixtures::{START, cause, event, instant};
use authkit_core::{AuditLog, AuditSink, Cause, EventCode, EventFilter, PageRequest, Timestamp};
use authkit_store_sqlite::SqliteStore;
use rusqlite::Connection;

use crate::temp_db::TempDb;

async fn with_events(db: &TempDb, seconds: &[u64]) -> SqliteStore {
    let store = SqliteStore::open(db.path()).await.expect("it opens");
    for at in seconds {
        store.record(event(*at, EventCode::SYSTEM_STARTED, instant(*at))).await.expect("it writes");
    }
    store
}

fn refused(raw: &Connection, sql: &str) {
    let error = raw.execute_batch(sql).expect_err("the trail is append-only");
    assert!(error.to_string().contains("append-only"), "{sql}: {error}");
}

// S-79
#[tokio::test]
async fn raw_sql_changes_and_removes_no_event() {
    let db = TempDb::new();
    let store = with_events(&db, &[1, 2]).await;
    let before = store.list_events(&EventFilter::default(), &PageRequest::first(10)).await.expect("it reads");
    let raw = db.raw();
    refused(&raw, "UPDATE ak_audit_events SET code = 'user.created'");
    refused(&raw, "UPDATE ak_audit_events SET at = 0 WHERE code = 'system.started'");
    refused(&raw, "DELETE FROM ak_audit_events");
    refused(&raw, "DELETE FROM ak_audit_events WHERE at < 99999999999999999");
    refused(&raw, "INSERT OR REPLACE INTO ak_audit_events SELECT * FROM ak_audit_events");
    refused(
        &raw,
        "INSERT OR REPLACE INTO ak_audit_events (rowid, id, at, code, outcome, actor_kind, details)
                   SELECT rowid, zeroblob(16), 1, 'system.started', 'success', 'system', '{}' FROM ak_audit_events",
    );
    refused(&raw, "UPDATE OR REPLACE ak_audit_events SET id = (SELECT max(id) FROM ak_audit_events)");
    let upsert = "INSERT INTO ak_audit_events SELECT * FROM ak_audit_events WHERE true
                  ON CONFLICT (id) DO UPDATE SET code = 'user.created'";
    refused(&raw, upsert);
    let after = store.list_events(&EventFilter::default(), &PageRequest::first(10)).await.expect("it reads");
    assert_eq!(before, after);
    assert_eq!(after.items.len(), 2);
}

// S-82
#[tokio::test]
async fn retention_removes_what_is_older_in_batches_and_logs_itself() {
    let db = TempDb::new();
    let store = with_events(&db, &[1, 2, 3, 4, 5]).await;
    let purge = |n, limit| store.purge_events(instant(4), limit, cause(n, EventCode::AUDIT_PURGED, instant(100 + n)));
    assert_eq!(purge(1, 2).await.expect("it writes"), 2);
    assert_eq!(purge(2, 2).await.expect("it writes"), 1);
    assert_eq!(purge(3, 2).await.expect("it writes"), 0);
    let left = store.list_events(&EventFilter::default(), &PageRequest::first(10)).await.expect("it reads").items;
    let seen: Vec<_> = left.iter().map(|event| (event.at, event.details.get("count").cloned())).collect();
    let expected =
        [(instant(102), Some(1.into())), (instant(101), Some(2.into())), (instant(5), None), (instant(4), None)];
    assert_eq!(seen, expected);
}

// S-79
#[tokio::test]
async fn the_floor_of_retention_stands_only_inside_its_step() {
    let db = TempDb::new();
    let store = with_events(&db, &[1, 2]).await;
    let purged = store.purge_events(instant(2), 10, Cause::silent(START)).await.expect("it writes");
    assert_eq!(purged, 1);
    let raw = db.raw();
    let floors: i64 = raw
        .query_row("SELECT count(*) FROM ak_meta WHERE name = 'retention_floor'", (), |row| row.get(0))
        .expect("it reads");
    assert_eq!(floors, 0);
    let late = Timestamp::MAX.as_micros();
    refused(&raw, &format!("DELETE FROM ak_audit_events WHERE at < {late}"));
}
