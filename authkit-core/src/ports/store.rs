//! Which ports one object fills.

use std::fmt;
use std::sync::Arc;

use crate::ports::attempt_counter::AttemptCounter;
use crate::ports::audit_log::AuditLog;
use crate::ports::audit_sink::AuditSink;
use crate::ports::session_store::SessionStore;
use crate::ports::user_store::UserStore;

/// One object that fills several ports, and says which.
///
/// ```
/// # use std::sync::Arc;
/// # use authkit_core::{Ports, Store};
/// # struct MyStore(Arc<authkit_store_memory::MemoryStore>);
/// impl Store for MyStore {
///     fn ports(self: Arc<Self>) -> Ports {
///         // For a store that has all of them itself: `Ports::of(&self).audit_log(&self)`
///         Ports::of(&self.0).audit_log(&self.0)
///     }
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not say which of AuthKit's ports it fills",
    label = "not a `Store`",
    note = "one object for everything: `impl Store for {Self} {{ fn ports(self: Arc<Self>) -> Ports {{ Ports::of(&self) }} }}`",
    note = "or give each port by itself: `.users(..)`, `.sessions(..)`, `.audit(..)`"
)]
pub trait Store: Send + Sync + 'static {
    /// The ports that it fills.
    fn ports(self: Arc<Self>) -> Ports;
}

impl<T: Store> Store for Arc<T> {
    fn ports(self: Arc<Self>) -> Ports {
        T::ports(Self::clone(&self))
    }
}

/// Ports that belong together: the three required ones and those that a store has besides.
#[derive(Clone)]
pub struct Ports {
    pub(crate) users: Arc<dyn UserStore>,
    pub(crate) sessions: Arc<dyn SessionStore>,
    pub(crate) audit: Arc<dyn AuditSink>,
    pub(crate) audit_log: Option<Arc<dyn AuditLog>>,
    pub(crate) attempts: Option<Arc<dyn AttemptCounter>>,
    pub(crate) ordered_reads: bool,
    pub(crate) no_verification: bool,
    pub(crate) description: Option<String>,
}

impl Ports {
    /// The three ports that every application needs.
    pub fn of<S: UserStore + SessionStore + AuditSink>(store: &Arc<S>) -> Self {
        Self {
            users: Arc::<S>::clone(store),
            sessions: Arc::<S>::clone(store),
            audit: Arc::<S>::clone(store),
            audit_log: None,
            attempts: None,
            ordered_reads: false,
            no_verification: false,
            description: None,
        }
    }

    /// The audit trail can be read back.
    #[must_use]
    pub fn audit_log<S: AuditLog>(self, store: &Arc<S>) -> Self {
        Self { audit_log: Some(Arc::<S>::clone(store)), ..self }
    }

    /// Throttles can count in the store, so that limits hold across nodes (setting `AUTHKIT_THROTTLE=shared`).
    #[must_use]
    pub fn attempts<S: AttemptCounter>(self, store: &Arc<S>) -> Self {
        Self { attempts: Some(Arc::<S>::clone(store)), ..self }
    }

    /// Promises that a read of the user store that is polled before a read of the session store also sees the store before
    /// it: both go down one connection in the order sent, or are answered within the call. The guard then has both in
    /// flight together.
    #[must_use]
    pub fn ordered_reads(self) -> Self {
        Self { ordered_reads: true, ..self }
    }

    /// Says that the users table keeps no mark for proven addresses, so that every address reads as proven. A configuration
    /// that wants proofs ([`Config::require_verified_email`](crate::Config::require_verified_email)) is refused then. A store
    /// that does not say it is believed to keep the mark.
    #[must_use]
    pub fn without_verification(self) -> Self {
        Self { no_verification: true, ..self }
    }

    /// Says what the store is, for people who run it: product, version and schema, such as `SQLite 3.50.2, schema 1`. No
    /// place and no secret.
    #[must_use]
    pub fn described(self, description: impl Into<String>) -> Self {
        Self { description: Some(description.into()), ..self }
    }
}

impl fmt::Debug for Ports {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Ports")
            .field("audit_log", &self.audit_log.is_some())
            .field("attempts", &self.attempts.is_some())
            .field("ordered_reads", &self.ordered_reads)
            .field("no_verification", &self.no_verification)
            .field("description", &self.description)
            .finish_non_exhaustive()
    }
}
