//! Every page, in both themes, on a desk and on a phone.

use authkit_browser::{Look, Run};

#[tokio::test]
async fn the_sign_in_page_is_sound() {
    let run = Run::start(&[], &[("AUTHKIT_DATABASE_URL", "memory:")]);
    let window = run.window().await;
    for look in [Look::DESK, Look::DESK.dark(true), Look::PHONE, Look::PHONE.dark(true)] {
        window.look(look).await;
        window.goto("/admin/login").await;
        let found: Vec<_> = window.violations().await.iter().map(ToString::to_string).collect();
        assert!(found.is_empty(), "{look:?}: {found:#?}");
        let faults = window.logs().await.faults(&run.origin(), &[]);
        assert!(faults.is_empty(), "{look:?}: {faults:#?}");
        let file = Run::pictures().join(format!("login-{}-{}.png", look.width, look.theme()));
        window.picture(&file, true).await;
    }
    assert_eq!(window.scrolls_sideways(320).await, None);
    window.scripts(false).await;
    window.sign_in(authkit_browser::ADMIN).await;
    assert_eq!(window.path().await, "/admin");
    window.close().await;
}
