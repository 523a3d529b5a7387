//! The store: one handle to one database, filling every port.

use std::fmt;
use std::sync::Arc;

use authkit_core::{Ports, Store};
use authkit_sql::UserColumn;

use crate::db::Db;
use crate::session_store::PurgeMark;

/// Users, sessions, the audit trail and the throttles' counters in one Postgres database.
///
/// A clone is another handle to the same store. It lives through a restart or failover of the server: calls fail with
/// [`authkit_core::StoreErrorKind::Unavailable`] meanwhile, and go on by themselves afterwards.
///
/// ```no_run
/// # async fn start() -> Result<(), Box<dyn std::error::Error>> {
/// use authkit_store_postgres::PostgresStore;
///
/// let builder = PostgresStore::builder("postgres://app@db.example.com/app");
/// builder.migrate().await?;
/// let store = builder.connect().await?;
/// # let _ = store;
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct PostgresStore(Arc<Inner>);

struct Inner {
    target: String,
    db: Db,
    purge_mark: PurgeMark,
    warnings: Vec<String>,
    /// Product, version and schema, in words.
    description: String,
}

impl PostgresStore {
    pub(crate) fn new(target: String, db: Db, warnings: Vec<String>, description: String) -> Self {
        Self(Arc::new(Inner { target, db, purge_mark: PurgeMark::default(), warnings, description }))
    }

    /// What the start found unwise, in words for an operator; it was logged too.
    pub fn warnings(&self) -> &[String] {
        &self.0.warnings
    }

    /// Ends all connections that are not in use; calls fail from now on. A connection in use ends with its call.
    pub fn close(&self) {
        self.0.db.close();
    }

    pub(crate) fn db(&self) -> &Db {
        &self.0.db
    }

    pub(crate) fn purge_mark(&self) -> &PurgeMark {
        &self.0.purge_mark
    }
}

impl Store for PostgresStore {
    fn ports(self: Arc<Self>) -> Ports {
        // Both reads of a guard go down one connection in the order in which they were polled.
        let ports = Ports::of(&self).audit_log(&self).attempts(&self).ordered_reads().described(&self.0.description);
        if self.db().has(UserColumn::IsVerified) { ports } else { ports.without_verification() }
    }
}

impl fmt::Debug for PostgresStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PostgresStore").field("target", &self.0.target).finish_non_exhaustive()
    }
}
