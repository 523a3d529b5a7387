//! Requests take the way that a server has them take, on any store.

use authkit_core::{Config, Operator, TokenDelivery};
use authkit_poem::test::TestApp;
use authkit_store_sqlite::SqliteStore;
use serde_json::json;

use crate::app::routes;

#[tokio::test]
async fn errors_and_panics_are_answered_as_the_server_answers_them() {
    let app = TestApp::new(routes).await;
    let visitor = app.visitor();
    visitor.get("/nowhere").await.assert_problem(404, "not_found");
    visitor.put("/me").await.assert_problem(405, "method_not_allowed");
    visitor.get("/broken").await.assert_problem(500, "internal").assert_lacks("on purpose");
    visitor.post("/check").body("text/plain", "x").await.assert_problem(415, "unsupported_media_type");
    visitor.post("/check").json(&json!({})).await.assert_problem(401, "invalid_credentials");
    visitor.post("/auth/login").body("application/json", "{").await.assert_problem(400, "malformed_request");
    visitor.request(poem::http::Method::OPTIONS, "/auth/me").await.assert_status(204);
    visitor.delete("/auth/sessions/x").await.assert_problem(401, "missing_token");
    visitor.patch("/auth/me").json(&json!({})).await.assert_header("www-authenticate", "Bearer");
}

#[tokio::test]
async fn a_form_arrives_as_it_was_sent() {
    let app = TestApp::new(routes).await;
    let fields = [("a b", "1&2=3"), ("ä", "+%")];
    app.visitor().post("/echo").form(fields).await.assert_ok().assert_json(&json!(fields));
}

#[tokio::test]
async fn another_configuration_and_another_store_are_taken() {
    let file = std::env::temp_dir().join(format!("authkit-test-kit-{}.db", std::process::id()));
    let store = SqliteStore::open(&file).await.expect("a new file");
    let setup = TestApp::setup().store(store).config(|config: Config| config.token_delivery(TokenDelivery::Bearer));
    let app = setup.builder(|builder| builder).start(routes).await;
    let ada = app.login_as(&app.user("ada@x.test").create().await).await;
    ada.get("/me").await.assert_ok();
    let found = app.kit().find_user_for(&Operator::system(), &app.reload(&ada).await.id).await.expect("a row");
    assert_eq!(found.user.email.as_str(), "ada@x.test");
    drop(app);
    std::fs::remove_file(file).expect("it was there");
}
