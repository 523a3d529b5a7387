//! The public keys that other services verify access tokens with.

use data_encoding::BASE64URL_NOPAD;
use serde_json::{Value, json};

use crate::token::keys::KeyRing;
use crate::token::kind::Kind;

impl KeyRing {
    /// A JWK Set (RFC 7517 §5, RFC 8037 §2) of the ring's Ed25519 keys for access tokens, verify-only keys included, so
    /// that a new key is known before it signs. `None` when there is none: other keys are secret.
    pub fn jwks(&self) -> Option<String> {
        let keys: Vec<Value> = self
            .keys()
            .filter_map(|key| {
                let public = key.of(Kind::Access).signer.public()?;
                let x = BASE64URL_NOPAD.encode(public);
                let (alg, kid) = (key.algorithm.as_str(), key.id);
                Some(json!({ "kty": "OKP", "crv": "Ed25519", "x": x, "use": "sig", "alg": alg, "kid": kid }))
            })
            .collect();
        (!keys.is_empty()).then(|| json!({ "keys": keys }).to_string())
    }
}
