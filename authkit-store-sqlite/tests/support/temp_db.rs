//! A database file in the temporary directory, removed at the end.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

/// A directory of its own for one test's database.
pub(crate) struct TempDb(PathBuf);

impl TempDb {
    pub(crate) fn new() -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let n = COUNT.fetch_add(1, Ordering::Relaxed);
        let directory = std::env::temp_dir().join(format!("authkit-sqlite-{}-{n}", std::process::id()));
        // Another process with this number may have died before it cleaned up.
        std::fs::remove_dir_all(&directory).ok();
        std::fs::create_dir_all(&directory).expect("the temporary directory can be written");
        Self(directory)
    }

    pub(crate) fn path(&self) -> PathBuf {
        self.0.join("auth.db")
    }

    pub(crate) fn log(&self) -> PathBuf {
        self.0.join("auth.db-wal")
    }

    pub(crate) fn directory(&self) -> &Path {
        &self.0
    }

    /// A plain connection, as another program would have one.
    pub(crate) fn raw(&self) -> rusqlite::Connection {
        rusqlite::Connection::open(self.path()).expect("the file opens")
    }
}

impl Drop for TempDb {
    fn drop(&mut self) {
        std::fs::remove_dir_all(&self.0).ok();
    }
}
