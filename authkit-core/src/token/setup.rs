//! The token of the first-run setup: one a process, in memory alone.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use subtle::ConstantTimeEq;

use crate::model::secret::SetupToken;
use crate::model::timestamp::Timestamp;

/// How long it is good.
const SETUP_TTL: Duration = Duration::from_secs(30 * 60);

/// The one setup token of a process.
#[derive(Default)]
pub(crate) struct SetupKey(Mutex<State>);

#[derive(Default)]
enum State {
    /// Nobody asked for it.
    #[default]
    Unmade,
    Made {
        token: SetupToken,
        expires_at: Timestamp,
    },
    /// Used, or of no use any more. There is no other one.
    Dead,
}

impl SetupKey {
    /// The token, made at the first call; `None`: it has run out or is dead.
    pub(crate) fn token<E>(
        &self,
        at: Timestamp,
        make: impl FnOnce() -> Result<SetupToken, E>,
    ) -> Result<Option<SetupToken>, E> {
        let mut state = self.lock();
        if matches!(*state, State::Unmade) {
            *state = State::Made { token: make()?, expires_at: at + SETUP_TTL };
        }
        Ok(match &*state {
            State::Made { token, expires_at } if at < *expires_at => Some(token.clone()),
            _ => None,
        })
    }

    /// Whether this is the token and it is good.
    pub(crate) fn fits(&self, presented: &SetupToken, at: Timestamp) -> bool {
        match &*self.lock() {
            State::Made { token, expires_at } => {
                let equal = token.expose().as_bytes().ct_eq(presented.expose().as_bytes());
                bool::from(equal) && at < *expires_at
            }
            State::Unmade | State::Dead => false,
        }
    }

    /// Ends it for good.
    pub(crate) fn kill(&self) {
        *self.lock() = State::Dead;
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
