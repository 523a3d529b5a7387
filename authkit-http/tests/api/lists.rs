//! What operators look at.

use serde_json::{Value, json};

use crate::support::{Call, Pair, Server};

async fn house() -> (Server, Pair) {
    let server = Server::new();
    let (_, root) = server.signed_in("root@example.com", "admin").await;
    for n in 0..7 {
        server.user(&format!("user{n}@example.com"), if n == 0 { "editor" } else { "user" }).await;
    }
    (server, root)
}

fn look<'a>(server: &'a Server, root: &Pair, path: &str) -> Call<'a> {
    server.get(format!("/admin/api/{path}")).bearer(&root.access)
}

fn emails(page: &Value) -> Vec<&str> {
    page["items"].as_array().expect("items").iter().map(|item| item["email"].as_str().expect("an address")).collect()
}

#[tokio::test]
async fn users_are_paged_filtered_and_found() {
    let (server, root) = house().await;
    let mut seen = Vec::new();
    let mut cursor = String::new();
    loop {
        let page = look(&server, &root, &format!("users?limit=3&cursor={cursor}")).send().await.expect(200).json();
        seen.extend(emails(&page).into_iter().map(str::to_owned));
        match page["next_cursor"].as_str() {
            Some(next) => cursor = next.to_owned(),
            None => break,
        }
    }
    let mut sorted = seen.clone();
    sorted.sort_unstable();
    sorted.dedup();
    assert_eq!((seen.len(), sorted.len()), (8, 8));

    for (query, found) in [
        ("role=editor", vec!["user0@example.com"]),
        ("query=user3%40EXAMPLE.com", vec!["user3@example.com"]),
        ("query=roo", vec!["root@example.com"]),
        ("query=%25", vec![]),
        ("status=disabled", vec![]),
        ("status=deleted", vec![]),
        ("verified=false", vec![]),
        ("role=editor&verified=true&status=active", vec!["user0@example.com"]),
    ] {
        let page = look(&server, &root, &format!("users?{query}")).send().await.expect(200).json();
        assert_eq!(emails(&page), found, "{query}");
    }
}

#[tokio::test]
async fn one_user_is_shown_with_sessions_and_last_sign_in() {
    let (server, root) = house().await;
    let page = look(&server, &root, "users?query=root").send().await.expect(200).json();
    let item = &page["items"][0];
    assert_eq!((&item["sessions"], &item["deleted_at"]), (&json!(1), &Value::Null));
    let id = item["id"].as_str().expect("an id");
    assert_eq!(look(&server, &root, &format!("users/{id}")).send().await.expect(200).json(), *item);
}

#[tokio::test]
async fn sessions_are_listed_with_their_user_and_state() {
    let (server, root) = house().await;
    let user = server.sign_in("user1@example.com").await;
    server.post("/auth/logout").bearer(&user.refresh).send().await.expect(200);
    let page = look(&server, &root, "sessions").send().await.expect(200).json();
    let told: Vec<_> = page["items"]
        .as_array()
        .expect("items")
        .iter()
        .map(|item| (&item["email"], &item["state"], &item["current"]))
        .collect();
    assert_eq!(told[0], (&json!("user1@example.com"), &json!("revoked"), &json!(false)));
    assert_eq!(told[1], (&json!("root@example.com"), &json!("live"), &json!(true)));
    for (query, n) in
        [("state=live", 1), ("state=revoked", 1), ("state=expired", 0), ("ip=192.0.2.1", 2), ("ip=::1", 0)]
    {
        let page = look(&server, &root, &format!("sessions?{query}")).send().await.expect(200).json();
        assert_eq!(page["items"].as_array().map(Vec::len), Some(n), "{query}");
    }
}

#[tokio::test]
async fn events_are_listed_newest_first_and_filtered() {
    let (server, root) = house().await;
    let reply =
        server.post("/auth/login").json(&json!({"email": "user1@example.com", "password": "guess"})).send().await;
    let request_id = reply.json()["request_id"].as_str().expect("an id").to_owned();
    let page = look(&server, &root, "audit").send().await.expect(200).json();
    let newest = &page["items"][0];
    assert_eq!((&newest["code"], &newest["outcome"]), (&json!("session.open_failed"), &json!("failure")));
    assert_eq!(newest["identifier"], "user1@example.com");
    assert_eq!(newest["request_id"], request_id);
    for (query, n) in [
        (format!("request_id={request_id}"), 1),
        ("code=session.open_failed".to_owned(), 1),
        ("code=session.open_failed&outcome=success".to_owned(), 0),
        ("from=2999-01-01T00:00:00Z&to=2999-01-02T00:00:00Z".to_owned(), 0),
    ] {
        let page = look(&server, &root, &format!("audit?{query}")).send().await.expect(200).json();
        assert_eq!(page["items"].as_array().map(Vec::len), Some(n), "{query}");
    }
    look(&server, &root, "stats").send().await.expect(200);
}

#[tokio::test]
async fn an_unknown_name_or_value_is_refused() {
    let (server, root) = house().await;
    for (path, field) in [
        ("users?status=gone", "status"),
        ("users?verified=perhaps", "verified"),
        ("users?limit=0", "limit"),
        ("users?limit=201", "limit"),
        ("users?limit=x", "limit"),
        ("users?sort=email", "sort"),
        ("users?role=a&role=b", "role"),
        ("users?role=%ff", "role"),
        ("sessions?state=dead", "state"),
        ("sessions?ip=here", "ip"),
        ("sessions?user_id=%00", "user_id"),
        ("audit?outcome=maybe", "outcome"),
        ("audit?session_id=x", "session_id"),
        ("audit?from=yesterday", "from"),
        ("audit?since=2026-01-01T00:00:00Z", "since"),
        ("stats?cursor=x", "cursor"),
        ("users/x?full=1", "full"),
    ] {
        let reply = look(&server, &root, path).send().await.refused(422, "validation_failed");
        assert_eq!(reply.errors().first().map(|(field, _)| field.as_str()), Some(field), "{path}");
    }
}

#[tokio::test]
async fn a_cursor_is_good_for_its_own_list_and_filter() {
    let (server, root) = house().await;
    let page = look(&server, &root, "users?limit=2").send().await.expect(200).json();
    let cursor = page["next_cursor"].as_str().expect("more").to_owned();
    look(&server, &root, &format!("users?limit=4&cursor={cursor}")).send().await.expect(200);
    for path in [
        format!("users?role=user&cursor={cursor}"),
        format!("sessions?cursor={cursor}"),
        format!("audit?cursor={cursor}"),
        format!("users?cursor={}", &cursor[1..]),
        "users?cursor=x".to_owned(),
    ] {
        look(&server, &root, &path).send().await.refused(400, "invalid_cursor");
    }
}

// S-71
#[tokio::test]
async fn what_users_write_comes_back_as_data() {
    let (server, root) = house().await;
    let agent = "<script>alert(1)</script>\u{202e}";
    let body = json!({"email": "user1@example.com", "password": "guess"});
    server.post("/auth/login").header("user-agent", agent).json(&body).send().await.refused(401, "invalid_credentials");
    let reply = look(&server, &root, "audit?code=session.open_failed").send().await.expect(200);
    assert_eq!(reply.header("content-type"), Some("application/json"));
    assert_eq!(reply.json()["items"][0]["user_agent"], "<script>alert(1)</script>\\u{202e}");
}
