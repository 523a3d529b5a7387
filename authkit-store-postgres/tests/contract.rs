//! The store contract, every case of it in a database of its own, directly and through a pooler in transaction mode.
#![expect(clippy::expect_used, reason = "a test that cannot go on has failed")]

use std::sync::Arc;

use authkit_conformance::Subject;
use authkit_store_postgres::{Pooler, PostgresBuilder, PostgresStore};
use authkit_test_postgres::{Database, shared};
use tokio::sync::OnceCell;

/// A database that is migrated already, to be copied: most of the time of a fresh one goes into its tables.
async fn fresh() -> Database {
    static MIGRATED: OnceCell<Database> = OnceCell::const_new();
    let migrated = MIGRATED.get_or_init(|| async {
        let database = shared().create_database().await;
        PostgresStore::builder(database.url()).migrate().await.expect("a fresh database is migrated");
        database
    });
    shared().create_database_like(migrated.await).await
}

async fn subject(builder: PostgresBuilder, database: Database) -> Subject {
    let store = Arc::new(builder.connect().await.expect("a migrated database is opened"));
    Subject::of(&store).audit_log(&store).attempts(&store).keep(database)
}

mod postgres {
    use super::*;

    async fn directly() -> Subject {
        let database = fresh().await;
        subject(PostgresStore::builder(database.url()).connections(8), database).await
    }

    async fn through_pgbouncer() -> Subject {
        let database = fresh().await;
        let builder = PostgresStore::builder(database.pooled_url()).pooler(Pooler::ForgetsStatements);
        subject(builder.connections(8), database).await
    }

    mod directly {
        // S-100
        authkit_conformance::store_contract!(super::directly);
    }

    mod through_pgbouncer {
        authkit_conformance::store_contract!(super::through_pgbouncer);
    }
}
