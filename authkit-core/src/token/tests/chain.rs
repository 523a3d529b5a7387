//! The chain of refresh tokens: one successor, one spelling, nothing in the row that leads to it.

use std::collections::HashSet;
use std::time::Duration;

use sha2::{Digest as _, Sha256};

use crate::model::ids::SessionId;
use crate::token::algorithm::Algorithm;
use crate::token::error::TokenError;
use crate::token::refresh::RefreshJti;
use crate::token::testing::{AT, jti, ring, ring_of, session};

// S-28, S-29
#[test]
fn one_row_and_one_jti_are_one_token_byte_for_byte() {
    for algorithm in Algorithm::ALL {
        let ring = ring_of(&[(1, algorithm), (2, Algorithm::HS512)]);
        let row = session(ring.signing_kid());
        let first = ring.mint_refresh(&row, &jti()).unwrap();
        assert_eq!(ring.mint_refresh(&row, &jti()).unwrap(), first);
        // Another node, on which the other key signs by now.
        let next = ring_of(&[(2, Algorithm::HS512), (1, algorithm)]);
        assert_ne!(next.signing_kid(), row.kid);
        assert_eq!(next.mint_refresh(&row, &jti()).unwrap(), first);
    }
}

#[test]
fn whatever_the_row_says_stands_in_the_token() {
    let ring = ring_of(&[(1, Algorithm::HS256), (2, Algorithm::HS256)]);
    let row = session(ring.signing_kid());
    let mut others = vec![row.clone(); 7];
    others[0].kid = ring.kids().nth(1).unwrap();
    others[1].generation += 1;
    others[2].rotated_at = AT + Duration::from_secs(1);
    others[3].idle_at = row.idle_at + Duration::from_secs(1);
    others[4].epoch = crate::model::ids::Epoch::from_bytes([1; 16]);
    others[5].id = SessionId::from_uuid(uuid::Uuid::from_u128(1));
    others[6].user_id = crate::model::user_id::UserId::from(7);
    let tokens: HashSet<_> =
        others.iter().chain([&row]).map(|row| ring.mint_refresh(row, &jti()).unwrap().expose().to_owned()).collect();
    assert_eq!(tokens.len(), 8);
}

#[test]
fn a_row_whose_key_is_gone_gets_no_token() {
    let row = session(ring_of(&[(2, Algorithm::HS256)]).signing_kid());
    assert_eq!(ring(Algorithm::HS256).mint_refresh(&row, &jti()), Err(TokenError::UnknownKey));
}

// S-28
#[test]
fn a_token_has_one_successor() {
    let ring = ring_of(&[(1, Algorithm::HS256), (2, Algorithm::HS256)]);
    let row = session(ring.signing_kid());
    let token = ring.mint_refresh(&row, &jti()).unwrap();
    let claims = ring.verify_refresh(token.expose(), AT).unwrap();
    let next = ring.successor(&claims).unwrap().digest();
    assert_eq!(ring.successor(&claims).unwrap().digest(), next);
    assert_ne!(next, jti().digest());
    // The key that signed the token makes the successor, whichever signs now.
    let turned = ring_of(&[(2, Algorithm::HS256), (1, Algorithm::HS256)]);
    assert_eq!(turned.successor(&claims).unwrap().digest(), next);
}

#[test]
fn another_session_jti_or_key_has_another_successor() {
    let ring = ring_of(&[(1, Algorithm::HS256), (2, Algorithm::HS256), (1, Algorithm::EdDSA)]);
    let row = session(ring.signing_kid());
    let token = ring.mint_refresh(&row, &jti()).unwrap();
    let claims = ring.verify_refresh(token.expose(), AT).unwrap();
    let mut others = vec![claims.clone(); 4];
    others[0].session = SessionId::from_uuid(uuid::Uuid::from_u128(1));
    others[1].jti = RefreshJti::first([6; 32]);
    others[2].kid = ring.kids().nth(1).unwrap();
    others[3].kid = ring.kids().nth(2).unwrap();
    let all: HashSet<_> =
        others.iter().chain([&claims]).map(|claims| ring.successor(claims).unwrap().digest()).collect();
    assert_eq!(all.len(), 5);

    let mut gone = claims;
    gone.kid = ring_of(&[(9, Algorithm::HS256)]).signing_kid();
    assert!(ring.successor(&gone).is_none());
}

// S-32
#[test]
fn the_row_holds_a_digest_that_is_no_token() {
    let ring = ring(Algorithm::HS256);
    let row = session(ring.signing_kid());
    assert_eq!(row.token_hash.as_bytes(), Sha256::digest([5; 32]).as_slice());
    // With the whole row and all keys, the digest in place of the value leads to another token and another successor.
    let thief = RefreshJti::first(*row.token_hash.as_bytes());
    assert_ne!(thief.digest(), row.token_hash);
    let forged = ring.mint_refresh(&row, &thief).unwrap();
    assert_ne!(ring.verify_refresh(forged.expose(), AT).unwrap().jti.digest(), row.token_hash);
}
