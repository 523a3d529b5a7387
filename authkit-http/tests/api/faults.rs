//! A store that fails or panics: the answer says nothing, the log says everything, the next request is served.

use authkit_core::testing::TraceLog;
use authkit_http::Problem;
use serde_json::json;

use crate::support::{PASSWORD, Server, Trouble};

const SECRETS: [&str; 4] = ["hunter2", "db.internal", "faulty", "find_user"];

// S-93
#[tokio::test]
async fn an_operator_s_problem_is_logged_once_with_its_chain_and_told_without() {
    let server = Server::new();
    let (_, ada) = server.signed_in("ada@example.com", "user").await;
    for (trouble, status, code) in [
        (Trouble::Unavailable, 503, "unavailable"),
        (Trouble::Inconsistent, 500, "internal"),
        (Trouble::Panic, 500, "internal"),
    ] {
        server.store.set(trouble);
        let (log, on) = TraceLog::start();
        let reply = server.get("/auth/me").bearer(&ada.access).send().await.refused(status, code);
        drop(on);
        server.store.set(Trouble::None);
        let body = reply.json();
        let text = String::from_utf8_lossy(&reply.body).into_owned();
        assert!(SECRETS.iter().all(|secret| !text.contains(secret)), "{text}");
        assert_eq!(body["detail"], "The server cannot do this at the moment.");
        assert_eq!(reply.header("retry-after"), (status == 503).then_some("3"));
        let logged = log.text();
        let request_id = body["request_id"].as_str().expect("an id");
        let told: Vec<_> = logged.lines().filter(|line| line.contains(request_id)).collect();
        assert_eq!(told.len(), 1, "{logged}");
        assert!(told[0].contains("hunter2") && told[0].contains("db.internal"), "{}", told[0]);
    }
    server.get("/auth/me").bearer(&ada.access).send().await.expect(200);
}

// S-104
#[tokio::test]
async fn no_store_no_entry() {
    let server = Server::new();
    let (root, pair) = server.signed_in("root@example.com", "admin").await;
    let login = json!({"email": "root@example.com", "password": PASSWORD});
    server.store.set(Trouble::Unavailable);
    let calls = [
        server.get("/auth/me").bearer(&pair.access),
        server.post("/auth/login").json(&login),
        server.post("/auth/register").json(&json!({"email": "new@example.com", "password": PASSWORD})),
        server.post("/auth/refresh").cookie("authkit_refresh", &pair.refresh),
        server.post("/auth/logout").cookie("authkit_refresh", &pair.refresh),
        server.post("/auth/logout-all").bearer(&pair.access),
        server.get("/admin/api/users").bearer(&pair.access),
        server.post(format!("/admin/users/{}/delete", root.id)).bearer(&pair.access),
        server.get("/readyz"),
    ];
    for call in calls {
        let reply = call.send().await.refused(503, "unavailable");
        assert_eq!(reply.header("retry-after"), Some("3"));
        assert!(reply.cookies().is_empty(), "cookies are kept");
    }
    server.get("/healthz").send().await.expect(200);
    server.store.set(Trouble::None);
    server.get("/readyz").send().await.expect(200);
    server.post("/auth/refresh").bearer(&pair.refresh).send().await.expect(200);
}

#[tokio::test]
async fn readiness_is_yes_or_no() {
    let server = Server::new();
    for trouble in [Trouble::Unavailable, Trouble::Inconsistent] {
        server.store.set(trouble);
        server.get("/readyz").send().await.refused(503, "unavailable");
    }
    let asked = server.store.calls();
    server.get("/healthz").send().await.expect(200);
    assert_eq!(server.store.calls(), asked);
}

#[test]
fn what_an_adapter_refuses_has_the_same_form() {
    let server = Server::new();
    let reply = Problem::request_timeout().response(server.kit.http(), "some-id");
    assert_eq!(reply.status(), 408);
    assert_eq!(reply.headers()["content-type"], "application/problem+json");
}
