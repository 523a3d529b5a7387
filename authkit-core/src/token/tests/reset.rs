//! A reset token and the state of its user.

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
use crate::token::testing::{AT, TTL, ring, ring_of, user};

fn fits(ring: &KeyRing, made_for: &User, shown: &User) -> bool {
    let token = ring.mint_reset(made_for, [3; 16], AT, TTL).unwrap();
    ring.reset_matches(&ring.verify_reset(token.expose(), AT).unwrap(), shown)
}

fn changed(change: impl FnOnce(&mut User)) -> User {
    let mut user = user();
    change(&mut user);
    user
}

// S-52
#[test]
fn a_new_password_address_or_epoch_ends_the_token() {
    let ring = ring(Algorithm::HS256);
    let old = user();
    assert!(fits(&ring, &old, &old));
    for other in [
        changed(|user| user.password_hash = Some(PasswordHash::from("$argon2id$v=19$m=19456,t=2,p=1$c2FsdA$bmV3"))),
        changed(|user| user.password_hash = Some(PasswordHash::from(""))),
        changed(|user| user.password_hash = None),
        changed(|user| user.email = Email::parse("ada@example.com").unwrap()),
        changed(|user| user.session_epoch = Epoch::from_bytes([8; 16])),
        changed(|user| user.id = UserId::from(7)),
    ] {
        assert!(!fits(&ring, &old, &other), "{other:?}");
        assert!(!fits(&ring, &other, &old), "{other:?}");
        assert!(fits(&ring, &other, &other), "{other:?}");
    }
}

// S-52
#[test]
fn no_password_and_an_empty_one_are_two_states() {
    let none = changed(|user| user.password_hash = None);
    let empty = changed(|user| user.password_hash = Some(PasswordHash::from("")));
    assert!(!fits(&ring(Algorithm::HS256), &none, &empty));
}

// S-52
#[test]
fn what_belongs_to_one_part_cannot_be_moved_into_the_next() {
    let one = changed(|user| {
        user.id = UserId::new("a").unwrap();
        user.password_hash = Some(PasswordHash::from("bc"));
    });
    let other = changed(|user| {
        user.id = UserId::new("ab").unwrap();
        user.password_hash = Some(PasswordHash::from("c"));
    });
    assert!(!fits(&ring(Algorithm::HS256), &one, &other));
}

#[test]
fn what_is_no_part_of_the_state_does_not_end_the_token() {
    let other = changed(|user| {
        user.email = Email::parse("ADA.LOVELACE@EXAMPLE.COM").unwrap();
        user.role = Role::new("admin").unwrap();
        user.is_verified = false;
        user.last_sign_in_at = Timestamp::MAX;
    });
    assert!(fits(&ring(Algorithm::HS256), &user(), &other));
}

// S-52
#[test]
fn the_binding_is_under_the_key_that_signed() {
    let both = ring_of(&[(1, Algorithm::HS256), (2, Algorithm::HS256)]);
    let turned = ring_of(&[(2, Algorithm::HS256), (1, Algorithm::HS256)]);
    let token = both.mint_reset(&user(), [3; 16], AT, TTL).unwrap();
    let claims = turned.verify_reset(token.expose(), AT).unwrap();
    assert_eq!(claims.kid, both.signing_kid());
    assert!(turned.reset_matches(&claims, &user()));
    let later = ring_of(&[(2, Algorithm::HS256)]);
    assert_eq!(later.verify_reset(token.expose(), AT).map(drop), Err(TokenError::UnknownKey));
    assert!(!later.reset_matches(&claims, &user()));
}
