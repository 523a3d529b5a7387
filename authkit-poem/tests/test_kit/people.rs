//! Users, mails, and the administration.

use authkit_core::Field;
use authkit_poem::test::{PASSWORD, Somebody as _, TestApp};
use serde_json::json;

use crate::app::routes;

#[tokio::test]
async fn users_are_made_as_they_are_asked_for() {
    let setup = TestApp::setup().config(|config| config.profile_fields([Field::text("company").exposed()]));
    let app = setup.start(routes).await;
    let plain = app.user("plain@x.test").create().await;
    let user = plain.user();
    assert!(user.is_active && !user.is_verified && user.role.as_str() == "user");
    assert_eq!((plain.email(), plain.password()), ("plain@x.test", Some(PASSWORD)));
    let made = app.user("made@x.test").role("moderator").verified().password("x").field("company", "Acme");
    let made = made.create().await;
    assert!(made.user().is_verified && made.user().role.as_str() == "moderator");
    app.login_as(&made).await.get("/auth/me").await.assert_contains("\"company\":\"Acme\"");
    assert!(!app.user("off@x.test").disabled().create().await.user().is_active);
    let invited = app.user("invited@x.test").without_password().create().await;
    assert_eq!(invited.password(), None);
    app.login_as(&invited).await.get("/me").await.assert_ok();
    assert!(!format!("{made:?}").contains("company"));
    assert_eq!(made.id(), made.user().id);
}

#[tokio::test]
async fn a_reset_link_is_taken_from_the_mail_and_works() {
    let app = TestApp::new(routes).await;
    let ada = app.user("ada@x.test").create().await;
    let visitor = app.visitor();
    visitor.post("/auth/forgot-password").json(&json!({"email": "ADA@x.test"})).await.assert_ok();
    let mail = app.mail().last_to("Ada@x.test");
    assert!(mail.subject().contains("Reset") && mail.text().contains(&mail.link()));
    let page = visitor.open(&mail.link()).await;
    let new = "seven boats in a bottle";
    visitor.submit(&page, &[("new_password", new)]).await.assert_ok();
    let body = json!({"email": "ada@x.test", "password": new});
    visitor.post("/auth/login").json(&body).await.assert_ok();
    app.audit().assert_has("password.reset_completed", &ada).await;
    let token = mail.token();
    let again = json!({"token": token, "new_password": "eight boats in a bottle"});
    visitor.post("/auth/reset-password").json(&again).await.assert_problem(400, "invalid_reset_token");
    app.mail().assert_none_to("eve@x.test");
    assert_eq!(app.mail().all().len(), 2, "the link, and the notice of the change");
}

#[tokio::test]
async fn the_administration_is_open_to_its_administrator() {
    let app = TestApp::new(routes).await;
    app.user("ada@x.test").create().await;
    app.admin().open("/admin/users").await.assert_contains("ada@x.test");
    app.admin().open("/admin/dashboard").await.assert_ok();
    let users = app.admin().client().await.get("/admin/api/users").await.assert_ok().json();
    assert_eq!(users["items"].as_array().map(Vec::len), Some(2), "one administrator, however often it is used");
}
