//! The overview: what it counts, what it shows to whom, and where it is.

use std::time::Duration;

use authkit_core::{Actor, Note, Operator, Permissions};

use crate::support::{Browser, PASSWORD, Server};

async fn page(server: &Server, browser: &Browser, path: &str) -> String {
    server.page(browser, path).await.expect(200).text()
}

fn with_viewer() -> Server {
    Server::with(|config| config.roles(["user", "admin", "auditor"]).console_roles([("auditor", Permissions::VIEWER)]))
}

#[tokio::test]
async fn an_empty_house_says_what_to_do_next() {
    let server = with_viewer();
    server.kit.create_first_admin("root@example.com", PASSWORD.into(), Actor::System).await.expect("root");
    let root = server.console("root@example.com").await;
    let first = page(&server, &root, "/admin/").await;
    assert!(first.contains("Only you are here yet") && first.contains("href=\"/admin/users/new\""), "{first}");
    assert!(first.contains("Active users") && first.contains("signed in within 30 days"), "{first}");
    assert!(first.contains("<polyline"), "the sign-in of this very hour: {first}");
    assert!(first.contains("Nothing needs attention.") && first.contains("aria-current=\"page\""));

    server.user("eve@example.com", "auditor").await;
    let eve = server.console("eve@example.com").await;
    assert!(!page(&server, &eve, "/admin/").await.contains("Only you are here yet"));
}

#[tokio::test]
async fn figures_and_lines_are_counted_by_the_hour() {
    let server = with_viewer();
    server.user("root@example.com", "admin").await;
    for _ in 0..3 {
        server.sign_in("root@example.com").await;
    }
    let wrong = serde_json::json!({"email": "root@example.com", "password": "no, not that one"});
    server.post("/auth/login").json(&wrong).send().await.refused(401, "invalid_credentials");
    server.clock.advance(Duration::from_secs(3 * 60 * 60));
    let mut more = true;
    while more {
        more = server.kit.tidy(authkit_core::Budget::default()).await.expect("tidied").more;
    }
    let root = server.console("root@example.com").await;
    for (name, points) in [("24h", 24), ("7d", 28), ("30d", 30), ("90d", 90)] {
        let page = page(&server, &root, &format!("/admin/?period={name}")).await;
        // Three before, and the one that looks.
        assert!(page.contains("<p class=\"fig\">4</p>") && page.contains("<p class=\"fig\">1</p>"), "{name}: {page}");
        assert!(page.contains(&format!("?period={name}\" aria-current=\"true\"")), "{name}");
        assert_eq!(page.matches("<th scope=\"row\"").count(), points, "{name}");
        let line = page.split("class=\"l1\"").nth(1).expect("a line").split('>').next().expect("an element");
        assert_eq!(line.matches(',').count(), points, "{name}: {line}");
        assert!(page.contains("stroke-dasharray=\"6 4\"") && page.contains("stroke-dasharray=\"1.5 4\""));
        assert!(!page.contains(" style=") && !page.contains("<script>"));
    }
    // What nobody knows is as good as nothing.
    assert!(page(&server, &root, "/admin/?period=%22%3E%3Cb%3E&x=y").await.contains("?period=30d\" aria-current"));
}

#[tokio::test]
async fn it_tells_what_needs_a_look_and_what_operators_did() {
    let server = Server::new();
    let root = server.user("root@example.com", "admin").await;
    let eve = server.user("eve.oneill@example.com", "user").await;
    let browser = server.console("root@example.com").await;
    let who = server.kit.current_user(&authkit_core::AccessToken::new(browser.pair().access)).await.expect("root");
    let (operator, client) = (server.kit.operator(&who).expect("an operator"), authkit_core::ClientInfo::none());
    server.kit.set_active(&operator, &eve.id, false, Note::default(), &client).await.expect("done");
    server.kit.set_active(&operator, &eve.id, true, Note::default(), &client).await.expect("done");
    server.kit.set_role(&operator, &eve.id, "admin", Note::default(), &client).await.expect("done");
    server.kit.set_active(&Operator::cli("ops"), &eve.id, false, Note::default(), &client).await.expect("done");
    let pair = server.sign_in("root@example.com").await;
    server.post("/auth/refresh").bearer(&pair.refresh).send().await.expect(200);
    server.clock.advance(Duration::from_secs(60));
    server.post("/auth/refresh").bearer(&pair.refresh).send().await.refused(401, "session_reused");

    let page = page(&server, &browser, "/admin/").await;
    let link = format!("<a class=\"link\" href=\"/admin/users/{}\">eve.oneill@example.com</a>", eve.id);
    for told in [
        format!("root@example.com disabled {link}"),
        format!("root@example.com enabled {link}"),
        format!("root@example.com changed the role of {link} from user to admin"),
        format!("ops disabled {link}"),
    ] {
        assert!(page.contains(&told), "{told}: {page}");
    }
    assert!(page.find("ops disabled") < page.find("changed the role of"), "newest first");
    assert!(
        page.contains("New administrators this week: 2")
            && page.contains("window=7d&#38;code=user.role_changed,user.created")
    );
    assert!(page.contains("Old refresh tokens came back this week: 1"), "{page}");
    assert!(server.row(&root).await.is_active);
}

// S-70 S-74
#[tokio::test]
async fn it_is_for_those_who_may_and_under_every_spelling_guarded() {
    let server = with_viewer();
    let (_, user) = server.signed_in("user@example.com", "user").await;
    for path in ["/admin/", "/admin/?period=24h"] {
        server.get(path).send().await.refused(401, "missing_token");
        server.get(path).bearer(&user.access).send().await.refused(403, "forbidden");
        let led = server.get(path).header("accept", "text/html").send().await.expect(303);
        assert!(led.header("location").is_some_and(|to| to.starts_with("/admin/login?next=")));
    }
}

#[tokio::test]
async fn a_house_without_a_trail_has_nothing_to_count() {
    let server = Server::with(|config| config.audit(false));
    server.user("root@example.com", "admin").await;
    let root = server.console("root@example.com").await;
    let page = page(&server, &root, "/admin/").await;
    assert!(page.contains("keeps no audit trail") && page.contains("Open sessions"), "{page}");
}

#[tokio::test]
async fn the_system_page_tells_the_configuration_and_no_secret() {
    let server = Server::with(|config| {
        let roles = config.roles(["user", "admin", "auditor"]).console_roles([("auditor", Permissions::VIEWER)]);
        roles.trusted_proxies(["10.0.0.0/8"])
    });
    server.user("eve@example.com", "auditor").await;
    let (_, user) = server.signed_in("user@example.com", "user").await;
    let eve = server.console("eve@example.com").await;
    let page = page(&server, &eve, "/admin/system").await;
    for told in ["10.0.0.0/8", "authkit_access", "authkit_refresh", "15 min", "development", env!("CARGO_PKG_VERSION")]
    {
        assert!(page.contains(told), "{told}: {page}");
    }
    assert!(!page.contains(crate::support::SECRET));
    server.get("/admin/system").bearer(&user.access).send().await.refused(403, "forbidden");
}

#[tokio::test]
async fn a_spike_of_failures_is_told_with_its_address_and_its_account() {
    let server = Server::with(|config| config.throttle(authkit_core::ThrottleMode::Off));
    server.user("root@example.com", "admin").await;
    server.user("eve@example.com", "user").await;
    let root = server.console("root@example.com").await;
    let wrong = serde_json::json!({"email": "eve@example.com", "password": "no, not that one"});
    for _ in 0..20 {
        server.post("/auth/login").json(&wrong).send().await.refused(401, "invalid_credentials");
    }
    server.clock.advance(Duration::from_secs(1));
    let page = page(&server, &root, "/admin/").await;
    for told in [
        "Failed sign-ins of eve@example.com in the last day: 20",
        "Failed sign-ins of 192.0.2.1 in the last day: 20",
        "usually 0 a day",
        "code=session.open_failed&#38;ip=192.0.2.1",
    ] {
        assert!(page.contains(told), "{told}: {page}");
    }
}
