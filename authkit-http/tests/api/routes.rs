//! Which paths and methods there are, and who may use them.

use authkit_core::{ListRequest, Operator, SessionQuery};
use authkit_http::{ACCOUNT, ADMIN, Handler, SERVICE, mounts};
use serde_json::json;

use crate::support::{PASSWORD, Server};

/// Everything that needs no credential at all. Whoever adds to it opens a door.
const PUBLIC: [&str; 13] = [
    "POST /register",
    "POST /login",
    "POST /forgot-password",
    "POST /reset-password",
    "POST /verify-email",
    "POST /resend-verification",
    "GET /.well-known/jwks.json",
    "GET /dev/mailbox",
    "GET /openapi.json",
    "GET /healthz",
    "GET /readyz",
    "GET /docs",
    "GET /docs/style.css",
];

/// The pages that anybody may see.
const PUBLIC_PAGES: [&str; 15] = [
    "GET /login",
    "POST /login",
    "GET /forgot-password",
    "POST /forgot-password",
    "GET /resend-verification",
    "POST /resend-verification",
    "GET /reset-password",
    "POST /reset-password",
    "GET /verify-email",
    "POST /verify-email",
    "GET /setup",
    "POST /setup",
    "GET /assets/{id}",
    "GET /dashboard",
    "GET /audit-logs",
];

// S-67
#[test]
fn every_route_is_listed_as_public_or_guarded() {
    let mut public = Vec::new();
    for row in [&ACCOUNT, &ADMIN, &SERVICE].iter().flat_map(|table| table.rows) {
        match row.handler {
            Handler::Public(_) => public.push(format!("{} {}", row.method, row.path)),
            Handler::Token(_) => assert!(["/refresh", "/logout"].contains(&row.path), "{}", row.path),
            Handler::User(_) | Handler::Operator(_) => {}
            Handler::Page(_) => assert!(row.is_page, "{}", row.path),
        }
    }
    assert_eq!(public, PUBLIC);
    let pages = ADMIN.pages.iter().copied().flatten();
    let public_pages = pages.clone().filter(|row| matches!(row.handler, Handler::Public(_)));
    let public_pages: Vec<_> = public_pages.map(|row| format!("{} {}", row.method, row.path)).collect();
    assert_eq!(public_pages, PUBLIC_PAGES);
    assert!(pages.clone().all(|row| matches!(row.handler, Handler::Public(_) | Handler::Page(_))));
    assert!(ADMIN.rows.iter().all(|row| matches!(row.handler, Handler::Operator(_))));
}

fn paths(server: &Server) -> Vec<(String, String)> {
    let mounts = mounts(&server.kit);
    let rows = mounts.iter().flat_map(|mount| mount.table.rows.iter().map(|row| (mount.prefix, row)));
    rows.map(|(prefix, row)| (row.method.to_string(), format!("{prefix}{}", row.path))).collect()
}

// S-67
#[tokio::test]
async fn no_guarded_route_lets_anybody_in() {
    let server = Server::new();
    for (method, path) in paths(&server) {
        let below = path.trim_start_matches("/auth").trim_start_matches("/admin");
        if PUBLIC.contains(&format!("{method} {below}").as_str()) || path == "/auth/logout" {
            continue;
        }
        server.call(&method, &*path.replace("{id}", "x")).send().await.refused(401, "missing_token");
    }
    assert_eq!(server.store.calls(), 0);
}

// S-51
#[tokio::test]
async fn no_get_or_head_changes_anything() {
    let server = Server::new();
    let (root, pair) = server.signed_in("root@example.com", "admin").await;
    let rows = || async {
        let (operator, query, request) = (Operator::system(), SessionQuery::default(), ListRequest::default());
        let sessions = server.kit.list_sessions(&operator, &query, &request).await.expect("sessions");
        (server.row(&root).await, sessions)
    };
    let before = rows().await;
    server.clock.advance(std::time::Duration::from_secs(1));
    for (_, path) in paths(&server).iter().filter(|(method, _)| method == "GET") {
        for method in ["GET", "HEAD"] {
            let call = server.call(method, path.replace("{id}", root.id.as_str())).bearer(&pair.access);
            let status = call.cookie("authkit_refresh", &pair.refresh).send().await.status;
            let may_be_missing = path.ends_with("jwks.json") || path.ends_with("/dev/mailbox");
            assert!(status == 200 || may_be_missing, "{method} {path}: {status}");
        }
    }
    assert_eq!(rows().await, before);
}

// S-74
#[tokio::test]
async fn another_spelling_of_a_path_is_another_path() {
    let server = Server::new();
    let (root, pair) = server.signed_in("root@example.com", "admin").await;
    for path in [
        "/auth//me",
        "/auth/me/",
        "/auth/%6de",
        "/auth/%6De",
        "/auth/ME",
        "/auth/Me",
        "/auth/./me",
        "/auth/x/../me",
        "/auth/me;x=1",
        "/auth/me%00",
        "/auth/me%2F",
        "/auth/",
        "/auth/sessions/",
        "/auth/sessions//",
        "/admin//api/users",
        "/admin/api/users/",
        "/admin/api//users",
        "/admin/%61pi/users",
        "/admin/API/users",
        "/admin/./api/users",
        "/admin/users//delete",
        "/admin/users/a/b/delete",
        "/openapi.json/",
        "/HEALTHZ",
        "//healthz",
    ] {
        for method in ["GET", "POST"] {
            server.call(method, path).bearer(&pair.access).send().await.refused(404, "not_found");
        }
    }
    let id = root.id.as_str();
    let spelled = format!("%{:02X}{}", id.as_bytes()[0], &id[1..]);
    server.get(format!("/admin/api/users/{spelled}")).bearer(&pair.access).send().await.refused(404, "not_found");
    server.get("/auth/me?x=1").bearer(&pair.access).send().await.expect(200);
}

// S-92
#[tokio::test]
async fn a_method_that_a_path_does_not_take_is_told_which_it_does() {
    let server = Server::new();
    for (method, path, allow) in [
        ("GET", "/auth/login", "OPTIONS, POST"),
        ("HEAD", "/auth/login", "OPTIONS, POST"),
        ("PUT", "/auth/me", "GET, HEAD, OPTIONS, PATCH"),
        ("TRACE", "/auth/me", "GET, HEAD, OPTIONS, PATCH"),
        ("CONNECT", "/auth/me", "GET, HEAD, OPTIONS, PATCH"),
        ("BREW", "/auth/login", "OPTIONS, POST"),
        ("get", "/auth/me", "GET, HEAD, OPTIONS, PATCH"),
        ("GET", "/auth/sessions/revoke-others", "DELETE, OPTIONS, POST"),
        ("DELETE", "/admin/users/x/delete", "GET, HEAD, OPTIONS, POST"),
        ("POST", "/healthz", "GET, HEAD, OPTIONS"),
    ] {
        let reply = server.call(method, path).send().await.expect(405);
        assert_eq!(reply.header("allow"), Some(allow), "{method} {path}");
        assert_eq!(reply.body.is_empty(), method == "HEAD");
    }
    for method in ["BREW", "TRACE", "OPTIONS", "HEAD"] {
        server.call(method, "/auth/nothing").send().await.expect(404);
    }
}

#[tokio::test]
async fn options_tells_the_methods_of_a_path() {
    let server = Server::new();
    for (path, allow) in [("/auth/login", "OPTIONS, POST"), ("/auth/me", "GET, HEAD, OPTIONS, PATCH")] {
        let reply = server.call("OPTIONS", path).header("origin", "https://evil.example").send().await.expect(204);
        assert_eq!(reply.header("allow"), Some(allow));
        assert!(reply.body.is_empty() && reply.header("access-control-allow-origin").is_none());
    }
}

#[tokio::test]
async fn head_is_get_without_the_body() {
    let server = Server::new();
    let (_, ada) = server.signed_in("ada@example.com", "user").await;
    for path in ["/auth/me", "/auth/sessions", "/openapi.json", "/docs", "/healthz"] {
        let get = server.get(path).bearer(&ada.access).send().await.expect(200);
        let head = server.call("HEAD", path).bearer(&ada.access).send().await.expect(200);
        assert!(head.body.is_empty());
        assert_eq!(head.header("content-length"), Some(get.body.len().to_string().as_str()));
        let mut headers = head.headers.clone();
        headers.remove("content-length");
        assert_eq!(headers, get.headers, "{path}");
    }
    server.call("HEAD", "/auth/me").send().await.expect(401);
}

#[tokio::test]
async fn a_get_with_a_body_is_answered_without_looking_at_it() {
    let server = Server::new();
    let (_, ada) = server.signed_in("ada@example.com", "user").await;
    server.get("/auth/me").bearer(&ada.access).body("{").send().await.expect(200);
}

#[tokio::test]
async fn the_key_set_is_there_for_asymmetric_keys_only() {
    let server = Server::new();
    server.get("/auth/.well-known/jwks.json").send().await.refused(404, "not_found");
    let server = Server::with(|config| config.algorithm(authkit_core::Algorithm::EdDSA));
    server.user("ada@example.com", "user").await;
    let body = json!({"email": "ada@example.com", "password": PASSWORD});
    server.post("/auth/login").json(&body).send().await.expect(200);
    let keys = server.get("/auth/.well-known/jwks.json").send().await.expect(200).json();
    assert_eq!((&keys["keys"][0]["kty"], &keys["keys"][0]["crv"]), (&json!("OKP"), &json!("Ed25519")));
    assert!(keys["keys"][0].get("d").is_none());
}
