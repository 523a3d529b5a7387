//! Signing out, and the sessions that somebody has.

use std::time::Duration;

use authkit_core::{ClientInfo, Note, Operator};
use serde_json::{Value, json};

use crate::support::{Browser, Call, PASSWORD, Pair, Server};

// S-39
#[tokio::test]
async fn a_sign_out_is_done_once_and_answered_twice() {
    let server = Server::new();
    let (_, ada) = server.signed_in("ada@example.com", "user").await;
    for _ in 0..2 {
        let reply = server.post("/auth/logout").cookie("authkit_refresh", &ada.refresh).send().await.expect(200);
        assert!(reply.clears_cookies() && reply.json()["message"].is_string());
    }
    server.get("/auth/me").bearer(&ada.access).send().await.refused(401, "session_revoked");
    assert_eq!(server.events("session.closed").await.len(), 1);
}

async fn out(call: Call<'_>) {
    call.send().await.expect(200);
}

// S-39
#[tokio::test]
async fn a_sign_out_works_with_whatever_token_of_the_session() {
    let server = Server::new();
    server.user("ada@example.com", "user").await;
    let rotated = server.sign_in("ada@example.com").await;
    let next = server.post("/auth/refresh").bearer(&rotated.refresh).send().await.expect(200).pair();
    let expired = server.sign_in("ada@example.com").await;
    let access_only = server.sign_in("ada@example.com").await;
    server.clock.advance(Duration::from_secs(16 * 60));
    out(server.post("/auth/logout").bearer(&rotated.refresh)).await;
    out(server.post("/auth/logout").bearer(&expired.access)).await;
    out(server.post("/auth/logout").cookie("authkit_access", &access_only.access)).await;
    out(server.post("/auth/logout")).await;
    out(server.post("/auth/logout").bearer("rubbish")).await;
    for pair in [&next, &expired, &access_only] {
        server.post("/auth/refresh").bearer(&pair.refresh).send().await.refused(401, "session_revoked");
    }
}

// S-35
#[tokio::test]
async fn after_the_answer_no_request_gets_through() {
    let server = Server::new();
    let ada = server.user("ada@example.com", "user").await;
    let (operator, client) = (Operator::system(), ClientInfo::none());
    let dead = |pair: Pair, status: u16, code: &'static str| {
        let server = server.clone();
        async move {
            server.get("/auth/me").bearer(&pair.access).send().await.refused(status, code);
            server.post("/auth/refresh").bearer(&pair.refresh).send().await.refused(status, code);
        }
    };
    let one = server.sign_in("ada@example.com").await;
    server.post("/auth/logout-all").bearer(&one.access).send().await.expect(200);
    dead(one, 401, "session_revoked").await;

    let two = server.sign_in("ada@example.com").await;
    server.kit.set_active(&operator, &ada.id, false, Note::default(), &client).await.expect("disabled");
    dead(two.clone(), 403, "account_disabled").await;
    server.kit.set_active(&operator, &ada.id, true, Note::default(), &client).await.expect("enabled");
    dead(two, 401, "session_revoked").await;

    let three = server.sign_in("ada@example.com").await;
    server.kit.delete_user(&operator, &ada.id, Note::default(), &client).await.expect("deleted");
    dead(three, 401, "session_revoked").await;
}

#[tokio::test]
async fn signing_out_everywhere_ends_every_session_and_clears_the_cookies() {
    let server = Server::new();
    let (_, ada) = server.signed_in("ada@example.com", "user").await;
    let elsewhere = server.sign_in("ada@example.com").await;
    let reply = server.post("/auth/logout-all").cookie("authkit_access", &ada.access).send().await.expect(200);
    assert!(reply.clears_cookies());
    server.get("/auth/me").bearer(&elsewhere.access).send().await.refused(401, "session_revoked");
    server.post("/auth/logout-all").send().await.refused(401, "missing_token");
}

// S-38
#[tokio::test]
async fn somebody_sees_and_ends_the_own_sessions_and_no_others() {
    let server = Server::new();
    let (_, ada) = server.signed_in("ada@example.com", "user").await;
    server.clock.advance(Duration::from_secs(1));
    let phone = {
        let body = json!({"email": "ada@example.com", "password": PASSWORD});
        let agent = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";
        server.post("/auth/login").from("198.51.100.7").header("user-agent", agent).json(&body).send().await.pair()
    };
    let (_, eve) = server.signed_in("eve@example.com", "user").await;
    let list = |pair: &Pair| server.get("/auth/sessions").bearer(&pair.access);
    let sessions = list(&ada).send().await.expect(200).json();
    let newest = &sessions[0];
    assert_eq!(sessions.as_array().map(Vec::len), Some(2));
    assert_eq!((&newest["ip_address"], &newest["device"]), (&json!("198.51.100.7"), &json!("Firefox on Linux")));
    assert_eq!((&newest["current"], &sessions[1]["current"]), (&json!(false), &json!(true)));
    let id = |session: &Value| session["id"].as_str().expect("an id").to_owned();

    let end = |id: String, pair: &Pair| server.call("DELETE", format!("/auth/sessions/{id}")).bearer(&pair.access);
    let foreign = id(&list(&eve).send().await.json()[0]);
    let unknown = "0192f0c1-2d3e-7f40-8a5b-6c7d8e9f0a1b".to_owned();
    let bodies: Vec<Value> = {
        let mut bodies = Vec::new();
        for id in [foreign.clone(), unknown, "x".to_owned(), foreign.to_uppercase()] {
            let mut body = end(id, &ada).send().await.refused(404, "not_found").json();
            body["request_id"] = Value::Null;
            bodies.push(body);
        }
        bodies
    };
    assert!(bodies.iter().all(|body| *body == bodies[0]), "an unknown and a foreign id are the same");
    list(&eve).send().await.expect(200);

    let reply = end(id(newest), &ada).send().await.expect(204);
    assert!(reply.cookies().is_empty() && reply.body.is_empty());
    server.get("/auth/me").bearer(&phone.access).send().await.refused(401, "session_revoked");
    assert!(end(id(&sessions[1]), &ada).send().await.expect(204).clears_cookies(), "the own one");
    list(&ada).send().await.refused(401, "session_revoked");
}

// S-38
#[tokio::test]
async fn all_other_sessions_end_at_once() {
    let server = Server::new();
    let (_, ada) = server.signed_in("ada@example.com", "user").await;
    let others = [server.sign_in("ada@example.com").await, server.sign_in("ada@example.com").await];
    let revoke = || server.post("/auth/sessions/revoke-others").bearer(&ada.access);
    assert_eq!(revoke().send().await.expect(200).json(), json!({"revoked": 2}));
    assert_eq!(revoke().send().await.expect(200).json(), json!({"revoked": 0}));
    for other in others {
        server.get("/auth/me").bearer(&other.access).send().await.refused(401, "session_revoked");
    }
    server.get("/auth/me").bearer(&ada.access).send().await.expect(200);
}

// S-18
#[tokio::test]
async fn a_sign_in_ends_the_session_that_the_device_still_held() {
    let server = Server::new();
    server.user("ada@example.com", "user").await;
    let browser = Browser::new();
    let login =
        || server.post("/auth/login").json(&json!({"email": "ada@example.com", "password": PASSWORD})).by(&browser);
    login().send().await.expect(200);
    let old = browser.pair();
    login().send().await.expect(200);
    assert_ne!(old.refresh, browser.pair().refresh);
    server.get("/auth/me").bearer(&old.access).send().await.refused(401, "session_revoked");
    server.get("/auth/me").by(&browser).send().await.expect(200);
}
