//! A forgotten password, from the mail to the next sign-in.

use authkit_examples::host_tests::routes;
use authkit_poem::test::TestApp;
use serde_json::json;

#[tokio::test]
async fn a_reader_comes_back_through_the_link_of_the_mail() {
    let app = TestApp::new(routes).await;
    app.user("ada@x.test").create().await;
    let browser = app.visitor();
    browser.post("/auth/forgot-password").json(&json!({ "email": "ada@x.test" })).await.assert_ok();

    let page = browser.open(&app.mail().last_to("ada@x.test").link()).await;
    browser.submit(&page, &[("new_password", "seven boats in a bottle")]).await.assert_ok();

    let body = json!({ "email": "ada@x.test", "password": "seven boats in a bottle" });
    browser.post("/auth/login").json(&body).await.assert_ok();
    browser.get("/").await.assert_contains("ada@x.test");
}

#[tokio::test]
async fn nobody_learns_who_reads_here() {
    let app = TestApp::new(routes).await;
    let asked = app.visitor().post("/auth/forgot-password").json(&json!({ "email": "nobody@x.test" })).await;
    asked.assert_ok();
    app.mail().assert_none_to("nobody@x.test");
}
