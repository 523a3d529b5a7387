//! With the application's own configuration.

use authkit_core::Field;
use authkit_examples::host_tests::routes;
use authkit_poem::test::TestApp;
use serde_json::json;

#[tokio::test]
async fn a_reader_sees_the_plan_that_was_paid_for() {
    let setup = TestApp::setup().config(|config| config.profile_fields([Field::text("plan").exposed()]));
    let app = setup.start(routes).await;
    let user = app.user("ada@x.test").field("plan", "gold").create().await;
    let expected = json!({ "reader": "ada@x.test", "plan": "gold" });
    app.login_as(&user).await.get("/subscription").await.assert_ok().assert_json(&expected);
}
