//! The stores that every flow is tested on, and the macro that runs a test on each of them.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use authkit_store_memory::MemoryStore;
use authkit_store_postgres::{Pooler, PostgresBuilder, PostgresStore};
use authkit_store_sqlite::SqliteStore;
use authkit_test_postgres::{Database, shared};
use tokio::sync::OnceCell;

use crate::world::World;

/// Runs one test body on every store: `on_every_store! { async fn a_sentence(world: World) { … } }`.
///
/// One more store is one more test function here. Those that need a server are named after it, so that
/// `cargo xtask test --without postgres` can leave them out.
#[macro_export]
macro_rules! on_every_store {
    ($($(#[$attribute:meta])* async fn $name:ident($world:ident: $given:ty) $body:block)+) => {$(
        $(#[$attribute])*
        mod $name {
            #[allow(unused_imports)]
            use super::*;

            async fn run($world: $given) $body

            #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
            async fn memory() {
                run($crate::stores::memory()).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
            async fn sqlite() {
                let (world, _folder) = $crate::stores::sqlite().await;
                run(world).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
            async fn postgres() {
                run($crate::stores::postgres().await).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
            async fn postgres_through_pgbouncer() {
                run($crate::stores::postgres_through_pgbouncer().await).await;
            }
        }
    )+};
}

/// A kit in memory.
pub fn memory() -> World {
    World::on(Arc::new(MemoryStore::new()))
}

/// A kit on a new SQLite file, and the folder that must outlive it.
pub async fn sqlite() -> (World, Folder) {
    let folder = Folder::new();
    let store = SqliteStore::open(folder.file()).await.expect("a new file");
    (World::on(Arc::new(store)), folder)
}

/// A kit in a new schema of the test program's Postgres database.
pub async fn postgres() -> World {
    on(PostgresStore::builder(database().await.url())).await
}

/// The same through a pooler in transaction mode that forgets prepared statements.
pub async fn postgres_through_pgbouncer() -> World {
    on(PostgresStore::builder(database().await.pooled_url()).pooler(Pooler::ForgetsStatements)).await
}

/// One database for all tests of the program: a schema is made in a tenth of the time that a database takes.
async fn database() -> &'static Database {
    static DATABASE: OnceCell<Database> = OnceCell::const_new();
    DATABASE.get_or_init(|| async { shared().create_database().await }).await
}

async fn on(builder: PostgresBuilder) -> World {
    static COUNTER: AtomicU32 = AtomicU32::new(0);
    let builder = builder.schema(format!("flows_{}", COUNTER.fetch_add(1, Ordering::Relaxed))).connections(8);
    builder.migrate().await.expect("a fresh schema is migrated");
    World::on(Arc::new(builder.connect().await.expect("a migrated schema")))
}

/// A folder for one database, removed at the end.
#[derive(Debug)]
pub struct Folder(PathBuf);

impl Folder {
    /// A new one.
    pub fn new() -> Self {
        static COUNTER: AtomicU32 = AtomicU32::new(0);
        let n = COUNTER.fetch_add(1, Ordering::Relaxed);
        let path = std::env::temp_dir().join(format!("authkit-flows-{}-{n}", std::process::id()));
        std::fs::create_dir_all(&path).expect("a folder");
        Self(path)
    }

    /// The database in it.
    pub fn file(&self) -> PathBuf {
        self.0.join("authkit.db")
    }

    /// All bytes of all files in it.
    pub fn bytes(&self) -> Vec<u8> {
        let files = std::fs::read_dir(&self.0).expect("the folder");
        files.flat_map(|file| std::fs::read(file.expect("a file").path()).expect("its bytes")).collect()
    }
}

impl Default for Folder {
    fn default() -> Self {
        Self::new()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}
