//! `/reset-password`: choosing another password by the link of a mail.
//!
//! The token leaves the URL at once (`link_token.rs`), and it alone opens the door, in the request that sets the password
//! (S-57).

use askama::Template;
use authkit_core::{AuthKit, Password, ResetToken};
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
        "/reset-password",
        Handler::Public(|kit, request| Box::pin(std::future::ready(show(kit, &request)))),
    ),
    Endpoint::of_page(Method::POST, "/reset-password", Handler::Public(|kit, request| Box::pin(set(kit, request)))),
];

static LINK: LinkToken = LinkToken { cookie: "authkit_reset", page: "/reset-password", minutes: 15 };

#[derive(Template)]
#[template(path = "reset.html")]
struct ResetPage {
    s: Shell,
    state: State,
    failed: Option<String>,
    min: u16,
}

fn show(kit: &AuthKit, request: &Request) -> Answer {
    LINK.show(kit, request, |state| render(kit, request, StatusCode::OK, state, None))
}

async fn set(kit: &AuthKit, mut request: Request) -> Answer {
    let mut fields = input::form(&mut request).await?;
    let new = fields.optional_text("new_password");
    fields.finish()?;
    let frame = Frame::of(kit, &request);
    let Some(token) = LINK.of(&request.headers).map(ToOwned::to_owned) else {
        return expired(kit, &request);
    };
    let Some(new) = new else {
        let text = frame.console.messages.text("reset.missing").to_owned();
        return render(kit, &request, StatusCode::UNPROCESSABLE_ENTITY, State::Asking, Some(text));
    };
    let token = ResetToken::new(token);
    let problem = match kit.reset_password(&token, Password::new(new), &client(kit, request.head())).await {
        Ok(()) => {
            let mut response = html::see_other(&format!("{}?done=1", LINK.path(kit)))?;
            LINK.forget(&mut response, kit);
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
    LINK.forget(&mut response, kit);
    Ok(response)
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
