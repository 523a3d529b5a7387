//! Registering, signing in, refreshing, and the own profile.

use authkit_core::{Field, Timestamp};
use serde_json::{Value, json};

use crate::support::{Browser, PASSWORD, Server};

fn keys(object: &Value) -> Vec<&str> {
    object.as_object().expect("an object").keys().map(String::as_str).collect()
}

#[tokio::test]
async fn whoever_registers_gets_the_user_object_and_can_sign_in() {
    let server = Server::new();
    let body = json!({"email": "Ada@Example.com", "password": PASSWORD});
    let user = server.post("/auth/register").json(&body).send().await.expect(201).json();
    assert_eq!(
        keys(&user),
        ["created_at", "email", "id", "is_active", "is_verified", "role", "updated_at"],
        "serde_json sorts what it reads"
    );
    assert_eq!((&user["email"], &user["role"]), (&json!("Ada@Example.com"), &json!("user")));
    assert!(user["created_at"].as_str().is_some_and(|at| at.ends_with('Z') && Timestamp::parse(at).is_some()));

    let pair = server.sign_in("ada@example.COM").await;
    let me = server.get("/auth/me").bearer(&pair.access).send().await.expect(200).json();
    assert_eq!(me, user);
}

#[tokio::test]
async fn a_taken_address_is_told_in_any_spelling() {
    let server = Server::new();
    server.user("ada@example.com", "user").await;
    let body = json!({"email": "ADA@example.com", "password": PASSWORD});
    let reply = server.post("/auth/register").json(&body).send().await.refused(409, "email_taken");
    assert!(reply.json()["detail"].as_str().is_some_and(|text| text.contains("already registered")));
}

#[tokio::test]
async fn registration_can_be_closed() {
    let server = Server::with(|config| config.registration(false));
    let body = json!({"email": "ada@example.com", "password": PASSWORD});
    server.post("/auth/register").json(&body).send().await.refused(403, "registration_disabled");
}

// S-1 S-17
#[tokio::test]
async fn registration_takes_what_is_declared_and_nothing_else() {
    let fields = [
        Field::text("company").max(5).at_registration().editable().exposed(),
        Field::integer("seats").at_registration().exposed(),
        Field::boolean("secret_flag").at_registration(),
        Field::text("tier").exposed(),
    ];
    let server = Server::with(|config| config.profile_fields(fields));
    let with = |extra: Value| {
        let mut body = json!({"email": "ada@example.com", "password": PASSWORD});
        body.as_object_mut().expect("an object").extend(extra.as_object().expect("an object").clone());
        body
    };
    for (extra, field, code) in [
        (json!({"role": "admin"}), "role", "unknown_field"),
        (json!({"roles": ["admin"]}), "roles", "unknown_field"),
        (json!({"is_admin": true}), "is_admin", "unknown_field"),
        (json!({"is_active": false}), "is_active", "unknown_field"),
        (json!({"is_verified": true}), "is_verified", "unknown_field"),
        (json!({"id": "1"}), "id", "unknown_field"),
        (json!({"tier": "gold"}), "tier", "unknown_field"),
        (json!({"company": "too long"}), "company", "too_long"),
        (json!({"company": 1}), "company", "invalid"),
        (json!({"seats": 1.5}), "seats", "invalid"),
    ] {
        let reply = server.post("/auth/register").json(&with(extra)).send().await.refused(422, "validation_failed");
        assert_eq!(reply.errors(), [(field.to_owned(), code.to_owned())]);
    }
    for password in ["elevenchars", "password1234"] {
        let body = json!({"email": "ada@example.com", "password": password});
        server.post("/auth/register").json(&body).send().await.refused(422, "weak_password");
    }
    assert_eq!(server.store.calls(), 0, "nothing was asked of a store");

    let body = with(json!({"company": "Acme", "seats": 3, "secret_flag": true}));
    let user = server.post("/auth/register").json(&body).send().await.expect(201).json();
    assert_eq!((&user["company"], &user["seats"]), (&json!("Acme"), &json!(3)));
    assert!(user.get("secret_flag").is_none() && user.get("tier").is_none());
}

#[tokio::test]
async fn an_address_that_is_none_is_refused_at_registration() {
    let server = Server::new();
    for email in [
        "",
        "ada",
        "ada@",
        "a@b@example.com",
        "ada\0@example.com",
        "ada@example.com,eve@example.com",
        "a b@example.com",
    ] {
        let body = json!({"email": email, "password": PASSWORD});
        let reply = server.post("/auth/register").json(&body).send().await.refused(422, "validation_failed");
        assert_eq!(reply.errors(), [("email".to_owned(), "invalid".to_owned())], "{email:?}");
    }
    assert_eq!(server.store.calls(), 0);
}

// S-10
#[tokio::test]
async fn a_failed_sign_in_does_not_tell_why() {
    let server = Server::new();
    let ada = server.user("ada@example.com", "user").await;
    let attempt = |email: &str, password: &str| {
        let body = json!({"email": email, "password": password});
        let server = server.clone();
        async move { server.post("/auth/login").header("x-request-id", "x").json(&body).send().await }
    };
    let operator = authkit_core::Operator::system();
    let wrong = attempt("ada@example.com", "guess").await.refused(401, "invalid_credentials");
    let unknown = attempt("eve@example.com", "guess").await.refused(401, "invalid_credentials");
    let no_address = attempt("my password", "guess").await.refused(401, "invalid_credentials");
    let note = authkit_core::Note::default();
    server.kit.set_active(&operator, &ada.id, false, note, &authkit_core::ClientInfo::none()).await.expect("disabled");
    let disabled = attempt("ada@example.com", "guess").await.refused(401, "invalid_credentials");
    for other in [&unknown, &no_address, &disabled] {
        assert_eq!(other.headers, wrong.headers);
        let without_id = |body: Value| {
            let mut body = body;
            body["request_id"] = Value::Null;
            body
        };
        assert_eq!(without_id(other.json()), without_id(wrong.json()));
        assert_eq!(other.body.len(), wrong.body.len());
    }
    assert!(wrong.json()["detail"].as_str().is_some_and(|text| text.contains("Incorrect email")));

    let told = attempt("ada@example.com", PASSWORD).await.refused(403, "account_disabled");
    assert!(told.json()["detail"].as_str().is_some_and(|text| text.contains("deactivated")));
    assert_eq!(server.events("session.open_failed").await.len(), 5);
}

#[tokio::test]
async fn a_token_response_says_what_its_clients_read() {
    let server = Server::new();
    server.user("ada@example.com", "user").await;
    let body = json!({"email": "ada@example.com", "password": PASSWORD});
    let reply = server.post("/auth/login").json(&body).send().await.expect(200);
    let tokens = reply.json();
    assert_eq!(keys(&tokens), ["access_token", "expires_in", "refresh_token", "token_type"]);
    assert_eq!((&tokens["token_type"], &tokens["expires_in"]), (&json!("bearer"), &json!(900)));
}

#[tokio::test]
async fn a_refresh_gives_the_next_pair_by_cookie_and_by_header() {
    let server = Server::new();
    let (_, first) = server.signed_in("ada@example.com", "user").await;
    server.clock.advance(std::time::Duration::from_secs(60));
    let second = server.post("/auth/refresh").bearer(&first.refresh).send().await.expect(200).pair();
    assert_ne!((&first.access, &first.refresh), (&second.access, &second.refresh));

    let browser = Browser::new();
    let body = json!({"email": "ada@example.com", "password": PASSWORD});
    server.post("/auth/login").json(&body).by(&browser).send().await.expect(200);
    let before = browser.pair();
    server.clock.advance(std::time::Duration::from_secs(60));
    server.post("/auth/refresh").by(&browser).send().await.expect(200);
    assert_ne!(before.refresh, browser.pair().refresh);
    server.get("/auth/me").by(&browser).send().await.expect(200);
}

// S-30
#[tokio::test]
async fn an_old_refresh_token_ends_the_session_and_clears_the_cookies() {
    let server = Server::new();
    let (_, first) = server.signed_in("ada@example.com", "user").await;
    let second = server.post("/auth/refresh").bearer(&first.refresh).send().await.expect(200).pair();
    server.clock.advance(std::time::Duration::from_secs(11));
    let reply = server.post("/auth/refresh").cookie("authkit_refresh", &first.refresh).send().await;
    let reply = reply.refused(401, "session_reused");
    assert!(reply.clears_cookies());
    assert_eq!(reply.header("www-authenticate"), Some("Bearer error=\"invalid_token\""));
    server.get("/auth/me").bearer(&second.access).send().await.refused(401, "session_revoked");
    server.post("/auth/refresh").bearer(&second.refresh).send().await.refused(401, "session_revoked");
}

#[tokio::test]
async fn a_refused_refresh_clears_cookies_but_for_a_token_from_the_future() {
    let server = Server::new();
    let (_, pair) = server.signed_in("ada@example.com", "user").await;
    let refresh = |name: &'static str, value: String| {
        let server = server.clone();
        async move { server.post("/auth/refresh").cookie(name, &value).send().await }
    };
    assert!(refresh("authkit_refresh", "x.y.z".to_owned()).await.refused(401, "invalid_token").clears_cookies());
    assert!(refresh("authkit_refresh", pair.access.clone()).await.refused(401, "invalid_token").clears_cookies());
    assert!(refresh("other", "x".to_owned()).await.refused(401, "missing_token").clears_cookies());
    let by_header = server.post("/auth/refresh").bearer("x.y.z").send().await.refused(401, "invalid_token");
    assert!(by_header.cookies().is_empty(), "a program without a jar has nothing to clear");

    server.clock.step_back(std::time::Duration::from_secs(60));
    let early = refresh("authkit_refresh", pair.refresh.clone()).await.refused(401, "invalid_token");
    assert!(early.cookies().is_empty());
    server.clock.advance(std::time::Duration::from_secs(60));
    refresh("authkit_refresh", pair.refresh.clone()).await.expect(200);

    server.clock.advance(std::time::Duration::from_secs(7 * 24 * 60 * 60 + 6));
    assert!(refresh("authkit_refresh", pair.refresh).await.refused(401, "session_expired").clears_cookies());
}

// S-7
#[tokio::test]
async fn the_own_profile_is_read_and_changed() {
    let fields = [Field::text("company").editable().exposed(), Field::text("tier").exposed()];
    let server = Server::with(|config| config.profile_fields(fields));
    let (_, ada) = server.signed_in("ada@example.com", "user").await;
    let patch = |body: Value| server.call("PATCH", "/auth/me").bearer(&ada.access).json(&body);
    let user = patch(json!({"company": "Acme"})).send().await.expect(200).json();
    assert_eq!(user["company"], "Acme");
    assert_eq!(server.get("/auth/me").bearer(&ada.access).send().await.expect(200).json(), user);
    let user = patch(json!({"company": null})).send().await.expect(200).json();
    assert!(user.get("company").is_none_or(Value::is_null));
    for field in ["tier", "email", "role", "password", "is_active"] {
        let reply = patch(json!({field: "x"})).send().await.refused(422, "validation_failed");
        assert_eq!(reply.errors(), [(field.to_owned(), "unknown_field".to_owned())]);
    }
    server.call("PATCH", "/auth/me").json(&json!({"company": "x"})).send().await.refused(401, "missing_token");
}
