//! Values from another implementation (HMAC and HKDF of Python's standard library, Ed25519 of its `cryptography`): what is
//! derived from a secret never changes, or every token and session out there would end with an update.

use data_encoding::BASE64URL_NOPAD;

use crate::token::algorithm::Algorithm;
use crate::token::link::Link;
use crate::token::purpose::Purpose;
use crate::token::testing::{AT, TTL, jti, ring, segment, session, user};

const REFRESH: &str = "eyJhbGciOiJIUzI1NiIsInR5cCI6InJ0K2p3dCIsImtpZCI6ImFDRVJ6SElwaFZ5MyJ9.\
    eyJpc3MiOiJodHRwczovL2FwcC5leGFtcGxlLmNvbSIsImF1ZCI6ImFwcCIsInN1YiI6IjAxOTJmMGMxLTJkM2UtN2Y0MC04YTVi\
    LTZjN2Q4ZTlmMGExYiIsImlhdCI6MTgwMDAwMDAwMCwibmJmIjoxODAwMDAwMDAwLCJleHAiOjE4MDAwMDM2MDAsImp0aSI6IkJR\
    VUZCUVVGQlFVRkJRVUZCUVVGQlFVRkJRVUZCUVVGQlFVRkJRVUZCUVUiLCJzaWQiOiIwMTkyZjBjMS01NTU1LTdhYmMtOGRlZi0w\
    MTIzNDU2Nzg5YWIiLCJlcCI6IkNRa0pDUWtKQ1FrSkNRa0pDUWtKQ1EiLCJnZW4iOjB9.imign1lIOUeMJZbVxv04QOIQIdIM_qj-0_kip8AZkNw";

#[test]
fn a_refresh_token_stays_the_same_from_version_to_version() {
    let ring = ring(Algorithm::HS256);
    let token = ring.mint_refresh(&session(ring.signing_kid()), &jti()).unwrap();
    assert_eq!(token.expose(), REFRESH);
}

#[test]
fn a_successor_stays_the_same_from_version_to_version() {
    let ring = ring(Algorithm::HS256);
    let claims = ring.verify_refresh(REFRESH, AT).unwrap();
    let digest = ring.successor(&claims).unwrap().digest();
    assert_eq!(BASE64URL_NOPAD.encode(digest.as_bytes()), "kN8D3629IlCTaSE7LzhE88GG_JtUY14VIeiHn5n7Ya8");
}

#[test]
fn a_binding_stays_the_same_from_version_to_version() {
    let token = ring(Algorithm::HS256).mint_link(Link::Reset, &user(), [3; 16], AT, TTL).unwrap();
    assert!(segment(&token, 1).contains(r#""pwd_sec":"il2bYO0cyEIAd6f9iVICsA""#));
}

#[test]
fn the_binding_of_an_address_stays_the_same_from_version_to_version() {
    let token = ring(Algorithm::HS256).mint_link(Link::Verification, &user(), [3; 16], AT, TTL).unwrap();
    assert!(segment(&token, 1).contains(r#""email_sec":"qDmnqZC9HbLUWYNZY1jDvw""#));
}

#[test]
fn a_purpose_key_stays_the_same_from_version_to_version() {
    let mac = ring(Algorithm::HS256).purpose(Purpose::Form).mac(&[b"same"]);
    assert_eq!(BASE64URL_NOPAD.encode(&mac), "twnZ7jaZhSdG_UC7Ze0PFSN1hrcaKs19Ws3LDiy0oDk");
}

#[test]
fn a_public_key_stays_the_same_from_version_to_version() {
    let set = ring(Algorithm::EdDSA).jwks().unwrap();
    assert!(set.contains(r#""x":"Bs6YOY6xZ_giPUZ9R12oHGpWFIc6YD8jsHDGoa74u5k""#), "{set}");
}
