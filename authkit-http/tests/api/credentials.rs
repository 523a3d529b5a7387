//! Which credential counts, and what a bad one gets.

use crate::support::{Pair, Server};

// S-26
#[tokio::test]
async fn a_bad_credential_is_refused_without_falling_back_to_the_other() {
    let server = Server::new();
    let (_, ada) = server.signed_in("ada@example.com", "user").await;
    let me = || server.get("/auth/me");
    me().cookie("authkit_access", "rubbish").bearer(&ada.access).send().await.refused(401, "invalid_token");
    me().cookie("authkit_access", &ada.access).bearer("rubbish").send().await.expect(200);
    me().cookie("authkit_refresh", &ada.refresh).send().await.refused(401, "missing_token");
    let refresh = || server.post("/auth/refresh");
    refresh().cookie("authkit_refresh", "x").bearer(&ada.refresh).send().await.refused(401, "invalid_token");
    refresh().cookie("authkit_access", "x").bearer(&ada.refresh).send().await.expect(200);
}

// S-26 S-44
#[tokio::test]
async fn a_credential_twice_is_refused_before_any_store_is_asked() {
    let server = Server::new();
    let (_, ada) = server.signed_in("ada@example.com", "user").await;
    let asked = server.store.calls();
    for (method, path) in
        [("GET", "/auth/me"), ("POST", "/auth/refresh"), ("POST", "/auth/logout"), ("GET", "/admin/api/users")]
    {
        let call = || server.call(method, path);
        let twice = format!("authkit_access={0}; authkit_access={0}", ada.access);
        call().header("cookie", &twice).send().await.refused(400, "ambiguous_credentials");
        let apart = call().cookie("authkit_refresh", "a").cookie("authkit_refresh", "b");
        apart.send().await.refused(400, "ambiguous_credentials");
        call().bearer(&ada.access).bearer(&ada.access).send().await.refused(400, "ambiguous_credentials");
    }
    assert_eq!(server.store.calls(), asked);
}

// S-27
#[tokio::test]
async fn a_refusal_says_what_it_asks_for() {
    let server = Server::new();
    let (_, ada) = server.signed_in("ada@example.com", "user").await;
    let challenge = |reply: crate::support::Reply| reply.header("www-authenticate").map(str::to_owned);
    let missing = server.get("/auth/me").send().await.refused(401, "missing_token");
    assert_eq!(challenge(missing).as_deref(), Some("Bearer"));
    for garbage in ["Bearer", "Bearer ", "Bearer a b", "bearer \t", "Bearer \u{e9}\u{e9}", "Bearer ..", "BEARER =,=;"] {
        let reply = server.get("/auth/me").header("authorization", garbage).send().await.refused(401, "invalid_token");
        assert_eq!(challenge(reply).as_deref(), Some("Bearer error=\"invalid_token\""), "{garbage}");
    }
    let other = server.get("/auth/me").header("authorization", "Basic YTpi").send().await.refused(401, "missing_token");
    assert_eq!(challenge(other).as_deref(), Some("Bearer"));
    let known = server.get("/admin/api/users").bearer(&ada.access).send().await.refused(403, "forbidden");
    assert_eq!(challenge(known).as_deref(), Some("Bearer error=\"insufficient_scope\""));
}

// S-20 S-23
#[tokio::test]
async fn a_token_that_is_cut_spliced_or_of_another_kind_reaches_no_store() {
    let server = Server::new();
    let (_, Pair { access, refresh }) = server.signed_in("ada@example.com", "user").await;
    let (_, eve) = server.signed_in("eve@example.com", "user").await;
    let parts = |token: &str| token.split('.').map(str::to_owned).collect::<Vec<_>>();
    let (own, others) = (parts(&access), parts(&eve.access));
    let bad = [
        access[..access.len() - 1].to_owned(),
        access[1..].to_owned(),
        format!("{access}A"),
        format!("{access}="),
        format!("{access}."),
        format!("{}.{}", own[0], own[1]),
        format!("{}.{}.", own[0], own[1]),
        format!("{}.{}.{}", own[0], others[1], own[2]),
        format!("{}.{}.{}", own[0], own[1], others[2]),
        format!("{}.{}.{}", parts(&refresh)[0], own[1], own[2]),
        refresh.clone(),
        access.replace('.', " ."),
        "a".repeat(5_000),
        String::new(),
    ];
    let asked = server.store.calls();
    for token in bad {
        server.get("/auth/me").cookie("authkit_access", &token).send().await.refused(401, "invalid_token");
        server.get("/auth/me").bearer(&token).send().await.refused(401, "invalid_token");
    }
    for token in [&access, "x.y.z"] {
        server.post("/auth/refresh").bearer(token).send().await.refused(401, "invalid_token");
    }
    assert_eq!(server.store.calls(), asked);
}

// S-26
#[tokio::test]
async fn a_token_in_the_address_is_no_credential() {
    let server = Server::new();
    let (_, ada) = server.signed_in("ada@example.com", "user").await;
    for name in ["access_token", "token", "authkit_access"] {
        let path = format!("/auth/me?{name}={}", ada.access);
        server.get(path).send().await.refused(401, "missing_token");
        let form = server.post(format!("/auth/refresh?{name}={}", ada.refresh));
        form.send().await.refused(401, "missing_token");
    }
}
