//! The store contract, every case of it on a file of its own.
#![expect(clippy::expect_used, reason = "a test that cannot go on has failed")]

#[expect(dead_code, reason = "the contract only opens the file")]
#[path = "support/temp_db.rs"]
mod temp_db;

use std::sync::Arc;

use authkit_conformance::{Feature, Subject};
use authkit_store_sqlite::{Reads, SqliteBuilder, SqliteStore};
use temp_db::TempDb;

async fn subject(options: impl Fn(SqliteBuilder) -> SqliteBuilder) -> Subject {
    let db = TempDb::new();
    let store = options(SqliteStore::builder(db.path())).open().await.expect("a fresh file opens");
    let store = Arc::new(store);
    Subject::of(&store).audit_log(&store).attempts(&store).keep(db)
}

// S-100
authkit_conformance::store_contract!(|| subject(|options| options));

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn reads_on_threads_keep_what_reads_and_races_promise() {
    let cases = authkit_conformance::cases();
    let cases = cases.into_iter().filter(|case| case.module.ends_with("races") || case.module == "rotation");
    let threads = |options: SqliteBuilder| options.reads(Reads::Threads).read_connections(2);
    let report = authkit_conformance::run_cases(cases, move || subject(threads)).await;
    assert!(report.is_ok(), "{report}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn sessions_keep_what_they_promise_when_users_are_elsewhere() {
    let cases = authkit_conformance::cases();
    let cases = cases.into_iter().filter(|case| matches!(case.module, "sessions" | "deletion" | "revocation"));
    let elsewhere = || async { subject(SqliteBuilder::users_elsewhere).await.without(Feature::OneDatabase) };
    let report = authkit_conformance::run_cases(cases, elsewhere).await;
    assert!(report.is_ok(), "{report}");
}
