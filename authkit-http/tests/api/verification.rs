//! Proving an address: the routes, and what they give away.

use std::time::Duration;

use authkit_core::{MailKind, ThrottleMode};
use serde_json::{Value, json};

use crate::support::{ORIGIN, PASSWORD, Reply, SECRET, Server};

const ADA: &str = "ada@example.com";

fn strict() -> Server {
    Server::with(|config| config.require_verified_email(true))
}

async fn register(server: &Server, email: &str) -> Reply {
    server.post("/auth/register").json(&json!({"email": email, "password": PASSWORD})).send().await
}

async fn verify(server: &Server, token: impl Into<Value>) -> Reply {
    server.post("/auth/verify-email").json(&json!({"token": token.into()})).send().await
}

async fn log_in(server: &Server, password: &str) -> Reply {
    server.post("/auth/login").json(&json!({"email": ADA, "password": password})).send().await
}

// S-10 S-60
#[tokio::test]
async fn an_address_is_proven_before_its_owner_gets_in() {
    let server = strict();
    let registered = register(&server, ADA).await.expect(202);
    assert!(registered.cookies().is_empty() && !String::from_utf8_lossy(&registered.body).contains(ADA));
    log_in(&server, "guess").await.refused(401, "invalid_credentials");
    let told = log_in(&server, PASSWORD).await.refused(403, "email_not_verified");
    assert!(told.cookies().is_empty());
    let token = server.mailed_verification();
    let done = verify(&server, token.as_str()).await.expect(200);
    assert!(
        done.cookies().is_empty() && done.json()["message"].is_string() && done.json().get("access_token").is_none()
    );
    let pair = log_in(&server, PASSWORD).await.expect(200).pair();
    let me = server.get("/auth/me").bearer(&pair.access).send().await.expect(200);
    assert_eq!(me.json()["is_verified"], true);
    let again = verify(&server, token.as_str()).await.refused(400, "invalid_verification_token");
    assert!(again.json()["detail"].as_str().is_some_and(|text| text.contains("already been used")));
}

// S-16
#[tokio::test]
async fn registering_tells_nothing_of_a_taken_address() {
    let server = strict();
    let new = register(&server, ADA).await.expect(202);
    let taken = register(&server, "ADA@example.com").await.expect(202);
    let other = register(&server, "eve@example.com").await.expect(202);
    for reply in [&taken, &other] {
        assert_eq!((&new.headers, &new.body), (&reply.headers, &reply.body));
    }
    let mails = server.mails.all();
    let kinds: Vec<_> =
        mails.iter().map(|mail| (mail.to.as_str(), matches!(mail.kind, MailKind::AddressTaken))).collect();
    assert_eq!(kinds, [(ADA, false), (ADA, true), ("eve@example.com", false)]);
}

// S-62 S-20
#[tokio::test]
async fn a_blank_token_and_any_other_never_match() {
    let server = strict();
    let (_, eve) = server.signed_in("eve@example.com", "user").await;
    register(&server, ADA).await.expect(202);
    server.post("/auth/forgot-password").json(&json!({"email": "eve@example.com"})).send().await.expect(200);
    let reset = server.mailed_token();
    for token in ["", " ", "\t", "\n", "null", "\0", "..", &eve.access, &eve.refresh, &reset] {
        verify(&server, token).await.refused(400, "invalid_verification_token");
    }
    for none in [Value::Null, json!(0), json!([]), json!({})] {
        verify(&server, none).await.refused(422, "validation_failed");
    }
    let body = json!({});
    server.post("/auth/verify-email").json(&body).send().await.refused(422, "validation_failed");
    log_in(&server, PASSWORD).await.refused(403, "email_not_verified");
}

#[tokio::test]
async fn another_link_is_sent_to_who_waits_and_the_answer_is_the_same_for_everybody() {
    let server = strict();
    server.user("done@example.com", "user").await;
    register(&server, ADA).await.expect(202);
    let ask = |email: &str| server.post("/auth/resend-verification").json(&json!({"email": email}));
    let waiting = ask("ADA@example.com").send().await.expect(200);
    for email in ["done@example.com", "nobody@example.com"] {
        let other = ask(email).send().await.expect(200);
        assert_eq!((&waiting.headers, &waiting.body), (&other.headers, &other.body));
    }
    assert_eq!(server.mails.all().len(), 2);
    let reply = ask("no address").send().await.refused(422, "validation_failed");
    assert_eq!(reply.errors(), [("email".to_owned(), "invalid".to_owned())]);
    verify(&server, server.mailed_verification()).await.expect(200);
}

#[tokio::test]
async fn asking_for_links_is_throttled() {
    let server = Server::with(|config| config.require_verified_email(true).throttle(ThrottleMode::On));
    let ask = |email: String| server.post("/auth/resend-verification").json(&json!({"email": email}));
    for n in 0..20 {
        ask(format!("user{n}@example.com")).send().await.expect(200);
    }
    let reply = ask(ADA.to_owned()).send().await.refused(429, "throttled");
    assert!(reply.header("retry-after").is_some());
}

// S-55
#[tokio::test]
async fn the_link_is_built_from_the_configuration_alone() {
    let server = strict();
    let call = server.post("/auth/register").json(&json!({"email": ADA, "password": PASSWORD}));
    let call = call.header("host", "evil.example").header("x-forwarded-host", "evil.example");
    call.send().await.expect(202);
    let mails = server.mails.all();
    let text = &mails.last().expect("a mail").text;
    assert!(text.contains(&format!("{ORIGIN}/admin/verify-email?token=")) && !text.contains("evil"), "{text}");
}

// S-60
#[tokio::test]
async fn a_session_from_before_is_refused_and_its_cookies_stay_until_the_address_is_proven() {
    let server = Server::with(|config| config.secret_key(SECRET));
    register(&server, ADA).await.expect(201);
    let pair = log_in(&server, PASSWORD).await.expect(200).pair();
    let strict = server.again(|config| config.secret_key(SECRET).require_verified_email(true));
    strict.get("/auth/me").bearer(&pair.access).send().await.refused(403, "email_not_verified");
    strict.get("/auth/sessions").bearer(&pair.access).send().await.refused(403, "email_not_verified");
    let refresh = || strict.post("/auth/refresh").cookie("authkit_refresh", &pair.refresh);
    let told = refresh().send().await.refused(403, "email_not_verified");
    assert!(told.cookies().is_empty());
    strict.post("/auth/resend-verification").json(&json!({"email": ADA})).send().await.expect(200);
    verify(&strict, strict.mailed_verification()).await.expect(200);
    strict.get("/auth/me").bearer(&pair.access).send().await.refused(401, "session_revoked");
    let over = refresh().send().await.refused(401, "session_revoked");
    assert_eq!(over.cookies().len(), 2, "now they go");
}

#[tokio::test]
async fn a_link_is_good_for_a_day() {
    let server = strict();
    register(&server, ADA).await.expect(202);
    let token = server.mailed_verification();
    server.clock.advance(Duration::from_secs(24 * 60 * 60 + 6));
    verify(&server, token).await.refused(400, "invalid_verification_token");
}
