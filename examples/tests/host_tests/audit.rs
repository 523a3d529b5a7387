//! What is done leaves its line in the audit trail.

use authkit_examples::host_tests::routes;
use authkit_poem::test::TestApp;

#[tokio::test]
async fn who_published_what_is_recorded() {
    let app = TestApp::new(routes).await;
    let user = app.user("ed@x.test").role("editor").create().await;
    let editor = app.login_as(&user).await;
    editor.post("/publish/lanterns").await.assert_ok();
    app.audit().assert_has("article.published", &editor).await;
    let events = app.audit().of("article.published").await;
    assert_eq!(events[0].details["title"], "lanterns");

    let reader = app.user("reader@x.test").create().await;
    app.login_as(&reader).await.post("/publish/spam").await.assert_status(403);
    app.audit().assert_has_no("article.published", &reader).await;
    app.audit().assert_has("access.refused", &reader).await;
}
