//! `/forgot-password`: a link to choose another password. The answer is the same whoever is asked about (S-54).

use askama::Template;
use authkit_core::AuthKit;
use http::{Method, StatusCode};

use super::frame::Frame;
use super::html;
use super::shell::Shell;
use crate::client::client;
use crate::endpoint::{Endpoint, Handler};
use crate::input;
use crate::message::{Answer, Request};
use crate::problem::Problem;
use crate::query::Query;

/// The rows of this page.
pub(crate) static ROWS: [Endpoint; 2] = [
    Endpoint::of_page(
        Method::GET,
        "/forgot-password",
        Handler::Public(|kit, request| Box::pin(std::future::ready(show(kit, &request)))),
    ),
    Endpoint::of_page(Method::POST, "/forgot-password", Handler::Public(|kit, request| Box::pin(ask(kit, request)))),
];

#[derive(Template)]
#[template(path = "forgot.html")]
struct ForgotPage {
    s: Shell,
    /// What was typed, kept.
    email: String,
    failed: Option<String>,
    /// The link was asked for.
    sent: bool,
    /// How long a link is good.
    minutes: u64,
}

fn show(kit: &AuthKit, request: &Request) -> Answer {
    let sent = Query::of(&request.uri).text("sent").is_some();
    render(kit, request, StatusCode::OK, String::new(), None, sent)
}

async fn ask(kit: &AuthKit, mut request: Request) -> Answer {
    let mut fields = input::form(&mut request).await?;
    // An empty field is no address either, and is told so in place.
    let email = fields.optional_text("email").unwrap_or_default();
    fields.finish()?;
    let problem = match kit.request_reset(&email, &client(kit, request.head())).await {
        // The address stays out of the URL.
        Ok(()) => return html::see_other(&format!("{}/forgot-password?sent=1", kit.http().admin_path)),
        Err(error) => Problem::from(error),
    };
    let frame = Frame::of(kit, &request);
    let messages = &frame.console.messages;
    let text = match problem.code() {
        "throttled" => messages.fill("sign_in.wait", &[("n", &problem.retry_after().unwrap_or(1).to_string())]),
        "validation_failed" => messages.text("forgot.invalid").to_owned(),
        _ => return Err(problem),
    };
    render(kit, &request, problem.status(), email, Some(text), false)
}

fn render(
    kit: &AuthKit,
    request: &Request,
    status: StatusCode,
    email: String,
    failed: Option<String>,
    sent: bool,
) -> Answer {
    let frame = Frame::of(kit, request);
    let title = if sent { "forgot.sent_title" } else { "forgot.title" };
    let s = Shell::outside(kit, &frame, frame.console.messages.text(title));
    html::page(status, &ForgotPage { s, email, failed, sent, minutes: kit.settings().reset_ttl.as_secs() / 60 })
}
