//! `/reset-password`: choosing another password by the link of a mail.
//!
//! The token stands in the URL of the mail only. The first answer moves it into a cookie and sends the browser to the bare
//! page, so that neither history nor a referrer keeps it. Looking consumes nothing: a mail scanner may follow the link
//! (S-56). The token alone opens the door, in the request that sets the password (S-57).

use std::time::Duration;

use askama::Template;
use authkit_core::{AuthKit, Password, ResetToken};
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
    Endpoint::of_page(
        Method::GET,
        "/reset-password",
        Handler::Public(|kit, request| Box::pin(std::future::ready(show(kit, &request)))),
    ),
    Endpoint::of_page(Method::POST, "/reset-password", Handler::Public(|kit, request| Box::pin(set(kit, request)))),
];

/// Holds the token. Lax and not strict: a click in a web mailer begins at another site, and what follows its redirect
/// would come without a strict cookie. A form of another site brings neither.
const COOKIE: &str = "authkit_reset";
/// Time to think of a password. The token's own life is checked when it is used.
const LASTS: Duration = Duration::from_secs(15 * 60);
/// Longer than any token of ours, and short enough for a cookie.
const LONGEST: usize = 2_048;

/// What the page says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Asking,
    Expired,
    Done,
}

#[derive(Template)]
#[template(path = "reset.html")]
struct ResetPage {
    s: Shell,
    state: State,
    failed: Option<String>,
    min: u16,
}

fn show(kit: &AuthKit, request: &Request) -> Answer {
    let mut query = Query::of(&request.uri);
    if let Some(token) = query.text("token") {
        let mut response = html::see_other(&path(kit))?;
        let headers = response.headers_mut();
        headers.insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
        // What cannot be a token leads to the page that says so, and takes the place of one that was there before.
        let (kept, lasts) = if is_token(&token) { (token.as_str(), LASTS) } else { ("", Duration::ZERO) };
        keep(headers, kit, kept, lasts);
        return Ok(response);
    }
    let state = match (query.text("done"), token(&request.headers)) {
        (Some(_), _) => State::Done,
        (None, Some(_)) => State::Asking,
        (None, None) => State::Expired,
    };
    render(kit, request, StatusCode::OK, state, None)
}

async fn set(kit: &AuthKit, mut request: Request) -> Answer {
    let mut fields = input::form(&mut request).await?;
    let new = fields.optional_text("new_password");
    fields.finish()?;
    let frame = Frame::of(kit, &request);
    let Some(token) = token(&request.headers).map(ToOwned::to_owned) else {
        return expired(kit, &request);
    };
    let Some(new) = new else {
        let text = frame.console.messages.text("reset.missing").to_owned();
        return render(kit, &request, StatusCode::UNPROCESSABLE_ENTITY, State::Asking, Some(text));
    };
    let token = ResetToken::new(token);
    let problem = match kit.reset_password(&token, Password::new(new), &client(kit, request.head())).await {
        Ok(()) => {
            let mut response = html::see_other(&format!("{}?done=1", path(kit)))?;
            keep(response.headers_mut(), kit, "", Duration::ZERO);
            return Ok(response);
        }
        Err(error) => Problem::from(error),
    };
    let text = match problem.code() {
        "invalid_reset_token" => return expired(kit, &request),
        "weak_password" => problem.to_string(),
        "busy" => frame.console.messages.text("sign_in.busy").to_owned(),
        _ => return Err(problem),
    };
    render(kit, &request, problem.status(), State::Asking, Some(text))
}

fn expired(kit: &AuthKit, request: &Request) -> Answer {
    let mut response = render(kit, request, StatusCode::BAD_REQUEST, State::Expired, None)?;
    keep(response.headers_mut(), kit, "", Duration::ZERO);
    Ok(response)
}

fn path(kit: &AuthKit) -> String {
    format!("{}/reset-password", kit.http().admin_path)
}

/// Puts the token into its cookie; an empty one takes it out.
fn keep(headers: &mut HeaderMap, kit: &AuthKit, token: &str, lasts: Duration) {
    cookies::put_here(headers, kit.http(), COOKIE, token, lasts, &path(kit));
}

fn token(headers: &HeaderMap) -> Option<&str> {
    credentials::cookie_named(headers, COOKIE).filter(|token| is_token(token))
}

/// Whether it is spelled as tokens are: nothing in it can break out of a cookie.
fn is_token(text: &str) -> bool {
    let plain = text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'_'));
    plain && !text.is_empty() && text.len() <= LONGEST
}

fn render(kit: &AuthKit, request: &Request, status: StatusCode, state: State, failed: Option<String>) -> Answer {
    let frame = Frame::of(kit, request);
    let title = match state {
        State::Asking => "reset.title",
        State::Expired => "reset.expired_title",
        State::Done => "reset.done_title",
    };
    let s = Shell::outside(kit, &frame, frame.console.messages.text(title));
    let min = kit.settings().password_policy.min();
    html::page(status, &ResetPage { s, state, failed, min })
}
