//! What the clock does to a session.

use authkit_examples::host_tests::routes;
use authkit_poem::test::{TestApp, days, minutes};

#[tokio::test]
async fn a_reader_is_signed_out_after_a_week_away() {
    let app = TestApp::new(routes).await;
    let ada = app.login_as(&app.user("ada@x.test").create().await).await;
    ada.get("/subscription").await.assert_ok();
    app.clock().advance(minutes(16));
    // The access cookie is gone, the refresh cookie is not.
    ada.get("/subscription").await.assert_status(401);
    ada.post("/auth/refresh").await.assert_ok();
    ada.get("/subscription").await.assert_ok();
    app.clock().advance(days(8));
    ada.post("/auth/refresh").await.assert_status(401);
}
