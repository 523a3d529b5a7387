//! What happens in the console bites in the application.

use authkit_examples::host_tests::routes;
use authkit_poem::test::{PASSWORD, TestApp};

#[tokio::test]
async fn whom_an_administrator_disables_is_out_at_once() {
    let app = TestApp::new(routes).await;
    let user = app.user("ada@x.test").create().await;
    let ada = app.login_as(&user).await;
    ada.get("/subscription").await.assert_ok();

    let page = app.admin().open("/admin/users").await.assert_contains("ada@x.test");
    assert_eq!(page.path(), "/admin/users");
    let administrator = app.admin().client().await;
    let asks = administrator.open(&format!("/admin/users/{}/toggle-active", user.user().id)).await;
    administrator.submit(&asks, &[("reason", "asked for it")]).await.assert_ok();

    ada.get("/subscription").await.assert_problem(403, "account_disabled");
    app.audit().assert_has("user.disabled", &user).await;
}

#[tokio::test]
async fn administrators_sign_in_through_the_form() {
    let app = TestApp::new(routes).await;
    app.user("root@x.test").role("admin").create().await;
    let root = app.login_through_form("/admin/login", "root@x.test", PASSWORD).await;
    root.open("/admin").await.assert_ok();
}
