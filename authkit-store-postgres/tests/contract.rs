//! The store contract, every case of it in a schema of its own, directly and through a pooler in transaction mode.
#![expect(clippy::expect_used, reason = "a test that cannot go on has failed")]

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use authkit_conformance::Subject;
use authkit_store_postgres::{Pooler, PostgresBuilder, PostgresStore};
use authkit_test_postgres::{Database, shared};
use tokio::sync::OnceCell;

/// One database for all cases: a schema is made in a tenth of the time that a database takes.
async fn database() -> &'static Database {
    static DATABASE: OnceCell<Database> = OnceCell::const_new();
    DATABASE.get_or_init(|| async { shared().create_database().await }).await
}

async fn subject(builder: PostgresBuilder) -> Subject {
    static COUNTER: AtomicU32 = AtomicU32::new(0);
    let builder = builder.schema(format!("contract_{}", COUNTER.fetch_add(1, Ordering::Relaxed))).connections(8);
    builder.migrate().await.expect("a fresh schema is migrated");
    let store = Arc::new(builder.connect().await.expect("a migrated schema is opened"));
    Subject::of(&store).audit_log(&store).attempts(&store)
}

mod postgres {
    use super::*;

    async fn directly() -> Subject {
        subject(PostgresStore::builder(database().await.url())).await
    }

    async fn through_pgbouncer() -> Subject {
        let builder = PostgresStore::builder(database().await.pooled_url());
        subject(builder.pooler(Pooler::ForgetsStatements)).await
    }

    mod directly {
        // S-100
        authkit_conformance::store_contract!(super::directly);
    }

    mod through_pgbouncer {
        authkit_conformance::store_contract!(super::through_pgbouncer);
    }
}
