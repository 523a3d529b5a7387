//! `/forgot-password` and `/resend-verification`: a link to choose another password, or another one that proves an address.
//! The answer is the same whoever is asked about (S-54).

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

/// The rows of these pages.
pub(crate) static ROWS: [Endpoint; 4] = [
    Endpoint::of_page(
        Method::GET,
        RESET.path,
        Handler::Public(|kit, request| Box::pin(async move { show(kit, &request, &RESET) })),
    ),
    Endpoint::of_page(Method::POST, RESET.path, Handler::Public(|kit, request| Box::pin(ask(kit, request, &RESET)))),
    Endpoint::of_page(
        Method::GET,
        PROOF.path,
        Handler::Public(|kit, request| Box::pin(async move { show(kit, &request, &PROOF) })),
    ),
    Endpoint::of_page(Method::POST, PROOF.path, Handler::Public(|kit, request| Box::pin(ask(kit, request, &PROOF)))),
];

/// What is asked for.
#[derive(Debug)]
enum Link {
    Reset,
    Proof,
}

/// Where a link is asked for, with the keys of the texts.
#[derive(Debug)]
struct Asking {
    link: Link,
    path: &'static str,
    title: &'static str,
    text: &'static str,
    button: &'static str,
    sent_text: &'static str,
}

const RESET: Asking = Asking {
    link: Link::Reset,
    path: "/forgot-password",
    title: "forgot.title",
    text: "forgot.text",
    button: "forgot.button",
    sent_text: "forgot.sent_text",
};

const PROOF: Asking = Asking {
    link: Link::Proof,
    path: "/resend-verification",
    title: "resend.title",
    text: "resend.text",
    button: "resend.button",
    sent_text: "resend.sent_text",
};

#[derive(Template)]
#[template(path = "ask_link.html")]
struct AskPage {
    s: Shell,
    asking: &'static Asking,
    /// What was typed, kept.
    email: String,
    failed: Option<String>,
    /// The link was asked for.
    sent: bool,
    /// How long a link is good, in the unit of the text.
    lasts: u64,
}

fn show(kit: &AuthKit, request: &Request, asking: &'static Asking) -> Answer {
    let sent = Query::of(&request.uri).text("sent").is_some();
    render(kit, request, asking, StatusCode::OK, String::new(), None, sent)
}

async fn ask(kit: &AuthKit, mut request: Request, asking: &'static Asking) -> Answer {
    let mut fields = input::form(&mut request).await?;
    // An empty field is no address either, and is told so in place.
    let email = fields.optional_text("email").unwrap_or_default();
    fields.finish()?;
    let client = client(kit, request.head());
    let asked = match asking.link {
        Link::Reset => kit.request_reset(&email, &client).await,
        Link::Proof => kit.request_verification(&email, &client).await,
    };
    let problem = match asked {
        // The address stays out of the URL.
        Ok(()) => return html::see_other(&format!("{}{}?sent=1", kit.http().admin_path, asking.path)),
        Err(error) => Problem::from(error),
    };
    let frame = Frame::of(kit, &request);
    let messages = &frame.console.messages;
    let text = match problem.code() {
        "throttled" => messages.fill("sign_in.wait", &[("n", &problem.retry_after().unwrap_or(1).to_string())]),
        "validation_failed" => messages.text("forgot.invalid").to_owned(),
        _ => return Err(problem),
    };
    render(kit, &request, asking, problem.status(), email, Some(text), false)
}

fn render(
    kit: &AuthKit,
    request: &Request,
    asking: &'static Asking,
    status: StatusCode,
    email: String,
    failed: Option<String>,
    sent: bool,
) -> Answer {
    let frame = Frame::of(kit, request);
    let title = if sent { "forgot.sent_title" } else { asking.title };
    let s = Shell::outside(kit, &frame, frame.console.messages.text(title));
    let lasts = match asking.link {
        Link::Reset => kit.settings().reset_ttl.as_secs() / 60,
        Link::Proof => kit.settings().verification_ttl.as_secs().div_ceil(3600),
    };
    html::page(status, &AskPage { s, asking, email, failed, sent, lasts })
}
