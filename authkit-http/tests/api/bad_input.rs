//! Bodies that are not what they should be: the documented 4xx, no panic, nothing stored, no store asked.

use authkit_http::Body;
use bytes::Bytes;
use serde_json::json;

use crate::support::{PASSWORD, Server};

const READERS: [&str; 6] = [
    "/auth/register",
    "/auth/login",
    "/auth/forgot-password",
    "/auth/reset-password",
    "/auth/verify-email",
    "/auth/resend-verification",
];

async fn raw(server: &Server, path: &str, body: impl Into<Body>) -> crate::support::Reply {
    server.post(path).header("content-type", "application/json").body(body).send().await
}

#[tokio::test]
async fn what_is_no_json_is_malformed() {
    let server = Server::new();
    for path in READERS {
        for body in [
            &b""[..],
            b"{",
            b"{\"email\": \"a@b.example\"",
            b"nonsense",
            b"{\"email\":\"\xff\"}",
            b"{\"email\":1,}",
            b"\0",
        ] {
            raw(&server, path, body.to_vec()).await.refused(400, "malformed_request");
        }
        raw(&server, path, "[".repeat(10_000)).await.refused(400, "malformed_request");
        let deep = format!("{}1{}", "{\"a\":".repeat(2_000), "}".repeat(2_000));
        raw(&server, path, deep).await.refused(400, "malformed_request");
    }
    assert_eq!(server.store.calls(), 0);
}

#[tokio::test]
async fn json_of_the_wrong_form_is_told_field_by_field() {
    let server = Server::new();
    for body in ["[]", "null", "1", "\"text\"", "[{}]"] {
        for path in READERS {
            let reply = raw(&server, path, body).await.refused(422, "validation_failed");
            assert_eq!(reply.errors(), [(String::new(), "invalid".to_owned())]);
        }
    }
    let errors = |pairs: &[(&str, &str)]| {
        pairs.iter().map(|(field, code)| ((*field).to_owned(), (*code).to_owned())).collect::<Vec<_>>()
    };
    let reply = raw(&server, "/auth/login", r#"{"email": 5, "other": true}"#).await.refused(422, "validation_failed");
    assert_eq!(reply.errors(), errors(&[("email", "invalid"), ("password", "required"), ("other", "unknown_field")]));
    let reply = raw(&server, "/auth/login", r#"{"email": null, "password": ["x"]}"#).await;
    assert_eq!(
        reply.refused(422, "validation_failed").errors(),
        errors(&[("email", "required"), ("password", "invalid")])
    );
    let twice = r#"{"email": "a@b.example", "email": "c@d.example", "password": "x"}"#;
    let reply = raw(&server, "/auth/login", twice).await.refused(422, "validation_failed");
    assert_eq!(reply.errors(), errors(&[("email", "invalid")]));
    assert_eq!(server.store.calls(), 0);
}

// S-92
#[tokio::test]
async fn a_body_past_the_limit_is_not_read_to_its_end() {
    let server = Server::new();
    let (_, ada) = server.signed_in("ada@example.com", "user").await;
    let asked = server.store.calls();
    let endless = || {
        let piece = Bytes::from(vec![b' '; 1024]);
        Body::stream(futures_util::stream::iter((0..1024 * 1024).map(move |_| Ok(piece.clone()))))
    };
    for path in READERS {
        raw(&server, path, endless()).await.refused(413, "body_too_large");
        raw(&server, path, " ".repeat(16 * 1024 + 1)).await.refused(413, "body_too_large");
        raw(&server, path, " ".repeat(16 * 1024)).await.refused(400, "malformed_request");
    }
    for path in ["/auth/refresh", "/auth/logout"] {
        raw(&server, path, endless()).await.refused(413, "body_too_large");
    }
    assert_eq!(server.store.calls(), asked);
    let call = server.post("/auth/change-password").bearer(&ada.access).header("content-type", "application/json");
    call.body(endless()).send().await.refused(413, "body_too_large");
}

#[tokio::test]
async fn a_body_that_breaks_off_is_malformed() {
    let server = Server::new();
    let pieces = [Ok(Bytes::from("{\"email\":")), Err(std::io::Error::other("connection reset"))];
    raw(&server, "/auth/login", Body::stream(futures_util::stream::iter(pieces)))
        .await
        .refused(400, "malformed_request");
}

#[tokio::test]
async fn a_body_where_none_is_due_stops_the_request_before_any_effect() {
    let server = Server::new();
    let (_, ada) = server.signed_in("ada@example.com", "user").await;
    let id = server.get("/auth/sessions").bearer(&ada.access).send().await.json()[0]["id"].clone();
    let session = format!("/auth/sessions/{}", id.as_str().expect("an id"));
    for (method, path, token) in [
        ("POST", "/auth/refresh", &ada.refresh),
        ("POST", "/auth/logout", &ada.refresh),
        ("POST", "/auth/logout-all", &ada.access),
        ("POST", "/auth/sessions/revoke-others", &ada.access),
        ("DELETE", session.as_str(), &ada.access),
    ] {
        for (media, body) in
            [("application/json", "{}"), ("text/plain", "x"), ("application/x-www-form-urlencoded", "a=b")]
        {
            let call = server.call(method, path).bearer(token).header("content-type", media).body(body);
            call.send().await.refused(422, "validation_failed");
        }
        let call = server.call(method, path).bearer(token).body("x");
        call.send().await.refused(422, "validation_failed");
    }
    server.get("/auth/me").bearer(&ada.access).send().await.expect(200);
    // A media type without a body is nothing.
    let call = server.post("/auth/refresh").bearer(&ada.refresh).header("content-type", "text/plain");
    call.send().await.expect(200);
}

// S-2
#[tokio::test]
async fn nul_and_controls_are_no_address_and_any_password() {
    let server = Server::new();
    let odd = "a lantern\0over the quay \u{1F600} ";
    let body = |email: &str, password: &str| json!({"email": email, "password": password});
    server.post("/auth/register").json(&body("ada\0@example.com", odd)).send().await.refused(422, "validation_failed");
    server.post("/auth/login").json(&body("ada\0@example.com", odd)).send().await.refused(401, "invalid_credentials");
    server.post("/auth/register").json(&body("ada@example.com", odd)).send().await.expect(201);
    server.post("/auth/login").json(&body("ada@example.com", odd)).send().await.expect(200);
    let trimmed = odd.trim_end();
    server.post("/auth/login").json(&body("ada@example.com", trimmed)).send().await.refused(401, "invalid_credentials");
    // U+FF20 is folded before anything is judged.
    server
        .post("/auth/register")
        .json(&body("ada\u{ff20}example.com", PASSWORD))
        .send()
        .await
        .refused(409, "email_taken");
}
