//! What strangers typed, on every page and in every file of the console: it stays text.

use std::collections::BTreeMap;

use authkit_core::{AppEvent, ClientInfo, EventFilter, Field, ListRequest, Operator, SessionQuery, UserQuery};
use authkit_http::{ADMIN, Handler};
use http::Method;
use serde_json::{Map, Value, json};

use crate::support::{Browser, HOSTILE, PASSWORD, Server, assert_inert, encoded};

/// Every field that a stranger can fill has been filled with every hostile text.
async fn haunted() -> (Server, Browser) {
    let server = Server::with(|config| config.profile_fields([Field::text("name").at_registration().exposed()]));
    server.user("root@example.com", "admin").await;
    for (n, hostile) in HOSTILE.into_iter().enumerate() {
        let email = format!("eve{n:02}@example.com");
        let body = json!({"email": email, "password": PASSWORD, "name": hostile});
        server.post("/auth/register").json(&body).send().await.expect(201);
        let body = json!({"email": email, "password": PASSWORD});
        let call = server.post("/auth/login").json(&body).header_bytes("user-agent", hostile.as_bytes());
        let access = call.send().await.expect(200).pair().access;
        // An ordinary user at the door of the administration, and somebody who is nobody.
        let call = server.get("/admin/api/users").bearer(&access).header_bytes("user-agent", hostile.as_bytes());
        call.send().await.expect(403);
        let body = json!({"email": hostile, "password": hostile});
        let call = server.post("/auth/login").json(&body).header_bytes("user-agent", hostile.as_bytes());
        call.header_bytes("x-request-id", hostile.as_bytes()).send().await.expect(401);
        let body = json!({"email": email});
        let call = server.post("/auth/forgot-password").json(&body).header_bytes("user-agent", hostile.as_bytes());
        call.send().await.expect(200);
        let details = Map::from_iter([(hostile.to_owned(), Value::from(hostile))]);
        let client = ClientInfo::new(None, Some(hostile), Some(hostile));
        let event = AppEvent::new("app.haunted").expect("a code").details(details).client(client);
        server.kit.record(event).await.expect("recorded");
    }
    let root = server.console("root@example.com").await;
    (server, root)
}

/// Every page that answers to GET, once for each thing that its `{id}` may be.
async fn pages(server: &Server) -> Vec<String> {
    let (system, request) = (Operator::system(), ListRequest { cursor: None, limit: Some(200) });
    let users = server.kit.list_users(&system, &UserQuery::default(), &request).await.expect("users").items;
    let sessions = server.kit.list_sessions(&system, &SessionQuery::default(), &request).await.expect("sessions").items;
    let events = server.kit.list_events(&system, &EventFilter::default(), &request).await.expect("events").items;
    let users: Vec<_> = users.iter().map(|item| item.user.id.to_string()).collect();
    let sessions: Vec<_> = sessions.iter().map(|item| item.session.id.to_string()).collect();
    let events: Vec<_> = events.iter().map(|event| event.id.to_string()).collect();
    let mut paths = Vec::new();
    for row in ADMIN.pages.iter().copied().flatten().filter(|row| row.method == Method::GET) {
        let Some((kind, _)) = row.path.split_once("/{id}") else {
            paths.push(format!("/admin{}", row.path));
            continue;
        };
        let ids = BTreeMap::from([("/users", &users), ("/sessions", &sessions), ("/audit", &events)]);
        for id in ids.get(kind).copied().into_iter().flatten() {
            paths.push(format!("/admin{}", row.path.replace("{id}", id)));
        }
    }
    paths
}

// S-71 S-90
#[tokio::test]
async fn what_strangers_typed_is_text_on_every_page_and_in_every_file() {
    let (server, root) = haunted().await;
    let mut shown = BTreeMap::<u16, usize>::new();
    for path in pages(&server).await {
        for path in [format!("{path}?limit=100&window=all"), path] {
            let reply = server.page(&root, &path).await;
            *shown.entry(reply.status).or_default() += 1;
            if reply.header("content-type").is_some_and(|kind| kind.starts_with("text/html")) {
                assert_inert(&reply.text(), &path);
            }
        }
    }
    assert!(shown[&200] > 300, "{shown:?}");
    for kind in ["csv", "jsonl"] {
        for list in ["users", "audit"] {
            let reply = server.page(&root, &format!("/admin/{list}/export?format={kind}&window=all")).await.expect(200);
            assert!(reply.header("content-disposition").is_some_and(|value| value.starts_with("attachment")));
            assert_eq!(reply.header("x-content-type-options"), Some("nosniff"));
            let formula = |cell: &str| cell.trim_start_matches('"').starts_with(['=', '+', '-', '@', '\t', '\r']);
            let text = reply.text();
            let bad: Vec<_> = text.lines().filter(|line| kind == "csv" && line.split(',').any(formula)).collect();
            assert!(bad.is_empty(), "{list}: {bad:#?}");
        }
    }
}

// S-71 S-90
#[tokio::test]
async fn what_stands_in_a_query_is_text_on_every_page() {
    let server = Server::new();
    server.user("root@example.com", "admin").await;
    let root = server.console("root@example.com").await;
    let names = ["query", "next", "cursor", "limit", "status", "role", "verified", "domain", "created_from", "period"];
    let more = ["actor", "subject", "code", "outcome", "ip", "request_id", "session_id", "action", "id", "email"];
    let files = ADMIN.pages.iter().copied().flatten();
    let rows: Vec<_> = files.filter(|row| row.method == Method::GET && !row.path.starts_with("/assets")).collect();
    let public = rows.iter().filter(|row| matches!(row.handler, Handler::Public(_))).count();
    assert!(public > 4 && rows.len() > 20);
    for (n, hostile) in HOSTILE.into_iter().enumerate() {
        let text = encoded(hostile);
        let query: Vec<_> = names.iter().chain(&more).map(|name| format!("{name}={text}")).collect();
        // All at once, and some alone, each name with six texts: a page may stop at the first that it does not know.
        let alone = [0, 1, 2].map(|of| query[(3 * n + of) % query.len()].clone());
        let queries: Vec<_> = alone.into_iter().chain([query.join("&")]).collect();
        for row in &rows {
            for id in [text.as_str(), "00000000-0000-7000-8000-000000000000"] {
                let path = format!("/admin{}", row.path.replace("{id}", id));
                for query in &queries {
                    let path = format!("{path}?{query}");
                    let reply = server.page(&root, &path).await;
                    assert!(reply.status < 500, "{path}: {}", reply.status);
                    if reply.header("content-type").is_some_and(|kind| kind.starts_with("text/html")) {
                        assert_inert(&reply.text(), hostile);
                    }
                }
                if !row.path.contains("{id}") {
                    break;
                }
            }
        }
    }
}
