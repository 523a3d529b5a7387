//! What a file has gone through is told, run and printed, without a store.

use authkit_core::{Clock as _, SystemClock};
use authkit_store_sqlite::{OpenError, SqliteStore};

use crate::temp_db::TempDb;

/// All that there are.
const STEPS: [&str; 4] = ["0001_init", "0002_users_domain", "0003_failed_sign_ins", "0004_counts"];

// S-103
#[tokio::test]
async fn the_state_of_a_file_is_told_without_making_one() {
    let db = TempDb::new();
    let builder = SqliteStore::builder(db.path());
    let status = builder.migration_status().await.expect("a status");
    assert_eq!((status.applied.len(), &status.missing[..]), (0, &STEPS.map(str::to_owned)[..]));
    assert!(!db.path().exists(), "asking makes no file");

    let after = builder.migrate().await.expect("migrated");
    assert_eq!((&after.applied[..], after.missing.len()), (&STEPS.map(str::to_owned)[..], 0));
    assert_eq!(builder.migration_status().await.expect("a status"), after);
    assert_eq!(builder.migrate().await.expect("migrated again"), after);
    SqliteStore::open(db.path()).await.expect("it opens");
}

// S-103
#[tokio::test]
async fn a_file_of_a_newer_version_is_refused_by_the_status_too() {
    let db = TempDb::new();
    SqliteStore::builder(db.path()).migrate().await.expect("migrated");
    db.raw().execute_batch("INSERT INTO ak_schema_version VALUES (99, 'later', zeroblob(32), 1)").expect("it writes");
    let refused = SqliteStore::builder(db.path()).migration_status().await;
    assert!(matches!(refused, Err(OpenError::NewerSchema { found: 99, known: 4, .. })), "{refused:?}");
}

#[tokio::test]
async fn what_is_printed_makes_the_same_database() {
    let printed = TempDb::new();
    printed.raw().execute_batch(&SqliteStore::builder(printed.path()).print_migrations()).expect("it is SQL");
    SqliteStore::open(printed.path()).await.expect("it opens");
    assert_eq!(schema(&printed), migrated_schema().await);
}

/// As a tool does that keeps its migrations in files.
#[tokio::test]
async fn each_script_brings_the_file_one_version_on_and_all_of_them_make_the_same_database() {
    let db = TempDb::new();
    let builder = SqliteStore::builder(db.path());
    let scripts = builder.migration_scripts();
    assert_eq!(scripts.iter().map(|script| script.name.as_str()).collect::<Vec<_>>(), STEPS);
    for (n, script) in scripts.iter().enumerate() {
        db.raw().execute_batch(&format!("BEGIN;\n{}\nCOMMIT;", script.sql)).expect("it is SQL");
        let status = builder.migration_status().await.expect("a status");
        assert_eq!(status.applied, STEPS[..=n]);
        assert_eq!(status.missing, STEPS[n + 1..]);
    }
    assert_eq!(schema(&db), migrated_schema().await);
    let at: i64 =
        db.raw().query_row("SELECT min(applied_at) FROM ak_schema_version", (), |row| row.get(0)).expect("a row");
    let now = SystemClock.now().as_micros();
    assert!((now - 60_000_000..=now).contains(&at), "{at} is not the time of the run");
    SqliteStore::open(db.path()).await.expect("it opens");
    assert_eq!(builder.migration_scripts(), scripts, "a text is the same whenever it is asked for");
}

async fn migrated_schema() -> Vec<String> {
    let migrated = TempDb::new();
    SqliteStore::builder(migrated.path()).migrate().await.expect("migrated");
    schema(&migrated)
}

fn schema(db: &TempDb) -> Vec<String> {
    let conn = db.raw();
    let mut statement = conn.prepare("SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY name").expect("SQL");
    let rows = statement.query_map((), |row| row.get::<_, String>(0)).expect("rows");
    rows.collect::<Result<Vec<_>, _>>().expect("text")
}
