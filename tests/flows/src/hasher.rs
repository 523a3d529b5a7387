//! A password hasher that takes no time: for tests only.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use authkit_core::{HashError, HashMemory, Password, PasswordHash, PasswordHasher, Verified};

/// Writes `quick$salt$password` and compares. Hashes of `old$…` are outdated. Clones share their count.
#[derive(Debug, Clone, Default)]
pub struct QuickHasher {
    verified: Arc<AtomicUsize>,
}

impl QuickHasher {
    /// How many passwords were verified, decoys included.
    pub fn verified(&self) -> usize {
        self.verified.load(Ordering::SeqCst)
    }
}

impl PasswordHasher for QuickHasher {
    fn hash(&self, _: &mut HashMemory, password: &Password, salt: &[u8; 16]) -> Result<PasswordHash, HashError> {
        let salt: String = salt.iter().map(|byte| format!("{byte:02x}")).collect();
        Ok(PasswordHash::new(format!("quick${salt}${}", password.expose())))
    }

    fn verify(&self, _: &mut HashMemory, password: &Password, stored: &PasswordHash) -> Result<Verified, HashError> {
        self.verified.fetch_add(1, Ordering::SeqCst);
        let mut parts = stored.expose().splitn(3, '$');
        let (scheme, _, text) = (parts.next(), parts.next(), parts.next());
        Ok(match (scheme, text) {
            (Some("quick"), Some(text)) if text == password.expose() => Verified::Yes { outdated: false },
            (Some("old"), Some(text)) if text == password.expose() => Verified::Yes { outdated: true },
            (Some("quick" | "old"), Some(_)) => Verified::No,
            _ => return Err(HashError::Unsupported),
        })
    }
}
