//! `/reauth`: the password once more, for what asks for a fresh proof.

use askama::Template;
use authkit_core::AuthKit;
use http::{Method, StatusCode};

use super::door::Visit;
use super::shell::{Nav, Shell};
use super::{html, next};
use crate::client::client;
use crate::endpoint::{Endpoint, Handler, Page};
use crate::message::{Answer, Request};
use crate::problem::Problem;
use crate::query::Query;

/// The rows of this page.
pub(crate) static ROWS: [Endpoint; 2] = [
    Endpoint::of_page(
        Method::GET,
        "/reauth",
        Handler::Page(Page(|kit, visit, request| Box::pin(std::future::ready(show(kit, &visit, &request))))),
    ),
    Endpoint::of_page(
        Method::POST,
        "/reauth",
        Handler::Page(Page(|kit, visit, request| Box::pin(confirm(kit, visit, request)))),
    ),
];

#[derive(Template)]
#[template(path = "reauth.html")]
struct ReauthPage {
    s: Shell,
    next: String,
    failed: Option<String>,
}

fn show(kit: &AuthKit, visit: &Visit, request: &Request) -> Answer {
    let mut query = Query::of(&request.uri);
    let next = query.text("next").unwrap_or_default();
    render(kit, visit, StatusCode::OK, &next, None)
}

async fn confirm(kit: &AuthKit, visit: Visit, mut request: Request) -> Answer {
    let mut fields = request.fields()?;
    let (password, next) = (fields.password("password"), fields.optional_text("next").unwrap_or_default());
    fields.finish()?;
    let problem = match kit.reauthenticate(&visit.who, password, &client(kit, request.head())).await {
        Ok(()) => {
            return html::see_other(&next::safe(&visit.frame.base, &next).unwrap_or_else(|| visit.frame.base.clone()));
        }
        Err(error) => Problem::from(error),
    };
    let messages = &visit.frame.console.messages;
    let text = match problem.code() {
        "throttled" => messages.fill("sign_in.wait", &[("n", &problem.retry_after().unwrap_or(1).to_string())]),
        "busy" => messages.text("sign_in.busy").to_owned(),
        "invalid_credentials" => messages.text("reauth.failed").to_owned(),
        _ => return Err(problem),
    };
    render(kit, &visit, problem.status(), &next, Some(text))
}

fn render(kit: &AuthKit, visit: &Visit, status: StatusCode, next: &str, failed: Option<String>) -> Answer {
    let next = next::safe(&visit.frame.base, next).unwrap_or_default();
    let s = Shell::of(kit, visit, Nav::Elsewhere, visit.frame.console.messages.text("reauth.title"))?;
    html::page(status, &ReauthPage { s, next, failed })
}
