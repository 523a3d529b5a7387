//! A sign-in page of the application's own that works without script. `cargo run --bin browser_forms`
//!
//! The form is sent to the application's own handler, which calls the same flow as the JSON API and sets the same cookies.

use authkit_core::{AuthKit, Config, Login};
use authkit_poem::{ClientInfo, CurrentSession, CurrentUser, Refused, SameOrigin, with_session, without_session};
use authkit_store_memory::MemoryStore;
use poem::http::StatusCode;
use poem::web::{Data, Form, Html, Redirect};
use poem::{Endpoint, EndpointExt as _, IntoResponse as _, Response, Result, Route, get, handler, post};
use serde::Deserialize;

/// What the form holds. `Login` takes the password out of it and wipes it when it is done.
#[derive(Deserialize)]
struct SignIn {
    email: String,
    password: String,
}

fn page(failed: bool) -> Html<String> {
    let failed = if failed { "<p role=alert>Address or password is wrong.</p>" } else { "" };
    Html(format!(
        "<!doctype html><title>Sign in</title><h1>Sign in</h1>{failed}<form method=post action=/login>\
         <label>Address <input name=email type=email autocomplete=username required></label>\
         <label>Password <input name=password type=password autocomplete=current-password required></label>\
         <button>Sign in</button></form>"
    ))
}

#[handler]
fn show() -> Html<String> {
    page(false)
}

/// `SameOrigin` first: no other site may sign a visitor in to an account of its own.
#[handler]
async fn sign_in(
    _: SameOrigin,
    ClientInfo(client): ClientInfo,
    Data(auth): Data<&AuthKit>,
    Form(form): Form<SignIn>,
) -> Result<Response> {
    match auth.login(Login::new(form.email, form.password), &client).await {
        Ok(opened) => Ok(with_session(auth, &opened.tokens, Redirect::see_other("/"))),
        // One text for all that an attacker could tell apart; what only an operator can mend stays an error.
        Err(error) => match Refused::new(auth, error) {
            refused if refused.problem().status().is_client_error() => {
                Ok(page(true).with_status(StatusCode::UNAUTHORIZED).into_response())
            }
            refused => Err(refused.into()),
        },
    }
}

#[handler]
fn home(CurrentUser(user): CurrentUser) -> Html<String> {
    let email = user.email.as_str().replace('&', "&amp;").replace('<', "&lt;");
    Html(format!("<h1>Hello {email}</h1><form method=post action=/logout><button>Sign out</button></form>"))
}

#[handler]
async fn sign_out(
    CurrentSession(who): CurrentSession,
    ClientInfo(client): ClientInfo,
    Data(auth): Data<&AuthKit>,
) -> Result<Response> {
    auth.revoke_own_session(&who, who.session.id, &client).await.map_err(|error| Refused::new(auth, error))?;
    Ok(without_session(auth, Redirect::see_other("/login")))
}

fn routes(auth: &AuthKit) -> impl Endpoint + 'static {
    Route::new()
        .at("/", get(home))
        .at("/login", get(show).post(sign_in))
        .at("/logout", post(sign_out))
        .with(authkit_poem::layer(auth))
        .data(auth.clone())
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let auth = AuthKit::builder().store(MemoryStore::new()).config(Config::development()).build()?;
    Ok(authkit_poem::serve(&auth, "127.0.0.1:8000", routes(&auth)).await?)
}

#[cfg(test)]
mod tests {
    use authkit_poem::test::{PASSWORD, TestApp};

    use super::*;

    #[tokio::test]
    async fn a_person_signs_in_and_out_by_forms_alone() {
        let app = TestApp::new(routes).await;
        app.user("ada@example.com").create().await;
        let ada = app.login_through_form("/login", "ada@example.com", PASSWORD).await;
        let greeting = ada.open("/").await.assert_contains("Hello ada@example.com");
        let after = ada.submit(&greeting, &[]).await.assert_contains("Sign in");
        assert_eq!(after.path(), "/login");
        ada.get("/").await.assert_problem(401, "missing_token");
    }

    #[tokio::test]
    async fn a_wrong_password_shows_the_form_again_and_no_other_site_signs_anybody_in() {
        let app = TestApp::new(routes).await;
        app.user("ada@example.com").create().await;
        let browser = app.visitor();
        let page = browser.open("/login").await;
        let fields = [("email", "ada@example.com"), ("password", "wrong")];
        browser.submit(&page, &fields).await.assert_status(401).assert_contains("is wrong");
        let right = [("email", "ada@example.com"), ("password", PASSWORD)];
        let forged = browser.post("/login").form(right).from_another_site().await;
        forged.assert_problem(403, "cross_site_request");
        browser.get("/").await.assert_status(401);
    }
}
