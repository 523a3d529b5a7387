//! Opening a file: who migrates, and what is refused by what name.

use std::error::Error;
use std::io::{Seek, SeekFrom, Write};
use std::sync::Arc;

use authkit_conformance::fixtures::{START, new_user};
use authkit_core::{Cause, EventCode, StoreErrorKind, UserFilter, UserSearch, UserStore};
use authkit_store_sqlite::{OpenError, SqliteStore, SqliteTrouble};

use crate::temp_db::TempDb;

async fn refusal(db: &TempDb) -> OpenError {
    let error = SqliteStore::open(db.path()).await.expect_err("it must not open");
    let text = error.to_string();
    assert!(text.contains("auth.db"), "the message says which file: {text}");
    error
}

async fn create(db: &TempDb) {
    let store = SqliteStore::open(db.path()).await.expect("it opens");
    let _ = store.insert_user(new_user(1), Cause::silent(START)).await.expect("it writes");
}

// S-103
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_many_that_open_at_once_one_migrates() {
    let db = TempDb::new();
    let barrier = Arc::new(tokio::sync::Barrier::new(16));
    let openers = (0..16).map(|_| {
        let (path, barrier) = (db.path(), Arc::clone(&barrier));
        tokio::spawn(async move {
            barrier.wait().await;
            SqliteStore::open(path).await
        })
    });
    for opener in openers.collect::<Vec<_>>() {
        opener.await.expect("no opener panicked").expect("every opener has a store");
    }
    let steps: i64 =
        db.raw().query_row("SELECT count(*) FROM ak_schema_version", (), |row| row.get(0)).expect("it reads");
    assert_eq!(steps, 4);
}

// S-103
#[tokio::test]
async fn a_file_of_the_first_version_is_upgraded_with_all_that_it_holds() {
    let db = TempDb::new();
    create(&db).await;
    let newest = schema(&db);
    db.raw()
        .execute_batch(
            "DROP INDEX ak_users_domain; DROP INDEX ak_audit_events_failed; DROP INDEX ak_users_role;
             CREATE INDEX ak_users_role ON ak_users (role, id);
             DELETE FROM ak_schema_version WHERE version > 1",
        )
        .expect("it writes");
    assert_ne!(schema(&db), newest);
    let store = SqliteStore::open(db.path()).await.expect("it opens");
    assert_eq!(schema(&db), newest);
    assert!(store.find_user(&new_user(1).suggested_id).await.expect("it reads").is_some());
    let search = Some(UserSearch::Domain("example.com".to_owned()));
    let filter = UserFilter { search, ..UserFilter::default() };
    assert_eq!(store.count_users(&filter, 10).await.expect("it reads"), 1);
}

/// Every table and index with the text that made it, and every step that was done.
fn schema(db: &TempDb) -> Vec<String> {
    let sql = "SELECT coalesce(sql, name) FROM sqlite_schema
               UNION ALL SELECT version || name || hex(digest) FROM ak_schema_version ORDER BY 1";
    let conn = db.raw();
    let mut statement = conn.prepare(sql).expect("it reads");
    statement.query_map((), |row| row.get(0)).expect("it reads").map(|row| row.expect("it reads")).collect()
}

// S-103
#[tokio::test]
async fn a_newer_schema_is_refused() {
    let db = TempDb::new();
    create(&db).await;
    let newer = "INSERT INTO ak_schema_version VALUES (9, 'later', zeroblob(32), 1)";
    db.raw().execute_batch(newer).expect("it writes");
    let error = refusal(&db).await;
    assert!(matches!(error, OpenError::NewerSchema { found: 9, known: 4, .. }), "{error:?}");
}

// S-103
#[tokio::test]
async fn a_changed_step_is_refused() {
    let db = TempDb::new();
    create(&db).await;
    db.raw().execute_batch("UPDATE ak_schema_version SET digest = zeroblob(32)").expect("it writes");
    let error = refusal(&db).await;
    assert!(matches!(error, OpenError::ChangedStep { version: 1, .. }), "{error:?}");
}

#[tokio::test]
async fn tables_that_only_bear_our_names_are_left_alone() {
    for (table, columns) in [("ak_users", "id"), ("ak_schema_version", "id"), ("ak_schema_version", "version, digest")]
    {
        let db = TempDb::new();
        db.raw().execute_batch(&format!("CREATE TABLE {table} ({columns})")).expect("it writes");
        if columns != "id" {
            db.raw().execute_batch("INSERT INTO ak_schema_version VALUES ('one', 1)").expect("it writes");
        }
        let error = refusal(&db).await;
        assert!(matches!(&error, OpenError::NotOurs { table: named, .. } if named == table), "{error:?}");
        let tables = "SELECT count(*) FROM sqlite_schema WHERE type = 'table'";
        let tables: i64 = db.raw().query_row(tables, (), |row| row.get(0)).expect("it reads");
        assert_eq!(tables, 1, "nothing was created beside it");
    }
}

#[tokio::test]
async fn an_application_may_keep_its_own_tables_in_the_file() {
    let db = TempDb::new();
    db.raw().execute_batch("CREATE TABLE akin (id); CREATE TABLE users (id)").expect("it writes");
    create(&db).await;
}

// S-104
#[tokio::test]
async fn what_is_no_database_is_refused() {
    let db = TempDb::new();
    std::fs::write(db.path(), "this is a letter to my aunt\n".repeat(400)).expect("it writes");
    let error = refusal(&db).await;
    assert!(matches!(error, OpenError::Corrupt { .. }), "{error:?}");
}

// S-104
#[tokio::test]
async fn a_damaged_page_is_a_named_error_of_the_call_that_meets_it() {
    let db = TempDb::new();
    create(&db).await;
    let page: u64 = db
        .raw()
        .query_row("SELECT rootpage FROM sqlite_schema WHERE name = 'ak_users_created'", (), |row| row.get::<_, i64>(0))
        .expect("it reads")
        .unsigned_abs();
    let mut file = std::fs::OpenOptions::new().write(true).open(db.path()).expect("the file is there");
    file.seek(SeekFrom::Start((page - 1) * 4_096)).expect("the page is there");
    file.write_all(&[0xff; 4_096]).expect("it writes");
    drop(file);
    let store = SqliteStore::open(db.path()).await.expect("the schema itself is whole");
    let list = store.list_users(&UserFilter::default(), &authkit_core::PageRequest::first(5)).await;
    let write =
        store.insert_user(new_user(2), authkit_conformance::fixtures::cause(2, EventCode::USER_CREATED, START)).await;
    for error in [list.expect_err("the page is damaged"), write.expect_err("the page is damaged")] {
        assert_eq!(error.kind(), StoreErrorKind::Unexpected);
        let trouble = error.source().and_then(|source| source.downcast_ref());
        assert!(matches!(trouble, Some(SqliteTrouble::Corrupt(_))), "{trouble:?}");
    }
    // Nothing half-written: neither the row nor its event.
    assert_eq!(store.find_user(&new_user(2).suggested_id).await.expect("other pages are whole"), None);
    let events: i64 =
        db.raw().query_row("SELECT count(*) FROM ak_audit_events", (), |row| row.get(0)).expect("it reads");
    assert_eq!(events, 0);
}

// S-104
#[tokio::test]
async fn a_file_that_may_not_be_written_is_refused() {
    let db = TempDb::new();
    create(&db).await;
    let mut rights = std::fs::metadata(db.path()).expect("the file is there").permissions();
    rights.set_readonly(true);
    std::fs::set_permissions(db.path(), rights).expect("the file is ours");
    let error = refusal(&db).await;
    assert!(matches!(error, OpenError::ReadOnly { .. }), "{error:?}");
}

#[tokio::test]
async fn a_path_that_leads_nowhere_is_refused() {
    let db = TempDb::new();
    let missing = SqliteStore::open(db.directory().join("nowhere").join("auth.db")).await;
    assert!(matches!(missing, Err(OpenError::DirectoryMissing { .. })));
    for path in [std::path::Path::new(""), ":memory:".as_ref(), "file:auth.db?mode=memory".as_ref(), db.directory()] {
        let refused = SqliteStore::open(path).await;
        assert!(matches!(refused, Err(OpenError::NotAFile { .. })), "{}", path.display());
    }
}

#[cfg(unix)]
#[tokio::test]
async fn a_new_file_is_its_owners_alone() {
    use std::os::unix::fs::PermissionsExt;

    let db = TempDb::new();
    let _store = SqliteStore::open(db.path()).await.expect("it opens");
    for path in [db.path(), db.log()] {
        let mode = std::fs::metadata(&path).expect("the file is there").permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{}", path.display());
    }
}
