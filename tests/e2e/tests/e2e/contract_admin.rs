//! The administration's rows of the HTTP contract, the documents, and what pages of other sites may not do.

use authkit_e2e::{Client, Kind, Sandbox, send};
use bytes::Bytes;
use http::Request;
use serde_json::json;

#[tokio::test(flavor = "multi_thread")]
async fn a_program_administers() {
    replay(Kind::Program).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_browser_administers() {
    replay(Kind::Browser).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bearer_client_administers() {
    replay(Kind::Bearer).await;
}

async fn replay(kind: Kind) {
    let sandbox = Sandbox::start(&[("AUTHKIT_DATABASE_URL", "memory:")]);
    let [mut admin, mut user] = [(); 2].map(|()| Client::new(kind, sandbox.address));
    admin.login("admin@example.com", "adminpass123").await.expect(200);
    user.login("user@example.com", "userpass123").await.expect(200);
    let id = user.get("/auth/me").await.expect(200).json()["id"].as_str().expect("an id").to_owned();
    let own = admin.get("/auth/me").await.expect(200).json()["id"].as_str().expect("an id").to_owned();
    let action = |id: &str, what: &str| format!("/admin/users/{id}/{what}");

    // The guard: S-70
    let mut nobody = Client::new(kind, sandbox.address);
    nobody.post_json(&action(&id, "toggle-active"), json!({ "is_active": false })).await.refused(401, "missing_token");
    for target in [id.as_str(), "nobody"] {
        let refused = user.post_json(&action(target, "change-role"), json!({ "role": "admin" })).await;
        refused.refused(403, "forbidden");
    }

    // Disabled, every session is dead at once; enabled again, they stay so.
    let done = admin.post_json(&action(&id, "toggle-active"), json!({ "is_active": false })).await.expect(200);
    assert_eq!(done.json(), json!({ "success": true }));
    user.get("/auth/me").await.refused(403, "account_disabled");
    admin.post_json(&action(&id, "toggle-active"), json!({ "is_active": true })).await.expect(200);
    user.get("/auth/me").await.refused(401, "session_revoked");
    user.login("user@example.com", "userpass123").await.expect(200);

    // A role bites on the next request: S-68
    user.get("/admin-only").await.refused(403, "forbidden");
    let done = admin.post_json(&action(&id, "change-role"), json!({ "role": "admin" })).await.expect(200);
    assert_eq!(done.json(), json!({ "success": true }));
    user.get("/admin-only").await.expect(200);
    admin.post_json(&action(&id, "change-role"), json!({ "role": "emperor" })).await.refused(422, "unknown_role");
    admin.post_json(&action(&id, "change-role"), json!({ "role": "user" })).await.expect(200);
    user.get("/admin-only").await.refused(403, "forbidden");

    // Oneself is not to be administered away.
    for (what, body) in [("toggle-active", json!({ "is_active": false })), ("change-role", json!({ "role": "user" }))] {
        admin.post_json(&action(&own, what), body).await.refused(400, "self_forbidden");
    }
    admin.post(&action(&own, "delete")).await.refused(400, "self_forbidden");
    admin.post(&action("nobody", "delete")).await.refused(404, "not_found");

    // Sessions.
    let sessions = admin.get("/admin/api/sessions").await.expect(200).json();
    let of = |owner: &str| {
        let items = sessions["items"].as_array().expect("items");
        let found = items.iter().find(|session| session["user_id"] == owner).expect("a session");
        format!("/admin/sessions/{}/revoke", found["id"].as_str().expect("an id"))
    };
    let refused = admin.post(&of(&own)).await.refused(400, "self_forbidden");
    assert!(refused.detail().contains("Cannot revoke your own active session"), "{refused:?}");
    assert_eq!(admin.post(&of(&id)).await.expect(200).json(), json!({ "success": true }));
    user.get("/auth/me").await.refused(401, "session_revoked");

    // Delete: the sessions go, the address stays taken.
    user.login("user@example.com", "userpass123").await.expect(200);
    assert_eq!(admin.post(&action(&id, "delete")).await.expect(200).json(), json!({ "success": true }));
    user.get("/auth/me").await.expect(401);
    user.login("user@example.com", "userpass123").await.refused(401, "invalid_credentials");

    // All of it is in the trail: S-72
    let trail = admin.get("/admin/api/audit?limit=200").await.expect(200).json();
    let events = trail["items"].as_array().expect("items");
    for code in
        ["user.disabled", "user.enabled", "user.role_changed", "session.revoked", "user.deleted", "access.refused"]
    {
        assert!(events.iter().any(|event| event["code"] == code), "{code}");
    }
    let change = events.iter().find(|event| event["code"] == "user.role_changed").expect("the event");
    assert_eq!((&change["actor"], &change["subject"]), (&json!(own), &json!(id)));
    assert_eq!(change["ip_address"], "127.0.0.1");
}

#[tokio::test(flavor = "multi_thread")]
async fn documents_and_health_need_no_credential() {
    let sandbox = Sandbox::start(&[("AUTHKIT_DATABASE_URL", "memory:")]);
    let mut client = Client::new(Kind::Program, sandbox.address);
    for path in ["/healthz", "/readyz"] {
        client.get(path).await.expect(200);
    }
    let document = client.get("/openapi.json").await.expect(200).json();
    for path in ["/auth/login", "/auth/me", "/admin/users/{id}/toggle-active", "/admin/api/audit"] {
        assert!(document["paths"][path].is_object(), "{path}");
    }
    let page = client.get("/docs").await.expect(200);
    assert!(page.header("content-type").is_some_and(|kind| kind.starts_with("text/html")), "{page:?}");
    let policy = page.header("content-security-policy").expect("a policy");
    assert!(policy.contains("default-src 'none'") && !policy.contains("unsafe"), "{policy}");
    assert!(!String::from_utf8_lossy(&page.body).contains("<script"), "the page needs none");
    client.get("/docs/style.css").await.expect(200);
}

// S-47, S-50
#[tokio::test(flavor = "multi_thread")]
async fn a_page_of_another_site_changes_nothing() {
    let sandbox = Sandbox::start(&[("AUTHKIT_DATABASE_URL", "memory:")]);
    let mut client = Client::new(Kind::Program, sandbox.address);
    client.login("user@example.com", "userpass123").await.expect(200);
    let cookies = client.jar.header().expect("cookies");
    let own = format!("http://{}", sandbox.address);
    for (name, value) in [
        ("sec-fetch-site", "cross-site"),
        ("sec-fetch-site", "same-site"),
        ("sec-fetch-site", "none"),
        ("origin", "https://evil.example"),
        ("origin", "null"),
    ] {
        for path in
            ["/auth/logout", "/auth/logout-all", "/auth/refresh", "/auth/login", "/auth/register", "/custom-audit"]
        {
            let request = Request::post(path).header("cookie", &cookies).header(name, value).body(Bytes::new());
            send(sandbox.address, request.expect("sound")).await.refused(403, "cross_site_request");
        }
    }
    client.get("/auth/me").await.expect(200);
    let request = Request::post("/custom-audit").header("cookie", &cookies).header("origin", own).body(Bytes::new());
    send(sandbox.address, request.expect("sound")).await.expect(200);
}

// S-74
#[tokio::test(flavor = "multi_thread")]
async fn a_path_that_is_spelled_otherwise_reaches_nothing() {
    let sandbox = Sandbox::start(&[("AUTHKIT_DATABASE_URL", "memory:")]);
    let mut admin = Client::new(Kind::Program, sandbox.address);
    admin.login("admin@example.com", "adminpass123").await.expect(200);
    admin.get("/admin/api/users").await.expect(200);
    for path in [
        "//admin/api/users",
        "/admin//api/users",
        "/admin/api/users/",
        "/ADMIN/api/users",
        "/admin/API/users",
        "/%61dmin/api/users",
        "/admin/%61pi/users",
        "/./admin/api/users",
        "/admin/./api/users",
        "/auth/../admin/api/users",
        "/admin%2Fapi/users",
        "/admin;x/api/users",
        "/auth",
        "/auth/",
        "/nothing",
    ] {
        admin.get(path).await.refused(404, "not_found");
    }
}
