//! `jsonwebtoken` as a second opinion: it takes what we sign, and we take what it signs.

use jsonwebtoken::jwk::JwkSet;
use jsonwebtoken::{DecodingKey, EncodingKey, Header, TokenData, Validation};
use serde_json::{Map, Value, json};

use crate::token::algorithm::Algorithm;
use crate::token::derive::Root;
use crate::token::kind::Kind;
use crate::token::testing::{AT, AUDIENCE, ISSUER, ring, secret, segment, tokens, verify};

type Claims = Map<String, Value>;

fn theirs(algorithm: Algorithm) -> jsonwebtoken::Algorithm {
    algorithm.as_str().parse().unwrap()
}

/// The key of a kind, derived anew and given to the library.
fn keys(kind: Kind, algorithm: Algorithm) -> (EncodingKey, DecodingKey) {
    let _ = jsonwebtoken::crypto::aws_lc::DEFAULT_PROVIDER.install_default();
    let key = Root::new(&secret(1)).token_key(kind, algorithm).unwrap();
    if algorithm != Algorithm::EdDSA {
        return (EncodingKey::from_secret(&key), DecodingKey::from_secret(&key));
    }
    let der = [&[0x30, 0x2e, 2, 1, 0, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 4, 0x22, 4, 0x20], &key[..]].concat();
    let private = EncodingKey::from_ed_der(&der);
    let public = jsonwebtoken::jwk::Jwk::from_encoding_key(&private, jsonwebtoken::Algorithm::EdDSA).unwrap();
    (private, DecodingKey::from_jwk(&public).unwrap())
}

fn decode(token: &str, key: &DecodingKey, algorithm: Algorithm) -> jsonwebtoken::errors::Result<TokenData<Claims>> {
    let mut validation = Validation::new(theirs(algorithm));
    (validation.validate_exp, validation.validate_nbf, validation.leeway) = (false, false, 0);
    validation.set_required_spec_claims(&["exp", "nbf", "aud", "iss", "sub"]);
    validation.set_issuer(&[ISSUER]);
    validation.set_audience(&[AUDIENCE]);
    jsonwebtoken::decode(token, key, &validation)
}

#[test]
fn it_takes_what_we_sign() {
    for algorithm in Algorithm::ALL {
        let ring = ring(algorithm);
        for (kind, token) in tokens(&ring) {
            let read = decode(&token, &keys(kind, algorithm).1, algorithm).unwrap();
            assert_eq!(read.header.alg, theirs(algorithm));
            assert_eq!(read.header.typ.as_deref(), Some(kind.typ()));
            assert_eq!(read.header.kid.as_deref(), Some(ring.signing_kid().as_str()));
            assert_eq!(read.claims["iat"], json!(AT.as_seconds()));
            assert_eq!(Value::Object(read.claims), serde_json::from_str::<Value>(&segment(&token, 1)).unwrap());
        }
    }
}

#[test]
fn it_takes_nothing_of_one_kind_for_another() {
    for algorithm in Algorithm::ALL {
        for (made, token) in tokens(&ring(algorithm)) {
            for other in Kind::ALL.into_iter().filter(|kind| *kind != made) {
                assert!(decode(&token, &keys(other, algorithm).1, algorithm).is_err());
            }
        }
    }
}

#[test]
fn we_take_what_it_signs_under_our_header() {
    for algorithm in Algorithm::ALL {
        let ring = ring(algorithm);
        for (kind, token) in tokens(&ring) {
            let message = token.rsplit_once('.').unwrap().0;
            let key = keys(kind, algorithm).0;
            let signature = jsonwebtoken::crypto::sign(message.as_bytes(), &key, theirs(algorithm)).unwrap();
            let made = format!("{message}.{signature}");
            assert_eq!(made, token, "both algorithms are deterministic");
            assert_eq!(verify(&ring, kind, &made, AT), Ok(()));
        }
    }
}

// S-19
#[test]
fn what_it_signs_under_a_header_of_its_own_is_refused() {
    for algorithm in Algorithm::ALL {
        let ring = ring(algorithm);
        for (kind, token) in tokens(&ring) {
            let claims: Claims = serde_json::from_str(&segment(&token, 1)).unwrap();
            let mut header = Header::new(theirs(algorithm));
            (header.typ, header.kid) = (Some(kind.typ().to_owned()), Some(ring.signing_kid().to_string()));
            let made = jsonwebtoken::encode(&header, &claims, &keys(kind, algorithm).0).unwrap();
            assert!(decode(&made, &keys(kind, algorithm).1, algorithm).is_ok());
            assert_eq!(verify(&ring, kind, &made, AT).is_ok(), made == token, "only our own spelling: {made}");
        }
    }
}

#[test]
fn it_verifies_access_tokens_with_the_published_key_alone() {
    let ring = ring(Algorithm::EdDSA);
    let set: JwkSet = serde_json::from_str(&ring.jwks().unwrap()).unwrap();
    let key = DecodingKey::from_jwk(set.find(ring.signing_kid().as_str()).unwrap()).unwrap();
    keys(Kind::Access, Algorithm::EdDSA);
    for (kind, token) in tokens(&ring) {
        assert_eq!(decode(&token, &key, Algorithm::EdDSA).is_ok(), kind == Kind::Access);
    }
}
