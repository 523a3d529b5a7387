//! A password hasher that takes no time, and can be held: for tests only.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::sync::{Arc, Condvar, Mutex, MutexGuard};

use authkit_core::{HashError, HashMemory, Password, PasswordHash, PasswordHasher, Verified};
use tokio::sync::Semaphore;

use crate::gate::await_permits;
use crate::tap::Calls;

/// Writes `quick$salt$digest` and compares. Hashes of `old$…` are outdated. Clones are one hasher.
#[derive(Debug, Clone, Default)]
pub struct QuickHasher(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    calls: Calls,
    state: Mutex<State>,
    changed: Condvar,
    /// One permit for each job that began.
    begun: Semaphore,
}

#[derive(Debug, Default)]
struct State {
    hashed: usize,
    verified: usize,
    held: bool,
}

impl Default for Inner {
    fn default() -> Self {
        let (calls, state) = (Calls::default(), Mutex::default());
        Self { calls, state, changed: Condvar::new(), begun: Semaphore::new(0) }
    }
}

impl QuickHasher {
    /// A hasher that writes `hash` and `verify` into a log of calls.
    pub fn logging(calls: Calls) -> Self {
        Self(Arc::new(Inner { calls, ..Inner::default() }))
    }

    /// How many passwords were verified, decoys included.
    pub fn verified(&self) -> usize {
        self.state().verified
    }

    /// How many passwords were hashed, the decoy of each kit included.
    pub fn hashed(&self) -> usize {
        self.state().hashed
    }

    /// From now on jobs begin and do not end, until [`Self::release`].
    pub fn hold(&self) {
        self.state().held = true;
        self.0.begun.forget_permits(Semaphore::MAX_PERMITS);
    }

    /// Lets all jobs go on.
    pub fn release(&self) {
        self.state().held = false;
        self.0.changed.notify_all();
    }

    /// Waits until so many jobs began that nobody waited for yet.
    pub async fn reached(&self, jobs: u32) {
        await_permits(&self.0.begun, jobs).await;
    }

    /// Waits, on this thread, until more than so many passwords were hashed: a new kit hashes its decoy.
    pub(crate) fn wait_past(&self, hashed: usize) {
        let state = self.0.changed.wait_while(self.state(), |state| state.hashed <= hashed);
        drop(state.expect("no test panics here"));
    }

    fn begin(&self, what: &'static str, count: impl FnOnce(&mut State)) {
        self.0.calls.note(what);
        self.0.begun.add_permits(1);
        let mut state = self.state();
        count(&mut state);
        self.0.changed.notify_all();
        drop(self.0.changed.wait_while(state, |state| state.held).expect("no test panics here"));
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().expect("no test panics here")
    }
}

impl QuickHasher {
    /// What is stored for a password that was hashed with a salt; `old`: with parameters that are outdated by now.
    pub fn stored(scheme: &str, salt: &str, password: &str) -> PasswordHash {
        // No plain text, since a test looks for passwords in what a store holds.
        let mut hasher = DefaultHasher::new();
        (salt, password).hash(&mut hasher);
        PasswordHash::new(format!("{scheme}${salt}${:016x}", hasher.finish()))
    }
}

impl PasswordHasher for QuickHasher {
    fn hash(&self, _: &mut HashMemory, password: &Password, salt: &[u8; 16]) -> Result<PasswordHash, HashError> {
        self.begin("hash", |state| state.hashed += 1);
        let salt: String = salt.iter().map(|byte| format!("{byte:02x}")).collect();
        Ok(Self::stored("quick", &salt, password.expose()))
    }

    fn verify(&self, _: &mut HashMemory, password: &Password, stored: &PasswordHash) -> Result<Verified, HashError> {
        self.begin("verify", |state| state.verified += 1);
        let mut parts = stored.expose().splitn(3, '$');
        let (Some(scheme @ ("quick" | "old")), Some(salt)) = (parts.next(), parts.next()) else {
            return Err(HashError::Unsupported);
        };
        let fits = Self::stored(scheme, salt, password.expose()) == *stored;
        Ok(if fits { Verified::Yes { outdated: scheme == "old" } } else { Verified::No })
    }
}
