//! Requests that a page of another site made.

use serde_json::json;

use crate::support::{Call, ORIGIN, PASSWORD, Reply, Server};

/// Every unsafe route that anybody can reach, and a body that it would take.
fn open_routes(server: &Server) -> Vec<(&'static str, Call<'_>)> {
    let login = json!({"email": "ada@example.com", "password": PASSWORD});
    let reset = json!({"token": "x", "new_password": PASSWORD});
    vec![
        ("register", server.post("/auth/register").json(&login)),
        ("login", server.post("/auth/login").json(&login)),
        ("forgot", server.post("/auth/forgot-password").json(&json!({"email": "ada@example.com"}))),
        ("reset", server.post("/auth/reset-password").json(&reset)),
        ("verify", server.post("/auth/verify-email").json(&json!({"token": "x"}))),
        ("resend", server.post("/auth/resend-verification").json(&json!({"email": "ada@example.com"}))),
        ("refresh", server.post("/auth/refresh")),
        ("logout", server.post("/auth/logout")),
    ]
}

// S-47 S-50 S-75
#[tokio::test]
async fn routes_before_any_sign_in_are_covered_and_it_is_recorded() {
    let server = Server::new();
    for (site, origin) in [
        (Some("cross-site"), None),
        (Some("same-site"), Some(ORIGIN)),
        (Some("none"), None),
        (None, Some("https://evil.example")),
        (None, Some("null")),
    ] {
        for (name, call) in open_routes(&server) {
            let call = site.into_iter().fold(call, |call, site| call.header("sec-fetch-site", site));
            let call = origin.into_iter().fold(call, |call, origin| call.header("origin", origin));
            let reply = call.send().await.refused(403, "cross_site_request");
            assert!(reply.cookies().is_empty(), "{name}");
        }
    }
    assert_eq!(server.events("request.cross_site_refused").await.len(), 40);
    assert!(server.events("session.open_failed").await.is_empty(), "no password was looked at");
}

// S-47
#[tokio::test]
async fn our_own_pages_and_programs_pass() {
    let server = Server::new();
    for (site, origin) in [(Some("same-origin"), Some("https://evil.example")), (None, Some(ORIGIN)), (None, None)] {
        for (name, call) in open_routes(&server) {
            let call = site.into_iter().fold(call, |call, site| call.header("sec-fetch-site", site));
            let call = origin.into_iter().fold(call, |call, origin| call.header("origin", origin));
            assert_ne!(call.send().await.code(), "cross_site_request", "{name}");
        }
    }
}

async fn evil(call: Call<'_>) -> Reply {
    call.header("sec-fetch-site", "cross-site").send().await
}

// S-50
#[tokio::test]
async fn the_bearer_header_exempts_only_where_it_is_the_credential() {
    let server = Server::new();
    let (_, ada) = server.signed_in("ada@example.com", "user").await;
    // It is the credential.
    let own = server.post("/auth/sessions/revoke-others").bearer(&ada.access);
    evil(own).await.expect(200);
    evil(server.post("/auth/refresh").bearer(&ada.refresh)).await.expect(200);
    // The cookie is.
    let cookie = server.post("/auth/sessions/revoke-others").bearer(&ada.access).cookie("authkit_access", &ada.access);
    evil(cookie).await.refused(403, "cross_site_request");
    let cookie = server.post("/auth/refresh").bearer(&ada.refresh).cookie("authkit_access", &ada.access);
    evil(cookie).await.refused(403, "cross_site_request");
    // The password in the body is.
    let body = json!({"email": "ada@example.com", "password": PASSWORD});
    evil(server.post("/auth/login").json(&body).bearer(&ada.access)).await.refused(403, "cross_site_request");
}

// S-47
#[tokio::test]
async fn every_unsafe_route_of_somebody_signed_in_is_covered() {
    let server = Server::new();
    let (root, pair) = server.signed_in("root@example.com", "admin").await;
    for (method, path) in [
        ("POST", "/auth/logout-all"),
        ("POST", "/auth/change-password"),
        ("PATCH", "/auth/me"),
        ("POST", "/auth/reauthenticate"),
        ("POST", "/auth/sessions/revoke-others"),
        ("DELETE", "/auth/sessions/x"),
        ("POST", "/admin/users/x/toggle-active"),
        ("POST", "/admin/users/x/change-role"),
        ("POST", "/admin/users/x/delete"),
        ("POST", "/admin/sessions/x/revoke"),
    ] {
        let call = server.call(method, path).cookie("authkit_access", &pair.access);
        call.header("origin", "https://evil.example").send().await.refused(403, "cross_site_request");
    }
    let safe = server.get("/auth/me").cookie("authkit_access", &pair.access).header("sec-fetch-site", "cross-site");
    assert_eq!(safe.send().await.expect(200).json()["id"], root.id.as_str());
}

// S-47
#[tokio::test]
async fn the_origin_can_be_made_a_duty_for_cookies() {
    let server = Server::with(|config| config.require_origin(true));
    let (_, ada) = server.signed_in("ada@example.com", "user").await;
    let revoke = || server.post("/auth/sessions/revoke-others");
    revoke().cookie("authkit_access", &ada.access).send().await.refused(403, "cross_site_request");
    revoke().cookie("authkit_access", &ada.access).header("origin", ORIGIN).send().await.expect(200);
    revoke().bearer(&ada.access).send().await.expect(200);
}

// S-49
#[tokio::test]
async fn no_simple_request_reaches_a_route_that_reads_a_body() {
    let server = Server::new();
    let (eve, root) = {
        let eve = server.user("eve@example.com", "user").await;
        (eve, server.signed_in("root@example.com", "admin").await.1)
    };
    let body = json!({"email": "ada@example.com", "password": PASSWORD, "is_active": false}).to_string();
    let paths = [
        "/auth/register".to_owned(),
        "/auth/login".to_owned(),
        "/auth/forgot-password".to_owned(),
        "/auth/reset-password".to_owned(),
        "/auth/verify-email".to_owned(),
        "/auth/resend-verification".to_owned(),
        "/auth/change-password".to_owned(),
        "/auth/reauthenticate".to_owned(),
        format!("/admin/users/{}/toggle-active", eve.id),
        format!("/admin/users/{}/change-role", eve.id),
        format!("/admin/users/{}/delete", eve.id),
        format!("/admin/sessions/{}/revoke", uuid()),
    ];
    for path in paths {
        let call = || server.post(&*path).bearer(&root.access).body(body.clone());
        call().send().await.refused(415, "unsupported_media_type");
        for media in ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "text/json"]
        {
            let reply = call().header("content-type", media).send().await;
            if path.starts_with("/admin/") && media == "application/x-www-form-urlencoded" {
                // The console's own forms carry a token that no other page can know.
                reply.expect(403);
            } else {
                reply.refused(415, "unsupported_media_type");
            }
        }
    }
    assert!(server.row(&eve).await.is_active);
}

fn uuid() -> &'static str {
    "0192f0c1-2d3e-7f40-8a5b-6c7d8e9f0a1b"
}
