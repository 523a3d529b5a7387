//! The store contract, every case of it on a file of its own.
#![expect(clippy::expect_used, reason = "a test that cannot go on has failed")]

#[expect(dead_code, reason = "the contract only opens the file")]
#[path = "support/temp_db.rs"]
mod temp_db;

use std::sync::Arc;

use authkit_conformance::Subject;
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

mod reads_on_threads {
    use super::*;

    authkit_conformance::store_contract!(|| subject(|options| options.reads(Reads::Threads).read_connections(2)));
}

mod users_elsewhere {
    use authkit_conformance::Feature;

    use super::*;

    authkit_conformance::store_contract!(|| async {
        subject(SqliteBuilder::users_elsewhere).await.without(Feature::OneDatabase)
    });
}
