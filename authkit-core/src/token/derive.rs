//! All keys come from one secret by HKDF, each under a label of its own, so that none can stand in for another.

use hkdf::Hkdf;
use sha2::Sha256;
use zeroize::Zeroizing;

use crate::model::secret::SecretKey;
use crate::token::algorithm::Algorithm;
use crate::token::error::KeyError;
use crate::token::kind::Kind;

/// What all keys of one secret are derived from (RFC 5869).
pub(crate) struct Root(Hkdf<Sha256>);

impl Root {
    pub(crate) fn new(secret: &SecretKey) -> Self {
        Self(Hkdf::new(Some(b"authkit"), secret.expose().as_bytes()))
    }

    /// A key of `bytes` bytes. No label holds a space, so two lists of labels never read the same.
    pub(crate) fn derive(&self, labels: &[&str], bytes: usize) -> Result<Zeroizing<Vec<u8>>, KeyError> {
        let mut key = Zeroizing::new(vec![0; bytes]);
        let info = labels.join(" ");
        self.0.expand(info.as_bytes(), &mut key).map_err(|_| KeyError::Crypto)?;
        Ok(key)
    }

    /// What signs one kind of token: as long as the algorithm's digest (RFC 7518 §3.2), or an Ed25519 seed.
    pub(crate) fn token_key(&self, kind: Kind, algorithm: Algorithm) -> Result<Zeroizing<Vec<u8>>, KeyError> {
        let bytes = match algorithm {
            Algorithm::HS256 | Algorithm::EdDSA => 32,
            Algorithm::HS384 => 48,
            Algorithm::HS512 => 64,
        };
        self.derive(&["authkit", kind.typ(), algorithm.as_str()], bytes)
    }
}
