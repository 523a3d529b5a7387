//! A hasher that hashes a password once, so that thousands of sign-ins take no minute.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use authkit_core::password::argon2id::Argon2id;
use authkit_core::{HashError, HashMemory, Password, PasswordHash, PasswordHasher, Verified};

/// Argon2id, remembering. One hash for all who have the same password: for made-up people only.
#[derive(Default)]
pub(super) struct Remembering {
    real: Argon2id,
    known: Mutex<HashMap<String, PasswordHash>>,
}

impl PasswordHasher for Remembering {
    fn hash(&self, memory: &mut HashMemory, password: &Password, salt: &[u8; 16]) -> Result<PasswordHash, HashError> {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(hash) = known.get(password.expose()) {
            return Ok(hash.clone());
        }
        let hash = self.real.hash(memory, password, salt)?;
        known.insert(password.expose().to_owned(), hash.clone());
        Ok(hash)
    }

    fn verify(&self, _: &mut HashMemory, password: &Password, stored: &PasswordHash) -> Result<Verified, HashError> {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let fits = known.get(password.expose()).is_some_and(|hash| hash.expose() == stored.expose());
        Ok(if fits { Verified::Yes { outdated: false } } else { Verified::No })
    }
}
