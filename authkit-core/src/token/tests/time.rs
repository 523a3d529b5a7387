//! When a token begins and ends.

use std::time::Duration;

use crate::token::algorithm::Algorithm;
use crate::token::error::TokenError;
use crate::token::kind::Kind;
use crate::token::testing::{AT, TTL, jti, ring, segment, session, signed, tokens, user, verify};

const SECOND: Duration = Duration::from_secs(1);
const TICK: Duration = Duration::from_micros(1);
const JUST_BEFORE: Duration = Duration::from_micros(4_999_999);

// S-22
#[test]
fn a_token_ends_five_seconds_after_its_last_one() {
    for algorithm in Algorithm::ALL {
        let ring = ring(algorithm);
        for (kind, token) in tokens(&ring) {
            let exp = AT + if kind == Kind::Refresh { Duration::from_secs(3_600) } else { TTL };
            for after in [Duration::ZERO, SECOND * 4, JUST_BEFORE] {
                assert_eq!(verify(&ring, kind, &token, exp + after), Ok(()), "{after:?}");
            }
            for after in [SECOND * 5, SECOND * 6, SECOND * 60, SECOND * 86_400] {
                assert_eq!(verify(&ring, kind, &token, exp + after), Err(TokenError::Expired), "{after:?}");
            }
        }
    }
}

// S-22
#[test]
fn a_token_begins_five_seconds_before_its_first_one() {
    let ring = ring(Algorithm::HS256);
    for (kind, token) in tokens(&ring) {
        for before in [Duration::ZERO, SECOND * 4, SECOND * 5] {
            assert_eq!(verify(&ring, kind, &token, AT - before), Ok(()), "{before:?}");
        }
        for before in [SECOND * 5 + TICK, SECOND * 6, SECOND * 3_600] {
            assert_eq!(verify(&ring, kind, &token, AT - before), Err(TokenError::NotYetValid), "{before:?}");
        }
    }
}

// S-22
#[test]
fn each_claim_of_time_counts() {
    let ring = ring(Algorithm::HS256);
    for (kind, token) in tokens(&ring) {
        for name in ["iat", "nbf"] {
            let claims = segment(&token, 1)
                .replace(&format!(r#""{name}":{}"#, AT.as_seconds()), &format!(r#""{name}":{}"#, AT.as_seconds() + 6));
            let later = signed(&ring, kind, &segment(&token, 0), claims.as_bytes());
            assert_eq!(verify(&ring, kind, &later, AT), Err(TokenError::NotYetValid), "{name}");
            assert_eq!(verify(&ring, kind, &later, AT + SECOND), Ok(()), "{name}");
        }
    }
}

#[test]
fn a_part_of_a_second_is_cut() {
    let ring = ring(Algorithm::HS256);
    let session = session(ring.signing_kid());
    let at = AT + Duration::from_millis(999);
    let access = ring.mint_access(&session, &user(), [3; 16], at, TTL).unwrap();
    let claims = ring.verify_access(access.expose(), at).unwrap();
    assert_eq!((claims.issued_at, claims.expires_at), (AT, AT + TTL));

    let mut rotated = session;
    (rotated.rotated_at, rotated.idle_at) = (at, at + TTL);
    let refresh = ring.mint_refresh(&rotated, &jti()).unwrap();
    assert!(ring.verify_refresh(refresh.expose(), AT + TTL + JUST_BEFORE).is_ok());
    assert_eq!(ring.verify_refresh(refresh.expose(), AT + TTL + SECOND * 5).map(drop), Err(TokenError::Expired));
}
