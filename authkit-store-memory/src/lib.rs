//! AuthKit's stores in memory: for tests, examples and programs that keep nothing.
//!
//! [`MemoryStore`] fills every port. All of it stands behind one lock, so that each call is one atomic step, and nothing
//! outlives the process.
//!
//! ```
//! use authkit_core::{AuthKit, Config};
//! use authkit_store_memory::MemoryStore;
//!
//! let store = MemoryStore::new();
//! let kit = AuthKit::builder().store(store).config(Config::development()).build()?;
//! # let _ = kit;
//! # Ok::<(), authkit_core::ConfigError>(())
//! ```
//!
//! A test that also looks into the store shares it: `Arc::new(MemoryStore::new())`, one clone for the builder.

mod attempt_counter;
mod audit_log;
mod audit_sink;
mod keyset;
mod session_store;
mod state;
#[cfg(test)]
mod tests;
mod user_store;

use std::fmt;
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use authkit_core::{MemoryAttempts, Ports, Store, StoreError, StoreErrorKind};

use crate::state::State;

/// Users, sessions, audit trail, statistics and attempts of one process.
///
/// What strangers can make it hold is bounded: audit events ([`Self::with_max_events`]) and the counters of attempts
/// ([`MemoryAttempts`]). Users and sessions grow with use, and go when they are purged.
#[derive(Default)]
pub struct MemoryStore {
    state: RwLock<State>,
    attempts: MemoryAttempts,
}

impl MemoryStore {
    /// An empty store that keeps at most 100 000 audit events.
    pub fn new() -> Self {
        Self::default()
    }

    /// An empty store for sessions and audit trail beside a user store that keeps its users elsewhere: a session may be of
    /// any user. [`Self::new`] opens sessions only for the users that it holds itself.
    #[must_use]
    pub fn without_users() -> Self {
        let state = State { users_elsewhere: true, ..State::default() };
        Self { state: RwLock::new(state), attempts: MemoryAttempts::default() }
    }

    /// Keeps at most this number of audit events. The oldest gives way to a new one, and is counted
    /// ([`Self::dropped_events`]). An event that was dropped before its hour was counted is in no statistics.
    #[must_use]
    pub fn with_max_events(self, max: usize) -> Self {
        self.write().events.set_max(max);
        self
    }

    /// How many audit events gave way to newer ones.
    pub fn dropped_events(&self) -> u64 {
        self.read().events.dropped()
    }

    // A panic under the lock leaves nothing half-done: each step does last what cannot fail.

    fn read(&self) -> RwLockReadGuard<'_, State> {
        self.state.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, State> {
        self.state.write().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Store for MemoryStore {
    fn ports(self: Arc<Self>) -> Ports {
        Ports::of(&self).audit_log(&self).attempts(&self).ordered_reads().described("memory")
    }
}

impl fmt::Debug for MemoryStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = self.read();
        f.debug_struct("MemoryStore")
            .field("users", &state.users.len())
            .field("sessions", &state.sessions.len())
            .field("events", &state.events.len())
            .field("dropped_events", &state.events.dropped())
            .finish_non_exhaustive()
    }
}

/// A new row or event under an id that another has: nothing changed. Core makes no id twice.
fn id_taken(operation: &'static str) -> StoreError {
    StoreError::new(StoreErrorKind::Unexpected, "memory", operation).with_source("the id of the new row is taken")
}
