//! Keys for everything that is not a token: each purpose has its own.

use std::fmt;

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use crate::token::derive::Root;
use crate::token::error::KeyError;

/// What a [`PurposeKey`] is for.
///
/// These keys come from the signing secret alone: when another key begins to sign, counters start anew and open cursors
/// and forms have to be asked for again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// Cursors of lists.
    Cursor,
    /// The keys of throttle counters.
    Attempt,
    /// What somebody typed instead of an address.
    Identifier,
    /// The hidden token of forms.
    Form,
}

impl Purpose {
    const fn label(self) -> &'static str {
        match self {
            Self::Cursor => "cursor",
            Self::Attempt => "attempt",
            Self::Identifier => "identifier",
            Self::Form => "form",
        }
    }
}

/// A key for one purpose: HMAC-SHA-256 under a key that is derived for nothing else. Cheap to clone, wiped on drop.
#[derive(Clone)]
pub struct PurposeKey(Hmac<Sha256>);

impl PurposeKey {
    pub(crate) fn new(root: &Root, purpose: Purpose) -> Result<Self, KeyError> {
        Self::derive(root, &["authkit", "purpose", purpose.label()])
    }

    pub(crate) fn derive(root: &Root, labels: &[&str]) -> Result<Self, KeyError> {
        let key = root.derive(labels, 32)?;
        Hmac::new_from_slice(&key).map(Self).map_err(|_| KeyError::Crypto)
    }

    /// The authentication code of a list of parts. Each part's length goes in before it, so `ab, c` and `a, bc` differ.
    pub fn mac(&self, parts: &[&[u8]]) -> [u8; 32] {
        self.state(parts).finalize().into_bytes().into()
    }

    /// Whether `mac` is the whole code of these parts.
    ///
    /// # Timing
    /// Does not depend on where the two differ.
    pub fn verify(&self, parts: &[&[u8]], mac: &[u8]) -> bool {
        self.state(parts).verify_slice(mac).is_ok()
    }

    /// The authentication code of bytes as they are.
    pub(crate) fn mac_bytes(&self, bytes: &[u8]) -> [u8; 32] {
        self.0.clone().chain_update(bytes).finalize().into_bytes().into()
    }

    fn state(&self, parts: &[&[u8]]) -> Hmac<Sha256> {
        let mut state = self.0.clone();
        for part in parts {
            state.update(&(part.len() as u64).to_be_bytes());
            state.update(part);
        }
        state
    }
}

impl fmt::Debug for PurposeKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PurposeKey([redacted])")
    }
}
