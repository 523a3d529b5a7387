//! `/users/new`: making a user. No operator sees or chooses a password: the new user gets a link to set one.

use askama::Template;
use authkit_core::{AuthKit, Note, Permission, Permissions};
use http::{Method, StatusCode};

use super::door::Visit;
use super::shell::{Nav, Shell};
use super::user::path_of;
use super::view::encoded;
use super::{html, notice};
use crate::client::client;
use crate::endpoint::{Endpoint, Handler, Page};
use crate::message::{Answer, Request};
use crate::problem::Problem;
use crate::query::Query;

/// The rows of this page.
pub(crate) static ROWS: [Endpoint; 2] = [
    Endpoint::of_page(
        Method::GET,
        "/users/new",
        Handler::Page(Page(|kit, visit, request| Box::pin(std::future::ready(show(kit, &visit, &request))))),
    ),
    Endpoint::of_page(
        Method::POST,
        "/users/new",
        Handler::Page(Page(|kit, visit, request| Box::pin(create(kit, visit, request)))),
    ),
];

#[derive(Template)]
#[template(path = "users_new.html")]
struct NewUserPage {
    s: Shell,
    /// What was typed, kept.
    typed: Typed,
    /// The roles to choose from, and which is chosen.
    roles: Vec<(String, bool)>,
    /// What is wrong with the address, and with the rest.
    email_wrong: Option<String>,
    wrong: Option<String>,
}

#[derive(Default)]
struct Typed {
    email: String,
    role: Option<String>,
    reason: String,
}

fn show(kit: &AuthKit, visit: &Visit, request: &Request) -> Answer {
    let mut query = Query::of(&request.uri);
    let typed = Typed {
        email: query.text("email").unwrap_or_default(),
        role: query.text("role"),
        reason: query.text("reason").unwrap_or_default(),
    };
    render(kit, visit, typed, None)
}

async fn create(kit: &AuthKit, visit: Visit, mut request: Request) -> Answer {
    let mut fields = request.fields()?;
    let typed = Typed {
        email: fields.optional_text("email").unwrap_or_default(),
        role: fields.optional_text("role"),
        reason: fields.optional_text("reason").unwrap_or_default(),
    };
    fields.finish()?;
    let role = typed.role.as_deref().unwrap_or(kit.settings().default_role.as_str());
    let note = Note { reason: (!typed.reason.is_empty()).then(|| typed.reason.clone()), if_updated_at: None };
    let client = client(kit, request.head());
    let problem = match kit.create_user_for(&visit.operator, typed.email.trim(), role, note, &client).await {
        Ok(user) => {
            let mut response = html::see_other(&path_of(&visit, &user.id))?;
            notice::leave(response.headers_mut(), kit.http(), "notice.created");
            return Ok(response);
        }
        Err(error) => Problem::from(error),
    };
    match problem.code() {
        "validation_failed" | "email_taken" | "unknown_role" => render(kit, &visit, typed, Some(&problem)),
        "reauthentication_required" => {
            // What was typed comes back with the proof.
            let (email, reason) = (encoded(&typed.email), encoded(&typed.reason));
            let back = visit.frame.path(&format!("/users/new?email={email}&role={}&reason={reason}", encoded(role)));
            html::see_other(&format!("{}?next={}", visit.frame.path("/reauth"), encoded(&back)))
        }
        _ => Err(problem),
    }
}

fn render(kit: &AuthKit, visit: &Visit, typed: Typed, problem: Option<&Problem>) -> Answer {
    visit.operator.require(Permission::UsersWrite)?;
    let settings = kit.settings();
    let chosen = typed.role.as_deref().unwrap_or(settings.default_role.as_str());
    // Only whoever may do everything gives roles.
    let gives = visit.operator.permissions() == Permissions::ADMIN;
    let roles = settings.roles.iter().filter(|role| gives || **role == settings.default_role);
    let roles = roles.map(|role| (role.to_string(), role.as_str() == chosen)).collect();
    let s = Shell::of(kit, visit, Nav::Users, visit.frame.console.messages.text("users.create"))?;
    let (mut email_wrong, mut wrong) = (None, None);
    if let Some(problem) = problem {
        for error in problem.errors() {
            let text = Some(error.message.clone());
            if error.field == "email" { email_wrong = text } else { wrong = text }
        }
        match problem.code() {
            "email_taken" => email_wrong = Some(s.t("users.email_taken").to_owned()),
            _ if email_wrong.is_none() && wrong.is_none() => wrong = Some(problem.to_string()),
            _ => {}
        }
    }
    let status = problem.map_or(StatusCode::OK, Problem::status);
    html::page(status, &NewUserPage { s, typed, roles, email_wrong, wrong })
}
