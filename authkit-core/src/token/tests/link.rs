//! A token of a mail and the state of its user.

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
use crate::token::link::Link;
use crate::token::testing::{AT, TTL, ring, ring_of, segment, signed, user};

fn fits(ring: &KeyRing, link: Link, made_for: &User, shown: &User) -> bool {
    let token = ring.mint_link(link, made_for, [3; 16], AT, TTL).unwrap();
    ring.link_matches(&ring.read_link(link, &token, AT).unwrap(), shown)
}

fn changed(change: impl FnOnce(&mut User)) -> User {
    let mut user = user();
    change(&mut user);
    user
}

// S-52 S-60
#[test]
fn a_new_password_address_epoch_or_user_ends_the_token() {
    let ring = ring(Algorithm::HS256);
    let old = user();
    for link in Link::ALL {
        assert!(fits(&ring, link, &old, &old));
        for other in [
            changed(|user| user.password_hash = Some(PasswordHash::from("$argon2id$v=19$m=19456,t=2,p=1$c2FsdA$bmV3"))),
            changed(|user| user.password_hash = Some(PasswordHash::from(""))),
            changed(|user| user.password_hash = None),
            changed(|user| user.email = Email::parse("ada@example.com").unwrap()),
            changed(|user| user.session_epoch = Epoch::from_bytes([8; 16])),
            changed(|user| user.id = UserId::from(7)),
        ] {
            assert!(!fits(&ring, link, &old, &other), "{link:?} {other:?}");
            assert!(!fits(&ring, link, &other, &old), "{link:?} {other:?}");
            assert!(fits(&ring, link, &other, &other), "{link:?} {other:?}");
        }
    }
}

// S-52
#[test]
fn no_password_and_an_empty_one_are_two_states() {
    let none = changed(|user| user.password_hash = None);
    let empty = changed(|user| user.password_hash = Some(PasswordHash::from("")));
    assert!(!fits(&ring(Algorithm::HS256), Link::Reset, &none, &empty));
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
    assert!(!fits(&ring(Algorithm::HS256), Link::Reset, &one, &other));
}

#[test]
fn what_is_no_part_of_the_state_does_not_end_the_token() {
    let other = changed(|user| {
        user.email = Email::parse("ADA.LOVELACE@EXAMPLE.COM").unwrap();
        user.role = Role::new("admin").unwrap();
        user.is_verified = false;
        user.last_sign_in_at = Timestamp::MAX;
    });
    for link in Link::ALL {
        assert!(fits(&ring(Algorithm::HS256), link, &user(), &other), "{link:?}");
    }
}

// S-20
#[test]
fn the_binding_of_an_address_is_not_the_one_of_a_reset() {
    let ring = ring(Algorithm::HS256);
    let [reset, address] = Link::ALL.map(|link| segment(&ring.mint_link(link, &user(), [3; 16], AT, TTL).unwrap(), 1));
    let binding = |claims: &str, name: &str| {
        let claims: serde_json::Value = serde_json::from_str(claims).unwrap();
        claims[name].as_str().unwrap().to_owned()
    };
    assert_ne!(binding(&reset, "pwd_sec"), binding(&address, "email_sec"));
}

// S-20 S-21
#[test]
fn a_token_has_the_binding_of_its_kind_and_no_other() {
    let ring = ring(Algorithm::HS256);
    for (link, own, other) in [(Link::Reset, "pwd_sec", "email_sec"), (Link::Verification, "email_sec", "pwd_sec")] {
        let token = ring.mint_link(link, &user(), [3; 16], AT, TTL).unwrap();
        let (header, claims) = (segment(&token, 0), segment(&token, 1));
        let binding = "AwMDAwMDAwMDAwMDAwMDAw";
        for claims in [
            claims.replace(own, other),
            claims.replacen('{', &format!(r#"{{"{other}":"{binding}","#), 1),
            claims.replacen('{', &format!(r#"{{"{other}":null,"#), 1),
        ] {
            let token = signed(&ring, link.kind(), &header, claims.as_bytes());
            assert_eq!(ring.read_link(link, &token, AT).map(drop), Err(TokenError::Malformed), "{claims}");
        }
    }
}

// S-52
#[test]
fn the_binding_is_under_the_key_that_signed() {
    let both = ring_of(&[(1, Algorithm::HS256), (2, Algorithm::HS256)]);
    let turned = ring_of(&[(2, Algorithm::HS256), (1, Algorithm::HS256)]);
    let later = ring_of(&[(2, Algorithm::HS256)]);
    for link in Link::ALL {
        let token = both.mint_link(link, &user(), [3; 16], AT, TTL).unwrap();
        let claims = turned.read_link(link, &token, AT).unwrap();
        assert_eq!(claims.kid, both.signing_kid());
        assert!(turned.link_matches(&claims, &user()));
        assert_eq!(later.read_link(link, &token, AT).map(drop), Err(TokenError::UnknownKey));
        assert!(!later.link_matches(&claims, &user()));
    }
}
