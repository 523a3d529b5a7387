//! A password hasher that takes no time.

use data_encoding::HEXLOWER;
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;

use crate::model::secret::{Password, PasswordHash};
use crate::password::argon2id::Argon2id;
use crate::ports::password_hasher::{HashError, HashMemory, PasswordHasher, Verified};

/// The scheme of what it writes.
const SCHEME: &str = "cheap";

/// Writes `cheap$salt$digest`, one round of SHA-256: worth nothing against whoever has the table. Every other hash is
/// verified as the default hasher does and is outdated. A kit for production refuses it.
#[derive(Debug, Clone, Copy, Default)]
pub struct CheapHasher;

impl CheapHasher {
    /// What is stored for a password that was hashed with a salt.
    pub fn stored(salt: &[u8; 16], password: &str) -> PasswordHash {
        let salt = HEXLOWER.encode(salt);
        PasswordHash::new(format!("{SCHEME}${salt}${}", digest(&salt, password)))
    }
}

fn digest(salt: &str, password: &str) -> String {
    HEXLOWER.encode(&Sha256::new().chain_update(salt).chain_update(password).finalize())
}

impl PasswordHasher for CheapHasher {
    fn hash(&self, _: &mut HashMemory, password: &Password, salt: &[u8; 16]) -> Result<PasswordHash, HashError> {
        Ok(Self::stored(salt, password.expose()))
    }

    fn verify(
        &self,
        memory: &mut HashMemory,
        password: &Password,
        stored: &PasswordHash,
    ) -> Result<Verified, HashError> {
        let mut parts = stored.expose().splitn(3, '$');
        match (parts.next(), parts.next(), parts.next()) {
            (Some(SCHEME), Some(salt), Some(kept)) => {
                let fits = digest(salt, password.expose()).as_bytes().ct_eq(kept.as_bytes());
                Ok(if fits.into() { Verified::Yes { outdated: false } } else { Verified::No })
            }
            _ => Ok(match Argon2id::default().verify(memory, password, stored)? {
                Verified::Yes { .. } => Verified::Yes { outdated: true },
                Verified::No => Verified::No,
            }),
        }
    }

    fn is_for_tests(&self) -> bool {
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn verified(stored: &PasswordHash, password: &str) -> Result<Verified, HashError> {
        CheapHasher.verify(&mut HashMemory::new(), &Password::new(password), stored)
    }

    #[test]
    fn it_knows_its_own_hashes_and_those_of_the_default() {
        let own = CheapHasher.hash(&mut HashMemory::new(), &Password::new("right"), &[7; 16]).expect("a hash");
        assert!(!own.expose().contains("right"));
        assert_eq!(verified(&own, "right"), Ok(Verified::Yes { outdated: false }));
        assert_eq!(verified(&own, "wrong"), Ok(Verified::No));
        let other = Argon2id::default().hash(&mut HashMemory::new(), &Password::new("right"), &[7; 16]);
        let other = other.expect("a hash");
        assert_eq!(verified(&other, "right"), Ok(Verified::Yes { outdated: true }));
        assert_eq!(verified(&other, "wrong"), Ok(Verified::No));
        assert!(verified(&PasswordHash::new("right"), "right").is_err(), "plain text is no hash");
    }
}
