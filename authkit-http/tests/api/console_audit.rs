//! The audit trail in the console.

use std::time::Duration;

use authkit_core::{AppEvent, ClientInfo, Config, Permissions};
use serde_json::{Map, Value, json};

use crate::support::{Browser, HOSTILE, PASSWORD, Server, assert_inert, encoded};

async fn house(change: impl FnOnce(Config) -> Config) -> (Server, Browser) {
    let server = Server::with(|config| change(config.console_roles([("moderator", Permissions::VIEWER)])));
    server.user("root@example.com", "admin").await;
    let root = server.console("root@example.com").await;
    (server, root)
}

async fn fail(server: &Server, email: &str, agent: &str) {
    let body = json!({"email": email, "password": "not this one"});
    server.post("/auth/login").json(&body).header_bytes("user-agent", agent.as_bytes()).send().await.expect(401);
}

/// The codes in the rows of a page, from above.
fn codes(page: &str) -> Vec<&str> {
    let rows = page.split("<tbody>").nth(1).unwrap_or_default();
    rows.split("<br><code>").skip(1).map(|rest| rest.split('<').next().expect("an end")).collect()
}

/// Where the link with this text goes.
fn link(page: &str, text: &str) -> Option<String> {
    let (before, _) = page.split_once(&format!("\">{text}</a>"))?;
    before.rsplit("href=\"").next().map(|href| href.replace("&#38;", "&"))
}

#[tokio::test]
async fn what_happened_is_told_in_sentences_and_failures_look_like_failures() {
    let (server, root) = house(|config| config).await;
    fail(&server, "nobody@example.com", "curl/8.5.0").await;
    let page = server.page(&root, "/admin/audit").await.expect(200).text();
    assert_eq!(codes(&page)[..2], ["session.open_failed", "session.opened"]);
    for words in [
        "Sign-in of nobody@example.com failed",
        "wrong email or password",
        "class=\"ev bad\"",
        "class=\"st lock\"",
        "<caption",
        "scope=\"col\"",
        "192.0.2.1",
        "curl",
        "root@example.com signed in",
    ] {
        assert!(page.contains(words), "{words}");
    }
}

#[tokio::test]
async fn a_day_is_shown_unless_more_is_asked_for() {
    let (server, _) = house(|config| config).await;
    server.clock.advance(Duration::from_secs(2 * 24 * 60 * 60));
    let root = server.console("root@example.com").await;
    let count = |query: &str| {
        let (server, root, path) = (server.clone(), &root, format!("/admin/audit?code=session.opened&{query}"));
        async move { codes(&server.page(root, &path).await.expect(200).text()).len() }
    };
    for (query, n) in [("", 1), ("window=24h", 1), ("window=7d", 2), ("window=all", 2), ("window=nonsense", 1)] {
        assert_eq!(count(query).await, n, "{query}");
    }
    // The clock stands at 2027-01-15T08:00:00Z and two days later.
    assert_eq!(count("from=2027-01-15T07:00&to=2027-01-15T09:00").await, 1);
    assert_eq!(count("window=own&from=2027-01-15T07:00:00").await, 2);
}

#[tokio::test]
async fn filters_narrow_the_list_and_can_be_taken_off_one_by_one() {
    let (server, root) = house(|config| config).await;
    fail(&server, "nobody@example.com", "curl/8.5.0").await;
    let (ada, _) = server.signed_in("ada@example.com", "user").await;
    let id = ada.id.as_str();
    for (query, found) in [
        (format!("subject={id}"), vec!["session.opened", "user.created"]),
        ("subject=Ada%40example.com&code=session.opened".to_owned(), vec!["session.opened"]),
        ("outcome=failure".to_owned(), vec!["session.open_failed"]),
        ("actor=stranger%40example.com".to_owned(), vec![]),
        ("request_id=none".to_owned(), vec![]),
        ("ip=203.0.113.9".to_owned(), vec![]),
        (format!("subject={id}&ip=192.0.2.1"), vec!["session.opened"]),
        ("code=session.open_failed,+user.created&subject=ada%40example.com".to_owned(), vec!["user.created"]),
    ] {
        let page = server.page(&root, &format!("/admin/audit?{query}")).await.expect(200).text();
        assert_eq!(codes(&page), found, "{query}");
        assert!(page.contains("class=\"chip\""), "{query}");
        assert_eq!(page.contains("Nothing happened here"), found.is_empty(), "{query}");
    }
    let page = server.page(&root, "/admin/audit?outcome=failure&code=session.open_failed").await.text();
    assert!(page.contains("href=\"/admin/audit?outcome=failure\" aria-label=\"Remove"), "{page}");
    let page = server.page(&root, "/admin/audit?window=all&outcome=failure").await.expect(200).text();
    assert!(page.contains("These filters alone search seven days"));
    let page = server.page(&root, "/admin/audit?actor=stranger%40example.com").await.expect(200).text();
    assert!(page.contains("No user has this address or id"));
}

#[tokio::test]
async fn a_group_is_one_click_away_and_goes_when_codes_are_named() {
    let (server, root) = house(|config| config).await;
    fail(&server, "nobody@example.com", "curl/8.5.0").await;
    let (_, pair) = server.signed_in("ada@example.com", "user").await;
    server.post("/auth/logout").bearer(&pair.refresh).send().await.expect(200);
    let all = server.page(&root, "/admin/audit").await.expect(200).text();
    for (text, found) in [
        ("Sign-ins", vec!["session.opened", "session.open_failed", "session.opened"]),
        ("Sign-outs", vec!["session.closed"]),
        ("Admin actions", vec!["user.created", "user.created"]),
        ("Failures", vec!["session.open_failed"]),
    ] {
        let page = server.page(&root, &link(&all, text).expect("a link")).await.expect(200).text();
        assert_eq!(codes(&page), found, "{text}");
        assert!(page.contains(&format!("aria-current=\"true\">{text}</a>")), "{text}");
        assert!(page.contains("<input type=\"hidden\" name=\"group\""), "{text}");
        assert_eq!(link(&page, "Everything").as_deref(), Some("/admin/audit"));
    }
    let both = server.page(&root, "/admin/audit?group=failures&code=session.closed").await.expect(200).text();
    assert_eq!(codes(&both), ["session.closed"]);
    let jsonl = "/admin/audit/export?group=sign_outs&format=jsonl";
    assert_eq!(server.page(&root, jsonl).await.expect(200).text().lines().count(), 1);
}

#[tokio::test]
async fn the_list_is_turned_by_cursors_both_ways_while_time_goes_on() {
    let (server, root) = house(|config| config).await;
    for n in 0..60 {
        fail(&server, &format!("user{n}@example.com"), "curl/8.5.0").await;
    }
    let first = server.page(&root, "/admin/audit?outcome=failure").await.expect(200);
    assert!(first.body.len() <= 60 * 1024, "{} bytes", first.body.len());
    let first = first.text();
    assert_eq!((codes(&first).len(), link(&first, "Newer")), (50, None));
    server.clock.advance(Duration::from_secs(60));
    let second = server.page(&root, &link(&first, "Older").expect("more")).await.expect(200).text();
    assert_eq!((codes(&second).len(), link(&second, "Older")), (10, None));
    server.clock.advance(Duration::from_secs(60));
    let back = server.page(&root, &link(&second, "Newer").expect("a page before")).await.expect(200).text();
    assert!(back.contains("user59@") && codes(&back).len() == 50);
    for odd in ["cursor=x", "at=never", "at=9999-01-01T00:00:00Z", "outcome=%ff", "from=x", "code=a&code=b"] {
        server.page(&root, &format!("/admin/audit?{odd}")).await.expect(200);
    }
}

#[tokio::test]
async fn an_event_has_a_page_with_all_of_it_and_what_lies_around() {
    let (server, root) = house(|config| config).await;
    let (ada, _) = server.signed_in("ada@example.com", "user").await;
    let token = server.page(&root, "/admin/reauth").await.form_token();
    let form = [("is_active", "false"), ("reason", "left the company"), ("csrf_token", token.as_str())];
    let path = format!("/admin/users/{}/toggle-active", ada.id);
    server.post(&*path).by(&root).form(&form).send().await.expect(303);
    let event = server.events("user.disabled").await.remove(0);
    let page = server.page(&root, &format!("/admin/audit/{}", event.id)).await.expect(200).text();
    for words in [
        "root@example.com disabled ada@example.com",
        "left the company",
        "<td class=\"was\">true</td><td class=\"is\">false</td>",
        "Before and after",
        "192.0.2.1",
    ] {
        assert!(page.contains(words), "{words}");
    }
    for (text, code) in [
        ("Five minutes before and after", "user.disabled"),
        ("The same request", "user.disabled"),
        ("The same address, this week", "user.disabled"),
        ("All about this user", "user.disabled"),
        ("All events with this code", "user.disabled"),
    ] {
        let list = server.page(&root, &link(&page, text).expect("a link")).await.expect(200).text();
        assert!(codes(&list).contains(&code), "{text}");
    }
    for unknown in ["x", "0192f0c1-2d3e-7f40-8a5b-6c7d8e9f0a1b", "%3Cb%3E"] {
        server.page(&root, &format!("/admin/audit/{unknown}")).await.expect(404);
    }
}

#[tokio::test]
async fn without_an_audit_log_the_page_says_so() {
    let (server, root) = house(|config| config.audit(false)).await;
    let page = server.page(&root, "/admin/audit").await.expect(200).text();
    assert!(page.contains("No audit trail is kept"));
}

// S-70
#[tokio::test]
async fn a_viewer_reads_the_trail_and_a_stranger_does_not() {
    let (server, _) = house(|config| config).await;
    server.user("eve@example.com", "moderator").await;
    server.page(&server.console("eve@example.com").await, "/admin/audit").await.expect(200);
    let (_, pair) = server.signed_in("ada@example.com", "user").await;
    let call = server.get("/admin/audit").cookie("authkit_access", &pair.access).header("accept", "text/html");
    call.send().await.expect(403);
    let reply = server.page(&Browser::new(), "/admin/audit").await.expect(303);
    assert_eq!(reply.header("location"), Some("/admin/login?next=%2Fadmin%2Faudit"));
}

// S-71
#[tokio::test]
async fn hostile_texts_stay_texts() {
    let (server, root) = house(|config| config).await;
    for hostile in HOSTILE {
        let client = ClientInfo::new(None, Some(hostile), Some(hostile));
        let details =
            Map::from_iter([(hostile.to_owned(), Value::from(hostile)), ("reason".to_owned(), hostile.into())]);
        let event = AppEvent::new("app.hostile").expect("a code").details(details).client(client);
        server.kit.record(event).await.expect("recorded");
        fail(&server, hostile, hostile).await;
        let body = json!({"email": hostile, "password": PASSWORD});
        server.post("/auth/login").json(&body).send().await.expect(401);
        let text = encoded(hostile);
        for name in [
            "window",
            "from",
            "to",
            "group",
            "code",
            "outcome",
            "actor",
            "subject",
            "ip",
            "session_id",
            "request_id",
            "at",
        ] {
            let page = server.page(&root, &format!("/admin/audit?{name}={text}")).await.expect(200);
            assert_inert(&page.text(), hostile);
        }
        let page = server.page(&root, "/admin/audit").await.expect(200).text();
        assert_inert(&page, hostile);
    }
    for event in server.events("app.hostile").await {
        let page = server.page(&root, &format!("/admin/audit/{}", event.id)).await.expect(200).text();
        assert_inert(&page, "details");
    }
}

#[tokio::test]
async fn what_is_shown_can_be_taken_out_as_a_file_and_that_is_recorded() {
    let (server, root) = house(|config| config).await;
    fail(&server, "nobody@example.com", "=1+1").await;
    for n in 0..230 {
        server.kit.record(AppEvent::new("app.counted").expect("a code").detail("n", n)).await.expect("recorded");
    }
    let page = server.page(&root, "/admin/audit?window=7d&code=app.counted").await.expect(200).text();
    assert!(page.contains("href=\"/admin/audit/export?window=7d&#38;code=app.counted&#38;format=csv\""));
    let csv = server.page(&root, "/admin/audit/export?window=7d&format=csv").await.expect(200);
    assert_eq!(csv.header("content-type"), Some("text/csv; charset=utf-8"));
    assert_eq!(csv.header("content-disposition"), Some("attachment; filename=\"audit-2027-01-15.csv\""));
    let text = csv.text();
    assert!(text.starts_with("id,at,code,") && text.contains(",'=1+1,") && text.ends_with("\r\n"));
    let lines = text.lines().filter(|line| line.contains(",app.counted,")).count();
    assert_eq!(lines, 230);
    let jsonl = server.page(&root, "/admin/audit/export?code=app.counted&format=jsonl").await.expect(200).text();
    let rows: Vec<Value> = jsonl.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    assert_eq!((rows.len(), &rows[0]["details"]["n"]), (230, &json!(229)));
    let recorded = server.events("audit.exported").await;
    assert_eq!((recorded.len(), &recorded[0].details["code"]), (2, &json!("app.counted")));
    server.page(&root, "/admin/audit/export?format=xls").await.expect(404);
    server.page(&root, "/admin/audit/export?actor=stranger%40example.com").await.expect(404);
}

#[tokio::test]
async fn an_export_needs_the_permission_and_a_fresh_proof() {
    let (server, root) = house(|config| config).await;
    server.user("eve@example.com", "moderator").await;
    let eve = server.console("eve@example.com").await;
    server.page(&eve, "/admin/audit/export").await.expect(403);
    assert!(!server.page(&eve, "/admin/audit").await.text().contains("/audit/export"));
    server.clock.advance(Duration::from_secs(6 * 60));
    let reply = server.page(&root, "/admin/audit/export?format=csv").await.expect(303);
    assert_eq!(reply.header("location"), Some("/admin/reauth?next=%2Fadmin%2Faudit%2Fexport%3Fformat%3Dcsv"));
    assert!(server.events("audit.exported").await.is_empty());
}
