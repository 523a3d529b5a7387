//! One key of the ring: its name, and what is derived from its secret for each kind of token.

use std::fmt;

use data_encoding::BASE64URL_NOPAD;
use serde::Serialize;
use zeroize::Zeroizing;

use crate::model::ids::KeyId;
use crate::token::algorithm::Algorithm;
use crate::token::derive::Root;
use crate::token::error::{KeyError, TokenError};
use crate::token::kind::Kind;
use crate::token::purpose::PurposeKey;
use crate::token::sign::Signer;

pub(crate) struct Key {
    pub(crate) id: KeyId,
    pub(crate) algorithm: Algorithm,
    access: KindKey,
    refresh: KindKey,
    reset: KindKey,
    verification: KindKey,
    /// Makes the successor of a refresh token's `jti`.
    pub(crate) rotate: PurposeKey,
    /// Binds a reset token to the state of its user.
    pub(crate) reset_binding: PurposeKey,
    /// Binds a verification token to the state of its user.
    pub(crate) verification_binding: PurposeKey,
}

/// What a key signs one kind of token with.
pub(crate) struct KindKey {
    /// The header's segment: the only one that is ever made or taken.
    pub(crate) header: String,
    pub(crate) signer: Signer,
}

impl Key {
    pub(crate) fn new(root: &Root, algorithm: Algorithm) -> Result<Self, KeyError> {
        // With another algorithm the same secret is another key: one name never stands for two algorithms.
        let id = root.derive(&["authkit", "kid", algorithm.as_str()], 9)?;
        let id = KeyId::new(&BASE64URL_NOPAD.encode(&id)).ok_or(KeyError::Crypto)?;
        let kind = |kind| KindKey::new(root, kind, algorithm, &id);
        Ok(Self {
            id,
            algorithm,
            access: kind(Kind::Access)?,
            refresh: kind(Kind::Refresh)?,
            reset: kind(Kind::Reset)?,
            verification: kind(Kind::Verification)?,
            rotate: PurposeKey::derive(root, &["authkit", "rotate", algorithm.as_str()])?,
            reset_binding: PurposeKey::derive(root, &["authkit", "reset-binding", algorithm.as_str()])?,
            verification_binding: PurposeKey::derive(root, &["authkit", "verification-binding", algorithm.as_str()])?,
        })
    }

    /// Makes a token: header, claims, signature. The same claims give the same bytes.
    pub(crate) fn seal(&self, kind: Kind, claims: &impl Serialize) -> Result<String, TokenError> {
        let mut json = Zeroizing::new(Vec::with_capacity(512));
        serde_json::to_writer(&mut *json, claims).map_err(|_| TokenError::Crypto)?;
        let key = self.of(kind);
        // A dot, and a dot with the longest signature: the text is never moved, so no copy of it is left behind.
        let bytes = key.header.len() + 1 + BASE64URL_NOPAD.encode_len(json.len()) + 1 + 86;
        let mut token = String::with_capacity(bytes);
        token.push_str(&key.header);
        token.push('.');
        BASE64URL_NOPAD.encode_append(&json, &mut token);
        key.signer.sign(&mut token)?;
        Ok(token)
    }

    pub(crate) const fn of(&self, kind: Kind) -> &KindKey {
        match kind {
            Kind::Access => &self.access,
            Kind::Refresh => &self.refresh,
            Kind::Reset => &self.reset,
            Kind::Verification => &self.verification,
        }
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} [redacted]", self.id, self.algorithm)
    }
}

impl KindKey {
    fn new(root: &Root, kind: Kind, algorithm: Algorithm, id: &KeyId) -> Result<Self, KeyError> {
        let header = format!(r#"{{"alg":"{algorithm}","typ":"{}","kid":"{id}"}}"#, kind.typ());
        Ok(Self {
            header: BASE64URL_NOPAD.encode(header.as_bytes()),
            signer: Signer::new(algorithm, &root.token_key(kind, algorithm)?)?,
        })
    }
}
