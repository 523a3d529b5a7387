//! `/verify-email`: proving an address by the link of a mail.
//!
//! The token leaves the URL at once (`link_token.rs`). Only the button proves anything: whoever gets a link for an account
//! that is not theirs, or a scanner that looks at it, confirms nothing by looking (S-60).

use askama::Template;
use authkit_core::{AuthKit, VerificationToken};
use http::{Method, StatusCode};

use super::frame::Frame;
use super::html;
use super::link_token::{LinkToken, State};
use super::shell::Shell;
use crate::client::client;
use crate::endpoint::{Endpoint, Handler};
use crate::input;
use crate::message::{Answer, Request};
use crate::problem::Problem;

/// The rows of this page.
pub(crate) static ROWS: [Endpoint; 2] = [
    Endpoint::of_page(
        Method::GET,
        "/verify-email",
        Handler::Public(|kit, request| Box::pin(std::future::ready(show(kit, &request)))),
    ),
    Endpoint::of_page(Method::POST, "/verify-email", Handler::Public(|kit, request| Box::pin(verify(kit, request)))),
];

static LINK: LinkToken = LinkToken { cookie: "authkit_verify", page: "/verify-email", minutes: 15 };

#[derive(Template)]
#[template(path = "verify_email.html")]
struct VerifyPage {
    s: Shell,
    state: State,
    /// Where the application is.
    home: String,
}

fn show(kit: &AuthKit, request: &Request) -> Answer {
    LINK.show(kit, request, |state| render(kit, request, StatusCode::OK, state))
}

async fn verify(kit: &AuthKit, mut request: Request) -> Answer {
    input::form(&mut request).await?.finish()?;
    let token = VerificationToken::new(LINK.of(&request.headers).unwrap_or_default());
    let mut response = match kit.verify_email(&token, &client(kit, request.head())).await.map_err(Problem::from) {
        Ok(()) => html::see_other(&format!("{}?done=1", LINK.path(kit)))?,
        Err(problem) if problem.code() == "invalid_verification_token" => {
            render(kit, &request, problem.status(), State::Expired)?
        }
        Err(problem) => return Err(problem),
    };
    LINK.forget(&mut response, kit);
    Ok(response)
}

fn render(kit: &AuthKit, request: &Request, status: StatusCode, state: State) -> Answer {
    let frame = Frame::of(kit, request);
    let title = match state {
        State::Asking => "verify.title",
        State::Expired => "verify.expired_title",
        State::Done => "verify.done_title",
    };
    let s = Shell::outside(kit, &frame, frame.console.messages.text(title));
    html::page(status, &VerifyPage { s, state, home: kit.settings().base_url.clone() })
}
