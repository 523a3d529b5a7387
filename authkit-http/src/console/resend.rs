//! `/resend-verification`: another link that proves an address. The answer is the same whoever is asked about.

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
        "/resend-verification",
        Handler::Public(|kit, request| Box::pin(std::future::ready(show(kit, &request)))),
    ),
    Endpoint::of_page(
        Method::POST,
        "/resend-verification",
        Handler::Public(|kit, request| Box::pin(ask(kit, request))),
    ),
];

#[derive(Template)]
#[template(path = "resend.html")]
struct ResendPage {
    s: Shell,
    /// What was typed, kept.
    email: String,
    failed: Option<String>,
    /// The link was asked for.
    sent: bool,
    /// How long a link is good.
    hours: u64,
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
    let problem = match kit.request_verification(&email, &client(kit, request.head())).await {
        // The address stays out of the URL.
        Ok(()) => return html::see_other(&format!("{}/resend-verification?sent=1", kit.http().admin_path)),
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
    let title = if sent { "forgot.sent_title" } else { "resend.title" };
    let s = Shell::outside(kit, &frame, frame.console.messages.text(title));
    let hours = kit.settings().verification_ttl.as_secs().div_ceil(3600);
    html::page(status, &ResendPage { s, email, failed, sent, hours })
}
