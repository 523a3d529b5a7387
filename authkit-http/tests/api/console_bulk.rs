//! One thing for many users, in the console.

use std::time::Duration;

use authkit_core::{Permissions, User};

use crate::support::{Browser, HOSTILE, Server, assert_inert};

async fn house(users: usize) -> (Server, Browser, String, Vec<User>) {
    let server = Server::with(|config| {
        let roles = ["user", "admin", "support", "auditor"];
        config.roles(roles).console_roles([("support", Permissions::SUPPORT), ("auditor", Permissions::VIEWER)])
    });
    let mut all = vec![server.user("root@example.com", "admin").await];
    for n in 0..users {
        all.push(server.user(&format!("user{n:03}@example.com"), "user").await);
    }
    let root = server.console("root@example.com").await;
    let token = server.page(&root, "/admin/users").await.expect(200).form_token();
    (server, root, token, all)
}

/// The hidden fields of the one form below the main part of a page.
fn hidden(page: &str) -> Vec<(String, String)> {
    let (_, main) = page.split_once("<main").expect("a main part");
    let text =
        |part: &str, mark: &str| part.split_once(mark).and_then(|(_, rest)| rest.split('"').next()).map(str::to_owned);
    let inputs = main.split("<input type=\"hidden\"").skip(1);
    inputs
        .map(|part| {
            (text(part, "name=\"").expect("a name"), text(part, "value=\"").expect("a value").replace("&#38;", "&"))
        })
        .collect()
}

fn borrowed(fields: &[(String, String)]) -> Vec<(&str, &str)> {
    fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect()
}

#[tokio::test]
async fn what_is_ticked_is_asked_about_and_then_done() {
    let (server, root, token, users) = house(7).await;
    let mut form = vec![("csrf_token", token.as_str()), ("action", "disable"), ("give", "admin"), ("role", "user")];
    form.extend(users.iter().map(|user| ("id", user.id.as_str())));
    let page = server.post("/admin/users/bulk").by(&root).form(&form).send().await.expect(200).text();
    assert!(page.contains("Disable users") && page.contains("<dd>8</dd>") && page.contains("user003@example.com"));
    assert!(!page.contains("user005@example.com"), "five addresses are enough");
    assert!(server.row(&users[1]).await.is_active, "asking does nothing");

    let mut fields = hidden(&page);
    fields.push(("reason".to_owned(), "spring cleaning".to_owned()));
    let page = server.post("/admin/users/bulk/run").by(&root).form(&borrowed(&fields)).send().await.expect(200).text();
    assert!(page.contains("<dt>Changed</dt><dd>7</dd>") && page.contains("<dt>Refused</dt><dd>1</dd>"), "{page}");
    assert!(page.contains("root@example.com") && page.contains("This is your own account."));
    for user in &users {
        assert_eq!(server.row(user).await.is_active, user.id == users[0].id);
    }
    let events = server.events("user.disabled").await;
    assert!(events.len() >= 7 && events[0].details["reason"] == "spring cleaning");
}

#[tokio::test]
async fn all_that_match_are_reached_step_by_step() {
    let (server, root, token, users) = house(230).await;
    let form = [("csrf_token", token.as_str()), ("action", "end-sessions"), ("all", "true"), ("query", "user")];
    let page = server.post("/admin/users/bulk").by(&root).form(&form).send().await.expect(200).text();
    assert!(page.contains("Search: user") && page.contains("user000@example.com"));
    let first = server.post("/admin/users/bulk/run").by(&root).form(&borrowed(&hidden(&page))).send().await;
    let first = first.expect(200).text();
    assert!(first.contains("<dt>Reached so far</dt><dd>200</dd>") && first.contains("Continue"), "{first}");
    let last = server.post("/admin/users/bulk/run").by(&root).form(&borrowed(&hidden(&first))).send().await;
    let last = last.expect(200).text();
    assert!(last.contains("<dt>Reached so far</dt><dd>230</dd>") && !last.contains("Continue"), "{last}");
    assert_ne!(server.row(&users[1]).await.session_epoch, users[1].session_epoch);
    assert_eq!(server.row(&users[0]).await.session_epoch, users[0].session_epoch);
}

#[tokio::test]
async fn nobody_ticked_and_nothing_known_do_nothing() {
    let (server, root, token, _) = house(1).await;
    let form = [("csrf_token", token.as_str()), ("action", "disable"), ("role", "user")];
    let reply = server.post("/admin/users/bulk").by(&root).form(&form).send().await.expect(303);
    assert_eq!(reply.header("location"), Some("/admin/users?role=user"));
    assert!(server.page(&root, "/admin/users?role=user").await.text().contains("Nobody was ticked"));
    for action in ["promote", "", "set-role"] {
        let form = [("csrf_token", token.as_str()), ("action", action)];
        server.post("/admin/users/bulk").by(&root).form(&form).send().await.expect(422);
    }
}

#[tokio::test]
async fn what_needs_a_fresh_proof_comes_back_to_the_same_question() {
    let (server, root, token, users) = house(2).await;
    server.clock.advance(Duration::from_secs(6 * 60));
    let id = users[1].id.as_str();
    let form = [("csrf_token", token.as_str()), ("action", "delete"), ("id", id)];
    for path in ["/admin/users/bulk", "/admin/users/bulk/run"] {
        let reply = server.post(path).by(&root).form(&form).send().await.expect(303);
        let wanted = format!("/admin/reauth?next=%2Fadmin%2Fusers%2Fbulk%3Faction%3Ddelete%26id%3D{id}");
        assert_eq!(reply.header("location"), Some(wanted.as_str()));
    }
    assert!(server.row(&users[1]).await.exists());
    let proof = [("csrf_token", token.as_str()), ("password", crate::support::PASSWORD)];
    server.post("/admin/reauth").by(&root).form(&proof).send().await.expect(303);
    let again = format!("/admin/users/bulk?action=delete&id={id}&id={}", users[2].id);
    let page = server.page(&root, &again).await.expect(200).text();
    assert!(
        page.contains("Delete users") && page.contains("user000@example.com") && page.contains("user001@example.com")
    );
    let fields = hidden(&page);
    server.post("/admin/users/bulk/run").by(&root).form(&borrowed(&fields)).send().await.expect(200);
    assert!(!server.row(&users[1]).await.exists() && !server.row(&users[2]).await.exists());
}

#[tokio::test]
async fn a_question_that_fits_into_no_link_lives_through_the_step_up() {
    let (server, root, token, users) = house(60).await;
    server.clock.advance(Duration::from_secs(6 * 60));
    let mut form = vec![("csrf_token", token.as_str()), ("action", "delete")];
    form.extend(users.iter().skip(1).map(|user| ("id", user.id.as_str())));
    for path in ["/admin/users/bulk", "/admin/users/bulk/run"] {
        let page = server.post(path).by(&root).form(&form).send().await.expect(200).text();
        assert!(page.contains("name=\"password\"") && page.contains("action=\"/admin/users/bulk\""), "{page}");
        let mut fields = hidden(&page);
        fields.push(("password".to_owned(), "not the password".to_owned()));
        let wrong = server.post("/admin/users/bulk").by(&root).form(&borrowed(&fields)).send().await;
        let wrong = wrong.expect(401).text();
        assert!(wrong.contains("The password is not right.") && hidden(&wrong).len() == fields.len() - 1, "{wrong}");
    }
    assert!(server.row(&users[1]).await.exists(), "nothing before the proof");
    let page = server.post("/admin/users/bulk").by(&root).form(&form).send().await.expect(200).text();
    let mut fields = hidden(&page);
    fields.push(("password".to_owned(), crate::support::PASSWORD.to_owned()));
    let page = server.post("/admin/users/bulk").by(&root).form(&borrowed(&fields)).send().await.expect(200).text();
    assert!(page.contains("Delete users") && page.contains("<dd>60</dd>"), "{page}");
    server.post("/admin/users/bulk/run").by(&root).form(&borrowed(&hidden(&page))).send().await.expect(200);
    assert!(!server.row(&users[60]).await.exists());
}

// S-48 S-70
#[tokio::test]
async fn only_whoever_may_by_a_form_of_the_own_session() {
    let (server, root, _, users) = house(2).await;
    for email in ["support@example.com", "auditor@example.com"] {
        server.user(email, email.split('@').next().expect("a name")).await;
    }
    let (support, auditor) = (server.console("support@example.com").await, server.console("auditor@example.com").await);
    let id = users[1].id.as_str();
    let theirs = server.page(&support, "/admin/users").await;
    assert!(theirs.text().contains("value=\"disable\"") && !theirs.text().contains("value=\"delete\""));
    let seen = server.page(&auditor, "/admin/users").await.text();
    assert!(!seen.contains("/users/bulk") && !seen.contains("name=\"id\""));
    let (token, other) = (theirs.form_token(), server.page(&auditor, "/admin/reauth").await.form_token());
    for (browser, token, action) in [
        (&root, token.as_str(), "disable"),
        (&root, "", "disable"),
        (&auditor, other.as_str(), "disable"),
        (&support, token.as_str(), "delete"),
        (&support, token.as_str(), "set-role"),
    ] {
        let form = [("csrf_token", token), ("action", action), ("give", "admin"), ("id", id)];
        for path in ["/admin/users/bulk", "/admin/users/bulk/run"] {
            server.post(path).by(browser).form(&form).send().await.expect(403);
        }
    }
    assert_eq!(server.row(&users[1]).await, users[1]);
}

// S-71
#[tokio::test]
async fn hostile_texts_stay_texts() {
    let (server, root, token, users) = house(1).await;
    for hostile in HOSTILE {
        let id = users[1].id.as_str();
        for form in [
            [("csrf_token", token.as_str()), ("action", "disable"), ("id", id), ("query", hostile)],
            [("csrf_token", token.as_str()), ("action", "disable"), ("id", hostile), ("all", hostile)],
            [("csrf_token", token.as_str()), ("action", "disable"), ("id", hostile), ("reason", hostile)],
            [("csrf_token", token.as_str()), ("action", hostile), ("id", hostile), ("give", hostile)],
        ] {
            for path in ["/admin/users/bulk", "/admin/users/bulk/run"] {
                assert_inert(&server.post(path).by(&root).form(&form).send().await.text(), hostile);
            }
        }
    }
}
