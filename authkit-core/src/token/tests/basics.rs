//! Each kind of token says, when it is read, what it was made of.

use std::time::Duration;

use crate::token::algorithm::Algorithm;
use crate::token::link::Link;
use crate::token::testing::{AT, TTL, jti, ring, session, user};

#[test]
fn an_access_token_says_what_it_was_made_of() {
    for algorithm in Algorithm::ALL {
        let ring = ring(algorithm);
        let session = session(ring.signing_kid());
        let token = ring.mint_access(&session, &user(), [3; 16], AT, TTL).unwrap();
        let claims = ring.verify_access(token.expose(), AT).unwrap();
        assert_eq!((claims.user, claims.session, claims.epoch), (user().id, session.id, session.epoch));
        assert_eq!((claims.issued_at, claims.expires_at), (AT, AT + TTL));
        assert_eq!((claims.role, claims.jti), (user().role, [3; 16]));
    }
}

#[test]
fn no_access_token_outlives_its_session() {
    let ring = ring(Algorithm::HS256);
    let session = session(ring.signing_kid());
    let late = session.absolute_at - Duration::from_secs(60);
    let token = ring.mint_access(&session, &user(), [3; 16], late, TTL).unwrap();
    assert_eq!(ring.verify_access(token.expose(), late).unwrap().expires_at, session.absolute_at);
}

#[test]
fn a_refresh_token_says_what_it_was_made_of() {
    for algorithm in Algorithm::ALL {
        let ring = ring(algorithm);
        let mut session = session(ring.signing_kid());
        session.generation = 7;
        let token = ring.mint_refresh(&session, &jti()).unwrap();
        let claims = ring.verify_refresh(token.expose(), AT).unwrap();
        assert_eq!((claims.user, claims.session, claims.epoch), (user().id, session.id, session.epoch));
        assert_eq!((claims.generation, claims.kid), (7, ring.signing_kid()));
        assert_eq!(claims.jti.digest(), jti().digest());
    }
}

// S-39
#[test]
fn both_tokens_of_a_session_name_it_for_a_logout_long_after_they_expired() {
    let ring = ring(Algorithm::HS256);
    let session = session(ring.signing_kid());
    let named = Ok((user().id, session.id, session.epoch));
    let access = ring.mint_access(&session, &user(), [3; 16], AT - TTL * 100, TTL).unwrap();
    let refresh = ring.mint_refresh(&session, &jti()).unwrap();
    let reset = ring.mint_link(Link::Reset, &user(), [3; 16], AT, TTL).unwrap();
    assert_eq!(ring.verify_for_logout(access.expose()), named);
    assert_eq!(ring.verify_for_logout(refresh.expose()), named);
    assert!(ring.verify_for_logout(&reset).is_err());
}

#[test]
fn a_reset_token_fits_its_user() {
    for algorithm in Algorithm::ALL {
        let ring = ring(algorithm);
        let token = ring.mint_link(Link::Reset, &user(), [3; 16], AT, TTL).unwrap();
        let claims = ring.read_link(Link::Reset, &token, AT).unwrap();
        assert_eq!(claims.user, user().id);
        assert!(ring.link_matches(&claims, &user()));
    }
}
