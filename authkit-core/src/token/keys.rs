//! The key ring: one key signs, all verify.

use std::iter::once;

use zeroize::Zeroizing;

use crate::model::ids::KeyId;
use crate::model::secret::SecretKey;
use crate::token::algorithm::Algorithm;
use crate::token::derive::Root;
use crate::token::error::{KeyError, TokenError};
use crate::token::key::Key;
use crate::token::kind::Kind;
use crate::token::purpose::{Purpose, PurposeKey};
use crate::token::reader::{Compact, decode};
use crate::token::strength;

/// All keys that tokens are signed and verified with, ready for use: made once and shared.
///
/// A new key is first added on all nodes as one that verifies only, then made the signing key; the old one is removed when
/// the last token that it signed has expired. So no request is lost, and removing a key ends its tokens.
#[derive(Debug)]
pub struct KeyRing {
    pub(crate) issuer: String,
    pub(crate) audience: String,
    signing: Key,
    others: Vec<Key>,
    cursor: PurposeKey,
    attempt: PurposeKey,
    identifier: PurposeKey,
    form: PurposeKey,
}

/// A secret and what it signs with.
#[derive(Debug, Clone, Copy)]
pub(crate) struct RingKey<'a> {
    pub(crate) secret: &'a SecretKey,
    pub(crate) algorithm: Algorithm,
}

/// A token whose header and signature are ours. Its claims are still to be read.
pub(crate) struct Opened<'r> {
    pub(crate) key: &'r Key,
    pub(crate) kind: Kind,
    pub(crate) claims: Zeroizing<Vec<u8>>,
}

impl KeyRing {
    /// `others` verify only: keys that signed before, or are to sign next.
    pub(crate) fn new(
        signing: RingKey<'_>,
        others: &[RingKey<'_>],
        issuer: &str,
        audience: &str,
    ) -> Result<Self, KeyError> {
        if ![issuer, audience].into_iter().all(is_name) {
            return Err(KeyError::Name);
        }
        for key in once(&signing).chain(others) {
            strength::check(key.secret)?;
        }
        let root = Root::new(signing.secret);
        let mut ring = Self {
            issuer: issuer.to_owned(),
            audience: audience.to_owned(),
            signing: Key::new(&root, signing.algorithm)?,
            others: Vec::with_capacity(others.len()),
            cursor: PurposeKey::new(&root, Purpose::Cursor)?,
            attempt: PurposeKey::new(&root, Purpose::Attempt)?,
            identifier: PurposeKey::new(&root, Purpose::Identifier)?,
            form: PurposeKey::new(&root, Purpose::Form)?,
        };
        for other in others {
            let key = Key::new(&Root::new(other.secret), other.algorithm)?;
            if ring.find(key.id).is_some() {
                return Err(KeyError::Duplicate { kid: key.id });
            }
            ring.others.push(key);
        }
        Ok(ring)
    }

    /// The name of the key that signs.
    pub fn signing_kid(&self) -> KeyId {
        self.signing.id
    }

    /// The names of all keys, the signing one first.
    pub fn kids(&self) -> impl Iterator<Item = KeyId> {
        self.keys().map(|key| key.id)
    }

    pub(crate) fn purpose(&self, purpose: Purpose) -> PurposeKey {
        match purpose {
            Purpose::Cursor => &self.cursor,
            Purpose::Attempt => &self.attempt,
            Purpose::Identifier => &self.identifier,
            Purpose::Form => &self.form,
        }
        .clone()
    }

    pub(crate) const fn signing(&self) -> &Key {
        &self.signing
    }

    pub(crate) fn keys(&self) -> impl Iterator<Item = &Key> {
        once(&self.signing).chain(&self.others)
    }

    pub(crate) fn find(&self, kid: KeyId) -> Option<&Key> {
        self.keys().find(|key| key.id == kid)
    }

    /// Takes a token of one of these kinds apart. Its header must be, byte for byte, the one that a key of the ring writes
    /// for the kind; that key alone decides how the signature is verified (RFC 8725 §3.1).
    pub(crate) fn open(&self, token: &str, kinds: &[Kind]) -> Result<Opened<'_>, TokenError> {
        let token = Compact::split(token)?;
        let mut candidates = kinds.iter().flat_map(|kind| self.keys().map(move |key| (*kind, key)));
        let (kind, key) =
            candidates.find(|(kind, key)| key.of(*kind).header == token.header).ok_or(TokenError::UnknownKey)?;
        key.of(kind).signer.verify(token.signed, token.signature)?;
        Ok(Opened { key, kind, claims: decode(token.claims)? })
    }
}

fn is_name(name: &str) -> bool {
    (1..=255).contains(&name.len()) && !name.chars().any(char::is_control)
}
