//! Changing, recovering and proving a password again.

use std::time::Duration;

use serde_json::json;

use crate::support::{ORIGIN, PASSWORD, Server};

const NEW: &str = "another lantern, another quay";

// S-7 S-37
#[tokio::test]
async fn a_change_keeps_only_the_session_that_it_opens() {
    let server = Server::new();
    let (_, ada) = server.signed_in("ada@example.com", "user").await;
    let elsewhere = server.sign_in("ada@example.com").await;
    let change = |current: &str| {
        let body = json!({"current_password": current, "new_password": NEW});
        server.post("/auth/change-password").bearer(&ada.access).json(&body)
    };
    change("guess").send().await.refused(401, "invalid_credentials");
    let weak = json!({"current_password": PASSWORD, "new_password": "short"});
    server.post("/auth/change-password").bearer(&ada.access).json(&weak).send().await.refused(422, "weak_password");
    let fresh = change(PASSWORD).send().await.expect(200).pair();
    for old in [&ada, &elsewhere] {
        server.get("/auth/me").bearer(&old.access).send().await.refused(401, "session_revoked");
        server.post("/auth/refresh").bearer(&old.refresh).send().await.refused(401, "session_revoked");
    }
    server.get("/auth/me").bearer(&fresh.access).send().await.expect(200);
}

// S-37 S-57 S-58
#[tokio::test]
async fn a_reset_works_once_and_keeps_no_session() {
    let server = Server::new();
    let (_, ada) = server.signed_in("ada@example.com", "user").await;
    server.post("/auth/forgot-password").json(&json!({"email": "ADA@example.com"})).send().await.expect(200);
    server.get("/auth/me").bearer(&ada.access).send().await.expect(200);
    let token = server.mailed_token();
    let reset = |token: &str, new: &str| {
        server.post("/auth/reset-password").json(&json!({"token": token, "new_password": new}))
    };
    reset(&token, "short").send().await.refused(422, "weak_password");
    let reply = reset(&token, NEW).send().await.expect(200);
    assert!(reply.cookies().is_empty() && reply.json().get("access_token").is_none());
    server.get("/auth/me").bearer(&ada.access).send().await.refused(401, "session_revoked");
    let again = reset(&token, NEW).send().await.refused(400, "invalid_reset_token");
    assert!(again.json()["detail"].as_str().is_some_and(|text| text.contains("already been used")));
    let body = json!({"email": "ada@example.com", "password": NEW});
    server.post("/auth/login").json(&body).send().await.expect(200);
}

// S-20
#[tokio::test]
async fn a_reset_takes_no_other_token_and_no_late_one() {
    let server = Server::new();
    let (_, ada) = server.signed_in("ada@example.com", "user").await;
    server.post("/auth/forgot-password").json(&json!({"email": "ada@example.com"})).send().await.expect(200);
    let token = server.mailed_token();
    server.clock.advance(Duration::from_secs(15 * 60 + 6));
    for token in [token.as_str(), &ada.access, &ada.refresh, "", "x.y.z"] {
        let body = json!({"token": token, "new_password": NEW});
        server.post("/auth/reset-password").json(&body).send().await.refused(400, "invalid_reset_token");
    }
}

// S-54
#[tokio::test]
async fn the_answer_to_a_reset_request_does_not_tell_whether_the_account_exists() {
    let server = Server::new();
    server.user("ada@example.com", "user").await;
    let ask = |email: &str| server.post("/auth/forgot-password").json(&json!({"email": email}));
    let known = ask("ada@example.com").send().await.expect(200);
    let unknown = ask("eve@example.com").send().await.expect(200);
    assert_eq!((known.body, known.headers), (unknown.body, unknown.headers));
    let reply = ask("no address").send().await.refused(422, "validation_failed");
    assert_eq!(reply.errors(), [("email".to_owned(), "invalid".to_owned())]);
}

// S-55
#[tokio::test]
async fn the_link_in_the_mail_is_built_from_the_configuration_alone() {
    let server = Server::new();
    server.user("ada@example.com", "user").await;
    let body = json!({"email": "ada@example.com"});
    let mut call = server.post("/auth/forgot-password").from("127.0.0.1").json(&body);
    for name in ["host", "x-forwarded-host", "x-original-host", "x-host", "x-forwarded-server"] {
        call = call.header(name, "evil.example");
    }
    let call = call.header("forwarded", "host=evil.example;proto=https").header("x-forwarded-proto", "https");
    call.send().await.expect(200);
    let mails = server.mails.all();
    let text = &mails.last().expect("a mail").text;
    assert!(text.contains(&format!("{ORIGIN}/admin/reset-password?token=")) && !text.contains("evil"), "{text}");
}

// S-42
#[tokio::test]
async fn a_proof_of_the_password_lasts_five_minutes() {
    let server = Server::new();
    let (_, root) = server.signed_in("root@example.com", "admin").await;
    let eve = server.user("eve@example.com", "user").await;
    server.clock.advance(Duration::from_secs(301));
    let delete = || server.post(format!("/admin/users/{}/delete", eve.id)).bearer(&root.access);
    delete().send().await.refused(403, "reauthentication_required");
    let prove =
        |password: &str| server.post("/auth/reauthenticate").bearer(&root.access).json(&json!({"password": password}));
    prove("guess").send().await.refused(401, "invalid_credentials");
    delete().send().await.refused(403, "reauthentication_required");
    prove(PASSWORD).send().await.expect(200);
    delete().send().await.expect(200);
}
