//! What an operator does in a day, with the page's script and without.

use authkit_browser::{Run, Window};

use crate::seeded;

/// The rows' addresses, in order.
async fn addresses(window: &Window) -> Vec<String> {
    let rows = window.script("return [...document.querySelectorAll('table.users tbody tr b')].map(b => b.textContent)");
    let rows = rows.await;
    rows.as_array().into_iter().flatten().filter_map(|row| row.as_str().map(str::to_owned)).collect()
}

/// How often something was recorded about a user.
async fn recorded(window: &Window, user: &str, code: &str) -> usize {
    let back = window.path().await;
    window.goto(&format!("/admin/api/audit?subject={user}&code={code}&limit=200")).await;
    let list: serde_json::Value = serde_json::from_str(&window.text("body").await).expect("JSON");
    window.goto(&back).await;
    list["items"].as_array().expect("items").len()
}

/// Follows a link to a confirm page, which the script shows as a dialog, and sends its form.
async fn confirm(window: &Window, link: &str, script: bool, fill: &[(&str, &str)]) {
    let form = if script { "dialog[open] form" } else { "[data-confirm] form" };
    if script {
        window.click(link).await
    } else {
        window.submit(link).await
    }
    for (field, text) in fill {
        let field = format!("{form} [name={field}]");
        if field.ends_with("[name=role]") { window.choose(&field, text).await } else { window.fill(&field, text).await }
    }
    window.submit(&format!("{form} button:not([type=button])")).await;
}

async fn day(run: &Run, script: bool, nth: usize) {
    let window = run.window().await;
    window.scripts(script).await;
    window.sign_in(authkit_browser::ADMIN).await;

    // Filters, and pages forth and back: in an order at whose beginning no other test deletes anybody.
    window.goto("/admin/users?limit=25&sort=email").await;
    let first = addresses(&window).await;
    assert_eq!(first.len(), 25);
    window.submit("a[rel=next]").await;
    let second = addresses(&window).await;
    assert!(second.len() == 25 && second.iter().all(|row| !first.contains(row)));
    window.submit("a[rel=prev]").await;
    assert_eq!(addresses(&window).await, first);
    window.goto("/admin/users?status=disabled").await;
    let disabled = window.count("table.users tbody .status.disabled, table.users tbody tr").await;
    assert!(disabled > 0 && !window.text("table.users tbody").await.contains("Active"));

    // One of ten thousand, found by a full address. Each run of the day takes another.
    window.goto("/admin/users?limit=25").await;
    let email = addresses(&window).await[nth].clone();
    window.fill("#q", &email).await;
    window.press("\u{e007}").await;
    window.find("table.users tbody tr:only-child a.person").await;
    assert_eq!(addresses(&window).await, [&*email]);
    window.submit("table.users tbody a.person").await;
    let user = window.path().await.rsplit('/').next().expect("an id").to_owned();
    assert_eq!(window.text("h1").await, email);

    // Disable, and neither reload nor Back does it again.
    confirm(&window, ".acts a[href$='/toggle-active']", script, &[("reason", "left the company")]).await;
    assert!(!window.text(".toasts").await.is_empty());
    assert!(window.text(".meta").await.contains("Disabled"));
    window.client.refresh().await.expect("a reload");
    window.client.back().await.expect("a page before");
    window.client.forward().await.expect("a page after");
    assert_eq!(recorded(&window, &user, "user.disabled").await, 1);
    window.goto(&format!("/admin/users/{user}")).await;
    confirm(&window, ".acts a[href$='/toggle-active']", script, &[]).await;
    assert!(!window.text(".meta").await.contains("Disabled"));

    // Sessions, role, deletion and its undoing.
    window.goto(&format!("/admin/users/{user}")).await;
    confirm(&window, ".acts a[href$='/revoke-sessions']", script, &[("reason", "a lost telephone")]).await;
    assert_eq!(recorded(&window, &user, "session.revoked").await, 1);
    window.goto(&format!("/admin/users/{user}/sessions")).await;
    assert_eq!(window.count("main a[href*='/revoke?']").await, 0, "a session is still open");
    window.goto(&format!("/admin/users/{user}/danger")).await;
    confirm(&window, "main a[href$='/change-role']", script, &[("role", "moderator")]).await;
    assert_eq!(window.text(".meta .role").await, "moderator");
    assert_eq!(recorded(&window, &user, "user.role_changed").await, 1);
    window.goto(&format!("/admin/users/{user}/danger")).await;
    confirm(&window, "main a[href$='/delete']", script, &[("email", &email), ("reason", "asked for")]).await;
    window.goto(&format!("/admin/users/{user}/danger")).await;
    confirm(&window, "main a[href$='/restore']", script, &[]).await;
    window.goto(&format!("/admin/users/{user}")).await;
    assert!(!window.text(".meta").await.contains("Deleted"));

    // The trail tells all of it, once.
    for code in ["user.disabled", "user.enabled", "user.deleted", "user.restored"] {
        assert_eq!(recorded(&window, &user, code).await, 1, "{code}");
    }
    window.goto(&format!("/admin/users/{user}/activity")).await;
    assert!(window.text("main").await.to_lowercase().contains("disabled"));
    window.goto(&format!("/admin/audit?subject={user}")).await;
    assert!(window.count("main tbody tr").await >= 4);

    let said = window.logs().await.faults(&run.origin(), &[]);
    assert!(said.is_empty(), "{said:#?}");
    window.submit(".who form button").await;
    window.goto("/admin/users").await;
    assert!(window.path().await.starts_with("/admin/login?next="));
    window.close().await;
}

#[tokio::test]
async fn an_operators_day_with_script() {
    day(&*seeded::run().await, true, 3).await;
}

#[tokio::test]
async fn the_same_day_without_script() {
    day(&*seeded::run().await, false, 7).await;
}
