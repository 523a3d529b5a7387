//! The store: one handle to one database file, filling every port.

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

use authkit_core::{Ports, Store};
use authkit_sql::UserColumn;

use crate::migrate::newest;
use crate::purge_mark::PurgeMark;
use crate::readers::Readers;
use crate::tables::Tables;
use crate::writer::Writer;

/// Users, sessions, the audit trail and the throttles' counters in one SQLite file.
///
/// A clone is another handle to the same store. When the last one is dropped, what was accepted is finished, the log is
/// copied into the file and the threads end; the drop waits for that.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use authkit_core::{UserId, UserStore};
/// use authkit_store_sqlite::SqliteStore;
///
/// # let file = std::env::temp_dir().join(format!("authkit-doc-{}.db", std::process::id()));
/// let store = SqliteStore::open(&file).await?;
/// assert_eq!(store.find_user(&UserId::from(7)).await?, None);
/// # drop(store);
/// # std::fs::remove_file(&file)?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct SqliteStore(Arc<Inner>);

struct Inner {
    path: PathBuf,
    // The readers go first, so that the writer closes the file as the last one.
    readers: Readers,
    writer: Writer,
    tables: Arc<Tables>,
    purge_mark: PurgeMark,
}

impl SqliteStore {
    /// How many transactions this handle and its clones have committed. Under load there are fewer than calls that write,
    /// since calls that wait are committed together.
    pub fn commits(&self) -> u64 {
        self.0.writer.commits()
    }

    pub(crate) fn new(path: PathBuf, readers: Readers, writer: Writer, tables: Arc<Tables>) -> Self {
        Self(Arc::new(Inner { path, readers, writer, tables, purge_mark: PurgeMark::default() }))
    }

    pub(crate) fn readers(&self) -> &Readers {
        &self.0.readers
    }

    pub(crate) fn writer(&self) -> &Writer {
        &self.0.writer
    }

    pub(crate) fn tables(&self) -> Arc<Tables> {
        Arc::clone(&self.0.tables)
    }

    pub(crate) fn purge_mark(&self) -> &PurgeMark {
        &self.0.purge_mark
    }
}

impl Store for SqliteStore {
    fn ports(self: Arc<Self>) -> Ports {
        // Opening has run every migration that was missing.
        let tables = self.tables();
        let (version, schema) = (rusqlite::version(), newest(&tables.layout));
        let ports = Ports::of(&self).audit_log(&self).attempts(&self);
        let ports = ports.described(format!("SQLite {version}, schema {schema}"));
        let ports = if tables.layout.has(UserColumn::IsVerified) { ports } else { ports.without_verification() };
        // A read that is answered within its first poll keeps the order of the polls; threads would not.
        if self.readers().are_inline() { ports.ordered_reads() } else { ports }
    }
}

impl fmt::Debug for SqliteStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SqliteStore")
            .field("path", &self.0.path)
            .field("commits", &self.commits())
            .finish_non_exhaustive()
    }
}
