//! The sessions of everybody in the console.

use std::time::Duration;

use authkit_core::Permissions;

use crate::support::{Browser, HOSTILE, PASSWORD, Server, assert_inert, encoded};

async fn house() -> (Server, Browser) {
    let server = Server::with(|config| config.console_roles([("moderator", Permissions::VIEWER)]));
    server.user("root@example.com", "admin").await;
    let root = server.console("root@example.com").await;
    (server, root)
}

/// The addresses in the rows of a page, from above.
fn emails(page: &str) -> Vec<&str> {
    let rows = page.split("<tbody>").nth(1).unwrap_or_default().split("<tr><td><a class=\"link\" href=\"/admin/users/");
    rows.skip(1).map(|row| row.split('>').nth(1).and_then(|text| text.split('<').next()).expect("an address")).collect()
}

/// Where the link that holds these words goes.
fn href(page: &str, words: &str) -> Option<String> {
    let links = page.split("href=\"").skip(1).filter_map(|rest| rest.split('"').next());
    links.map(|href| href.replace("&#38;", "&")).find(|href| href.contains(words))
}

#[tokio::test]
async fn live_sessions_are_listed_and_the_others_are_asked_for() {
    let (server, root) = house().await;
    let (ada, pair) = server.signed_in("ada@example.com", "user").await;
    let list = |query: &'static str| {
        let (server, root) = (server.clone(), &root);
        async move { server.page(root, &format!("/admin/sessions?{query}")).await.expect(200).text() }
    };
    assert_eq!(emails(&list("").await), ["ada@example.com", "root@example.com"]);
    assert_eq!(emails(&list("user_id=Ada%40example.com").await), ["ada@example.com"]);
    assert_eq!(emails(&list("ip=192.0.2.1").await).len(), 2);
    assert!(list("ip=192.0.2.77").await.contains("No sessions match"));
    assert!(list("user_id=stranger%40example.com").await.contains("No user has this address or id"));
    server.post("/auth/logout").bearer(&pair.refresh).send().await.expect(200);
    assert_eq!(emails(&list("").await), ["root@example.com"]);
    let ended = list("state=revoked").await;
    assert_eq!(emails(&ended), ["ada@example.com"]);
    assert!(ended.contains("signed out") && ended.contains("class=\"chip\""));
    assert_eq!(emails(&list("ended=user").await), ["ada@example.com"]);
    assert!(list("ended=reuse").await.contains("No sessions match"));
    assert!(list("").await.contains("1 session.") && list("state=all").await.contains("2 sessions."));
    // The clock stands at 2027-01-15T08:00:00Z.
    assert_eq!(emails(&list("from=2027-01-15&to=2027-01-15").await), ["root@example.com"]);
    assert!(list("to=2027-01-14").await.contains("No sessions match"));
    assert!(list("from=2026-01-01").await.contains("at most seven days are searched"));
    let page = server.page(&root, &format!("/admin/sessions?state=all&user_id={}", ada.id)).await.expect(200).text();
    assert!(page.contains("End all sessions of this user") && page.contains("User: ada@example.com"));
    for odd in ["cursor=x", "state=gone", "ip=x", "user_id=%ff", "limit=7"] {
        server.page(&root, &format!("/admin/sessions?{odd}")).await.expect(200);
    }
    server.clock.advance(Duration::from_secs(9 * 24 * 60 * 60));
    let root = server.console("root@example.com").await;
    let page = server.page(&root, "/admin/sessions").await.expect(200).text();
    assert!(page.contains("only those opened in the last seven days"));
}

// S-72
#[tokio::test]
async fn a_session_is_ended_after_a_page_has_asked() {
    let (server, root) = house().await;
    let (ada, pair) = server.signed_in("ada@example.com", "user").await;
    let page = server.page(&root, "/admin/sessions?ip=192.0.2.1").await.expect(200).text();
    let ask = href(&page, "/revoke?next=").expect("a way to end it");
    let page = server.page(&root, &ask).await.expect(200);
    for words in ["End this session", "ada@example.com", "Access stops at once", "name=\"reason\""] {
        assert!(page.text().contains(words), "{words}");
    }
    let (path, token) = (ask.split('?').next().expect("a path").to_owned(), page.form_token());
    let bad = [("reason", "lost"), ("csrf_token", "x")];
    server.post(&*path).by(&root).form(&bad).send().await.expect(403);
    server.get("/auth/me").bearer(&pair.access).send().await.expect(200);
    let good = [("reason", "lost"), ("csrf_token", &*token), ("next", "/admin/sessions?ip=192.0.2.1")];
    let reply = server.post(&*path).by(&root).form(&good).send().await.expect(303);
    assert_eq!(reply.header("location"), Some("/admin/sessions?ip=192.0.2.1"));
    server.get("/auth/me").bearer(&pair.access).send().await.expect(401);
    let event = server.events("session.revoked").await.remove(0);
    assert_eq!((event.subject, event.details["reason"].as_str()), (Some(ada.id), Some("lost")));
    let page = server.page(&root, "/admin/sessions?state=revoked").await.expect(200).text();
    assert!(page.contains("by an administrator"));
    for unknown in ["x", "0192f0c1-2d3e-7f40-8a5b-6c7d8e9f0a1b"] {
        server.page(&root, &format!("/admin/sessions/{unknown}/revoke")).await.expect(404);
    }
}

#[tokio::test]
async fn the_own_session_is_signed_out_of_and_not_ended() {
    let (server, root) = house().await;
    let page = server.page(&root, "/admin/sessions").await.expect(200).text();
    assert!(href(&page, "/revoke").is_none() && page.contains("this device") && page.contains("Sign out"));
    let pair = root.pair();
    let own = server.kit.current_user(&authkit_core::AccessToken::new(pair.access.as_str())).await.expect("signed in");
    server.page(&root, &format!("/admin/sessions/{}/revoke", own.session.id)).await.expect(400);
}

// S-70
#[tokio::test]
async fn a_viewer_reads_sessions_and_ends_none() {
    let (server, _) = house().await;
    let (_, pair) = server.signed_in("ada@example.com", "user").await;
    server.user("eve@example.com", "moderator").await;
    let eve = server.console("eve@example.com").await;
    let page = server.page(&eve, "/admin/sessions").await.expect(200);
    assert!(emails(&page.text()).contains(&"ada@example.com") && href(&page.text(), "/revoke").is_none());
    let ada = server.kit.current_user(&authkit_core::AccessToken::new(pair.access.as_str())).await.expect("signed in");
    let path = format!("/admin/sessions/{}/revoke", ada.session.id);
    server.page(&eve, &path).await.expect(403);
    let form = [("csrf_token", page.form_token())];
    let form = form.each_ref().map(|(name, value)| (*name, value.as_str()));
    server.post(&*path).by(&eve).form(&form).send().await.expect(403);
    server.get("/auth/me").bearer(&pair.access).send().await.expect(200);
    let reply = server.page(&Browser::new(), "/admin/sessions").await.expect(303);
    assert_eq!(reply.header("location"), Some("/admin/login?next=%2Fadmin%2Fsessions"));
}

// S-71
#[tokio::test]
async fn hostile_texts_stay_texts() {
    let (server, root) = house().await;
    server.user("ada@example.com", "user").await;
    for hostile in HOSTILE {
        let body = serde_json::json!({"email": "ada@example.com", "password": PASSWORD});
        let call = server.post("/auth/login").json(&body).header_bytes("user-agent", hostile.as_bytes());
        call.send().await.expect(200);
        let text = encoded(hostile);
        for name in ["user_id", "ip", "state", "ended", "from", "to", "cursor", "limit"] {
            let page = server.page(&root, &format!("/admin/sessions?{name}={text}")).await.expect(200);
            assert_inert(&page.text(), hostile);
        }
        let page = server.page(&root, "/admin/sessions").await.expect(200).text();
        let ask = href(&page, "/revoke?next=").expect("a way to end it");
        assert_inert(&page, hostile);
        let asked = format!("{}?next={text}", ask.split('?').next().expect("a path"));
        assert_inert(&server.page(&root, &asked).await.expect(200).text(), hostile);
    }
}

#[tokio::test]
async fn fifty_rows_weigh_at_most_sixty_kilobytes() {
    let (server, root) = house().await;
    for n in 0..60 {
        server.signed_in(&format!("somebody.with.a.name{n:02}@example.com"), "user").await;
    }
    let page = server.page(&root, "/admin/sessions").await.expect(200);
    assert_eq!(emails(&page.text()).len(), 50);
    assert!(page.body.len() <= 60 * 1024, "{} bytes", page.body.len());
}
