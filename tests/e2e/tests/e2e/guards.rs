//! Guards, extractors and the application's events, on routes of an application's own.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use authkit_core::{AuditLog as _, AuthKit, Config, EventCode, EventFilter, Login, PageRequest, SystemClock};
use authkit_e2e::{Answer, Running, kit, send, start};
use authkit_poem::{
    AuditTrail, Claims, ClientInfo, CurrentAdmin, CurrentSession, CurrentUser, Limits, MaybeUser, Refused,
    require_any_role, require_role,
};
use authkit_store_memory::MemoryStore;
use bytes::Bytes;
use http::{Method, Request};
use poem::web::Data;
use poem::{EndpointExt as _, IntoResponse as _, Route, get, handler, post};
use serde_json::json;

const PASSWORD: &str = "a lantern over the quay";

/// How often a handler ran.
type Ran = Arc<AtomicUsize>;

#[handler]
fn current(CurrentUser(user): CurrentUser, Data(ran): Data<&Ran>) -> String {
    ran.fetch_add(1, Ordering::Relaxed);
    user.email.to_string()
}

#[handler]
fn maybe(MaybeUser(user): MaybeUser, Data(ran): Data<&Ran>) -> String {
    ran.fetch_add(1, Ordering::Relaxed);
    user.map_or_else(|| "nobody".to_owned(), |user| user.email.to_string())
}

#[handler]
fn admin_only(CurrentAdmin(user): CurrentAdmin) -> String {
    user.email.to_string()
}

#[handler]
fn told_claims(Claims(claims): Claims) -> String {
    claims.role.to_string()
}

#[handler]
fn whole_session(CurrentSession(who): CurrentSession, ClientInfo(client): ClientInfo) -> String {
    format!("{} {}", who.session.user_id == who.user.id, client.user_agent.unwrap_or_default())
}

#[handler]
fn plain() -> &'static str {
    "plain"
}

#[handler]
async fn audited(audit: AuditTrail, body: String) -> poem::Result<&'static str> {
    audit.record("trained_ai_model", json!({ "model": body })).await?;
    Ok("recorded")
}

#[handler]
async fn misnamed(audit: AuditTrail) -> poem::Result<()> {
    Ok(audit.record("session.opened", json!({})).await?)
}

fn routes(ran: &Ran) -> Route {
    Route::new()
        .at("/current", get(current.data(Arc::clone(ran))).post(current.data(Arc::clone(ran))))
        .at("/maybe", get(maybe.data(Arc::clone(ran))))
        .at("/admin", get(admin_only))
        .at("/claims", get(told_claims))
        .at("/session", get(whole_session))
        .at("/moderator", get(plain).with(require_role("moderator")))
        .at("/either", get(plain).with(require_any_role(["editor", "admin"])))
        .at("/both", get(current.data(Arc::clone(ran))).with(require_role("editor")))
        .at("/audited", post(audited))
        .at("/misnamed", post(misnamed))
}

struct App {
    kit: AuthKit,
    server: Running,
    ran: Ran,
}

impl App {
    async fn new() -> Self {
        let kit = kit(Config::development(), &["user", "editor", "moderator", "admin"]).await;
        let ran = Ran::default();
        let app = routes(&ran).nest("/auth", authkit_poem::routes(&kit)).with(authkit_poem::layer(&kit));
        let server = start(&kit, Limits::default(), app).await;
        Self { kit, server, ran }
    }

    /// A `Authorization` line of a user who just signed in.
    async fn bearer(&self, name: &str) -> String {
        let login = Login::new(format!("{name}@example.com"), PASSWORD);
        let signed_in = self.kit.login(login, &authkit_core::ClientInfo::none()).await.expect("a session");
        format!("Bearer {}", signed_in.tokens.access.expose())
    }

    async fn ask(&self, method: Method, path: &str, lines: &[(&str, &str)], body: &'static str) -> Answer {
        let mut request = Request::builder().method(method).uri(path);
        for (name, value) in lines {
            request = request.header(*name, *value);
        }
        send(self.server.address, request.body(Bytes::from(body)).expect("sound")).await
    }

    async fn get(&self, path: &str, bearer: &str) -> Answer {
        self.ask(Method::GET, path, &[("authorization", bearer)], "").await
    }

    fn ran(&self) -> usize {
        self.ran.load(Ordering::Relaxed)
    }
}

// S-26, S-27, S-67
#[tokio::test(flavor = "multi_thread")]
async fn a_guarded_handler_runs_for_nobody_else() {
    let app = App::new().await;
    let none = app.ask(Method::GET, "/current", &[], "").await.refused(401, "missing_token");
    assert_eq!(none.header("www-authenticate"), Some("Bearer"));
    let bad = app.get("/current", "Bearer x.y.z").await.refused(401, "invalid_token");
    assert_eq!(bad.header("www-authenticate"), Some("Bearer error=\"invalid_token\""));
    let good = app.bearer("user").await;
    let cookie =
        app.ask(Method::GET, "/current", &[("authorization", &good), ("cookie", "authkit_access=x")], "").await;
    assert!(cookie.refused(401, "invalid_token").clears_cookies() || app.ran() == 0);
    let twice = [("cookie", "authkit_access=a"), ("cookie", "authkit_access=b")];
    app.ask(Method::GET, "/current", &twice, "").await.refused(400, "ambiguous_credentials");
    let twice = [("authorization", good.as_str()), ("authorization", good.as_str())];
    app.ask(Method::GET, "/current", &twice, "").await.refused(400, "ambiguous_credentials");
    assert_eq!(app.ran(), 0);
    assert_eq!(app.get("/current", &good).await.expect(200).body, "user@example.com");
    assert_eq!(app.ran(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_optional_user_is_none_without_a_credential_and_refused_with_a_bad_one() {
    let app = App::new().await;
    assert_eq!(app.ask(Method::GET, "/maybe", &[], "").await.expect(200).body, "nobody");
    let good = app.bearer("user").await;
    assert_eq!(app.get("/maybe", &good).await.expect(200).body, "user@example.com");
    assert_eq!(app.ran(), 2);
    app.get("/maybe", "Bearer x").await.refused(401, "invalid_token");
    app.ask(Method::GET, "/maybe", &[("cookie", "authkit_access=x")], "").await.refused(401, "invalid_token");
    assert_eq!(app.ran(), 2);
}

// S-67, S-68
#[tokio::test(flavor = "multi_thread")]
async fn roles_admit_those_who_have_them_now() {
    let app = App::new().await;
    let [user, editor, moderator, admin] = [
        app.bearer("user").await,
        app.bearer("editor").await,
        app.bearer("moderator").await,
        app.bearer("admin").await,
    ];
    for (path, allowed) in [
        ("/admin", vec![&admin]),
        ("/moderator", vec![&moderator]),
        ("/either", vec![&editor, &admin]),
        ("/both", vec![&editor]),
    ] {
        for bearer in [&user, &editor, &moderator, &admin] {
            let answer = app.get(path, bearer).await;
            if allowed.contains(&bearer) {
                answer.expect(200);
            } else {
                let refused = answer.refused(403, "forbidden");
                let told = refused.header("www-authenticate");
                assert_eq!(told, Some("Bearer error=\"insufficient_scope\""), "{path}");
            }
        }
        app.ask(Method::GET, path, &[], "").await.refused(401, "missing_token");
    }
}

// S-35, S-36
#[tokio::test(flavor = "multi_thread")]
async fn a_signed_out_session_passes_the_stateless_guard_alone() {
    let app = App::new().await;
    let bearer = app.bearer("editor").await;
    assert_eq!(app.get("/claims", &bearer).await.expect(200).body, "editor");
    app.ask(Method::POST, "/auth/logout", &[("authorization", &bearer)], "").await.expect(200);
    assert_eq!(app.get("/claims", &bearer).await.expect(200).body, "editor");
    for path in ["/current", "/maybe", "/either", "/session"] {
        app.get(path, &bearer).await.refused(401, "session_revoked");
    }
    app.get("/claims", "Bearer x").await.refused(401, "invalid_token");
    app.ask(Method::GET, "/claims", &[], "").await.refused(401, "missing_token");
}

// S-47
#[tokio::test(flavor = "multi_thread")]
async fn a_guard_refuses_what_a_page_of_another_site_sends() {
    let app = App::new().await;
    let bearer = app.bearer("user").await;
    let cookie = format!("authkit_access={}", bearer.trim_start_matches("Bearer "));
    let foreign = [("cookie", cookie.as_str()), ("origin", "https://evil.example")];
    app.ask(Method::POST, "/current", &foreign, "").await.refused(403, "cross_site_request");
    assert_eq!(app.ran(), 0);
    app.ask(Method::POST, "/current", &[("cookie", &cookie), ("origin", "http://127.0.0.1:8000")], "")
        .await
        .expect(200);
    app.ask(Method::POST, "/current", &[("authorization", &bearer), ("origin", "https://evil.example")], "")
        .await
        .expect(200);
}

#[tokio::test(flavor = "multi_thread")]
async fn session_and_client_are_told_to_the_handler() {
    let app = App::new().await;
    let bearer = app.bearer("user").await;
    let lines = [("authorization", bearer.as_str()), ("accept", "*/*")];
    let answer = app.ask(Method::GET, "/session", &lines[..1], "").await.expect(200);
    assert_eq!(answer.body, "true ");
    let lines = [("authorization", bearer.as_str()), ("user-agent", "e2e/1.0")];
    assert_eq!(app.ask(Method::GET, "/session", &lines, "").await.expect(200).body, "true e2e/1.0");
}

// S-75, S-83
#[tokio::test(flavor = "multi_thread")]
async fn an_event_of_the_application_has_user_address_and_agent() {
    let store = Arc::new(MemoryStore::new());
    let kit = AuthKit::builder().store(Arc::clone(&store)).clock(SystemClock).config(Config::development());
    let kit = kit.build().expect("a sound configuration");
    let registration = authkit_core::Registration {
        email: "ada@example.com".into(),
        password: PASSWORD.into(),
        profile: serde_json::Map::new(),
    };
    let nobody = authkit_core::ClientInfo::none();
    let user = kit.register(registration, &nobody).await.expect("a user");
    let user = user.into_user().expect("no proof of the address is asked for");
    let signed_in = kit.login(Login::new("ada@example.com", PASSWORD), &nobody).await.expect("a session");
    let bearer = format!("Bearer {}", signed_in.tokens.access.expose());
    let app = routes(&Ran::default()).with(authkit_poem::layer(&kit));
    let app = App { server: start(&kit, Limits::default(), app).await, kit, ran: Ran::default() };

    let agent = "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0";
    // Nobody said that these come from a proxy.
    let lines = [
        ("authorization", bearer.as_str()),
        ("user-agent", agent),
        ("x-forwarded-for", "203.0.113.9"),
        ("x-real-ip", "203.0.113.9"),
        ("x-request-id", "chosen"),
    ];
    app.ask(Method::POST, "/audited", &lines, "resnet").await.expect(200);
    app.ask(Method::POST, "/audited", &[], "anonymous").await.expect(200);
    app.ask(Method::POST, "/audited", &[("authorization", "Bearer x")], "bad").await.refused(401, "invalid_token");
    // A name of ours is a mistake of the application's author, and no client's.
    app.ask(Method::POST, "/misnamed", &lines, "").await.refused(500, "internal");

    let filter = EventFilter {
        codes: EventCode::of_application("trained_ai_model").into_iter().collect(),
        ..EventFilter::default()
    };
    let events = store.list_events(&filter, &PageRequest::first(10)).await.expect("events").items;
    let [anonymous, trained] = events.as_slice() else { panic!("{events:?}") };
    assert_eq!(trained.details["model"], "resnet");
    assert_eq!((trained.subject, trained.session_id), (Some(user.id), Some(signed_in.session.id)));
    assert_eq!(trained.client.ip, Some([127, 0, 0, 1].into()));
    assert!(trained.client.user_agent.as_deref().is_some_and(|agent| agent.contains("Firefox")));
    assert!(trained.client.request_id.as_deref().is_some_and(|id| id != "chosen"));
    assert_eq!((anonymous.subject, &anonymous.details["model"]), (None, &json!("anonymous")));
}

#[tokio::test(flavor = "multi_thread")]
async fn without_the_layer_the_answer_is_a_500_that_shows_nothing() {
    let kit = kit(Config::development(), &[]).await;
    let server = start(&kit, Limits::default(), routes(&Ran::default())).await;
    for path in ["/current", "/maybe", "/admin", "/claims", "/moderator"] {
        let answer = send(server.address, Request::get(path).body(Bytes::new()).expect("sound")).await;
        assert!(!answer.clone().refused(500, "internal").detail().contains("layer"), "{answer:?}");
    }
    // And without our server, too.
    let request = poem::Request::builder().uri_str("/current").finish();
    let answer = poem::Endpoint::get_response(&routes(&Ran::default()), request).await;
    assert_eq!((answer.status().as_u16(), answer.content_type()), (500, Some("application/problem+json")));
    let body: serde_json::Value =
        serde_json::from_str(&answer.into_body().into_string().await.expect("text")).expect("JSON");
    assert_eq!(body["code"], "internal");
}

#[tokio::test]
async fn an_application_can_catch_a_refusal_by_its_type() {
    let kit = kit(Config::development(), &[]).await;
    let app = routes(&Ran::default())
        .catch_error(|refused: Refused| async move { refused.problem().code().to_owned().into_response() })
        .with(authkit_poem::layer(&kit));
    let request = poem::Request::builder().uri_str("/admin").finish();
    let answer = poem::Endpoint::get_response(&app, request).await;
    assert_eq!(answer.into_body().into_string().await.expect("text"), "missing_token");
}
