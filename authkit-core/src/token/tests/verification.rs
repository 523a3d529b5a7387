//! A token that proves an address, and the state of its user.

use crate::model::email::Email;
use crate::model::ids::Epoch;
use crate::model::role::Role;
use crate::model::secret::PasswordHash;
use crate::model::timestamp::Timestamp;
use crate::model::user::User;
use crate::model::user_id::UserId;
use crate::token::algorithm::Algorithm;
use crate::token::error::TokenError;
use crate::token::keys::KeyRing;
use crate::token::testing::{AT, TTL, ring, ring_of, segment, user};

fn fits(ring: &KeyRing, made_for: &User, shown: &User) -> bool {
    let token = ring.mint_verification(made_for, [3; 16], AT, TTL).unwrap();
    ring.verification_matches(&ring.read_verification(token.expose(), AT).unwrap(), shown)
}

fn changed(change: impl FnOnce(&mut User)) -> User {
    let mut user = user();
    change(&mut user);
    user
}

// S-60
#[test]
fn another_address_password_epoch_or_user_ends_the_token() {
    let ring = ring(Algorithm::HS256);
    let old = user();
    assert!(fits(&ring, &old, &old));
    for other in [
        changed(|user| user.email = Email::parse("ada@example.com").unwrap()),
        changed(|user| user.password_hash = Some(PasswordHash::from("$argon2id$v=19$m=19456,t=2,p=1$c2FsdA$bmV3"))),
        changed(|user| user.password_hash = None),
        changed(|user| user.session_epoch = Epoch::from_bytes([8; 16])),
        changed(|user| user.id = UserId::from(7)),
    ] {
        assert!(!fits(&ring, &old, &other), "{other:?}");
        assert!(!fits(&ring, &other, &old), "{other:?}");
        assert!(fits(&ring, &other, &other), "{other:?}");
    }
}

#[test]
fn what_is_no_part_of_the_state_does_not_end_the_token() {
    let other = changed(|user| {
        user.email = Email::parse("ADA.LOVELACE@EXAMPLE.COM").unwrap();
        user.role = Role::new("admin").unwrap();
        user.last_sign_in_at = Timestamp::MAX;
    });
    assert!(fits(&ring(Algorithm::HS256), &user(), &other));
}

// S-20
#[test]
fn the_binding_of_an_address_is_not_the_one_of_a_reset() {
    let ring = ring(Algorithm::HS256);
    let binding = |token: &str, name: &str| {
        let claims: serde_json::Value = serde_json::from_str(&segment(token, 1)).unwrap();
        claims[name].as_str().unwrap().to_owned()
    };
    let reset = ring.mint_reset(&user(), [3; 16], AT, TTL).unwrap();
    let address = ring.mint_verification(&user(), [3; 16], AT, TTL).unwrap();
    assert_ne!(binding(reset.expose(), "pwd_sec"), binding(address.expose(), "email_sec"));
}

#[test]
fn the_binding_of_an_address_is_under_the_key_that_signed() {
    let both = ring_of(&[(1, Algorithm::HS256), (2, Algorithm::HS256)]);
    let turned = ring_of(&[(2, Algorithm::HS256), (1, Algorithm::HS256)]);
    let token = both.mint_verification(&user(), [3; 16], AT, TTL).unwrap();
    let claims = turned.read_verification(token.expose(), AT).unwrap();
    assert_eq!(claims.kid, both.signing_kid());
    assert!(turned.verification_matches(&claims, &user()));
    let later = ring_of(&[(2, Algorithm::HS256)]);
    assert_eq!(later.read_verification(token.expose(), AT).map(drop), Err(TokenError::UnknownKey));
    assert!(!later.verification_matches(&claims, &user()));
}
