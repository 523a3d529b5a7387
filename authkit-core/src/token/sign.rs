//! Signing and verifying bytes. HMAC is done here, on key states that are kept; Ed25519 is done by `jsonwebtoken`.

use std::fmt;

use data_encoding::BASE64URL_NOPAD;
use hmac::{Hmac, KeyInit, Mac};
use jsonwebtoken::crypto::aws_lc::DEFAULT_PROVIDER;
use jsonwebtoken::jwk::EllipticCurve;
use jsonwebtoken::{DecodingKey, EncodingKey};
use sha2::{Sha256, Sha384, Sha512};
use zeroize::Zeroizing;

use crate::token::algorithm::Algorithm;
use crate::token::error::{KeyError, TokenError};

/// PKCS #8 around an Ed25519 seed (RFC 8410 §7).
const PKCS8: [u8; 16] = [0x30, 0x2e, 2, 1, 0, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 4, 0x22, 4, 0x20];

/// The key of one kind of token, ready for use.
pub(crate) enum Signer {
    Hs256(Hmac<Sha256>),
    Hs384(Hmac<Sha384>),
    Hs512(Hmac<Sha512>),
    Ed(EdKey),
}

pub(crate) struct EdKey {
    private: EncodingKey,
    public: DecodingKey,
    x: Vec<u8>,
}

impl Signer {
    pub(crate) fn new(algorithm: Algorithm, key: &[u8]) -> Result<Self, KeyError> {
        let signer = match algorithm {
            Algorithm::HS256 => Hmac::new_from_slice(key).map(Self::Hs256),
            Algorithm::HS384 => Hmac::new_from_slice(key).map(Self::Hs384),
            Algorithm::HS512 => Hmac::new_from_slice(key).map(Self::Hs512),
            Algorithm::EdDSA => return EdKey::new(key).map(Self::Ed),
        };
        signer.map_err(|_| KeyError::Crypto)
    }

    /// Appends `.` and the signature of all that is in `token`.
    pub(crate) fn sign(&self, token: &mut String) -> Result<(), TokenError> {
        match self {
            Self::Hs256(state) => append(token, &mac(state, token).into_bytes()),
            Self::Hs384(state) => append(token, &mac(state, token).into_bytes()),
            Self::Hs512(state) => append(token, &mac(state, token).into_bytes()),
            Self::Ed(key) => append(token, &key.sign(token)?),
        }
        Ok(())
    }

    /// Whether `signature` (strict base64url) is the one of `signed`.
    ///
    /// # Timing
    /// Does not depend on where the signature is wrong.
    pub(crate) fn verify(&self, signed: &str, signature: &str) -> Result<(), TokenError> {
        let mut bytes = [0; 64];
        let length = BASE64URL_NOPAD.decode_len(signature.len()).map_err(|_| TokenError::Malformed)?;
        let bytes = bytes.get_mut(..length).ok_or(TokenError::Malformed)?;
        BASE64URL_NOPAD.decode_mut(signature.as_bytes(), bytes).map_err(|_| TokenError::Malformed)?;
        let right = match self {
            Self::Hs256(state) => state.clone().chain_update(signed).verify_slice(bytes).is_ok(),
            Self::Hs384(state) => state.clone().chain_update(signed).verify_slice(bytes).is_ok(),
            Self::Hs512(state) => state.clone().chain_update(signed).verify_slice(bytes).is_ok(),
            Self::Ed(key) => key.verify(signed, bytes),
        };
        if right { Ok(()) } else { Err(TokenError::BadSignature) }
    }

    /// The public key, for algorithms that have one.
    pub(crate) fn public(&self) -> Option<&[u8]> {
        match self {
            Self::Ed(key) => Some(&key.x),
            Self::Hs256(_) | Self::Hs384(_) | Self::Hs512(_) => None,
        }
    }
}

impl fmt::Debug for Signer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Signer([redacted])")
    }
}

impl EdKey {
    fn new(seed: &[u8]) -> Result<Self, KeyError> {
        let der = Zeroizing::new([&PKCS8, seed].concat());
        // The provider is named instead of installed for the whole process: which one the application has does not matter.
        let public = DEFAULT_PROVIDER.key_utils.ed_pub_components_from_private_key;
        let x = public(&der, &EllipticCurve::Ed25519).map_err(|_| KeyError::Crypto)?;
        Ok(Self { private: EncodingKey::from_ed_der(&der), public: DecodingKey::from_ed_der(&x), x })
    }

    fn sign(&self, message: &str) -> Result<Vec<u8>, TokenError> {
        let signer = (DEFAULT_PROVIDER.signer_factory)(&jsonwebtoken::Algorithm::EdDSA, &self.private);
        signer.map_err(|_| TokenError::Crypto)?.try_sign(message.as_bytes()).map_err(|_| TokenError::Crypto)
    }

    fn verify(&self, message: &str, signature: &[u8]) -> bool {
        (DEFAULT_PROVIDER.verifier_factory)(&jsonwebtoken::Algorithm::EdDSA, &self.public)
            .is_ok_and(|verifier| verifier.verify(message.as_bytes(), &signature.to_vec()).is_ok())
    }
}

fn mac<M: Mac + Clone>(state: &M, message: &str) -> hmac::digest::CtOutput<M> {
    state.clone().chain_update(message).finalize()
}

fn append(token: &mut String, signature: &[u8]) {
    token.push('.');
    BASE64URL_NOPAD.encode_append(signature, token);
}
