//! The account rows of the HTTP contract that older clients know (● in docs/HTTP-API.md), replayed against the sandbox.

use authkit_e2e::{Answer, Client, Kind, Sandbox, send};
use http::Request;
use serde_json::json;

const ADA: &str = "Ada.Lovelace@example.com";
const PASSWORD: &str = "a lantern over the quay";
const USER: [&str; 7] = ["created_at", "email", "id", "is_active", "is_verified", "role", "updated_at"];

#[tokio::test(flavor = "multi_thread")]
async fn a_program_with_a_cookie_jar_goes_all_the_way() {
    replay(Kind::Program).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_browser_goes_all_the_way() {
    replay(Kind::Browser).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bearer_client_goes_all_the_way() {
    replay(Kind::Bearer).await;
}

async fn replay(kind: Kind) {
    let sandbox = Sandbox::start(&[]);
    let mut client = Client::new(kind, sandbox.address);
    registration(&mut client).await;
    signing_in(&mut client).await;
    host_routes(&mut client).await;
    refreshing(&mut client).await;
    recovery(&mut client, &sandbox).await;
    signing_out(&mut client).await;
}

async fn registration(client: &mut Client) {
    let registered =
        client.post_json("/auth/register", json!({ "email": ADA, "password": PASSWORD })).await.expect(201);
    let user = registered.json();
    assert_eq!(registered.members(), USER);
    assert_eq!(
        (&user["role"], &user["is_active"], &user["is_verified"]),
        (&json!("user"), &json!(true), &json!(false))
    );
    assert!(user["id"].is_string() && user["created_at"].as_str().is_some_and(|at| at.ends_with('Z')), "{user}");
    assert_eq!(registered.set_cookies().count(), 0, "registering signs nobody in");

    let again = json!({ "email": ADA.to_lowercase(), "password": PASSWORD });
    let taken = client.post_json("/auth/register", again).await.refused(409, "email_taken");
    assert!(taken.detail().contains("already registered"), "{taken:?}");
    let short = json!({ "email": "b@example.com", "password": "too short" });
    client.post_json("/auth/register", short).await.refused(422, "weak_password");
    // S-17
    let mass = json!({ "email": "b@example.com", "password": PASSWORD, "role": "admin" });
    let refused = client.post_json("/auth/register", mass).await.refused(422, "validation_failed");
    assert_eq!(refused.json()["errors"][0]["field"], "role");
}

async fn signing_in(client: &mut Client) {
    let wrong = client.login(ADA, "a guess that is wrong").await.refused(401, "invalid_credentials");
    assert!(wrong.detail().contains("Incorrect email"), "{wrong:?}");
    let unknown = client.login("nobody@example.com", "a guess that is wrong").await.refused(401, "invalid_credentials");
    assert_eq!(nameless(&wrong), nameless(&unknown));
    let disabled = client.login("deactivated@example.com", "deactivated123").await.refused(403, "account_disabled");
    assert!(disabled.detail().contains("deactivated"), "{disabled:?}");
    // S-10
    client.login("deactivated@example.com", "a guess that is wrong").await.refused(401, "invalid_credentials");
    client.get("/auth/me").await.refused(401, "missing_token");

    let signed_in = client.login(ADA, PASSWORD).await.expect(200);
    tokens(client, &signed_in);
    let me = client.get("/auth/me").await.expect(200);
    assert_eq!(me.members(), USER);
    assert_eq!(me.json()["email"], ADA);
}

/// The token response, as this kind of client gets it. S-46
fn tokens(client: &Client, answer: &Answer) {
    let body = answer.json();
    assert_eq!((&body["token_type"], &body["expires_in"]), (&json!("bearer"), &json!(900)));
    let in_body = body["access_token"].is_string() && body["refresh_token"].is_string();
    assert_eq!(in_body, client.kind != Kind::Browser, "{body}");
    let mut names: Vec<_> = answer.set_cookies().filter_map(|line| line.split('=').next()).collect();
    names.sort_unstable();
    assert_eq!(names, ["authkit_access", "authkit_refresh"]);
    for line in answer.set_cookies() {
        assert!(line.contains("HttpOnly") && line.contains("SameSite=Lax") && !line.contains("Secure"), "{line}");
    }
    assert_eq!(answer.header("cache-control"), Some("no-store"));
}

async fn host_routes(client: &mut Client) {
    assert_eq!(client.get("/secure-data").await.expect(200).json()["email"], ADA);
    client.get("/admin-only").await.refused(403, "forbidden");
    client.post("/custom-audit").await.expect(200);
    client.get("/admin/api/users").await.refused(403, "forbidden");
}

async fn refreshing(client: &mut Client) {
    let before = client.clone();
    let refreshed = client.post("/auth/refresh").await.expect(200);
    tokens(client, &refreshed);
    assert_ne!(
        (&before.refresh, before.jar.get("authkit_refresh")),
        (&client.refresh, client.jar.get("authkit_refresh"))
    );
    // S-29: the answer was lost, and the old token is sent again.
    let mut repeating = before.clone();
    repeating.post("/auth/refresh").await.expect(200);
    assert_eq!(repeating.refresh, client.refresh);
    assert_eq!(repeating.jar.get("authkit_refresh"), client.jar.get("authkit_refresh"));
    client.post("/auth/refresh").await.expect(200);

    // S-30: a token from before the one before ends the session, and the cookies go.
    let mut thief = before;
    let reused = thief.post("/auth/refresh").await.refused(401, "session_reused");
    assert_eq!(reused.clears_cookies(), client.kind != Kind::Bearer, "{reused:?}");
    client.post("/auth/refresh").await.refused(401, "session_revoked");
    let mut nobody = Client::new(client.kind, client.address);
    nobody.post("/auth/refresh").await.refused(401, "missing_token");
    client.login(ADA, PASSWORD).await.expect(200);
}

async fn recovery(client: &mut Client, sandbox: &Sandbox) {
    let mut stranger = Client::new(client.kind, client.address);
    // S-55: wherever the request says that it was sent, the link leads to the configured base URL.
    let request = Request::post("http://evil.example/auth/forgot-password").header("host", "evil.example");
    let request = request.header("x-forwarded-host", "evil.example").header("forwarded", "host=evil.example");
    let request = request.header("content-type", "application/json").body(json!({ "email": ADA }).to_string().into());
    let known = send(client.address, request.expect("sound")).await.expect(200);
    let unknown =
        stranger.post_json("/auth/forgot-password", json!({ "email": "nobody@example.com" })).await.expect(200);
    assert_eq!(known.body, unknown.body);
    assert_eq!(known.members(), ["message"]);
    let (token, link) = sandbox.mailed();
    assert!(link.contains(&format!("http://{}/admin/reset-password?token={token}", client.address)), "{link}");

    let reset = |password: &str| json!({ "token": token, "new_password": password });
    stranger.post_json("/auth/reset-password", reset("short")).await.refused(422, "weak_password");
    let done = stranger.post_json("/auth/reset-password", reset("another lantern over the quay")).await.expect(200);
    assert_eq!((done.members(), done.set_cookies().count()), (vec!["message".to_owned()], 0));
    let used = stranger.post_json("/auth/reset-password", reset("a third lantern, a third quay")).await;
    assert!(used.clone().refused(400, "invalid_reset_token").detail().contains("already been used"), "{used:?}");

    // S-35 and S-37: nothing from before the reset is worth anything.
    client.get("/auth/me").await.refused(401, "session_revoked");
    client.post("/auth/refresh").await.refused(401, "session_revoked");
    client.login(ADA, PASSWORD).await.refused(401, "invalid_credentials");
    client.login(ADA, "another lantern over the quay").await.expect(200);
}

async fn signing_out(client: &mut Client) {
    let mut old = client.clone();
    let out = client.post("/auth/logout").await.expect(200);
    assert_eq!(out.members(), ["message"]);
    assert!(out.clears_cookies(), "{out:?}");
    // S-39
    client.post("/auth/logout").await.expect(200);
    old.get("/auth/me").await.refused(401, "session_revoked");

    client.login(ADA, "another lantern over the quay").await.expect(200);
    let mut elsewhere = Client::new(client.kind, client.address);
    elsewhere.login(ADA, "another lantern over the quay").await.expect(200);
    let out = client.post("/auth/logout-all").await.expect(200);
    assert!(out.clears_cookies() && out.members() == ["message"], "{out:?}");
    elsewhere.get("/auth/me").await.refused(401, "session_revoked");
    let mut nobody = Client::new(client.kind, client.address);
    nobody.post("/auth/logout-all").await.refused(401, "missing_token");
}

/// A problem without what differs from request to request.
fn nameless(answer: &Answer) -> serde_json::Value {
    let mut body = answer.json();
    body.as_object_mut().expect("a problem").remove("request_id");
    body
}
