//! `/setup`: the first administrator, made by whoever started the process. Exists only while there is none, and only for
//! the token that the start has shown.

use std::time::Duration;

use askama::Template;
use authkit_core::{AuthKit, Password, SetupToken};
use http::header::REFERRER_POLICY;
use http::{HeaderMap, HeaderValue, Method, StatusCode};

use super::frame::Frame;
use super::html;
use super::shell::Shell;
use crate::client::client;
use crate::endpoint::{Endpoint, Handler};
use crate::message::{Answer, Request};
use crate::problem::Problem;
use crate::query::Query;
use crate::{cookies, credentials, input};

/// The rows of this page.
pub(crate) static ROWS: [Endpoint; 2] = [
    Endpoint::of_page(Method::GET, "/setup", Handler::Public(|kit, request| Box::pin(show(kit, request)))),
    Endpoint::of_page(Method::POST, "/setup", Handler::Public(|kit, request| Box::pin(make(kit, request)))),
];

/// Holds the token, so that the URL does not.
const COOKIE: &str = "authkit_setup";
/// As long as the token is good at the most.
const LASTS: Duration = Duration::from_secs(30 * 60);

#[derive(Template)]
#[template(path = "setup.html")]
struct SetupPage {
    s: Shell,
    email: String,
    min: u16,
    wrong_email: Option<String>,
    wrong_password: Option<String>,
}

async fn show(kit: &AuthKit, request: Request) -> Answer {
    if let Some(token) = Query::of(&request.uri).text("token").filter(|token| is_token(token)) {
        let mut response = html::see_other(&path(kit))?;
        response.headers_mut().insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
        cookies::put_here(response.headers_mut(), kit.http(), COOKIE, &token, LASTS, &path(kit));
        return Ok(response);
    }
    kit.check_setup(&token(&request.headers)?).await?;
    render(kit, &request, StatusCode::OK, String::new(), None, None)
}

async fn make(kit: &AuthKit, mut request: Request) -> Answer {
    let mut fields = input::form(&mut request).await?;
    let email = fields.optional_text("email").unwrap_or_default();
    let password = Password::new(fields.optional_text("password").unwrap_or_default());
    fields.finish()?;
    let token = token(&request.headers)?;
    let problem = match kit.setup(&token, &email, password, &client(kit, request.head())).await {
        Ok(sign_in) => {
            let mut response = html::see_other(&kit.http().admin_path)?;
            cookies::set(response.headers_mut(), kit.http(), &sign_in.tokens);
            cookies::put_here(response.headers_mut(), kit.http(), COOKIE, "", Duration::ZERO, &path(kit));
            return Ok(response);
        }
        Err(error) => Problem::from(error),
    };
    let messages = Frame::of(kit, &request).console;
    let text = |key| messages.messages.text(key).to_owned();
    let (wrong_email, wrong_password) = match problem.code() {
        "validation_failed" => (Some(text("forgot.invalid")), None),
        "email_taken" => (Some(text("setup.taken")), None),
        "weak_password" => (None, Some(problem.to_string())),
        "busy" => (None, Some(text("sign_in.busy"))),
        _ => return Err(problem),
    };
    render(kit, &request, problem.status(), email, wrong_email, wrong_password)
}

fn path(kit: &AuthKit) -> String {
    format!("{}/setup", kit.http().admin_path)
}

fn token(headers: &HeaderMap) -> Result<SetupToken, Problem> {
    let token = credentials::cookie_named(headers, COOKIE).filter(|token| is_token(token));
    token.map(|token| SetupToken::new(token.to_owned())).ok_or_else(Problem::not_found)
}

/// Whether it is spelled as tokens are: nothing in it can break out of a cookie.
fn is_token(text: &str) -> bool {
    text.len() <= 128 && text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'))
}

fn render(
    kit: &AuthKit,
    request: &Request,
    status: StatusCode,
    email: String,
    wrong_email: Option<String>,
    wrong_password: Option<String>,
) -> Answer {
    let frame = Frame::of(kit, request);
    let s = Shell::outside(kit, &frame, frame.console.messages.text("setup.title"));
    let min = kit.settings().password_policy.min();
    html::page(status, &SetupPage { s, email, min, wrong_email, wrong_password })
}
