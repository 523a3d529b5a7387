//! Headers of every answer, and those for scripts of other origins.

use authkit_core::Config;

use crate::support::{ORIGIN, Reply, SECRET, Server};

async fn all_kinds(server: &Server) -> Vec<Reply> {
    vec![
        server.get("/healthz").send().await.expect(200),
        server.get("/auth/me").send().await.expect(401),
        server.get("/auth/nothing").send().await.expect(404),
        server.call("PUT", "/auth/me").send().await.expect(405),
        server.post("/auth/login").send().await.expect(415),
        server.post("/auth/logout").send().await.expect(200),
        server.call("OPTIONS", "/auth/login").send().await.expect(204),
        server.get("/admin/api/users").send().await.expect(401),
        server.get("/openapi.json").send().await.expect(200),
    ]
}

// S-89 S-90
#[tokio::test]
async fn every_answer_carries_the_headers_that_protect_it() {
    for reply in all_kinds(&Server::new()).await {
        assert_eq!(reply.header("x-content-type-options"), Some("nosniff"));
        assert_eq!(reply.header("referrer-policy"), Some("no-referrer"));
        assert_eq!(reply.header("cache-control"), Some("no-store"));
        let policy = Some("default-src 'none'; frame-ancestors 'none'");
        assert_eq!(reply.header("content-security-policy"), policy);
        assert_eq!(reply.header("strict-transport-security"), None, "this one is http");
        for name in ["server", "x-powered-by", "access-control-allow-origin", "vary"] {
            assert_eq!(reply.header(name), None, "{name}");
        }
    }
}

// S-89
#[tokio::test]
async fn https_is_for_ever_and_for_subdomains_by_setting() {
    let production = || {
        let config = Config::production("https://app.example", SECRET);
        config.docs(true)
    };
    for reply in all_kinds(&Server::with(|_| production())).await {
        assert_eq!(reply.header("strict-transport-security"), Some("max-age=31536000"));
    }
    for reply in all_kinds(&Server::with(|_| production().hsts_subdomains(true))).await {
        assert_eq!(reply.header("strict-transport-security"), Some("max-age=31536000; includeSubDomains"));
    }
}

// S-90
#[tokio::test]
async fn the_docs_page_needs_its_own_files_and_nothing_else() {
    let server = Server::new();
    let page = server.get("/docs").send().await.expect(200);
    assert_eq!(page.header("content-type"), Some("text/html; charset=utf-8"));
    let policy = page.header("content-security-policy").expect("a policy");
    assert!(policy.starts_with("default-src 'none'; style-src 'self';"), "{policy}");
    for word in ["unsafe", "http", "*", "script-src"] {
        assert!(!policy.contains(word), "{policy}");
    }
    assert_eq!(page.header("cross-origin-opener-policy"), Some("same-origin"));
    assert_eq!(page.header("cross-origin-resource-policy"), Some("same-origin"));
    assert_eq!(page.header("referrer-policy"), Some("same-origin"));
    let html = String::from_utf8(page.body.to_vec()).expect("UTF-8");
    for word in ["<script", "style=", " on", "javascript:", "src=", "https://"] {
        let found: Vec<_> =
            html.match_indices(word).filter(|(at, _)| word != " on" || is_handler(&html[*at..])).collect();
        assert!(found.is_empty(), "{word}: {found:?}");
    }
    let style = server.get("/docs/style.css").send().await.expect(200);
    assert_eq!(style.header("content-type"), Some("text/css; charset=utf-8"));
    assert!(!String::from_utf8_lossy(&style.body).contains("url("));
}

/// ` onclick=` and the like, not the word "on".
fn is_handler(text: &str) -> bool {
    let name: String = text.trim_start().chars().take_while(char::is_ascii_lowercase).collect();
    name.len() > 2 && text.trim_start()[name.len()..].starts_with('=')
}

const OTHER: &str = "https://app.elsewhere.example";

// S-91
#[tokio::test]
async fn scripts_of_other_origins_read_nothing_unless_they_are_listed() {
    let closed = Server::new();
    let (_, ada) = closed.signed_in("ada@example.com", "user").await;
    let reply = closed.get("/auth/me").bearer(&ada.access).header("origin", OTHER).send().await.expect(200);
    assert!(reply.header("access-control-allow-origin").is_none() && reply.header("vary").is_none());

    let server = Server::with(|config| config.cors_origins([OTHER]));
    let (_, ada) = server.signed_in("ada@example.com", "user").await;
    let ask = |origin: &'static str| server.get("/auth/me").bearer(&ada.access).header("origin", origin).send();
    let allowed = ask(OTHER).await.expect(200);
    assert_eq!(allowed.header("access-control-allow-origin"), Some(OTHER));
    assert_eq!(allowed.header("access-control-allow-credentials"), None);
    assert_eq!(allowed.header("vary"), Some("Origin"));
    for origin in ["https://app.elsewhere.example.evil.example", "http://app.elsewhere.example", "null", ORIGIN] {
        let reply = ask(origin).await.expect(200);
        assert_eq!((reply.header("access-control-allow-origin"), reply.header("vary")), (None, Some("Origin")));
    }
    let refused = server.get("/auth/me").header("origin", OTHER).send().await.expect(401);
    assert_eq!(refused.header("access-control-allow-origin"), Some(OTHER), "an error is an answer, too");
}

// S-91
#[tokio::test]
async fn a_preflight_is_answered_for_the_listed() {
    let server = Server::with(|config| config.cors_origins([OTHER]));
    let ask = |origin: &'static str| {
        let call = server.call("OPTIONS", "/auth/me").header("origin", origin);
        call.header("access-control-request-method", "PATCH").header("access-control-request-headers", "authorization")
    };
    let reply = ask(OTHER).send().await.expect(204);
    assert_eq!(reply.header("access-control-allow-origin"), Some(OTHER));
    assert_eq!(reply.header("access-control-allow-methods"), Some("GET, HEAD, OPTIONS, PATCH"));
    assert_eq!(reply.header("access-control-allow-headers"), Some("authorization, content-type"));
    assert_eq!(ask("https://evil.example").send().await.expect(204).header("access-control-allow-origin"), None);
    // Allowed to read is not allowed to write: the cross-site rule stands.
    let (_, ada) = server.signed_in("ada@example.com", "user").await;
    let call = server.post("/auth/logout-all").cookie("authkit_access", &ada.access).header("origin", OTHER);
    call.send().await.refused(403, "cross_site_request");
}

// S-91
#[test]
fn a_star_is_no_origin() {
    for origins in [["*"], ["https://*.example"], ["null"], ["app.example"]] {
        let store = authkit_store_memory::MemoryStore::new();
        let config = Config::development().cors_origins(origins);
        assert!(authkit_core::AuthKit::builder().store(store).config(config).build().is_err(), "{origins:?}");
    }
}
