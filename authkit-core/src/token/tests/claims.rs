//! Claims that are missing, of another type, of another spelling or of others: refused although the signature is right.

use serde_json::{Map, Value, json};

use crate::model::role::Role;
use crate::model::user_id::UserId;
use crate::token::algorithm::Algorithm;
use crate::token::error::TokenError;
use crate::token::keys::KeyRing;
use crate::token::kind::Kind;
use crate::token::testing::{AT, TTL, ring, segment, session, signed, tokens, user, verify};

/// Signs `claims` under the header of a good token.
fn sign(ring: &KeyRing, kind: Kind, token: &str, claims: &str) -> String {
    signed(ring, kind, &segment(token, 0), claims.as_bytes())
}

/// Whether tokens of this kind belong to a session, which they can also end.
fn opens_a_session(kind: Kind) -> bool {
    matches!(kind, Kind::Access | Kind::Refresh)
}

fn refused(ring: &KeyRing, kind: Kind, token: &str, claims: &str) {
    let forged = sign(ring, kind, token, claims);
    assert_eq!(verify(ring, kind, &forged, AT), Err(TokenError::Malformed), "{kind:?} {claims}");
    if opens_a_session(kind) {
        assert_eq!(ring.verify_for_logout(&forged), Err(TokenError::Malformed), "{kind:?} {claims}");
    }
}

/// The claims of a good token, and a way to put one of them into another form.
fn claims(token: &str) -> Map<String, Value> {
    serde_json::from_str(&segment(token, 1)).unwrap()
}

fn with(token: &str, name: &str, raw: &str) -> String {
    let claims = claims(token);
    let old = format!("{}:{}", json!(name), claims[name]);
    let text = segment(token, 1);
    assert!(text.contains(&old), "{text}");
    text.replace(&old, &format!("{}:{raw}", json!(name)))
}

// S-21, S-25
#[test]
fn a_token_holds_the_claims_that_are_documented_and_no_others() {
    let ring = ring(Algorithm::HS256);
    let documented = [
        vec!["aud", "ep", "exp", "iat", "iss", "jti", "nbf", "role", "sid", "sub"],
        vec!["aud", "ep", "exp", "gen", "iat", "iss", "jti", "nbf", "sid", "sub"],
        vec!["aud", "exp", "iat", "iss", "jti", "nbf", "pwd_sec", "sub"],
        vec!["aud", "email_sec", "exp", "iat", "iss", "jti", "nbf", "sub"],
    ];
    for ((kind, token), documented) in tokens(&ring).into_iter().zip(documented) {
        let claims = claims(&token);
        let mut names: Vec<_> = claims.keys().map(String::as_str).collect();
        names.sort_unstable();
        assert_eq!(names, documented, "{kind:?}");
    }
}

// S-25
#[test]
fn a_token_holds_nothing_personal() {
    let ring = ring(Algorithm::HS256);
    for (kind, token) in tokens(&ring) {
        let text = format!("{}{}", segment(&token, 0), segment(&token, 1)).to_lowercase();
        let text = text.replace("https://app.example.com", "");
        for word in ["ada", "lovelace", "@", "example", "argon2", "agfzaa"] {
            assert!(!text.contains(word), "{kind:?} {word} {text}");
        }
    }
}

// S-21
#[test]
fn every_claim_is_required_and_stands_once() {
    let ring = ring(Algorithm::HS256);
    for (kind, token) in tokens(&ring) {
        let text = segment(&token, 1);
        for (name, value) in claims(&token) {
            let mut less = claims(&token);
            less.remove(&name);
            refused(&ring, kind, &token, &Value::Object(less).to_string());
            refused(&ring, kind, &token, &with(&token, &name, "null"));
            // Twice the same, and twice in another spelling of the name.
            refused(&ring, kind, &token, &text.replacen('{', &format!("{{{}:{value},", json!(name)), 1));
            let escaped = format!("\\u{:04x}{}", name.as_bytes()[0], &name[1..]);
            refused(&ring, kind, &token, &text.replacen('{', &format!("{{\"{escaped}\":{value},"), 1));
        }
    }
}

// S-21
#[test]
fn an_instant_is_an_integer_that_is_a_date() {
    let ring = ring(Algorithm::HS256);
    for (kind, token) in tokens(&ring) {
        for name in ["iat", "nbf", "exp"] {
            for raw in [
                "\"1800000000\"",
                "1800000000.0",
                "1800000000.5",
                "1.8e9",
                "18e8",
                "-1",
                "-0",
                "-1800000000",
                "9223372036854775807",
                "9223372036854775808",
                "18446744073709551615",
                "1e400",
                "253402300800",
                "true",
                "[1800000000]",
                "{}",
                "01800000000",
                "+1800000000",
                "0x6b49d200",
                "NaN",
            ] {
                refused(&ring, kind, &token, &with(&token, name, raw));
            }
        }
    }
}

// S-21
#[test]
fn a_name_is_one_text() {
    let ring = ring(Algorithm::HS256);
    for (kind, token) in tokens(&ring) {
        for name in ["iss", "aud", "sub", "jti"] {
            let value = &claims(&token)[name];
            for raw in
                [json!([value]), json!([value, "other"]), json!({ "a": value }), json!(1), json!(true), json!([])]
            {
                refused(&ring, kind, &token, &with(&token, name, &raw.to_string()));
            }
        }
    }
}

// S-21
#[test]
fn an_id_has_one_spelling() {
    let ring = ring(Algorithm::HS256);
    for (kind, token) in tokens(&ring) {
        for (name, value) in claims(&token) {
            let Some(text) = value.as_str() else { continue };
            let forms = match name.as_str() {
                "sub" => vec![String::new(), "x".repeat(65), "a\0b".to_owned()],
                "role" => vec![String::new(), "x".repeat(51)],
                "sid" => vec![
                    String::new(),
                    text.to_uppercase(),
                    text.replace('-', ""),
                    format!("{{{text}}}"),
                    format!("urn:uuid:{text}"),
                    format!("{text} "),
                ],
                "jti" | "ep" | "pwd_sec" | "email_sec" => vec![
                    String::new(),
                    format!("{text}="),
                    format!("{text}=="),
                    format!("{text}AA"),
                    format!(" {text}"),
                    text[1..].to_owned(),
                    // The last character carries loose bits: all of them must be zero.
                    format!("{}{}", &text[..text.len() - 1], '_'),
                    text.replace(&text[..1], "+"),
                    text.replace(&text[..1], "\u{e4}"),
                ],
                _ => continue,
            };
            for form in forms {
                refused(&ring, kind, &token, &with(&token, &name, &json!(form).to_string()));
            }
        }
    }
}

// S-21
#[test]
fn a_generation_is_a_count() {
    let ring = ring(Algorithm::HS256);
    let [_, (kind, token), ..] = tokens(&ring);
    for raw in ["-1", "\"0\"", "0.0", "9223372036854775808", "18446744073709551616", "[0]", "true"] {
        refused(&ring, kind, &token, &with(&token, "gen", raw));
    }
    let last = sign(&ring, kind, &token, &with(&token, "gen", "9223372036854775807"));
    assert_eq!(ring.verify_refresh(&last, AT).unwrap().generation, i64::MAX.cast_unsigned());
}

// S-23
#[test]
fn claims_are_one_json_object_in_utf_8() {
    let ring = ring(Algorithm::HS256);
    for (kind, token) in tokens(&ring) {
        let text = segment(&token, 1);
        let values = Value::Array(claims(&token).into_iter().map(|(_, value)| value).collect()).to_string();
        // The values in the order in which we write them: a derived reader would take them for the object.
        let in_order = text.split(',').map(|field| field.split_once(':').unwrap().1).collect::<Vec<_>>().join(",");
        for other in [
            String::new(),
            "null".to_owned(),
            "{}".to_owned(),
            "[]".to_owned(),
            values,
            format!("[{in_order}").replace('}', "]"),
            format!("[{text}]"),
            format!("{text}{text}"),
            format!("{text}x"),
            format!(" {text}"),
            format!("\u{feff}{text}"),
            text.replace('}', ",}"),
            text.replace('}', r#","admin":true}"#),
            text.replace('}', r#","scope":"x"}"#),
            text.replace('}', "/**/}"),
            text.replace('"', "'"),
        ] {
            refused(&ring, kind, &token, &other);
        }
        let mut bytes = text.into_bytes();
        let place = bytes.windows(3).position(|part| part == b"app").unwrap();
        bytes[place] = 0xff;
        let forged = signed(&ring, kind, &segment(&token, 0), &bytes);
        assert_eq!(verify(&ring, kind, &forged, AT), Err(TokenError::Malformed));
    }
}

// S-21
#[test]
fn a_token_of_or_for_somebody_else_is_refused() {
    let ring = ring(Algorithm::HS256);
    for (kind, token) in tokens(&ring) {
        for (name, raw) in [
            ("iss", r#""https://evil.example""#),
            ("iss", r#""""#),
            ("iss", r#""https://app.example.com/""#),
            ("iss", r#""HTTPS://APP.EXAMPLE.COM""#),
            ("aud", r#""other""#),
            ("aud", r#""""#),
            ("aud", r#""app ""#),
        ] {
            let forged = sign(&ring, kind, &token, &with(&token, name, raw));
            assert_eq!(verify(&ring, kind, &forged, AT), Err(TokenError::Foreign), "{raw}");
            if opens_a_session(kind) {
                assert_eq!(ring.verify_for_logout(&forged), Err(TokenError::Foreign), "{raw}");
            }
        }
    }
}

#[test]
fn ids_and_roles_that_need_escapes_come_back_as_they_were() {
    let ring = ring(Algorithm::HS256);
    for text in ["\"quoted\"", "back\\slash", "Ünïcödé/<&>", "{\"a\":1}", "'; DROP TABLE users; --"] {
        let mut user = user();
        user.id = UserId::new(text).unwrap();
        user.role = Role::from_stored(text).unwrap();
        let mut session = session(ring.signing_kid());
        session.user_id = user.id;
        let access = ring.mint_access(&session, &user, [3; 16], AT, TTL).unwrap();
        let claims = ring.verify_access(access.expose(), AT).unwrap();
        assert_eq!((claims.user, claims.role), (user.id, user.role));
        let refresh = ring.mint_refresh(&session, &crate::token::testing::jti()).unwrap();
        assert_eq!(ring.verify_refresh(refresh.expose(), AT).unwrap().user, user.id);
    }
}
