//! Every text of the console comes from the catalogue: in a language of brackets nothing is left in English.

use std::sync::Arc;

use authkit_core::ThrottleMode;
use authkit_http::{Console, Messages};

use crate::support::{Browser, SECRET, Server};

/// What no catalogue holds: names of the test's own, of products and of units.
const DATA: [&str; 19] = [
    "root",
    "ada",
    "admin",
    "user",
    "moderator",
    "editor",
    "UTC",
    "AuthKit",
    "memory",
    "Lax",
    "Firefox",
    "Linux",
    "curl",
    "min",
    "ms",
    "http",
    "auth",
    "RO",
    "AD",
];

/// All texts, each between brackets.
fn in_brackets() -> Arc<Console> {
    let english = Messages::english();
    let mut console = Console::new();
    for key in english.keys() {
        console = console.text(key, format!("⟦{}⟧", english.text(key)));
    }
    console.build().expect("known keys")
}

/// What stands outside of all brackets; those of a value may stand within those of its sentence.
fn outside(text: &str) -> String {
    let mut depth = 0_usize;
    let mut left = String::new();
    for c in text.chars() {
        match c {
            '⟦' => depth += 1,
            '⟧' => depth = depth.checked_sub(1).expect("brackets in pairs"),
            c if depth == 0 => left.push(c),
            _ => {}
        }
    }
    left
}

/// What a page says and reads out: its text without code and data, and the attributes that people meet.
fn said(page: &str) -> String {
    let mut said = String::new();
    let mut skipped: Option<String> = None;
    for piece in page.split('<').skip(1) {
        let (tag, text) = piece.split_once('>').unwrap_or((piece, ""));
        let name: String = tag.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '/').collect();
        if skipped.as_ref().is_some_and(|skipped| name.strip_prefix('/') == Some(skipped)) {
            skipped = None;
        } else if skipped.is_none() && ["code", "pre", "datalist", "script"].contains(&name.as_str()) {
            skipped = Some(name);
        }
        for attribute in ["title=\"", "aria-label=\"", "placeholder=\"", "data-l=\"", "data-texts=\"", "alt=\""] {
            if let Some((_, rest)) = tag.split_once(&format!(" {attribute}")) {
                said.push_str(rest.split('"').next().unwrap_or_default());
                said.push('\n');
            }
        }
        if skipped.is_none() {
            said.push_str(text);
            said.push('\n');
        }
    }
    said
}

/// Words that no catalogue gave: not the test's data, no address, id, code or number.
fn words(page: &str) -> Vec<String> {
    let left = outside(&said(page));
    let words = left.split(|c: char| c.is_whitespace() || "·,()/:→&#".contains(c));
    let words = words.filter(|word| word.chars().filter(char::is_ascii_alphabetic).count() > 1);
    let words = words.filter(|word| !word.contains(['@', '.', '_', '-', ';']) && !word.contains(char::is_numeric));
    words.filter(|word| !DATA.contains(word)).map(ToOwned::to_owned).collect()
}

#[tokio::test]
async fn no_page_holds_a_text_that_is_in_no_catalogue() {
    // What the start warns of is the configuration's, not the console's: here there is nothing to warn of.
    let server =
        Server::with(|config| config.secret_key(SECRET).throttle(ThrottleMode::On)).with_console(in_brackets());
    server.user("root@example.com", "admin").await;
    let (ada, _) = server.signed_in("ada@example.com", "user").await;
    let root = server.console("root@example.com").await;
    server.clock.advance(std::time::Duration::from_secs(200));
    let event = server.events("session.opened").await[0].id.to_string();
    let user = format!("/admin/users/{}", ada.id);
    let mut strange = Vec::new();
    for path in [
        "/admin/".to_owned(),
        "/admin/users".to_owned(),
        "/admin/users?query=nobody".to_owned(),
        "/admin/users/new".to_owned(),
        user.clone(),
        format!("{user}/sessions"),
        format!("{user}/security"),
        format!("{user}/activity"),
        format!("{user}/danger"),
        format!("{user}/toggle-active"),
        format!("{user}/change-role"),
        format!("{user}/delete"),
        "/admin/sessions".to_owned(),
        "/admin/audit".to_owned(),
        "/admin/audit?code=user.deleted".to_owned(),
        format!("/admin/audit/{event}"),
        "/admin/system".to_owned(),
        "/admin/me".to_owned(),
        "/admin/reauth".to_owned(),
        "/admin/nowhere".to_owned(),
    ] {
        let page = server.page(&root, &path).await;
        assert!([200, 404].contains(&page.status), "{path}: {}", page.status);
        strange.extend(words(&page.text()).into_iter().map(|word| format!("{path}: {word}")));
    }
    for path in ["/admin/login", "/admin/forgot-password", "/admin/forgot-password?sent=1", "/admin/reset-password"] {
        let page = server.page(&Browser::new(), path).await;
        strange.extend(words(&page.text()).into_iter().map(|word| format!("{path}: {word}")));
    }
    assert!(strange.is_empty(), "in no catalogue:\n{}", strange.join("\n"));
}

#[test]
fn a_word_outside_of_brackets_is_found_and_one_within_is_not() {
    let page = "<p title=\"⟦Two⟧\">⟦One ⟦two⟧ three⟧ 2027-01-15 ada@example.com <code>left out</code></p>";
    assert!(words(page).is_empty(), "{:?}", words(page));
    assert_eq!(words("<p title=\"Rough\">⟦One⟧ Left<b>⟦x⟧</b></p>"), ["Rough", "Left"]);
}
