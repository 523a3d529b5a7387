//! `/setup`: the first administrator, made by whoever started the process. Exists only while there is none, and only for
//! the token that the start has shown.

use askama::Template;
use authkit_core::{AuthKit, Password, SetupToken};
use http::{HeaderMap, Method, StatusCode};

use super::frame::Frame;
use super::html;
use super::link_token::LinkToken;
use super::shell::Shell;
use crate::client::client;
use crate::endpoint::{Endpoint, Handler};
use crate::message::{Answer, Request};
use crate::problem::Problem;
use crate::query::Query;
use crate::{cookies, input};

/// The rows of this page.
pub(crate) static ROWS: [Endpoint; 2] = [
    Endpoint::of_page(Method::GET, "/setup", Handler::Public(|kit, request| Box::pin(show(kit, request)))),
    Endpoint::of_page(Method::POST, "/setup", Handler::Public(|kit, request| Box::pin(make(kit, request)))),
];

/// Kept as long as the token is good at the most.
static LINK: LinkToken = LinkToken { cookie: "authkit_setup", page: "/setup", minutes: 30 };

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
    if let Some(token) = Query::of(&request.uri).text("token") {
        return LINK.move_from_url(kit, &token);
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
            LINK.forget(&mut response, kit);
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

fn token(headers: &HeaderMap) -> Result<SetupToken, Problem> {
    LINK.of(headers).map(SetupToken::new).ok_or_else(Problem::not_found)
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
