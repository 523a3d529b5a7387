//! Sessions of the kit are sessions: cookies, bearer tokens, forms, and their end.

use authkit_poem::test::{PASSWORD, TestApp, days, hours, minutes};
use serde_json::json;

use crate::app::routes;

#[tokio::test]
async fn a_browser_stays_signed_in_until_it_signs_out() {
    let app = TestApp::new(routes).await;
    let user = app.user("ada@x.test").role("editor").verified().create().await;
    let ada = app.login_as(&user).await;
    ada.get("/me").await.assert_ok().assert_text("ada@x.test");
    ada.get("/drafts").await.assert_ok();
    app.audit().assert_has("session.opened", &user).await;
    ada.post("/auth/logout").await.assert_ok();
    ada.get("/me").await.assert_problem(401, "missing_token");
    app.audit().assert_has("session.closed", &ada).await;
}

#[tokio::test]
async fn each_client_has_a_session_and_an_address_of_its_own() {
    let app = TestApp::new(routes).await;
    let user = app.user("ada@x.test").create().await;
    let (here, there) = (app.login_as(&user).await, app.login_as(&user).await);
    there.post("/auth/logout").await.assert_ok();
    here.get("/me").await.assert_ok();
    let opened = app.audit().of("session.opened").await;
    assert_eq!(opened.len(), 2);
    assert_ne!(opened[0].client.ip, opened[1].client.ip);
    // Far more sign-ins than one address may have in a minute.
    for _ in 0..40 {
        app.login_as(&user).await;
    }
}

#[tokio::test]
async fn cookies_and_sessions_end_by_the_clock() {
    let app = TestApp::new(routes).await;
    let ada = app.login_as(&app.user("ada@x.test").create().await).await;
    app.clock().advance(minutes(14));
    ada.get("/me").await.assert_ok();
    app.clock().advance(minutes(2));
    ada.get("/me").await.assert_problem(401, "missing_token");
    ada.post("/auth/refresh").await.assert_ok();
    ada.get("/me").await.assert_ok();
    app.clock().advance(days(8));
    ada.post("/auth/refresh").await.assert_problem(401, "missing_token");
    assert_eq!(hours(24), days(1));
}

#[tokio::test]
async fn a_program_sends_its_bearer_token_and_no_cookie() {
    let app = TestApp::new(routes).await;
    let user = app.user("ada@x.test").create().await;
    let ada = app.program_as(&user).await;
    ada.get("/me").await.assert_text("ada@x.test");
    ada.post("/publish").json(&json!({"article": 1})).await.assert_json(&json!({"published": {"article": 1}}));
    app.audit().assert_has("article.published", &ada).await;
    app.clock().advance(minutes(16));
    ada.get("/me").await.assert_problem(401, "session_expired");
    let body = json!({"email": "ada@x.test", "password": PASSWORD});
    let answer = app.program().post("/auth/login").json(&body).await.assert_ok();
    let token = format!("Bearer {}", answer.json()["access_token"].as_str().expect("a token in the body"));
    app.program().get("/me").header("authorization", &token).await.assert_ok();
}

#[tokio::test]
async fn a_sign_in_through_the_form_is_one_of_a_person() {
    let app = TestApp::new(routes).await;
    app.user("root@x.test").role("admin").create().await;
    let root = app.login_through_form("/admin/login", "root@x.test", PASSWORD).await;
    root.open("/admin/users").await.assert_contains("root@x.test");
    let opened = app.audit().of("session.opened").await;
    assert_eq!(opened[0].details["via"], "console");
}

#[tokio::test]
async fn forms_carry_their_token_and_are_refused_without_it() {
    let app = TestApp::new(routes).await;
    let ada = app.user("ada@x.test").create().await;
    let root = app.admin().client().await;
    let path = format!("/admin/users/{}/toggle-active", ada.user().id);
    let off = [("is_active", "false")];
    root.post(&path).form(off).without_form_token().await.assert_status(403);
    root.post(&path).form(off).from_another_site().await.assert_status(403);
    assert!(app.reload(&ada).await.is_active);
    root.post(&path).form(off).await.assert_status(303);
    assert!(!app.reload(&ada).await.is_active);
    let asks = root.open(&format!("/admin/users/{}/delete", ada.user().id)).await;
    root.submit(&asks, &[("email", "ada@x.test"), ("reason", "gone")]).await.assert_ok();
    assert!(app.reload(&ada).await.deleted_at.is_some());
}

#[tokio::test]
async fn a_page_of_another_site_is_refused_in_the_application_too() {
    let app = TestApp::new(routes).await;
    let ada = app.login_as(&app.user("ada@x.test").create().await).await;
    let request = ada.post("/publish").json(&json!({})).from_another_site();
    request.await.assert_problem(403, "cross_site_request");
    app.audit().assert_has_no("article.published", &ada).await;
}
