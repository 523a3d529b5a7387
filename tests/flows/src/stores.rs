//! The stores that every flow is tested on, and the macro that runs a test on each of them.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use authkit_store_memory::MemoryStore;
use authkit_store_sqlite::SqliteStore;

use crate::world::World;

/// Runs one test body on every store: `on_every_store! { async fn a_sentence(world: World) { … } }`.
///
/// One more store is one more test function here.
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
