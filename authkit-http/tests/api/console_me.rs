//! The own account in the console: password, sessions, appearance.

use crate::support::{Browser, PASSWORD, Server};

const NEW: &str = "another+lantern,+another+quay";

/// A browser that is signed in, and the token of its forms.
async fn root(server: &Server) -> (Browser, String) {
    let browser = server.console("root@example.com").await;
    let token = token(server, &browser).await;
    (browser, token)
}

async fn me(server: &Server, browser: &Browser) -> String {
    server.page(browser, "/admin/me").await.expect(200).text()
}

async fn token(server: &Server, browser: &Browser) -> String {
    server.page(browser, "/admin/me").await.expect(200).form_token()
}

// S-37 S-48
#[tokio::test]
async fn a_password_is_changed_in_place_and_every_other_session_ends() {
    let server = Server::new();
    server.user("root@example.com", "admin").await;
    let (browser, csrf) = root(&server).await;
    let elsewhere = server.sign_in("root@example.com").await;
    let change = async |current: &str, new: &str| {
        let body = format!("csrf_token={csrf}&current_password={current}&new_password={new}");
        server.form("/admin/me/password", &browser, body).send().await
    };
    let good = PASSWORD.replace(' ', "+");
    for (current, new, status, told) in [
        ("guess", NEW, 401, "The password is not right."),
        (good.as_str(), "short", 422, "The password is too short"),
        ("", "", 422, "This field is required."),
    ] {
        let page = change(current, new).await.expect(status).text();
        assert!(page.contains(told) && page.contains("aria-invalid=\"true\"") && !page.contains(&good), "{page}");
    }
    server.get("/auth/me").bearer(&elsewhere.access).send().await.expect(200);
    let before = browser.pair();
    let reply = change(&good, NEW).await.expect(303);
    assert_eq!(reply.header("location"), Some("/admin/me"));
    server.get("/auth/me").bearer(&elsewhere.access).send().await.refused(401, "session_revoked");
    server.get("/auth/me").bearer(&before.access).send().await.refused(401, "session_revoked");
    assert!(me(&server, &browser).await.contains("Your password is changed."));
    // A form of the session before is none of this one.
    let late = format!("csrf_token={csrf}&theme=dark");
    server.form("/admin/me/appearance", &browser, late).send().await.expect(403);
}

// S-38
#[tokio::test]
async fn own_sessions_are_ended_one_by_one_or_all_but_this() {
    let server = Server::new();
    server.user("root@example.com", "admin").await;
    let (_, eve) = server.signed_in("eve@example.com", "user").await;
    let (browser, csrf) = root(&server).await;
    let [first, second, third] = [
        server.sign_in("root@example.com").await,
        server.sign_in("root@example.com").await,
        server.sign_in("root@example.com").await,
    ];
    let id = async |access: &str| {
        let who = server.kit.current_user(&authkit_core::AccessToken::new(access.to_owned())).await.expect("signed in");
        who.session.id.to_string()
    };
    let end = async |id: String| {
        server.form(&format!("/admin/me/sessions/{id}/end"), &browser, format!("csrf_token={csrf}")).send().await
    };
    assert_eq!(me(&server, &browser).await.matches("/end\">").count(), 3);
    end(id(&first.access).await).await.expect(303);
    server.get("/auth/me").bearer(&first.access).send().await.refused(401, "session_revoked");
    server.get("/auth/me").bearer(&second.access).send().await.expect(200);
    end(id(&eve.access).await).await.expect(404);
    server.get("/auth/me").bearer(&eve.access).send().await.expect(200);
    end(id(&browser.pair().access).await).await.expect(400);

    let others = |token: &str| server.form("/admin/me/sessions/end-others", &browser, format!("csrf_token={token}"));
    others("").send().await.expect(403);
    server.get("/auth/me").bearer(&third.access).send().await.expect(200);
    others(&csrf).send().await.expect(303);
    for ended in [second, third] {
        server.get("/auth/me").bearer(&ended.access).send().await.refused(401, "session_revoked");
    }
    let page = me(&server, &browser).await;
    assert!(page.contains("Every other session of yours has ended.") && !page.contains("end-others"));
}

#[tokio::test]
async fn the_appearance_is_kept_in_a_cookie_of_known_words() {
    let server = Server::new();
    server.user("root@example.com", "admin").await;
    let (browser, csrf) = root(&server).await;
    let page = me(&server, &browser).await;
    assert!(page.contains("<html lang=\"en\">") && page.contains("id=\"appearance\""), "{page}");
    let save = |fields: &str| server.form("/admin/me/appearance", &browser, format!("csrf_token={csrf}&{fields}"));
    let reply = save("theme=light&density=compact&times=local&solid=true").send().await.expect(303);
    assert_eq!(reply.header("location"), Some("/admin/me#appearance"));
    assert_eq!(browser.value("authkit_console").as_deref(), Some("v1.light.solid.compact.local.nokeys"));
    let page = me(&server, &browser).await;
    assert!(page.contains("data-theme=\"light\" data-solid data-compact data-local data-nokeys"), "{page}");
    save("theme=%22%3E%3Cb%3E&density=x&times=utc&shortcuts=true").send().await.expect(303);
    assert_eq!(browser.value("authkit_console").as_deref(), Some("v1"));
    save("theme=dark&is_admin=true").send().await.expect(422);
}
