//! Making a user, by the page and by programs.

use std::time::Duration;

use authkit_core::{EventCode, Permissions};
use serde_json::json;

use crate::support::{Browser, HOSTILE, Server, assert_inert};

async fn house() -> (Server, Browser) {
    let server = Server::with(|config| {
        let roles = ["user", "admin", "support", "auditor"];
        config.roles(roles).console_roles([("support", Permissions::SUPPORT), ("auditor", Permissions::VIEWER)])
    });
    server.user("root@example.com", "admin").await;
    let root = server.console("root@example.com").await;
    (server, root)
}

#[tokio::test]
async fn a_user_is_made_and_shown_and_invited() {
    let (server, root) = house().await;
    let token = server.page(&root, "/admin/users/new").await.expect(200).form_token();
    let fields =
        [("csrf_token", token.as_str()), ("email", " grace@example.com"), ("role", "support"), ("reason", "new")];
    let reply = server.post("/admin/users/new").by(&root).form(&fields).send().await.expect(303);
    let path = reply.header("location").expect("a path").to_owned();
    let page = server.page(&root, &path).await.expect(200).text();
    assert!(page.contains("grace@example.com") && page.contains("Pending") && page.contains("is on its way"));
    assert_eq!(server.mails.all().len(), 1);
    let event = server.events(EventCode::USER_CREATED.as_str()).await.swap_remove(0);
    assert_eq!(json!(event.details), json!({"role": "support", "reason": "new"}));

    // As programs do, and as a form of anybody else's making.
    let pair = root.pair();
    let body = json!({"email": "ada@example.com", "role": "user"});
    let made = server.post("/admin/users").bearer(&pair.access).json(&body).send().await.expect(201);
    let shown = format!("/admin/users/{}", made.json()["id"].as_str().expect("an id"));
    assert_eq!(made.header("location"), Some(shown.as_str()));
    server.post("/admin/users").bearer(&pair.access).json(&body).send().await.refused(409, "email_taken");
    let fields = [("csrf_token", token.as_str()), ("email", "eve@example.com"), ("role", "user")];
    let reply = server.post("/admin/users").by(&root).form(&fields).send().await.expect(303);
    assert!(reply.header("location").is_some_and(|path| path.starts_with("/admin/users/") && path != shown));
}

#[tokio::test]
async fn what_does_not_fit_is_told_beside_the_field_and_kept() {
    let (server, root) = house().await;
    let token = server.page(&root, "/admin/users/new").await.expect(200).form_token();
    for (email, role, status, told) in [
        ("nobody", "user", 422, "aria-invalid"),
        ("ROOT@example.com", "user", 409, "has this address already"),
        ("ada@example.com", "emperor", 422, "role=\"alert\""),
        ("", "user", 422, "aria-invalid"),
    ] {
        let fields = [("csrf_token", token.as_str()), ("email", email), ("role", role)];
        let page = server.post("/admin/users/new").by(&root).form(&fields).send().await.expect(status).text();
        assert!(page.contains(told) && page.contains(&format!("value=\"{email}\"")), "{email} {role}: {page}");
    }
    for hostile in HOSTILE {
        let fields = [("csrf_token", token.as_str()), ("email", hostile), ("role", hostile), ("reason", hostile)];
        let page = server.post("/admin/users/new").by(&root).form(&fields).send().await;
        assert_inert(&page.text(), hostile);
    }
}

#[tokio::test]
async fn a_form_without_the_sessions_token_makes_nobody() {
    let (server, root) = house().await;
    server.user("other@example.com", "admin").await;
    let other = server.console("other@example.com").await;
    let foreign = server.page(&other, "/admin/users/new").await.form_token();
    for token in ["", "x", &foreign] {
        let fields = [("csrf_token", token), ("email", "ada@example.com"), ("role", "user")];
        for path in ["/admin/users/new", "/admin/users"] {
            server.post(path).by(&root).form(&fields).send().await.expect(403);
        }
    }
    assert_eq!(server.events(EventCode::USER_CREATED.as_str()).await.len(), 2); // the two of this test
}

// S-70
#[tokio::test]
async fn only_whoever_may_makes_users_and_only_an_admin_gives_roles() {
    let (server, root) = house().await;
    for email in ["support@example.com", "auditor@example.com"] {
        server.user(email, email.split('@').next().expect("a name")).await;
    }
    let auditor = server.console("auditor@example.com").await;
    server.page(&auditor, "/admin/users/new").await.expect(403);
    let support = server.console("support@example.com").await;
    let page = server.page(&support, "/admin/users/new").await.expect(200);
    assert!(page.text().contains("<option selected>user</option>") && !page.text().contains("<option>admin"));
    let token = page.form_token();
    let fields = |role| [("csrf_token", token.as_str()), ("email", "ada@example.com"), ("role", role)];
    server.post("/admin/users/new").by(&support).form(&fields("admin")).send().await.expect(403);
    server.post("/admin/users/new").by(&support).form(&fields("user")).send().await.expect(303);

    // Giving a role needs a fresh proof, and what was typed comes back after it.
    server.clock.advance(Duration::from_secs(6 * 60));
    let token = server.page(&root, "/admin/users/new").await.form_token();
    let fields = [("csrf_token", token.as_str()), ("email", "eve@example.com"), ("role", "admin")];
    let reply = server.post("/admin/users/new").by(&root).form(&fields).send().await.expect(303);
    let location = reply.header("location").expect("a path");
    assert!(
        location.starts_with("/admin/reauth?next=%2Fadmin%2Fusers%2Fnew%3Femail%3Deve%2540example.com"),
        "{location}"
    );
    let page = server.page(&root, "/admin/users/new?email=eve%40example.com&role=admin&reason=").await.text();
    assert!(page.contains("value=\"eve@example.com\"") && page.contains("<option selected>admin</option>"));
}
