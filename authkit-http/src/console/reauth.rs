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
    /// Where the form goes.
    action: String,
    /// What it carries beside the password.
    hidden: Vec<(&'static str, String)>,
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
        Ok(_) => {
            return html::see_other(&next::safe(&visit.frame.base, &next).unwrap_or_else(|| visit.frame.base.clone()));
        }
        Err(error) => Problem::from(error),
    };
    let Some(text) = told(&visit, &problem) else { return Err(problem) };
    render(kit, &visit, problem.status(), &next, Some(text))
}

fn render(kit: &AuthKit, visit: &Visit, status: StatusCode, next: &str, failed: Option<String>) -> Answer {
    let next = next::safe(&visit.frame.base, next);
    let hidden = next.map(|next| ("next", next)).into_iter().collect();
    ask(kit, visit, status, "/reauth", hidden, failed)
}

/// The form, to be sent wherever the proof is asked for, with whatever that needs to go on.
pub(crate) fn ask(
    kit: &AuthKit,
    visit: &Visit,
    status: StatusCode,
    action: &str,
    hidden: Vec<(&'static str, String)>,
    failed: Option<String>,
) -> Answer {
    let s = Shell::of(kit, visit, Nav::Elsewhere, visit.frame.console.messages.text("reauth.title"))?;
    html::page(status, &ReauthPage { action: s.path(action), hidden, failed, s })
}

/// What is said about a proof that failed; `None`: that is not for this form.
pub(crate) fn told(visit: &Visit, problem: &Problem) -> Option<String> {
    let messages = &visit.frame.console.messages;
    match problem.code() {
        "throttled" => Some(messages.fill("sign_in.wait", &[("n", &problem.retry_after().unwrap_or(1).to_string())])),
        "busy" => Some(messages.text("sign_in.busy").to_owned()),
        "invalid_credentials" => Some(messages.text("reauth.failed").to_owned()),
        _ => None,
    }
}
