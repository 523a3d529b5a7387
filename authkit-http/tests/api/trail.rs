//! What a day of requests leaves in the audit trail.

use std::collections::BTreeSet;
use std::time::Duration;

use serde_json::{Value, json};

use crate::support::{Call, PASSWORD, Server};

const NEW: &str = "another lantern, another quay";
const TYPO: &str = "a lantern under the quay";

fn agent(call: Call<'_>) -> Call<'_> {
    call.from("198.51.100.7").header("user-agent", "curl/8.5.0")
}

/// Registers, signs in and out, fails, recovers, is administered; answers with every secret that was in use.
async fn a_day(server: &Server) -> Vec<String> {
    let (_, root) = server.signed_in("root@example.com", "admin").await;
    let credentials = |email: &str, password: &str| json!({"email": email, "password": password});
    let post = |path: &str, body: Value| agent(server.post(path).json(&body)).send();
    let ada = post("/auth/register", credentials("ada@example.com", PASSWORD)).await.expect(201).json();
    post("/auth/login", credentials("ada@example.com", TYPO)).await.expect(401);
    post("/auth/login", credentials(TYPO, PASSWORD)).await.expect(401);
    let first = post("/auth/login", credentials("ada@example.com", PASSWORD)).await.expect(200).pair();
    let bare = |path: String, token: &str| agent(server.post(path).bearer(token)).send();
    let next = bare("/auth/refresh".to_owned(), &first.refresh).await.expect(200).pair();
    bare("/auth/refresh".to_owned(), &first.refresh).await.expect(200);
    server.clock.advance(Duration::from_secs(11));
    bare("/auth/refresh".to_owned(), &first.refresh).await.expect(401);
    let second = post("/auth/login", credentials("ada@example.com", PASSWORD)).await.expect(200).pair();
    agent(server.get("/admin/api/users").bearer(&second.access)).send().await.expect(403);
    agent(server.post("/auth/login").json(&json!({})).header("origin", "null")).send().await.expect(403);
    let prove = agent(server.post("/auth/reauthenticate").bearer(&second.access).json(&json!({"password": PASSWORD})));
    prove.send().await.expect(200);
    let change = json!({"current_password": PASSWORD, "new_password": NEW});
    let third = agent(server.post("/auth/change-password").bearer(&second.access).json(&change)).send().await.pair();
    bare("/auth/sessions/revoke-others".to_owned(), &third.access).await.expect(200);
    bare("/auth/logout".to_owned(), &third.refresh).await.expect(200);
    post("/auth/forgot-password", json!({"email": "ada@example.com"})).await.expect(200);
    let token = server.mailed_token();
    post("/auth/reset-password", json!({"token": token, "new_password": PASSWORD})).await.expect(200);
    post("/auth/reset-password", json!({"token": token, "new_password": PASSWORD})).await.expect(400);
    let fourth = post("/auth/login", credentials("ada@example.com", PASSWORD)).await.expect(200).pair();
    bare("/auth/logout-all".to_owned(), &fourth.access).await.expect(200);
    let id = ada["id"].as_str().expect("an id");
    for (action, body) in [
        ("change-role", json!({"role": "editor"})),
        ("toggle-active", json!({"is_active": false})),
        ("toggle-active", json!({"is_active": true})),
        ("delete", json!({})),
    ] {
        let act = server.post(format!("/admin/users/{id}/{action}")).bearer(&root.access).json(&body);
        agent(act).send().await.expect(200);
    }
    let pairs = [root, first, next, second, third, fourth];
    let tokens = pairs.into_iter().flat_map(|pair| [pair.access, pair.refresh]);
    tokens.chain([token, PASSWORD.to_owned(), NEW.to_owned(), TYPO.to_owned()]).collect()
}

async fn all_events(server: &Server) -> Vec<Value> {
    let root = server.sign_in("root@example.com").await;
    let mut events = Vec::new();
    let mut cursor = String::new();
    loop {
        let page = server.get(format!("/admin/api/audit?limit=10&cursor={cursor}")).bearer(&root.access);
        let page = page.send().await.expect(200).json();
        events.extend(page["items"].as_array().expect("items").clone());
        match page["next_cursor"].as_str() {
            Some(next) => next.clone_into(&mut cursor),
            None => return events,
        }
    }
}

// S-75
#[tokio::test]
async fn whatever_happens_is_recorded_with_who_and_from_where() {
    let server = Server::new();
    a_day(&server).await;
    let events = all_events(&server).await;
    let codes: BTreeSet<_> = events.iter().filter_map(|event| event["code"].as_str()).collect();
    for code in [
        "user.registered",
        "session.open_failed",
        "session.opened",
        "session.refresh_replayed",
        "session.reuse_detected",
        "access.refused",
        "request.cross_site_refused",
        "session.confirmed",
        "password.changed",
        "session.closed",
        "session.closed_all",
        "password.reset_requested",
        "password.reset_completed",
        "password.reset_failed",
        "user.role_changed",
        "user.disabled",
        "user.enabled",
        "user.deleted",
    ] {
        assert!(codes.contains(code), "{code} is missing in {codes:?}");
    }
    assert!(!codes.contains("session.refreshed"), "off unless asked for");
    let of_requests = events.iter().filter(|event| event["ip_address"] == "198.51.100.7");
    let mut n = 0;
    for event in of_requests {
        assert!(event["request_id"].as_str().is_some_and(|id| id.len() == 36), "{event}");
        assert_eq!((&event["user_agent"], &event["device"]), (&json!("curl/8.5.0"), &json!("curl")), "{event}");
        n += 1;
    }
    assert!(n >= 20, "{n}");
}

// S-78 S-96
#[tokio::test]
async fn no_secret_is_in_the_trail() {
    let server = Server::new();
    let secrets = a_day(&server).await;
    let text = Value::from(all_events(&server).await).to_string();
    for secret in secrets {
        // A token is its signature: the header of all is the same.
        let told = secret.rsplit('.').next().expect("a part");
        assert!(!text.contains(told), "{told}");
    }
}
