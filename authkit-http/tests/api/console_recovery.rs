//! The pages that recover an account: what they ask, what they keep, and what they give away.

use std::time::Duration;

use crate::support::{Browser, PASSWORD, Server};

const NEW: &str = "another+lantern,+another+quay";

/// A browser that has followed the link of a mail.
async fn at_the_form(server: &Server, browser: &Browser) -> String {
    server.form("/admin/forgot-password", browser, "email=ada%40example.com").send().await.expect(303);
    let token = server.mailed_token();
    let link = server.get(format!("/admin/reset-password?token={token}")).by(browser).send().await.expect(303);
    assert_eq!(link.header("location"), Some("/admin/reset-password"));
    token
}

// S-54
#[tokio::test]
async fn asking_for_a_link_says_the_same_about_everybody() {
    let server = Server::new();
    server.user("ada@example.com", "user").await;
    let browser = Browser::new();
    let known = server.form("/admin/forgot-password", &browser, "email=ada%40example.com").send().await.expect(303);
    let other = server.form("/admin/forgot-password", &browser, "email=eve%40example.com").send().await.expect(303);
    assert_eq!((&known.headers, &known.body), (&other.headers, &other.body));
    assert_eq!(server.mails.all().len(), 1);
    let page = server.get("/admin/forgot-password?sent=1").send().await.expect(200);
    assert!(page.text().contains("If there is an account") && !page.text().contains("example.com"));
}

// S-71
#[tokio::test]
async fn what_is_no_address_is_told_in_place_and_kept() {
    let server = Server::new();
    let browser = Browser::new();
    let body = "email=%22%3E%3Cscript%3Ealert(1)%3C/script%3E";
    let page = server.form("/admin/forgot-password", &browser, body).send().await.expect(422).text();
    assert!(page.contains("This is not an email address.") && page.contains("aria-describedby=\"failed\""));
    assert!(!page.contains("<script>alert") && page.contains("script&#62;alert(1)"), "{page}");
    server.form("/admin/forgot-password", &browser, "").send().await.expect(422);
}

// S-56
#[tokio::test]
async fn the_token_leaves_the_url_at_once_and_looking_consumes_nothing() {
    let server = Server::new();
    server.user("ada@example.com", "user").await;
    let browser = Browser::new();
    server.form("/admin/forgot-password", &browser, "email=ada%40example.com").send().await.expect(303);
    let token = server.mailed_token();
    for _ in 0..3 {
        let link = server.get(format!("/admin/reset-password?token={token}")).by(&browser).send().await.expect(303);
        assert_eq!(link.header("location"), Some("/admin/reset-password"));
        assert_eq!(link.header("referrer-policy"), Some("no-referrer"));
        assert_eq!(link.header("cache-control"), Some("no-store"));
        let (name, value, attributes) = link.cookies().remove(0);
        assert_eq!((name.as_str(), &value), ("authkit_reset", &token));
        let expected = ["Path=/admin/reset-password", "HttpOnly", "Max-Age=900", "SameSite=Lax"];
        assert_eq!(attributes, expected);
    }
    let page = server.get("/admin/reset-password").by(&browser).send().await.expect(200);
    assert_eq!(page.header("cache-control"), Some("no-store"));
    let page = page.text();
    assert!(
        page.contains("Choose a new password") && page.contains("At least 12 characters") && !page.contains(&token)
    );
    assert!(page.find("id=\"rules\"") < page.find("name=\"new_password\""), "the rules stand before the field");
    server.form("/admin/reset-password", &browser, format!("new_password={NEW}")).send().await.expect(303);
}

// S-37 S-57 S-58
#[tokio::test]
async fn a_password_is_set_once_and_nobody_is_signed_in_by_it() {
    let server = Server::new();
    let (_, ada) = server.signed_in("ada@example.com", "user").await;
    let browser = Browser::new();
    let token = at_the_form(&server, &browser).await;
    let set = async |body: String| server.form("/admin/reset-password", &browser, &body).send().await;

    for (body, told) in [
        ("new_password=short", "The password is too short"),
        ("new_password=password1234", "one of those that are tried first"),
        ("new_password=", "Type the new password."),
    ] {
        let page = set(body.to_owned()).await.expect(422).text();
        assert!(page.contains(told) && page.contains("aria-invalid=\"true\""), "{page}");
    }
    server.get("/auth/me").bearer(&ada.access).send().await.expect(200);

    let done = set(format!("new_password={NEW}")).await.expect(303);
    assert_eq!(done.header("location"), Some("/admin/reset-password?done=1"));
    assert!(done.cookies().iter().all(|(name, value, _)| name == "authkit_reset" && value.is_empty()), "{done:?}");
    server.get("/auth/me").bearer(&ada.access).send().await.refused(401, "session_revoked");
    let page = server.get("/admin/reset-password?done=1").by(&browser).send().await.expect(200);
    assert!(page.text().contains("Your password is set"));

    server.get(format!("/admin/reset-password?token={token}")).by(&browser).send().await.expect(303);
    let again = set(format!("new_password={NEW}+2")).await.expect(400);
    assert!(again.text().contains("This link does not work any more"));
    assert_eq!(browser.value("authkit_reset"), None);
    let body = serde_json::json!({"email": "ada@example.com", "password": PASSWORD});
    server.post("/auth/login").json(&body).send().await.refused(401, "invalid_credentials");
}

#[tokio::test]
async fn a_link_that_is_late_cut_or_missing_leads_to_another_one() {
    let server = Server::new();
    server.user("ada@example.com", "user").await;
    let browser = Browser::new();
    at_the_form(&server, &browser).await;
    server.clock.advance(Duration::from_secs(15 * 60 + 6));
    let late = server.form("/admin/reset-password", &browser, format!("new_password={NEW}")).send().await.expect(400);
    assert!(late.text().contains("Ask for another link"));
    for bad in ["x%3B%20Domain=evil.example", "%0d%0aSet-Cookie:x=y", &"x".repeat(3_000)] {
        let link = server.get(format!("/admin/reset-password?token={bad}")).send().await.expect(303);
        assert_eq!(link.cookies()[0].1, "", "{bad}");
    }
    let page = server.get("/admin/reset-password").send().await.expect(200);
    assert!(page.text().contains("Ask for another link"));
    server.form("/admin/reset-password", &Browser::new(), format!("new_password={NEW}")).send().await.expect(400);
}

// S-47 S-50
#[tokio::test]
async fn a_form_of_another_site_recovers_nothing() {
    let server = Server::new();
    server.user("ada@example.com", "user").await;
    let browser = Browser::new();
    at_the_form(&server, &browser).await;
    let value = browser.value("authkit_reset").expect("a token");
    let body = format!("new_password={NEW}");
    for path in ["/admin/forgot-password", "/admin/reset-password"] {
        let call = server.post(path).header("content-type", "application/x-www-form-urlencoded").body(body.clone());
        let call = call.cookie("authkit_reset", &value).header("sec-fetch-site", "cross-site");
        call.header("origin", "https://evil.example").send().await.expect(403);
    }
    server.form("/admin/reset-password", &browser, &body).send().await.expect(303);
}

#[tokio::test]
async fn the_first_administrator_is_made_once_by_the_link_of_the_start() {
    let server = Server::new();
    let browser = Browser::new();
    server.get("/admin/setup").by(&browser).header("accept", "text/html").send().await.expect(404);
    let token = server.kit.setup_token().await.expect("a store").expect("a token");
    let link = format!("/admin/setup?token={}", token.expose());
    let moved = server.get(link.clone()).by(&browser).send().await.expect(303);
    assert_eq!(
        (moved.header("location"), moved.header("referrer-policy")),
        (Some("/admin/setup"), Some("no-referrer"))
    );
    let page = server.get("/admin/setup").by(&browser).send().await.expect(200).text();
    assert!(page.contains("first administrator") && !page.contains(token.expose()));
    let make = |email: &str, password: &str| {
        server.form("/admin/setup", &browser, format!("email={email}&password={password}"))
    };
    assert!(make("none", NEW).send().await.expect(422).text().contains("This is not an email address."));
    assert!(make("root%40example.com", "short").send().await.expect(422).text().contains("too short"));
    make("root%40example.com", NEW).send().await.expect(303);
    let inside = server.get("/admin/").by(&browser).header("accept", "text/html").send().await.expect(200);
    assert!(inside.text().contains("root@example.com"));

    let late = Browser::new();
    server.get(link).by(&late).send().await.expect(303);
    let body = format!("email=eve%40example.com&password={NEW}");
    server.get("/admin/setup").by(&late).header("accept", "text/html").send().await.expect(404);
    server.form("/admin/setup", &late, &body).send().await.expect(404);
}
