//! The pages that prove an address: what they ask, what they keep, and what they give away.

use std::time::Duration;

use serde_json::json;

use crate::support::{Browser, PASSWORD, Server};

/// A server where addresses must be proven, and the token that Ada was mailed.
async fn waiting() -> (Server, String) {
    let server = Server::with(|config| config.require_verified_email(true));
    let ada = json!({"email": "ada@example.com", "password": PASSWORD});
    server.post("/auth/register").json(&ada).send().await.expect(202);
    let token = server.mailed_verification();
    (server, token)
}

async fn is_shut_out(server: &Server) -> bool {
    let ada = json!({"email": "ada@example.com", "password": PASSWORD});
    server.post("/auth/login").json(&ada).send().await.status == 403
}

// S-56 S-60
#[tokio::test]
async fn the_token_leaves_the_url_at_once_and_only_the_button_proves_the_address() {
    let (server, token) = waiting().await;
    let browser = Browser::new();
    for _ in 0..3 {
        let link = server.get(format!("/admin/verify-email?token={token}")).by(&browser).send().await.expect(303);
        assert_eq!(link.header("location"), Some("/admin/verify-email"));
        assert_eq!(link.header("referrer-policy"), Some("no-referrer"));
        assert_eq!(link.header("cache-control"), Some("no-store"));
        let (name, value, attributes) = link.cookies().remove(0);
        assert_eq!((name.as_str(), &value), ("authkit_verify", &token));
        assert_eq!(attributes, ["Path=/admin/verify-email", "HttpOnly", "Max-Age=900", "SameSite=Lax"]);
        let page = server.get("/admin/verify-email").by(&browser).send().await.expect(200);
        assert!(page.text().contains("Confirm the address") && !page.text().contains(&token));
    }
    assert!(is_shut_out(&server).await, "looking proves nothing");

    let done = server.form("/admin/verify-email", &browser, "").send().await.expect(303);
    assert_eq!(done.header("location"), Some("/admin/verify-email?done=1"));
    assert!(done.cookies().iter().all(|(name, value, _)| name == "authkit_verify" && value.is_empty()), "{done:?}");
    let page = server.get("/admin/verify-email?done=1").by(&browser).send().await.expect(200);
    assert!(page.text().contains("Your address is confirmed") && page.text().contains("http://127.0.0.1:8000"));
    assert!(!is_shut_out(&server).await);

    server.get(format!("/admin/verify-email?token={token}")).by(&browser).send().await.expect(303);
    let again = server.form("/admin/verify-email", &browser, "").send().await.expect(400);
    assert!(again.text().contains("This link does not work any more"));
    assert_eq!(browser.value("authkit_verify"), None);
}

#[tokio::test]
async fn a_link_that_is_late_cut_or_missing_leads_to_another_one() {
    let (server, token) = waiting().await;
    let browser = Browser::new();
    server.get(format!("/admin/verify-email?token={token}")).by(&browser).send().await.expect(303);
    server.clock.advance(Duration::from_secs(24 * 60 * 60 + 6));
    let late = server.form("/admin/verify-email", &browser, "").send().await.expect(400);
    assert!(late.text().contains("/admin/resend-verification"));
    for bad in ["x%3B%20Domain=evil.example", "%0d%0aSet-Cookie:x=y", "", "%20", &"x".repeat(3_000)] {
        let link = server.get(format!("/admin/verify-email?token={bad}")).send().await;
        assert!(link.cookies().iter().all(|(_, value, _)| value.is_empty()), "{bad}");
    }
    let page = server.get("/admin/verify-email").send().await.expect(200);
    assert!(page.text().contains("Ask for another link"));
    server.form("/admin/verify-email", &Browser::new(), "").send().await.expect(400);
    assert!(is_shut_out(&server).await);
}

// S-71
#[tokio::test]
async fn asking_for_a_link_says_the_same_about_everybody() {
    let (server, _) = waiting().await;
    let browser = Browser::new();
    let ask = |email: &str| server.form("/admin/resend-verification", &browser, email);
    let known = ask("email=ada%40example.com").send().await.expect(303);
    let other = ask("email=eve%40example.com").send().await.expect(303);
    assert_eq!((&known.headers, &known.body), (&other.headers, &other.body));
    assert_eq!(server.mails.all().len(), 2);
    let page = server.get("/admin/resend-verification?sent=1").send().await.expect(200);
    assert!(page.text().contains("If an account") && page.text().contains("24 hours"));
    assert!(!page.text().contains("example.com"));
    let wrong = ask("email=%22%3E%3Cscript%3Ealert(1)%3C/script%3E").send().await.expect(422).text();
    assert!(wrong.contains("This is not an email address.") && !wrong.contains("<script>alert"));
    ask("").send().await.expect(422);
}

// S-47 S-50
#[tokio::test]
async fn a_form_of_another_site_proves_nothing() {
    let (server, token) = waiting().await;
    for path in ["/admin/verify-email", "/admin/resend-verification"] {
        let call = server.post(path).header("content-type", "application/x-www-form-urlencoded").body(String::new());
        let call = call.cookie("authkit_verify", &token).header("sec-fetch-site", "cross-site");
        call.header("origin", "https://evil.example").send().await.expect(403);
    }
    assert!(is_shut_out(&server).await);
}

// S-10
#[tokio::test]
async fn the_console_tells_an_operator_after_the_right_password_how_to_go_on() {
    let server = Server::with(|config| config.require_verified_email(true));
    server.unverified("root@example.com", "admin").await;
    let browser = Browser::new();
    let enter =
        |password: &str| server.form("/admin/login", &browser, format!("email=root%40example.com&password={password}"));
    let wrong = enter("guess").send().await.expect(401).text();
    assert!(!wrong.contains("resend-verification"));
    let right = enter(&PASSWORD.replace(' ', "+")).send().await.expect(403);
    assert!(right.text().contains("not confirmed yet") && right.text().contains("/admin/resend-verification"));
    assert!(right.cookies().is_empty());
}
