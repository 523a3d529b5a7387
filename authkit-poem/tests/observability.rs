//! One span a request, with its id, method, route and status, and nothing that is secret or somebody's address.

#![expect(clippy::expect_used, clippy::panic, reason = "what is called by tests fails as a test does")]

use authkit_core::testing::TraceLog;
use authkit_core::{AuthKit, EventCode, LogCode, Permission};
use authkit_poem::console::{Branding, Console, Markup, OverviewCard};
use authkit_poem::test::{PASSWORD, TestApp};
use authkit_poem::{CurrentUser, MaybeUser, Server, layer};
use poem::web::Path;
use poem::{Endpoint, EndpointExt as _, Route, get, handler};
use serde_json::json;
use tracing::Level;

#[handler]
fn article(_: MaybeUser, Path(_): Path<String>) -> &'static str {
    "an article"
}

#[handler]
fn mine(_: CurrentUser) -> &'static str {
    "mine"
}

#[handler]
fn broken() -> &'static str {
    panic!("on purpose")
}

fn routes(auth: &AuthKit) -> impl Endpoint + 'static {
    let card = OverviewCard::new("Weather", Permission::UsersRead, || async { Err::<Markup, _>("no window".into()) });
    let console = Console::new().branding(Branding::new("Lumen")).overview_card(card).build();
    Route::new()
        .at("/articles/:title", get(article))
        .at("/mine", get(mine))
        .at("/broken", get(broken))
        .nest("/auth", authkit_poem::routes(auth))
        .nest("/admin", authkit_poem::admin_with(auth, console.expect("a sound console")))
        .nest("/", authkit_poem::service(auth))
        .with(layer(auth))
}

/// Method, route and status of every request.
fn requests(log: &TraceLog) -> Vec<(String, String, String)> {
    let field = |line: &authkit_core::testing::TraceLine, name| line.field(name).unwrap_or("none").to_owned();
    let spans = log.spans("authkit.request");
    spans.iter().map(|line| (field(line, "method"), field(line, "route"), field(line, "status"))).collect()
}

#[tokio::test]
async fn each_request_has_one_span_with_method_route_and_status() {
    let app = TestApp::new(routes).await;
    let user = app.user("ada@x.test").create().await;
    let ada = app.login_as(&user).await;
    let (log, _on) = TraceLog::start();
    ada.get("/articles/lanterns").await.assert_ok();
    ada.get("/mine").await.assert_ok();
    ada.get("/auth/me").await.assert_ok();
    ada.delete("/auth/sessions/0192f0c1-2d3e-7f40-8a5b-6c7d8e9f0a1b").await.assert_status(404);
    ada.get("/healthz").await.assert_ok();
    ada.get("/auth/nowhere").await.assert_status(404);
    ada.request("INVENTED".parse().expect("a method"), "/auth/me").await.assert_status(405);
    let expected = [
        ("GET", "/articles/:title", "200"),
        ("GET", "/mine", "200"),
        ("GET", "/auth/me", "200"),
        ("DELETE", "/auth/sessions/{id}", "404"),
        ("GET", "/healthz", "200"),
    ];
    let seen = requests(&log);
    let seen: Vec<_> =
        seen.iter().map(|(method, route, status)| (method.as_str(), route.as_str(), status.as_str())).collect();
    assert_eq!(&seen[..5], expected);
    assert_eq!((seen[5].0, seen[5].2, seen[6].0, seen[6].2, seen.len()), ("GET", "404", "other", "405", 7));
}

#[tokio::test]
async fn the_span_has_the_id_of_the_audit_trail_and_the_flows_are_inside_it() {
    let app = TestApp::new(routes).await;
    app.user("ada@x.test").create().await;
    let (log, _on) = TraceLog::start();
    let visitor = app.visitor();
    visitor.post("/auth/login").json(&json!({"email": "ada@x.test", "password": PASSWORD})).await.assert_ok();
    let span = &log.spans("authkit.request")[0];
    let event = app.audit().of(EventCode::SESSION_OPENED.as_str()).await;
    assert_eq!(span.field("request_id"), event[0].client.request_id.as_deref());
    let login = &log.spans("authkit.login")[0];
    assert_eq!(log.lines()[login.parent.expect("a request around it")].name, "authkit.request");
    assert_eq!(login.field("outcome"), Some("ok"));
}

#[tokio::test]
async fn without_the_layer_a_mounted_table_has_its_span_all_the_same() {
    let app = TestApp::new(|auth| Route::new().nest("/auth", authkit_poem::routes(auth))).await;
    let (log, _on) = TraceLog::start();
    app.visitor().get("/auth/me").await.assert_status(401);
    assert_eq!(requests(&log), [("GET".to_owned(), "/auth/me".to_owned(), "401".to_owned())]);
    assert!(log.spans("authkit.request")[0].field("request_id").is_some_and(|id| !id.is_empty()));
}

#[tokio::test]
async fn an_anonymous_visitor_is_no_error() {
    let app = TestApp::new(routes).await;
    let (log, _on) = TraceLog::start();
    let visitor = app.visitor();
    visitor.get("/articles/lanterns").await.assert_ok();
    visitor.get("/mine").await.assert_status(401);
    visitor.get("/auth/me").header("authorization", "Bearer nonsense").await.assert_status(401);
    let loud: Vec<_> = log.lines().into_iter().filter(|line| line.level < Level::INFO).collect();
    assert!(loud.is_empty(), "{loud:?}");
}

#[tokio::test]
async fn what_only_an_operator_can_mend_is_an_event_with_its_name() {
    let app = TestApp::new(routes).await;
    let root = app.admin().client().await;
    let (log, _on) = TraceLog::start();
    let answer = app.visitor().get("/broken").await.assert_problem(500, "internal");
    let coded = |code: LogCode| {
        let lines = log.lines().into_iter();
        lines.filter(|line| line.field("ak") == Some(code.as_str())).collect::<Vec<_>>()
    };
    let failed = coded(LogCode::NotServed);
    assert_eq!(failed.len(), 1, "{}", log.text());
    assert_eq!(failed[0].field("request_id"), answer.json()["request_id"].as_str());
    assert_eq!((failed[0].level, failed[0].field("code")), (Level::ERROR, Some("internal")));
    root.open("/admin").await.assert_contains("Weather");
    let card = &coded(LogCode::HostPart)[0];
    assert_eq!((card.field("card"), card.field("error")), (Some("Weather"), Some("no window")));
}

#[tokio::test]
async fn a_server_says_where_it_listens_and_when_it_starts_and_stops() {
    let app = TestApp::new(routes).await;
    let (log, _on) = TraceLog::start();
    let server = Server::bind(app.kit(), "127.0.0.1:0").await.expect("a free port");
    let address = server.local_addr().to_string();
    server.shutdown(std::future::ready(())).serve(Route::new()).await.expect("it served");
    assert_eq!(log.events("authkit.listening")[0].field("address"), Some(address.as_str()));
    assert_eq!((log.events("authkit.started").len(), log.events("authkit.stopped").len()), (1, 1));
}

// S-78 S-96
#[tokio::test]
async fn no_span_and_no_event_of_a_request_holds_a_secret_or_an_address() {
    let app = TestApp::new(routes).await;
    let (log, on) = TraceLog::start();
    let (first, second) = ("canary lantern over the quay", "canary boats in a bottle");
    let visitor = app.visitor();
    let post = |path: &'static str, body| visitor.post(path).header("user-agent", "canary-agent/1").json(&body);
    post("/auth/register", json!({"email": "canary@x.test", "password": first})).await.assert_status(201);
    post("/auth/login", json!({"email": "canary@x.test", "password": "canary wrong"})).await.assert_status(401);
    post("/auth/login", json!({"email": "canary typed here", "password": first})).await.assert_status(401);
    post("/auth/login", json!({"email": "canary@x.test", "password": first})).await.assert_ok();
    let program = app.program().post("/auth/login").json(&json!({"email": "canary@x.test", "password": first})).await;
    let tokens = program.assert_ok().json();
    post("/auth/refresh", json!(null)).await.assert_status(422);
    visitor.post("/auth/refresh").await.assert_ok();
    post("/auth/forgot-password", json!({"email": "canary@x.test"})).await.assert_ok();
    let mailed = app.mail().last_to("canary@x.test").token();
    visitor.open(&app.mail().last_to("canary@x.test").link()).await;
    post("/auth/reset-password", json!({"token": mailed, "new_password": second})).await.assert_ok();
    visitor.get("/articles/canary-title?canary=query").header("authorization", "Bearer canary").await;
    app.visitor().get("/articles/canary-title").header("cookie", "authkit_access=canary").await.assert_status(401);
    drop(on);
    let text = log.text();
    assert!(text.contains("authkit.request") && text.contains("authkit.reset_password"), "the spans are there");
    let mut secrets = vec!["canary".to_owned(), "x.test".to_owned(), "198.18.".to_owned(), "eyJ".to_owned(), mailed];
    secrets.extend(["access_token", "refresh_token"].map(|name| tokens[name].as_str().expect("a token").to_owned()));
    for secret in secrets {
        assert!(!text.contains(&secret), "{secret} is in {text}");
    }
}
