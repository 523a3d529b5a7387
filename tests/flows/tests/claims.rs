//! What a token says, to us and to whoever else reads it.

use authkit_core::{Algorithm, RefreshToken};
use authkit_flows::world::{World, client, code, config};
use serde_json::Value;

fn segment(token: &str, index: usize) -> Value {
    serde_json::from_slice(&decode(token.split('.').nth(index).expect("a segment"))).expect("JSON")
}

/// Base64url without padding.
fn decode(text: &str) -> Vec<u8> {
    const LETTERS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let (mut bytes, mut bits, mut held) = (Vec::new(), 0_u32, 0);
    for letter in text.bytes() {
        let value = LETTERS.iter().position(|other| *other == letter).expect("a letter of base64url");
        bits = bits << 6 | u32::try_from(value).expect("small");
        held += 6;
        if held >= 8 {
            held -= 8;
            bytes.push((bits >> held) as u8);
        }
    }
    bytes
}

fn keys(value: &Value) -> Vec<&str> {
    let mut keys: Vec<_> = value.as_object().expect("an object").keys().map(String::as_str).collect();
    keys.sort_unstable();
    keys
}

// S-25
#[tokio::test]
async fn a_token_says_nothing_personal() {
    let world = World::in_memory(config());
    let here = world.signed_in("ada@example.com").await;
    let access = segment(here.tokens.access.expose(), 1);
    assert_eq!(keys(&access), ["aud", "ep", "exp", "iat", "iss", "jti", "nbf", "role", "sid", "sub"]);
    let refresh = segment(here.tokens.refresh.expose(), 1);
    assert_eq!(keys(&refresh), ["aud", "ep", "exp", "gen", "iat", "iss", "jti", "nbf", "sid", "sub"]);
    let reset = segment(world.reset_token("ada@example.com").await.expose(), 1);
    assert_eq!(keys(&reset), ["aud", "exp", "iat", "iss", "jti", "nbf", "pwd_sec", "sub"]);
    assert_eq!(access["sub"], here.user.id.as_str());
    assert_eq!(access["sid"], here.session.id.to_string());
}

// S-20 S-95
#[tokio::test]
async fn a_header_names_kind_algorithm_and_key_and_nothing_else() {
    for algorithm in [Algorithm::HS256, Algorithm::HS384, Algorithm::HS512, Algorithm::EdDSA] {
        let world = World::in_memory(config().algorithm(algorithm));
        let here = world.signed_in("ada@example.com").await;
        let reset = world.reset_token("ada@example.com").await;
        for (token, typ) in [
            (here.tokens.access.expose(), "at+jwt"),
            (here.tokens.refresh.expose(), "rt+jwt"),
            (reset.expose(), "pwreset+jwt"),
        ] {
            let header = segment(token, 0);
            assert_eq!(keys(&header), ["alg", "kid", "typ"]);
            assert_eq!(header["typ"], typ);
            assert!(header["kid"].as_str().is_some_and(|kid| !kid.is_empty() && kid.len() <= 64));
        }
        world.current(&here).await;
        world.kit.refresh(&here.tokens.refresh, &client()).await.expect("the next pair");
        assert_eq!(world.kit.jwks().is_some(), algorithm == Algorithm::EdDSA, "public keys only");
    }
}

// S-19 S-23
#[tokio::test]
async fn a_token_that_was_touched_anywhere_is_none() {
    let world = World::in_memory(config());
    let here = world.signed_in("ada@example.com").await;
    for good in [here.tokens.access.expose(), here.tokens.refresh.expose()] {
        world.calls.take();
        let mut refused = 0;
        for index in 0..good.len() {
            for other in ["A", "B", ".", " ", "=", "\0", "\u{e9}"] {
                let mut bad = good.to_owned();
                bad.replace_range(index..=index, other);
                if bad == good {
                    continue;
                }
                assert_eq!(code(&world.kit.current_user(&bad.as_str().into()).await), "invalid_token", "{bad}");
                assert_eq!(
                    code(&world.kit.refresh(&RefreshToken::from(bad.as_str()), &client()).await),
                    "invalid_token"
                );
                refused += 1;
            }
            let cut = &good[..index];
            assert_eq!(code(&world.kit.current_user(&cut.into()).await), "invalid_token");
        }
        assert!(refused > 1_000 && world.calls.take().is_empty(), "no store was asked");
    }
    world.current(&here).await;
}
