//! The console's door, its forms, and the page of a user.

use std::time::Duration;

use crate::support::{Call, HOSTILE, PASSWORD, Pair, Server, assert_inert, encoded};

/// A person's request: the browser's own headers and the access cookie.
fn person<'a>(server: &'a Server, method: &str, path: &str, pair: &Pair) -> Call<'a> {
    let call = server.call(method, path).header("accept", "text/html").header("sec-fetch-site", "same-origin");
    call.cookie("authkit_access", &pair.access)
}

fn form<'a>(server: &'a Server, path: &str, pair: &Pair, fields: &str) -> Call<'a> {
    let call = person(server, "POST", path, pair).header("content-type", "application/x-www-form-urlencoded");
    call.body(fields.to_owned())
}

/// The form token of a page.
async fn token(server: &Server, pair: &Pair) -> String {
    person(server, "GET", "/admin/reauth", pair).send().await.expect(200).form_token()
}

#[tokio::test]
async fn a_person_who_is_not_signed_in_is_led_to_the_door_and_back() {
    let (server, ..) = Server::house().await;
    let reply = server.get("/admin/users/x?a=b").header("accept", "text/html").send().await.expect(303);
    assert_eq!(reply.header("location"), Some("/admin/login?next=%2Fadmin%2Fusers%2Fx%3Fa%3Db"));
    server.get("/admin/users/x").send().await.refused(401, "missing_token");

    let page = server.get("/admin/login?next=/admin/users/x").header("accept", "text/html").send().await.expect(200);
    assert!(page.text().contains("name=\"next\" value=\"/admin/users/x\""));
    assert!(page.header("content-security-policy").is_some_and(|policy| policy.starts_with("default-src 'none'")));
    let post = |body: String| {
        let call = server.post("/admin/login").header("content-type", "application/x-www-form-urlencoded");
        call.header("accept", "text/html").header("sec-fetch-site", "same-origin").body(body)
    };
    let password = PASSWORD.replace(' ', "+");
    let good = format!("email=root%40example.com&password={password}&next=%2Fadmin%2Fusers%2Fx");
    let reply = post(good).send().await.expect(303);
    assert_eq!(reply.header("location"), Some("/admin/users/x"));
    assert!(reply.header("set-cookie").is_some());
    // S-73
    let evil = format!("email=root%40example.com&password={password}&next=%2F%2Fevil.example");
    assert_eq!(post(evil).send().await.expect(303).header("location"), Some("/admin"));
}

#[tokio::test]
async fn one_message_for_every_failed_sign_in_and_the_email_is_kept() {
    let (server, ..) = Server::house().await;
    let mut pages = Vec::new();
    let password = PASSWORD.replace(' ', "+");
    for (email, password) in
        [("eve@example.com", password.as_str()), ("root@example.com", "wrong"), ("nobody@example.com", "wrong")]
    {
        let body = format!("email={}&password={password}", email.replace('@', "%40"));
        let call = server.post("/admin/login").header("content-type", "application/x-www-form-urlencoded");
        let reply = call.header("accept", "text/html").body(body).send().await.expect(401);
        let page = reply.text();
        assert!(page.contains(&format!("value=\"{email}\"")) && !page.contains(password), "{page}");
        pages.push(page.replace(email, ""));
    }
    assert!(pages.windows(2).all(|two| two[0] == two[1]));
}

// S-48 S-72
#[tokio::test]
async fn a_form_counts_only_with_the_token_of_its_own_session() {
    let (server, _, root, eve) = Server::house().await;
    let (_, other) = server.signed_in("second@example.com", "admin").await;
    let (mine, theirs) = (token(&server, &root).await, token(&server, &other).await);
    let path = format!("/admin/users/{}/toggle-active", eve.id);
    let before = server.row(&eve).await;
    for bad in ["", "csrf_token=", "csrf_token=x", &format!("csrf_token={theirs}"), &format!("csrf_token={mine}x")] {
        let reply = form(&server, &path, &root, &format!("is_active=false&{bad}")).send().await.expect(403);
        assert!(reply.text().contains("The form is not good any more"), "{bad}");
    }
    // Signed in is not enough where the page is another site's.
    let call = server.post(&*path).cookie("authkit_access", &root.access).header("sec-fetch-site", "cross-site");
    let call = call.header("content-type", "application/x-www-form-urlencoded").header("accept", "text/html");
    call.body(format!("is_active=false&csrf_token={mine}")).send().await.expect(403);
    assert_eq!(server.row(&eve).await, before);

    let good = format!("is_active=false&csrf_token={mine}&reason=asked");
    let reply = form(&server, &path, &root, &good).send().await.expect(303);
    assert_eq!(reply.header("location"), Some(format!("/admin/users/{}", eve.id).as_str()));
    assert!(!server.row(&eve).await.is_active);
    let stale = format!("is_active=true&csrf_token={mine}&updated_at={}", before.updated_at);
    form(&server, &path, &root, &stale).send().await.expect(409);
    assert!(!server.row(&eve).await.is_active);
}

#[tokio::test]
async fn a_browser_whose_access_cookie_is_gone_stays_signed_in() {
    let (server, _, root, eve) = Server::house().await;
    server.clock.advance(Duration::from_secs(20 * 60));
    let call = server.get(format!("/admin/users/{}", eve.id)).header("accept", "text/html");
    let reply = call.cookie("authkit_refresh", &root.refresh).send().await.expect(200);
    let cookies: Vec<_> = reply.headers.get_all("set-cookie").iter().collect();
    assert_eq!(cookies.len(), 2, "{cookies:?}");
    // Also where the page itself cannot be had: the token has been spent.
    server.clock.advance(Duration::from_secs(1));
    let call = server.get("/admin/users/nobody").header("accept", "text/html");
    let reply = call.cookie("authkit_refresh", &root.refresh).send().await.expect(404);
    assert_eq!(reply.headers.get_all("set-cookie").iter().count(), 2);
}

#[tokio::test]
async fn what_needs_a_fresh_proof_asks_for_it_and_comes_back() {
    let (server, _, root, eve) = Server::house().await;
    server.clock.advance(Duration::from_secs(6 * 60));
    let path = format!("/admin/users/{}/delete", eve.id);
    let csrf = token(&server, &root).await;
    let away = format!("/admin/reauth?next={}", path.replace('/', "%2F"));
    let reply = person(&server, "GET", &path, &root).send().await.expect(303);
    assert_eq!(reply.header("location"), Some(away.as_str()));
    let body = format!("csrf_token={csrf}&email=eve%40example.com");
    let reply = form(&server, &path, &root, &body).send().await.expect(303);
    assert_eq!(reply.header("location"), Some(away.as_str()));

    let wrong = format!("csrf_token={csrf}&password=wrong&next={path}");
    form(&server, "/admin/reauth", &root, &wrong).send().await.expect(401);
    let right = format!("csrf_token={csrf}&password={}&next={path}", PASSWORD.replace(' ', "+"));
    let reply = form(&server, "/admin/reauth", &root, &right).send().await.expect(303);
    assert_eq!(reply.header("location"), Some(path.as_str()));
    let page = person(&server, "GET", &path, &root).send().await.expect(200).text();
    assert!(page.contains("Type the email to confirm"));
    let other = format!("csrf_token={csrf}&email=other%40example.com");
    form(&server, &path, &root, &other).send().await.expect(422);
    form(&server, &path, &root, &body).send().await.expect(303);
    assert!(server.row(&eve).await.deleted_at.is_some());
    form(&server, &format!("/admin/users/{}/restore", eve.id), &root, &format!("csrf_token={csrf}"))
        .send()
        .await
        .expect(303);
    assert!(server.row(&eve).await.deleted_at.is_none());
}

// S-70
#[tokio::test]
async fn a_viewer_sees_no_buttons_and_is_refused() {
    let (server, _, _, eve) = Server::house().await;
    let (_, auditor) = server.signed_in("auditor@example.com", "auditor").await;
    let page = person(&server, "GET", &format!("/admin/users/{}", eve.id), &auditor).send().await.expect(200).text();
    for hidden in ["toggle-active", "send-reset", "revoke-sessions", "/danger"] {
        assert!(!page.contains(hidden), "{hidden}");
    }
    let csrf = token(&server, &auditor).await;
    for (action, fields) in [
        ("toggle-active", "is_active=false&"),
        ("send-reset", ""),
        ("restore", ""),
        ("revoke-sessions", ""),
        ("unlock", ""),
    ] {
        let path = format!("/admin/users/{}/{action}", eve.id);
        person(&server, "GET", &path, &auditor).send().await.expect(403);
        form(&server, &path, &auditor, &format!("{fields}csrf_token={csrf}")).send().await.expect(403);
    }
    assert!(server.row(&eve).await.is_active);
    let hers = server.sign_in("eve@example.com").await;
    person(&server, "GET", "/admin/users/nobody", &hers).send().await.expect(403);
}

// S-71
#[tokio::test]
async fn hostile_text_is_inert_in_the_door_and_its_errors() {
    let (server, _, root, _) = Server::house().await;
    for text_in in HOSTILE {
        let encoded = encoded(text_in);
        let call = server.post("/admin/login").header("content-type", "application/x-www-form-urlencoded");
        let call = call.header("accept", "text/html").body(format!("email={encoded}&password=x&next={encoded}"));
        let page = call.send().await.text();
        assert_inert(&page, text_in);
        assert_inert(&person(&server, "GET", &format!("/admin/users/{encoded}"), &root).send().await.text(), text_in);
        assert_inert(
            &person(&server, "GET", &format!("/admin/login?next={encoded}"), &root).send().await.text(),
            text_in,
        );
    }
}

#[tokio::test]
async fn sessions_end_all_at_once_from_the_page_of_their_user() {
    let (server, _, root, eve) = Server::house().await;
    let hers = server.sign_in("eve@example.com").await;
    let csrf = token(&server, &root).await;
    let page =
        person(&server, "GET", &format!("/admin/users/{}/sessions", eve.id), &root).send().await.expect(200).text();
    assert!(page.contains("/revoke?next="), "{page}");
    let path = format!("/admin/users/{}/revoke-sessions", eve.id);
    person(&server, "GET", &path, &root).send().await.expect(200);
    form(&server, &path, &root, &format!("csrf_token={csrf}")).send().await.expect(303);
    server.get("/auth/me").bearer(&hers.access).send().await.refused(401, "session_revoked");
    form(&server, &format!("/admin/users/{}/unlock", eve.id), &root, &format!("csrf_token={csrf}"))
        .send()
        .await
        .expect(303);
    let activity =
        person(&server, "GET", &format!("/admin/users/{}/activity", eve.id), &root).send().await.expect(200).text();
    assert!(activity.contains("session.opened"), "{activity}");
    // What was done to her stands in the line of whoever did it, too, and what she did not do herself in no group of hers.
    let who =
        server.kit.current_user(&authkit_core::AccessToken::new(root.access.as_str())).await.expect("root").user.id;
    for (show, there, not_there) in [
        ("", "ended sessions of eve@example.com", "eve@example.com signed in"),
        ("?show=admin_actions", "ended sessions of eve@example.com", "root@example.com signed in"),
        ("?show=sign_ins", "root@example.com signed in", "ended sessions of eve@example.com"),
    ] {
        let path = format!("/admin/users/{who}/activity{show}");
        let page = person(&server, "GET", &path, &root).send().await.expect(200).text();
        assert!(page.contains(there) && !page.contains(not_there), "{show}: {page}");
    }
    person(&server, "GET", &format!("/admin/users/{}/security", eve.id), &root).send().await.expect(200);
    person(&server, "GET", &format!("/admin/users/{}/danger", eve.id), &root).send().await.expect(200);
}

#[tokio::test]
async fn the_own_account_is_not_touched_and_the_last_admin_stays() {
    let (server, root, pair, _) = Server::house().await;
    let csrf = token(&server, &pair).await;
    for (action, fields) in
        [("toggle-active", "is_active=false"), ("change-role", "role=user"), ("delete", "email=root%40example.com")]
    {
        let path = format!("/admin/users/{}/{action}", root.id);
        form(&server, &path, &pair, &format!("{fields}&csrf_token={csrf}")).send().await.expect(400);
    }
    let (second, other) = server.signed_in("second@example.com", "admin").await;
    let theirs = token(&server, &other).await;
    form(
        &server,
        &format!("/admin/users/{}/toggle-active", root.id),
        &other,
        &format!("is_active=false&csrf_token={theirs}"),
    )
    .send()
    .await
    .expect(303);
    assert!(server.row(&second).await.is_active && !server.row(&root).await.is_active);
}
