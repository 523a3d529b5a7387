//! `/login` and `/logout`: into the console and out of it.

use askama::Template;
use authkit_core::{AuthKit, Login, RefreshToken, Via};
use http::{Method, StatusCode};

use super::frame::Frame;
use super::shell::Shell;
use super::{door::Visit, html, next, notice};
use crate::client::client;
use crate::credentials::Credentials;
use crate::endpoint::{Endpoint, Handler, Page};
use crate::message::{Answer, Request};
use crate::problem::Problem;
use crate::query::Query;
use crate::{cookies, input};

/// The rows of this page.
pub(crate) static ROWS: [Endpoint; 3] = [
    Endpoint::of_page(
        Method::GET,
        "/login",
        Handler::Public(|kit, request| Box::pin(std::future::ready(show(kit, &request)))),
    ),
    Endpoint::of_page(Method::POST, "/login", Handler::Public(|kit, request| Box::pin(sign_in(kit, request)))),
    Endpoint::of_page(
        Method::POST,
        "/logout",
        Handler::Page(Page(|kit, visit, request| Box::pin(sign_out(kit, visit, request)))),
    ),
];

#[derive(Template)]
#[template(path = "login.html")]
struct LoginPage {
    s: Shell,
    /// What was typed, kept.
    email: String,
    next: String,
    /// What went wrong.
    failed: Option<String>,
    /// The address is to be confirmed first: the way to another link.
    unverified: bool,
}

fn show(kit: &AuthKit, request: &Request) -> Answer {
    let mut query = Query::of(&request.uri);
    let next = query.text("next").unwrap_or_default();
    render(kit, request, StatusCode::OK, String::new(), &next, None)
}

async fn sign_in(kit: &AuthKit, mut request: Request) -> Answer {
    let mut fields = input::form(&mut request).await?;
    let (email, password) = (fields.text("email"), fields.password("password"));
    let next = fields.optional_text("next").unwrap_or_default();
    fields.finish()?;
    let replaces = Credentials::read(kit.http(), &request.headers)?.refresh_cookie();
    let replaces = replaces.map(|presented| RefreshToken::new(presented.token));
    let login = Login { email: email.clone(), password, via: Via::Console, replaces };
    let head = request.head();
    let problem = match kit.console_login(login, &client(kit, head)).await {
        Ok(sign_in) => {
            let base = &kit.http().admin_path;
            let mut response = html::see_other(&next::safe(base, &next).unwrap_or_else(|| base.clone()))?;
            cookies::set(response.headers_mut(), kit.http(), &sign_in.tokens);
            return Ok(response);
        }
        Err(error) => Problem::from(error),
    };
    let frame = Frame::of(kit, &request);
    let text = match problem.code() {
        "throttled" => {
            frame.console.messages.fill("sign_in.wait", &[("n", &problem.retry_after().unwrap_or(1).to_string())])
        }
        "busy" => frame.console.messages.text("sign_in.busy").to_owned(),
        "email_not_verified" => frame.console.messages.text("sign_in.unverified").to_owned(),
        "invalid_credentials" | "validation_failed" => frame.console.messages.text("sign_in.failed").to_owned(),
        _ => return Err(problem),
    };
    let status = if problem.code() == "validation_failed" { StatusCode::UNAUTHORIZED } else { problem.status() };
    render(kit, &request, status, email, &next, Some(text))
}

async fn sign_out(kit: &AuthKit, visit: Visit, request: Request) -> Answer {
    let credentials = Credentials::read(kit.http(), &request.headers)?;
    if let Some(presented) = credentials.any() {
        kit.logout(presented.token, &client(kit, request.head())).await?;
    }
    let mut response = html::see_other(&visit.frame.path("/login"))?;
    cookies::clear(response.headers_mut(), kit.http());
    notice::leave(response.headers_mut(), kit.http(), "notice.signed_out");
    Ok(response)
}

fn render(
    kit: &AuthKit,
    request: &Request,
    status: StatusCode,
    email: String,
    next: &str,
    failed: Option<String>,
) -> Answer {
    let frame = Frame::of(kit, request);
    let next = next::safe(&frame.base, next).unwrap_or_default();
    let s = Shell::outside(kit, &frame, frame.console.messages.text("sign_in.title"));
    // The only reason to forbid a sign-in that is told here.
    let unverified = status == StatusCode::FORBIDDEN;
    html::page(status, &LoginPage { s, email, next, failed, unverified })
}
