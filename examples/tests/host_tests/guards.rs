//! Who gets in where.

use authkit_examples::host_tests::routes;
use authkit_poem::test::TestApp;

#[tokio::test]
async fn only_editors_and_administrators_publish() {
    let app = TestApp::new(routes).await;
    app.visitor().post("/publish/lanterns").await.assert_problem(401, "missing_token");
    for (role, status) in [("user", 403), ("moderator", 403), ("editor", 200), ("admin", 200)] {
        let user = app.user(&format!("{role}@x.test")).role(role).verified().create().await;
        app.login_as(&user).await.post("/publish/lanterns").await.assert_status(status);
    }
    app.visitor().get("/").await.assert_text("Good morning, stranger. Today: lanterns, lanterns");
}

#[tokio::test]
async fn programs_publish_with_a_bearer_token() {
    let app = TestApp::new(routes).await;
    let user = app.user("bot@x.test").role("editor").create().await;
    app.program_as(&user).await.post("/publish/boats").await.assert_ok();
}

#[tokio::test]
async fn no_other_site_publishes_in_an_editors_name() {
    let app = TestApp::new(routes).await;
    let user = app.user("ed@x.test").role("editor").create().await;
    let editor = app.login_as(&user).await;
    editor.post("/publish/spam").from_another_site().await.assert_problem(403, "cross_site_request");
    editor.get("/").await.assert_lacks("spam");
}
