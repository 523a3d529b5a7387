//! What is put into cookies, and to whom tokens are given otherwise.

use std::time::Duration;

use authkit_core::{Config, SameSite, ThrottleMode, TokenDelivery};
use serde_json::json;

use crate::support::{Browser, PASSWORD, Reply, SECRET, Server};

async fn login(server: &Server, site: Option<&str>) -> Reply {
    server.user("ada@example.com", "user").await;
    let call = server.post("/auth/login").json(&json!({"email": "ada@example.com", "password": PASSWORD}));
    let call = match site {
        Some(site) => call.header("sec-fetch-site", site),
        None => call,
    };
    call.send().await.expect(200)
}

fn attributes(reply: &Reply) -> Vec<(String, String)> {
    let cookies = reply.cookies().into_iter();
    cookies.map(|(name, _, attributes)| (name, attributes.join("; "))).collect()
}

// S-43
#[tokio::test]
async fn secure_cookies_have_the_host_prefix_and_every_attribute() {
    let production = Config::production("https://app.example", SECRET);
    let server = Server::with(move |_| production);
    let reply = login(&server, None).await;
    let rest = "Secure; SameSite=Lax";
    let expected = [
        ("__Host-authkit_access", format!("Path=/; HttpOnly; Max-Age=900; {rest}")),
        ("__Host-authkit_refresh", format!("Path=/; HttpOnly; Max-Age=604800; {rest}")),
    ];
    assert_eq!(attributes(&reply), expected.map(|(name, text)| (name.to_owned(), text)));
    for (name, value, _) in reply.cookies() {
        assert!(name.len() + value.len() <= 4096);
    }

    let out = server.post("/auth/logout").header("origin", "https://app.example").send().await.expect(200);
    let cleared = expected_cleared(&format!("Path=/; HttpOnly; Max-Age=0; {rest}"), "__Host-");
    assert_eq!(attributes(&out), cleared);
}

fn expected_cleared(text: &str, prefix: &str) -> Vec<(String, String)> {
    ["access", "refresh"].map(|kind| (format!("{prefix}authkit_{kind}"), text.to_owned())).to_vec()
}

// S-45
#[tokio::test]
async fn cookies_that_are_not_secure_are_for_loopback() {
    let reply = login(&Server::new(), None).await;
    assert_eq!(attributes(&reply)[0].0, "authkit_access");
    assert_eq!(attributes(&reply)[0].1, "Path=/; HttpOnly; Max-Age=900; SameSite=Lax");
    for url in ["http://app.example", "https://app.example"] {
        let config = Config::production(url, SECRET).cookie_secure(false);
        let kit = authkit_core::AuthKit::builder().store(authkit_store_memory::MemoryStore::new()).config(config);
        assert!(kit.build().is_err(), "{url}");
    }
}

#[tokio::test]
async fn settings_name_and_place_the_cookies() {
    let production = Config::production("https://auth.app.example", SECRET).cookie_domain("app.example");
    let named = production.access_cookie("one").refresh_cookie("two").cookie_same_site(SameSite::Strict);
    let server = Server::with(|_| named);
    let reply = login(&server, None).await;
    let expected = "Path=/; HttpOnly; Max-Age=900; Secure; SameSite=Strict; Domain=app.example";
    assert_eq!(attributes(&reply)[0], ("one".to_owned(), expected.to_owned()));
    let token = &reply.cookies()[0].1;
    server.get("/auth/me").cookie("one", token).send().await.expect(200);
    server.get("/auth/me").cookie("authkit_access", token).send().await.refused(401, "missing_token");
}

// S-46
#[tokio::test]
async fn a_browser_gets_cookies_and_anybody_else_gets_both() {
    let server = Server::new();
    let program = login(&server, None).await;
    assert_eq!((program.cookies().len(), program.json()["access_token"].is_string()), (2, true));
    let browser = Browser::new();
    let body = json!({"email": "ada@example.com", "password": PASSWORD});
    let replies = [
        server.post("/auth/login").json(&body).by(&browser).send().await.expect(200),
        server.post("/auth/refresh").by(&browser).send().await.expect(200),
    ];
    for reply in replies {
        assert_eq!(reply.cookies().len(), 2);
        assert_eq!(reply.json(), json!({"token_type": "bearer", "expires_in": 900}));
        for (_, value, _) in reply.cookies() {
            assert!(!String::from_utf8_lossy(&reply.body).contains(&value));
        }
    }
}

// S-46
#[tokio::test]
async fn delivery_is_a_setting() {
    for (delivery, site, tokens, cookies) in [
        (TokenDelivery::Both, Some("same-origin"), true, 2),
        (TokenDelivery::Both, None, true, 2),
        (TokenDelivery::Cookie, None, false, 2),
        (TokenDelivery::Cookie, Some("same-origin"), false, 2),
        (TokenDelivery::Bearer, None, true, 0),
        (TokenDelivery::Bearer, Some("same-origin"), true, 0),
    ] {
        let server = Server::with(|config| config.token_delivery(delivery).throttle(ThrottleMode::Off));
        let reply = login(&server, site).await;
        let found = (reply.json()["refresh_token"].is_string(), reply.cookies().len());
        assert_eq!(found, (tokens, cookies), "{delivery:?} {site:?}");
    }
}

// S-43
#[tokio::test]
async fn a_cookie_lives_as_long_as_its_token() {
    let server = Server::with(|config| config.refresh_absolute_ttl(Duration::from_secs(8 * 24 * 60 * 60)));
    let mut refresh = login(&server, None).await.pair().refresh;
    for _ in 0..3 {
        server.clock.advance(Duration::from_secs(2 * 24 * 60 * 60));
        refresh = server.post("/auth/refresh").bearer(&refresh).send().await.expect(200).pair().refresh;
    }
    // Six of the eight days and a moment are over: the cookie cannot promise seven more.
    let reply = server.post("/auth/refresh").bearer(&refresh).send().await.expect(200);
    assert!(attributes(&reply)[1].1.contains("Max-Age=172799"), "{:?}", attributes(&reply));
}
