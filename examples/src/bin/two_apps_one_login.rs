//! Two applications, one sign-in: the first has the accounts, the second only asks who is there.
//! `cargo run --bin two_apps_one_login`, then sign in at <http://127.0.0.1:8000/admin> with the link that it prints, and open
//! <http://127.0.0.1:8001>.
//!
//! What has to agree, or the second refuses everybody:
//!
//! - The store. A session is looked up at every request, which is why a sign-out in one holds in the other at once. Two
//!   processes share Postgres, or a file of SQLite on one machine.
//! - The key and the algorithm (`AUTHKIT_SECRET_KEY`, `AUTHKIT_PREVIOUS_SECRET_KEYS`, `AUTHKIT_ALGORITHM`), issuer and
//!   audience (in code): one checks what the other has signed.
//! - The names of the cookies, and where browsers send them: `AUTHKIT_COOKIE_DOMAIN=example.com` for `accounts.example.com`
//!   and `desk.example.com`. Without it a cookie stays with the host that set it. On this machine both ports are one host.
//! - The roles (`AUTHKIT_ROLES`): one that only the first knows grants nothing in the second.
//!
//! What is each one's own: the base URL. Requests that change something are believed from pages of that origin alone, so a
//! page of the first cannot post to the second. Links in mails lead to the one that made them, which is the first.
//!
//! The access cookie is good for a quarter of an hour. A person who stays in the second for longer is sent to a page of the
//! first that refreshes, or the second mounts `authkit_poem::routes`, too.

use std::sync::Arc;

use authkit_core::{AuthKit, Config, SecureRandom as _, SystemRandom};
use authkit_poem::{ClientInfo, CurrentSession, CurrentUser, Refused, without_session};
use authkit_store_memory::MemoryStore;
use poem::web::Data;
use poem::{Endpoint, EndpointExt as _, Response, Result, Route, get, handler, post};

/// What both say. In production it comes from the variables above, and the key from where secrets are kept.
fn shared(config: Config, key: &str) -> Config {
    config.secret_key(key).issuer("https://accounts.example.com").audience("example.com")
}

/// Accounts, sign-in, administration.
fn accounts(auth: &AuthKit) -> impl Endpoint + 'static {
    Route::new()
        .nest("/auth", authkit_poem::routes(auth))
        .nest("/admin", authkit_poem::admin(auth))
        .with(authkit_poem::layer(auth))
}

#[handler]
fn tickets(CurrentUser(user): CurrentUser) -> String {
    format!("The tickets of {}.", user.email)
}

/// Ends the session for both.
#[handler]
async fn leave(
    CurrentSession(who): CurrentSession,
    ClientInfo(client): ClientInfo,
    Data(auth): Data<&AuthKit>,
) -> Result<Response> {
    auth.revoke_own_session(&who, who.session.id, &client).await.map_err(|error| Refused::new(auth, error))?;
    Ok(without_session(auth, "Good bye."))
}

/// No accounts here: a guard in front of each route.
fn desk(auth: &AuthKit) -> impl Endpoint + 'static {
    Route::new().at("/", get(tickets)).at("/leave", post(leave)).with(authkit_poem::layer(auth)).data(auth.clone())
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut bytes = [0; 32];
    SystemRandom.fill(&mut bytes)?;
    let key = bytes.map(|byte| format!("{byte:02x}")).concat();
    let store = Arc::new(MemoryStore::new());
    let kit = |base: &str| {
        let config = shared(Config::development().base_url(base), &key);
        AuthKit::builder().store(Arc::clone(&store)).config(config).build()
    };
    let (first, second) = (kit("http://127.0.0.1:8000")?, kit("http://127.0.0.1:8001")?);
    let server = authkit_poem::Server::bind(&second, "127.0.0.1:8001").await?;
    println!("the desk is at http://{}", server.local_addr());
    tokio::try_join!(authkit_poem::serve(&first, "127.0.0.1:8000", accounts(&first)), server.serve(desk(&second)),)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use authkit_poem::test::{PASSWORD, TestAnswer, TestApp};
    use serde_json::json;

    use super::*;

    const KEY: &str = "fmJ3kq8ZtVxW0pYrLd2sHuB7cNeG5aTiQoR9-4";

    /// Both on one store, the second with something of its configuration changed.
    async fn both(change: impl FnOnce(Config) -> Config) -> (TestApp, TestApp) {
        let store = Arc::new(MemoryStore::new());
        let app = || TestApp::setup().store(Arc::clone(&store));
        let first = app().config(|config| shared(config, KEY)).start(accounts).await;
        let second = app().config(|config| change(shared(config, KEY).base_url("http://127.0.0.1:8001")));
        let second = second.start(desk).await;
        first.user("ada@example.com").create().await;
        (first, second)
    }

    /// Signs in at the first, as a program: with a token.
    async fn token(first: &TestApp) -> String {
        let body = json!({ "email": "ada@example.com", "password": PASSWORD });
        let answer = first.program().post("/auth/login").json(&body).await.assert_ok();
        format!("Bearer {}", answer.json()["access_token"].as_str().expect("a token"))
    }

    async fn at_the_desk(second: &TestApp, token: &str) -> TestAnswer {
        second.program().get("/").header("authorization", token).await
    }

    #[tokio::test]
    async fn whoever_signed_in_at_the_first_is_known_at_the_second() {
        let (first, second) = both(|config| config).await;
        second.visitor().get("/").await.assert_problem(401, "missing_token");
        let body = json!({ "email": "ada@example.com", "password": PASSWORD });
        let answer = first.visitor().post("/auth/login").json(&body).await.assert_ok();
        let cookie = answer.header("set-cookie").and_then(|line| line.split(';').next()).expect("a cookie").to_owned();
        let seen = second.visitor().get("/").header("cookie", &cookie).await.assert_ok();
        seen.assert_text("The tickets of ada@example.com.");
        second.visitor().post("/auth/login").json(&body).await.assert_status(404);
    }

    #[tokio::test]
    async fn a_sign_out_in_one_holds_in_the_other() {
        let (first, second) = both(|config| config).await;
        let one = token(&first).await;
        at_the_desk(&second, &one).await.assert_ok();
        first.program().post("/auth/logout").header("authorization", &one).await.assert_ok();
        at_the_desk(&second, &one).await.assert_problem(401, "session_revoked");

        let other = token(&first).await;
        second.program().post("/leave").header("authorization", &other).await.assert_text("Good bye.");
        first.program().get("/auth/me").header("authorization", &other).await.assert_problem(401, "session_revoked");
    }

    #[tokio::test]
    async fn where_key_issuer_or_audience_differ_nobody_is_known() {
        let other_key = |config: Config| config.secret_key("Zt8qWm3xKv5nRb7yLc2hPd9gTf4jSa6eUi1o");
        let changes: [fn(Config) -> Config; 3] =
            [other_key, |config| config.issuer("https://desk.example.com"), |config| config.audience("desk")];
        for change in changes {
            let (first, second) = both(change).await;
            let token = token(&first).await;
            at_the_desk(&second, &token).await.assert_problem(401, "invalid_token");
        }
    }
}
