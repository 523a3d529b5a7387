//! The list of users in the console.

use std::time::Duration;

use authkit_core::{ClientInfo, Note, Operator, Permissions, ThrottleMode};
use http_body_util::BodyExt as _;

use crate::support::{Browser, HOSTILE, Server, assert_inert, encoded};

async fn house(users: usize) -> (Server, Browser) {
    let server = Server::with(|config| config.console_roles([("moderator", Permissions::VIEWER)]));
    server.user("root@example.com", "admin").await;
    for n in 0..users {
        server.user(&format!("user{n:02}@example.com"), if n == 0 { "editor" } else { "user" }).await;
    }
    let root = server.console("root@example.com").await;
    (server, root)
}

fn emails(page: &str) -> Vec<&str> {
    page.split("<b>").skip(1).map(|rest| rest.split("</b>").next().expect("an end")).collect()
}

/// The link whose text is this.
fn link<'a>(page: &'a str, text: &str) -> Option<&'a str> {
    let (before, _) = page.split_once(&format!("\">{text}</a>"))?;
    before.rsplit("href=\"").next()
}

#[tokio::test]
async fn the_list_is_turned_by_cursors_both_ways() {
    let (server, root) = house(60).await;
    let first = server.page(&root, "/admin/users?limit=25").await.expect(200).text();
    assert_eq!(emails(&first).len(), 25);
    assert_eq!((link(&first, "First"), link(&first, "Previous")), (None, None));
    let next = link(&first, "Next").expect("more").replace("&#38;", "&");
    let second = server.page(&root, &next).await.expect(200).text();
    let back = link(&second, "Previous").expect("a page before").replace("&#38;", "&");
    assert_eq!(emails(&server.page(&root, &back).await.expect(200).text()), emails(&first));
    assert!(second.contains("role=\"status\"") && second.contains("<caption") && second.contains("aria-sort=\"desc"));
    // Of another filter, broken, or by a name that nobody knows: the list starts anew.
    let stale = next.replace("limit=25", "sort=email&limit=25");
    let by_email = server.page(&root, &stale).await.expect(200).text();
    assert_eq!(emails(&by_email).first(), Some(&"root@example.com"));
    for odd in [
        "cursor=x",
        "status=gone",
        "verified=perhaps",
        "limit=7",
        "limit=x",
        "created_from=2027-13-01",
        "signed_in_to=%ff",
        "sort=%ff",
        "role=a&role=b",
    ] {
        server.page(&root, &format!("/admin/users?{odd}")).await.expect(200);
    }
}

#[tokio::test]
async fn filters_narrow_the_list_and_can_be_taken_off_one_by_one() {
    let (server, root) = house(3).await;
    for (query, found) in [
        ("role=editor", vec!["user00@example.com"]),
        ("query=user02%40EXAMPLE.com", vec!["user02@example.com"]),
        ("query=roo&verified=true", vec!["root@example.com"]),
        ("query=domain:example.com&verified=true&role=editor", vec!["user00@example.com"]),
        ("query=SER02&anywhere=true", vec!["user02@example.com"]),
        ("query=er02", vec![]),
        ("signed_in=never&role=admin", vec![]),
        ("created_from=2027-01-15&created_to=2027-01-15&role=editor", vec!["user00@example.com"]),
        ("created_from=2027-01-16", vec![]),
        ("signed_in_to=2027-01-14", vec![]),
        ("status=deleted", vec![]),
    ] {
        let page = server.page(&root, &format!("/admin/users?{query}")).await.expect(200).text();
        assert_eq!(emails(&page), found, "{query}");
        assert_eq!(page.contains("No users match"), found.is_empty(), "{query}");
        assert_eq!(page.contains(">1 user<"), found.len() == 1, "{query}");
        assert!(page.contains("class=\"chip\"") && page.contains("Clear"), "{query}");
    }
    let page = server.page(&root, "/admin/users?query=user&role=user&sort=email").await.expect(200).text();
    assert!(page.contains("href=\"/admin/users?query=user&#38;sort=email\""));
    assert!(page.contains("href=\"/admin/users?role=user&#38;sort=email\""));
    let ip = server.page(&root, "/admin/users?query=ip:2001:db8::1").await.expect(303);
    assert_eq!(ip.header("location"), Some("/admin/sessions?ip=2001%3Adb8%3A%3A1"));
}

#[tokio::test]
async fn a_locked_account_is_shown_with_shape_word_and_end() {
    let server = Server::with(|config| config.throttle(ThrottleMode::On));
    server.user("root@example.com", "admin").await;
    let ada = server.user("ada@example.com", "user").await;
    let [desk, program] = [server.console("root@example.com").await, Browser::new()];
    let guess = serde_json::json!({"email": "ada@example.com", "password": "guess"});
    let locked_in = |page: &str| page.matches(">Locked</span>").count();
    let api = |path: String| server.get(&path).by(&desk).send();
    let user = format!("/admin/api/users/{}", ada.id);
    for _ in 0..5 {
        server.post("/auth/login").by(&program).json(&guess).send().await.expect(401);
    }
    let until = server.kit.find_user_for(&Operator::system(), &ada.id).await.expect("a user").locked_until;
    let until = until.expect("a lock");
    let list = server.page(&desk, "/admin/users").await.expect(200).text();
    assert_eq!((locked_in(&list), list.matches(&format!("until <time datetime=\"{until}\"")).count()), (1, 1));
    for tab in ["", "/sessions", "/danger"] {
        let page = server.page(&desk, &format!("/admin/users/{}{tab}", ada.id)).await.expect(200).text();
        assert!(locked_in(&page) == 1 && page.contains(&format!("until <time datetime=\"{until}\"")), "{tab}");
    }
    let security = format!("/admin/users/{}/security", ada.id);
    assert_eq!(locked_in(&server.page(&desk, &security).await.expect(200).text()), 2);
    let items = api("/admin/api/users".to_owned()).await.expect(200).json();
    let ends: Vec<_> = items["items"].as_array().expect("items").iter().map(|item| &item["locked_until"]).collect();
    assert_eq!(ends, [&serde_json::json!(until), &serde_json::Value::Null]);
    assert_eq!(api(user.clone()).await.expect(200).json()["locked_until"], serde_json::json!(until));
    let file = server.page(&desk, "/admin/users/export").await.expect(200).text();
    assert!(file.contains(&format!("{until}\r\n")), "{file}");

    // A hundred in a row: for good.
    for _ in 5..100 {
        server.clock.advance(Duration::from_secs(900));
        server.post("/auth/login").by(&program).json(&guess).send().await.expect(401);
    }
    let desk = server.console("root@example.com").await;
    let list = server.page(&desk, "/admin/users").await.expect(200).text();
    assert!(locked_in(&list) == 1 && list.contains("until somebody unlocks it"), "{list}");
    // What stands above it: who is disabled or gone is that, and the tab still tells of the lock.
    let (system, client) = (Operator::system(), ClientInfo::none());
    server.kit.set_active(&system, &ada.id, false, Note::default(), &client).await.expect("disabled");
    let list = server.page(&desk, "/admin/users").await.expect(200).text();
    assert!(locked_in(&list) == 0 && list.contains(">Disabled</span>"));
    assert_eq!(locked_in(&server.page(&desk, &security).await.expect(200).text()), 1);
}

#[tokio::test]
async fn fifty_rows_weigh_at_most_sixty_kilobytes() {
    let (server, root) = house(0).await;
    for n in 0..50 {
        server.signed_in(&format!("somebody.else.{n:02}@example.com"), "moderator").await;
    }
    let page = server.page(&root, "/admin/users?query=somebody&verified=true").await.expect(200);
    assert_eq!(emails(&page.text()).len(), 50);
    assert!(page.body.len() <= 60 * 1024, "{} bytes", page.body.len());
}

#[tokio::test]
async fn whoever_is_alone_is_told_how_to_begin() {
    let (server, root) = house(0).await;
    let page = server.page(&root, "/admin/users").await.expect(200).text();
    assert!(page.contains("You are the only one here") && page.contains("/admin/users/new"));
}

// S-70
#[tokio::test]
async fn a_viewer_sees_the_list_and_nothing_that_changes_it() {
    let (server, root) = house(2).await;
    server.user("eve@example.com", "moderator").await;
    let viewer = server.console("eve@example.com").await;
    let (seen, all) = (server.page(&viewer, "/admin/users").await, server.page(&root, "/admin/users").await);
    for words in ["/admin/users/new", "/toggle-active", "/send-reset", "value=\"end-sessions\""] {
        assert!(all.text().contains(words) && !seen.text().contains(words), "{words}");
    }
    assert_eq!(emails(&seen.expect(200).text()).len(), 4);
}

#[tokio::test]
async fn nobody_sees_the_list_without_a_sign_in() {
    let (server, _) = house(0).await;
    server.user("user@example.com", "user").await;
    let reply = server.page(&Browser::new(), "/admin/users?role=user").await.expect(303);
    assert_eq!(reply.header("location"), Some("/admin/login?next=%2Fadmin%2Fusers%3Frole%3Duser"));
}

// S-71
#[tokio::test]
async fn hostile_texts_stay_texts() {
    let (server, root) = house(1).await;
    for hostile in HOSTILE {
        let text = encoded(hostile);
        for name in
            ["query", "role", "status", "sort", "limit", "cursor", "anywhere", "signed_in", "created_from", "verified"]
        {
            let page = server.page(&root, &format!("/admin/users?{name}={text}")).await.expect(200);
            assert_inert(&page.text(), hostile);
        }
    }
}

// S-70
#[tokio::test]
async fn the_list_is_a_file_for_whoever_may_and_proves_it() {
    let (server, root) = house(230).await;
    server.user("eve@example.com", "moderator").await;
    let viewer = server.console("eve@example.com").await;
    server.page(&viewer, "/admin/users/export").await.expect(403);
    assert!(!server.page(&viewer, "/admin/users").await.text().contains("/users/export"));
    assert!(
        server.page(&root, "/admin/users?role=user").await.text().contains("/users/export?role=user&amp;format=jsonl")
    );

    let file = server.page(&root, "/admin/users/export?role=user&query=user").await.expect(200);
    assert_eq!(file.header("content-type"), Some("text/csv; charset=utf-8"));
    assert_eq!(file.header("content-disposition"), Some("attachment; filename=\"users-2027-01-15.csv\""));
    let text = file.text();
    assert_eq!(text.split("\r\n").filter(|line| !line.is_empty()).count(), 230, "a heading and 229 users");
    assert!(text.starts_with("id,email,role,") && !text.contains("root@example.com"));
    let lines = server.page(&root, "/admin/users/export?format=jsonl&role=admin").await.expect(200).text();
    let only: serde_json::Value = serde_json::from_str(&lines).expect("one object");
    assert_eq!(only["email"], "root@example.com");
    assert!(!lines.contains("hash"));
    server.page(&root, "/admin/users/export?format=xls").await.expect(404);

    let events = server.events("user.exported").await;
    assert_eq!(events.len(), 2);
    assert_eq!((&events[1].details["role"], &events[1].details["format"]), (&"user".into(), &"csv".into()));
    server.clock.advance(std::time::Duration::from_secs(6 * 60));
    let reply = server.page(&root, "/admin/users/export?role=user").await.expect(303);
    assert!(reply.header("location").is_some_and(|path| path.starts_with("/admin/reauth?next=")));
    assert_eq!(server.events("user.exported").await.len(), 2);
}

// S-35 S-68
#[tokio::test]
async fn a_list_that_is_read_slowly_ends_with_the_session_and_the_rights_of_whoever_asked() {
    for taken in ["session", "role"] {
        let (server, root) = house(230).await;
        let (system, client) = (Operator::system(), ClientInfo::none());
        let mut whole = server.get("/admin/users/export").by(&root).open().await.into_body();
        let mut file = server.get("/admin/users/export").by(&root).open().await.into_body();
        while let Some(piece) = whole.frame().await {
            piece.expect("the whole list");
        }
        let first = file.frame().await.expect("a piece").expect("the first users");
        assert!(first.into_data().is_ok_and(|users| users.len() > 1_000));
        let id = server.kit.find_user_named(&system, "root@example.com").await.expect("root");
        if taken == "session" {
            server.kit.revoke_sessions_of(&system, &id, Note::default(), &client).await.expect("ended");
        } else {
            server.user("other@example.com", "admin").await;
            server.kit.set_role(&system, &id, "moderator", Note::default(), &client).await.expect("a role");
        }
        assert!(file.frame().await.expect("an end").is_err(), "{taken}: the rest was sent all the same");
    }
}
