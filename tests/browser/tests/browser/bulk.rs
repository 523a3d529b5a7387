//! Thirty users at once, what the trail says about it, and the trail as a file.

use std::fs;
use std::ops::Range;
use std::path::Path;
use std::time::Duration;

use authkit_browser::{ADMIN, Run, Window};
use serde_json::{Value, json};

use crate::seeded;

/// What a JSON page of the console shows.
async fn read(window: &Window, path: &str) -> Value {
    window.goto(path).await;
    serde_json::from_str(&window.text("body").await).expect("JSON")
}

/// Ids of the users that were disabled for a reason, as the trail has them.
async fn disabled_for(window: &Window, reason: &str) -> Vec<String> {
    let list = read(window, "/admin/api/audit?code=user.disabled&limit=200").await;
    let items = list["items"].as_array().expect("items").iter();
    let items = items.filter(|event| event["details"]["reason"] == reason);
    items.map(|event| event["subject"].as_str().expect("an id").to_owned()).collect()
}

/// The one file in a folder, once it is whole.
async fn downloaded(folder: &Path) -> String {
    for _ in 0..500 {
        let files = fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
        let whole = files.filter(|file| file.extension().is_some_and(|ending| ending == "csv")).collect::<Vec<_>>();
        if let [file] = whole.as_slice()
            && let Ok(text) = fs::read_to_string(file)
            && text.ends_with("\r\n")
        {
            return text;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("nothing was downloaded");
}

async fn many_at_once(run: &Run, script: bool, rows: Range<usize>) {
    let (window, reader) = tokio::join!(run.window(), run.admin());
    window.scripts(script).await;
    window.sign_in(ADMIN).await;
    let reason = format!("left with the branch, script {script}");

    // The rows are ticked by hand, and a page asks.
    window.goto("/admin/users?limit=100&sort=email&status=active").await;
    let ticks = window.client.find_all(fantoccini::Locator::Css("tbody [name=id]")).await.expect("ticks");
    let mut ticked = Vec::new();
    for tick in &ticks[rows] {
        tick.click().await.expect("a tick");
        ticked.push(tick.attr("value").await.expect("an attribute").expect("an id"));
    }
    assert_eq!(ticked.len(), 30);
    if script {
        assert_eq!(window.text("[data-count]").await, "30");
    }
    window.submit("button[name=action][value=disable]").await;
    assert!(window.text("[data-confirm]").await.contains("30"));
    assert_eq!(disabled_for(&reader, &reason).await, Vec::<String>::new(), "a question changes nothing");
    window.fill("[data-confirm] [name=reason]", &reason).await;
    window.submit("[data-confirm] form button:not([type=button])").await;
    let told = window.text("main dl[role=status]").await;
    assert!(told.contains("30"), "{told}");

    // All of them, each once, also after a reload and a way back and forth.
    window.client.refresh().await.expect("a reload");
    window.client.back().await.expect("a page before");
    window.client.forward().await.expect("a page after");
    let mut done = disabled_for(&reader, &reason).await;
    done.sort_unstable();
    ticked.sort_unstable();
    assert_eq!(done, ticked);

    // The trail of it, on a page and as a file.
    window.goto("/admin/audit?code=user.disabled&limit=100").await;
    assert!(window.count("main tbody tr").await >= 30 && window.text("main tbody").await.contains(&reason));
    let folder = run.sandbox.folder.join(format!("downloads-{script}"));
    fs::create_dir_all(&folder).expect("a folder");
    window.cdp("Browser.setDownloadBehavior", json!({ "behavior": "allow", "downloadPath": folder })).await;
    window.click("main a[href*='/audit/export']").await;
    let file = downloaded(&folder).await;
    let lines: Vec<_> = file.lines().skip(1).collect();
    assert!(lines.iter().all(|line| line.contains("user.disabled")), "{file}");
    assert_eq!(lines.iter().filter(|line| line.contains(&reason)).count(), 30, "{file}");
    let exports = read(&reader, "/admin/api/audit?code=audit.exported&limit=200").await;
    assert!(!exports["items"].as_array().expect("items").is_empty());

    window.goto("/admin").await;
    window.submit(".who form button").await;
    window.goto("/admin/users").await;
    assert!(window.path().await.starts_with("/admin/login?next="));
    window.close().await;
    reader.close().await;
}

#[tokio::test]
async fn thirty_users_are_disabled_with_script() {
    many_at_once(&*seeded::run().await, true, 30..60).await;
}

#[tokio::test]
async fn thirty_users_are_disabled_without_script() {
    many_at_once(&*seeded::run().await, false, 60..90).await;
}
