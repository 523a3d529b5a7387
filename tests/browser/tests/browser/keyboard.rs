//! The console by the keyboard alone.

use authkit_browser::{ADMIN, Window};
use fantoccini::key::Key;

use crate::seeded;

/// Moves on by Tab until what fits has the focus.
async fn tab_to(window: &Window, css: &str) {
    for _ in 0..120 {
        let script = format!("return document.activeElement.matches({css:?})");
        if window.script(&script).await == true {
            return;
        }
        window.press_key(Key::Tab).await;
    }
    panic!("Tab does not reach {css} on {}", window.path().await);
}

async fn enter(window: &Window) {
    let before = window.find("html").await;
    window.press_key(Key::Enter).await;
    window.gone(before).await;
}

#[tokio::test]
async fn a_user_is_found_and_disabled_without_a_mouse() {
    let run = seeded::run().await;
    let window = run.window().await;
    window.goto("/admin/login").await;
    tab_to(&window, "[name=email]").await;
    window.press(ADMIN.0).await;
    tab_to(&window, "[name=password]").await;
    window.press(ADMIN.1).await;
    enter(&window).await;

    // The shortcuts lead to the list and along its rows.
    window.press("g").await;
    window.press("u").await;
    window.find("table.users").await;
    window.press("j").await;
    window.press("j").await;
    let row = window.script("return document.activeElement.querySelector('b').textContent").await;
    enter(&window).await;
    assert_eq!(window.text("h1").await, row.as_str().expect("an address"));

    // A dialog closes by Escape, and the focus is back where it was.
    let link = ".acts a[href$='/toggle-active']";
    tab_to(&window, link).await;
    window.press_key(Key::Enter).await;
    window.find("dialog[open]").await;
    assert_eq!(window.script("return document.activeElement.closest('dialog') !== null").await, true);
    window.press_key(Key::Escape).await;
    assert_eq!(window.count("dialog").await, 0);
    assert_eq!(window.script(&format!("return document.activeElement.matches({link:?})")).await, true);

    window.press_key(Key::Enter).await;
    window.find("dialog[open]").await;
    tab_to(&window, "dialog button:not([type=button])").await;
    enter(&window).await;
    assert!(window.text(".meta").await.contains("Disabled"));
    window.close().await;
}
