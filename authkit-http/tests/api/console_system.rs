//! The page about the system.

use authkit_core::Budget;

use crate::support::{SECRET, Server};

/// What stands under a name on the page, source included.
#[track_caller]
fn fact<'a>(page: &'a str, name: &str) -> &'a str {
    let (_, rest) = page.split_once(&format!("<dt>{name}</dt><dd>")).unwrap_or_else(|| panic!("no {name}"));
    rest.split("</dd>").next().unwrap_or_default()
}

#[tokio::test]
async fn the_page_tells_what_is_in_force_and_who_set_it() {
    let server = Server::with(|config| config.session_cap(3).secret_key(SECRET));
    server.user("root@example.com", "admin").await;
    let browser = server.console("root@example.com").await;
    let page = server.page(&browser, "/admin/system").await.expect(200).text();
    assert_eq!(fact(&page, "Sessions a user"), "3<small>set in code</small>");
    assert_eq!(fact(&page, "Access token"), "15 min<small>default</small>");
    assert_eq!(fact(&page, "Kind"), "memory");
    assert!(fact(&page, "A hash takes").contains("measured at the start"), "{page}");
    // S-96
    assert!(!page.contains(SECRET), "{page}");
}

#[tokio::test]
async fn the_page_tells_when_the_process_last_tidied() {
    let server = Server::new();
    server.user("root@example.com", "admin").await;
    let browser = server.console("root@example.com").await;
    let page = server.page(&browser, "/admin/system").await.expect(200).text();
    assert_eq!(fact(&page, "Tidied by this process"), "not yet");
    server.kit.tidy(Budget::default()).await.expect("tidied");
    let page = server.page(&browser, "/admin/system").await.expect(200).text();
    assert!(fact(&page, "Tidied by this process").ends_with("UTC, just now"), "{page}");
}
