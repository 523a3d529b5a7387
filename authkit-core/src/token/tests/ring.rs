//! The ring: which keys it takes, how one follows the other, and what it shows of them.

use std::collections::HashSet;

use serde_json::{Value, json};

use crate::token::algorithm::Algorithm;
use crate::token::error::{KeyError, TokenError};
use crate::token::keys::{KeyRing, RingKey};
use crate::token::kind::Kind;
use crate::token::purpose::Purpose;
use crate::token::testing::{AT, AUDIENCE, ISSUER, jti, ring, ring_of, secret, session, tokens, verify};

fn new(keys: &[(&str, Algorithm)]) -> Result<KeyRing, KeyError> {
    let secrets: Vec<_> = keys.iter().map(|(secret, algorithm)| ((*secret).into(), *algorithm)).collect();
    let keys: Vec<_> = secrets.iter().map(|(secret, algorithm)| RingKey { secret, algorithm: *algorithm }).collect();
    KeyRing::new(keys[0], &keys[1..], ISSUER, AUDIENCE)
}

// S-24, S-94
#[test]
fn a_weak_key_builds_no_ring_wherever_it_stands() {
    let good = secret(1);
    for (weak, why) in [
        ("", KeyError::TooShort),
        ("q8Zr4mT1vKx7Lw2Np9Hs6Yd3Bf5Jc0G", KeyError::TooShort),
        (&"ab".repeat(32), KeyError::TooFewDistinctBytes),
        ("please-change-me-0123456789-abcdefgh", KeyError::Placeholder),
    ] {
        for algorithm in Algorithm::ALL {
            assert_eq!(new(&[(weak, algorithm)]).map(drop), Err(why));
            assert_eq!(new(&[(good.expose(), Algorithm::HS256), (weak, algorithm)]).map(drop), Err(why));
        }
    }
}

// S-94
#[test]
fn the_same_key_stands_once_in_a_ring() {
    let (one, two) = (secret(1), secret(2));
    let (one, two) = (one.expose(), two.expose());
    let kid = new(&[(two, Algorithm::HS256)]).unwrap().signing_kid();
    let twice = [(one, Algorithm::HS256), (two, Algorithm::HS256), (two, Algorithm::HS256)];
    assert_eq!(new(&twice).map(drop), Err(KeyError::Duplicate { kid }));
    // With another algorithm it is another key: so the algorithm can be changed, too.
    assert_eq!(new(&Algorithm::ALL.map(|algorithm| (one, algorithm))).unwrap().kids().count(), 4);
}

#[test]
fn an_issuer_or_audience_that_no_token_could_carry_builds_no_ring() {
    let secret = secret(1);
    let key = RingKey { secret: &secret, algorithm: Algorithm::HS256 };
    for bad in ["", "a\nb", &"x".repeat(256)] {
        assert_eq!(KeyRing::new(key, &[], bad, AUDIENCE).map(drop), Err(KeyError::Name));
        assert_eq!(KeyRing::new(key, &[], ISSUER, bad).map(drop), Err(KeyError::Name));
    }
    // The worst that is allowed still fits into a cookie.
    let long = "\"".repeat(255);
    let ring = KeyRing::new(key, &[], &long, &long).unwrap();
    for (kind, token) in tokens(&ring) {
        assert!(token.len() < 3_000, "{}", token.len());
        assert_eq!(verify(&ring, kind, &token, AT), Ok(()));
    }
}

// S-95
#[test]
fn no_token_is_lost_while_a_new_key_takes_over_and_the_old_ones_end_with_their_key() {
    for (old, new) in [
        ((1, Algorithm::HS256), (2, Algorithm::HS256)),
        ((1, Algorithm::HS256), (1, Algorithm::EdDSA)),
        ((1, Algorithm::EdDSA), (2, Algorithm::HS512)),
    ] {
        // Two nodes; each step reaches one of them first, and every token of either is good on both.
        let steps = vec![
            [ring_of(&[old]), ring_of(&[old, new])],
            [ring_of(&[old, new]), ring_of(&[old, new])],
            [ring_of(&[old, new]), ring_of(&[new, old])],
            [ring_of(&[new, old]), ring_of(&[new, old])],
        ];
        for nodes in &steps {
            for maker in nodes {
                for (kind, token) in tokens(maker) {
                    assert!(nodes.iter().all(|node| verify(node, kind, &token, AT).is_ok()), "{kind:?}");
                }
            }
        }
        let last = ring_of(&[new]);
        for (kind, token) in tokens(&ring_of(&[old, new])) {
            assert_eq!(verify(&last, kind, &token, AT), Err(TokenError::UnknownKey));
        }
        for (kind, token) in tokens(&ring_of(&[new, old])) {
            assert_eq!(verify(&last, kind, &token, AT), Ok(()));
        }
    }
}

// S-95
#[test]
fn a_key_is_named_by_its_secret_and_algorithm() {
    let mut kids = HashSet::new();
    for n in 1..=8 {
        for algorithm in Algorithm::ALL {
            let kid = ring_of(&[(n, algorithm)]).signing_kid();
            assert_eq!(kid, ring_of(&[(n, algorithm), (9, algorithm)]).signing_kid());
            assert_eq!(kid.as_str().len(), 12);
            assert!(!secret(n).expose().contains(kid.as_str()));
            kids.insert(kid);
        }
    }
    assert_eq!(kids.len(), 32);
}

// S-96
#[test]
fn nothing_prints_a_key_or_a_token() {
    let ring = ring_of(&[(1, Algorithm::HS256), (2, Algorithm::EdDSA)]);
    let row = session(ring.signing_kid());
    let token = ring.mint_refresh(&row, &jti()).unwrap();
    let claims = ring.verify_refresh(token.expose(), AT).unwrap();
    let text = format!("{ring:?} {:?} {claims:?} {token:?} {:?}", ring.purpose(Purpose::Form), jti());
    assert!(text.contains("[redacted]"));
    assert!(text.contains(ring.signing_kid().as_str()), "the names are for everybody to see");
    // The fixture's jti as a list, as hex and as base64url; the secrets.
    for canary in ["5, 5", "0505", "BQUF", "q8Zr4mT1", token.expose()] {
        assert!(!text.contains(canary), "{canary}: {text}");
    }
    for error in [KeyError::TooShort, KeyError::Placeholder, KeyError::Duplicate { kid: ring.signing_kid() }] {
        assert!(!format!("{error} {error:?}").contains("q8Zr4mT1"));
    }
}

#[test]
fn a_ring_is_shared_between_threads() {
    fn shared<T: Send + Sync + 'static>() {}
    shared::<KeyRing>();
}

// S-94
#[test]
fn each_purpose_has_its_own_key() {
    let ring = ring(Algorithm::HS256);
    let all = [Purpose::Cursor, Purpose::Attempt, Purpose::Identifier, Purpose::Form];
    let macs: HashSet<_> = all.iter().map(|purpose| ring.purpose(*purpose).mac(&[b"same"])).collect();
    assert_eq!(macs.len(), all.len());
    // They follow the secret that signs, not its algorithm and not its neighbours.
    let other = ring_of(&[(1, Algorithm::EdDSA), (2, Algorithm::HS256)]);
    assert_eq!(other.purpose(Purpose::Form).mac(&[b"same"]), ring.purpose(Purpose::Form).mac(&[b"same"]));
    let turned = ring_of(&[(2, Algorithm::HS256), (1, Algorithm::HS256)]);
    assert_ne!(turned.purpose(Purpose::Form).mac(&[b"same"]), ring.purpose(Purpose::Form).mac(&[b"same"]));
}

#[test]
fn a_code_belongs_to_its_parts() {
    let key = ring(Algorithm::HS256).purpose(Purpose::Cursor);
    let mac = key.mac(&[b"ab", b"c"]);
    assert!(key.verify(&[b"ab", b"c"], &mac));
    for parts in [&[&b"a"[..], b"bc"][..], &[b"abc"], &[b"ab", b"c", b""], &[b"", b"ab", b"c"], &[]] {
        assert!(!key.verify(parts, &mac));
    }
    for bad in [&mac[..31], &mac[..16], &[], &[0; 32], &[mac, mac].concat()] {
        assert!(!key.verify(&[b"ab", b"c"], bad));
    }
}

#[test]
fn only_public_keys_are_published() {
    assert_eq!(ring_of(&[(1, Algorithm::HS256), (2, Algorithm::HS512)]).jwks(), None);

    let ring = ring_of(&[(1, Algorithm::HS256), (2, Algorithm::EdDSA), (3, Algorithm::EdDSA)]);
    let text = ring.jwks().unwrap();
    let set: Value = serde_json::from_str(&text).unwrap();
    let keys = set["keys"].as_array().unwrap();
    assert_eq!(keys.len(), 2, "the next key is known before it signs");
    for (key, kid) in keys.iter().zip(ring.kids().skip(1)) {
        let x = key["x"].as_str().unwrap();
        let whole = json!({
            "kty": "OKP", "crv": "Ed25519", "use": "sig", "alg": "EdDSA", "kid": kid.as_str(), "x": x,
        });
        assert_eq!((x.len(), key), (43, &whole), "no private part");
    }
    // Keys of the other kinds are nobody's business.
    let refresh = ring.keys().nth(1).unwrap().of(Kind::Refresh).signer.public().unwrap();
    assert!(!text.contains(&data_encoding::BASE64URL_NOPAD.encode(refresh)));
}
