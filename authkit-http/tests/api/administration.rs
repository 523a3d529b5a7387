//! What operators do to users and sessions.

use std::time::Duration;

use authkit_core::User;
use serde_json::{Value, json};

use crate::support::{Call, Pair, Server};

fn act<'a>(server: &'a Server, pair: &Pair, user: &User, action: &str) -> Call<'a> {
    server.post(format!("/admin/users/{}/{action}", user.id)).bearer(&pair.access)
}

#[tokio::test]
async fn a_disabled_user_is_out_at_once_and_enabling_revives_no_session() {
    let (server, _, root, eve) = Server::house().await;
    let hers = server.sign_in("eve@example.com").await;
    let toggle = |active: bool| act(&server, &root, &eve, "toggle-active").json(&json!({"is_active": active}));
    assert_eq!(toggle(false).send().await.expect(200).json(), json!({"success": true}));
    server.get("/auth/me").bearer(&hers.access).send().await.refused(403, "account_disabled");
    toggle(true).send().await.expect(200);
    server.get("/auth/me").bearer(&hers.access).send().await.refused(401, "session_revoked");
}

// S-68
#[tokio::test]
async fn a_change_of_role_bites_on_the_next_request() {
    let (server, _, root, eve) = Server::house().await;
    let hers = server.sign_in("eve@example.com").await;
    let change = |role: &str| act(&server, &root, &eve, "change-role").json(&json!({"role": role}));
    let look = || server.get("/admin/api/users").bearer(&hers.access);
    look().send().await.refused(403, "forbidden");
    change("admin").send().await.expect(200);
    look().send().await.expect(200);
    change("user").send().await.expect(200);
    look().send().await.refused(403, "forbidden");
    change("emperor").send().await.refused(422, "unknown_role");
}

// S-72
#[tokio::test]
async fn every_action_leaves_one_event_that_tells_who_what_and_why() {
    let (server, root, pair, eve) = Server::house().await;
    let hers = server.sign_in("eve@example.com").await;
    let session = server.kit.list_own_sessions(&signed_in(&server, &hers).await).await.expect("sessions")[0].id;
    let because = |mut body: Value| {
        body["reason"] = json!("asked by mail");
        body
    };
    let end = server.post(format!("/admin/sessions/{session}/revoke")).bearer(&pair.access);
    let end = end.header("user-agent", "curl/8.5.0").json(&because(json!({})));
    end.send().await.expect(200);
    act(&server, &pair, &eve, "toggle-active").json(&because(json!({"is_active": false}))).send().await.expect(200);
    act(&server, &pair, &eve, "change-role").json(&because(json!({"role": "editor"}))).send().await.expect(200);
    act(&server, &pair, &eve, "delete").json(&because(json!({}))).send().await.expect(200);
    for (code, change) in [
        ("session.revoked", None),
        ("user.disabled", Some(("is_active", json!([true, false])))),
        ("user.role_changed", Some(("role", json!(["user", "editor"])))),
        ("user.deleted", Some(("deleted_at", Value::Null))),
    ] {
        let events = server.events(code).await;
        let [event] = events.as_slice() else { panic!("{code}: {events:?}") };
        assert_eq!((event.actor.user(), event.subject), (Some(&root.id), Some(eve.id)), "{code}");
        assert_eq!(event.details["reason"], "asked by mail", "{code}");
        assert!(event.client.ip.is_some() && event.client.request_id.is_some(), "{code}");
        if let Some((field, pair)) = change {
            let told = event.change.to_json().expect("a change");
            assert!(told[field].is_array() && (pair.is_null() || told[field] == pair), "{code}: {told}");
        }
    }
}

async fn signed_in(server: &Server, pair: &Pair) -> authkit_core::SignedIn {
    server.kit.current_user(&pair.access.as_str().into()).await.expect("signed in")
}

#[tokio::test]
async fn nobody_does_it_to_the_own_account_or_session() {
    let (server, root, pair, _) = Server::house().await;
    let session = signed_in(&server, &pair).await.session.id;
    act(&server, &pair, &root, "toggle-active")
        .json(&json!({"is_active": false}))
        .send()
        .await
        .refused(400, "self_forbidden");
    act(&server, &pair, &root, "change-role")
        .json(&json!({"role": "user"}))
        .send()
        .await
        .refused(400, "self_forbidden");
    act(&server, &pair, &root, "delete").send().await.refused(400, "self_forbidden");
    let own = server.post(format!("/admin/sessions/{session}/revoke")).bearer(&pair.access);
    let reply = own.send().await.refused(400, "self_forbidden");
    assert!(reply.json()["detail"].as_str().is_some_and(|text| text.contains("Cannot revoke your own active session")));
}

// S-42
#[tokio::test]
async fn delete_and_change_role_ask_for_a_fresh_proof() {
    let (server, _, root, eve) = Server::house().await;
    server.clock.advance(Duration::from_secs(5 * 60 + 1));
    act(&server, &root, &eve, "delete").send().await.refused(403, "reauthentication_required");
    let change = act(&server, &root, &eve, "change-role").json(&json!({"role": "editor"}));
    change.send().await.refused(403, "reauthentication_required");
    act(&server, &root, &eve, "toggle-active").json(&json!({"is_active": false})).send().await.expect(200);
}

#[tokio::test]
async fn a_session_that_is_twelve_hours_old_is_not_admitted() {
    let (server, _, root, _) = Server::house().await;
    let mut pair = root;
    for _ in 0..13 {
        server.clock.advance(Duration::from_secs(60 * 60));
        pair = server.post("/auth/refresh").bearer(&pair.refresh).send().await.expect(200).pair();
    }
    server.get("/auth/me").bearer(&pair.access).send().await.expect(200);
    server.get("/admin/api/users").bearer(&pair.access).send().await.refused(403, "reauthentication_required");
}

#[tokio::test]
async fn a_page_that_is_stale_changes_nothing() {
    let (server, _, root, eve) = Server::house().await;
    let seen = server.row(&eve).await.updated_at;
    server.clock.advance(Duration::from_secs(1));
    let toggle = |active: bool, seen: Value| {
        act(&server, &root, &eve, "toggle-active").json(&json!({"is_active": active, "updated_at": seen}))
    };
    toggle(false, json!(seen)).send().await.expect(200);
    toggle(true, json!(seen)).send().await.refused(409, "stale");
    let delete = act(&server, &root, &eve, "delete").json(&json!({"updated_at": seen}));
    delete.send().await.refused(409, "stale");
    let reply = toggle(true, json!("yesterday")).send().await.refused(422, "validation_failed");
    assert_eq!(reply.errors(), [("updated_at".to_owned(), "invalid".to_owned())]);
    toggle(true, Value::Null).send().await.expect(200);
}

#[tokio::test]
async fn an_action_takes_a_reason_and_nothing_that_it_does_not_know() {
    let (server, _, root, eve) = Server::house().await;
    let long = "x".repeat(201);
    let cases = [
        ("delete", json!({"force": true}), "force", "unknown_field"),
        ("delete", json!({"reason": long}), "reason", "too_long"),
        ("delete", json!({"reason": 1}), "reason", "invalid"),
        ("toggle-active", json!({}), "is_active", "required"),
        ("toggle-active", json!({"is_active": "yes"}), "is_active", "invalid"),
        ("toggle-active", json!({"is_active": true, "role": "admin"}), "role", "unknown_field"),
        ("change-role", json!({"role": null}), "role", "required"),
        ("change-role", json!({"role": 7}), "role", "invalid"),
    ];
    for (action, body, field, code) in cases {
        let reply = act(&server, &root, &eve, action).json(&body).send().await.refused(422, "validation_failed");
        assert_eq!(reply.errors(), [(field.to_owned(), code.to_owned())], "{action} {body}");
    }
    assert!(server.row(&eve).await.exists());
    let session = signed_in(&server, &server.sign_in("eve@example.com").await).await.session.id;
    let end = server.post(format!("/admin/sessions/{session}/revoke")).bearer(&root.access);
    let reply = end.json(&json!({"updated_at": "2026-01-01T00:00:00Z"})).send().await.refused(422, "validation_failed");
    assert_eq!(reply.errors(), [("updated_at".to_owned(), "unknown_field".to_owned())]);
    act(&server, &root, &eve, "delete").json(&json!({})).send().await.expect(200);
}

// S-69
#[tokio::test]
async fn the_last_admin_stays() {
    let (server, root, pair, _) = Server::house().await;
    let other = server.user("other@example.com", "admin").await;
    act(&server, &pair, &other, "delete").send().await.expect(200);
    // Only through a trusted place could the last one be removed: nobody can do it to the own account.
    let operator = authkit_core::Operator::cli("root");
    let client = authkit_core::ClientInfo::none();
    let gone = server.kit.delete_user(&operator, &root.id, authkit_core::Note::default(), &client).await;
    assert_eq!(gone.map_err(|error| error.code()), Err("last_admin"));
}

#[tokio::test]
async fn what_is_not_there_is_not_found() {
    let (server, _, root, eve) = Server::house().await;
    for id in ["0192f0c1-2d3e-7f40-8a5b-6c7d8e9f0a1b", "x", "a%20b", "%C3%A4", &"x".repeat(65)] {
        for (action, body) in [
            ("toggle-active", json!({"is_active": true})),
            ("change-role", json!({"role": "user"})),
            ("delete", json!({})),
        ] {
            let call = server.post(format!("/admin/users/{id}/{action}")).bearer(&root.access).json(&body);
            call.send().await.refused(404, "not_found");
        }
        let call = server.post(format!("/admin/sessions/{id}/revoke")).bearer(&root.access);
        call.send().await.refused(404, "not_found");
        server.get(format!("/admin/api/users/{id}")).bearer(&root.access).send().await.refused(404, "not_found");
    }
    act(&server, &root, &eve, "delete").send().await.expect(200);
    act(&server, &root, &eve, "toggle-active")
        .json(&json!({"is_active": false}))
        .send()
        .await
        .refused(404, "not_found");
}

// S-70
#[tokio::test]
async fn whoever_is_not_admitted_learns_nothing() {
    let (server, _, _, eve) = Server::house().await;
    let (_, user) = server.signed_in("ada@example.com", "user").await;
    let mut bodies = Vec::new();
    for id in [eve.id.as_str(), "unknown"] {
        for (method, path) in [
            ("POST", format!("/admin/users/{id}/toggle-active")),
            ("POST", format!("/admin/users/{id}/change-role")),
            ("POST", format!("/admin/users/{id}/delete")),
            ("POST", format!("/admin/sessions/{id}/revoke")),
            ("GET", "/admin/api/users".to_owned()),
            ("GET", format!("/admin/api/users/{id}")),
            ("GET", "/admin/api/sessions".to_owned()),
            ("GET", "/admin/api/audit".to_owned()),
            ("GET", "/admin/api/stats".to_owned()),
        ] {
            server.call(method, &*path).send().await.refused(401, "missing_token");
            let mut body =
                server.call(method, &*path).bearer(&user.access).send().await.refused(403, "forbidden").json();
            body["request_id"] = Value::Null;
            bodies.push(body);
        }
    }
    assert!(bodies.iter().all(|body| *body == bodies[0]));
    assert_eq!(server.events("access.refused").await.len(), bodies.len());
}

// S-70 S-75
#[tokio::test]
async fn an_operator_does_what_the_role_allows_and_a_refusal_is_recorded() {
    let (server, root, _, eve) = Server::house().await;
    let (_, support) = server.signed_in("support@example.com", "support").await;
    let (_, auditor) = server.signed_in("auditor@example.com", "auditor").await;
    let disable = json!({"is_active": false});
    act(&server, &auditor, &eve, "toggle-active").json(&disable).send().await.refused(403, "forbidden");
    act(&server, &support, &eve, "toggle-active").json(&disable).send().await.expect(200);
    act(&server, &support, &eve, "delete").send().await.refused(403, "forbidden");
    act(&server, &support, &eve, "change-role").json(&json!({"role": "editor"})).send().await.refused(403, "forbidden");
    act(&server, &support, &root, "toggle-active").json(&disable).send().await.refused(403, "forbidden");
    server.get("/admin/api/audit").bearer(&auditor.access).send().await.expect(200);
    let refused = server.events("access.refused").await;
    assert_eq!(refused.len(), 4);
    assert_eq!(refused[3].details["needed"], "/users/{id}/toggle-active");
}
