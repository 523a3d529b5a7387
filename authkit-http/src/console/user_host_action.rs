//! `/users/{id}/host-action`: what the application has added, asked about and done like an action of our own.

use authkit_core::{AuthKit, EventCode, EventOutcome, Note};
use http::{Method, StatusCode};

use super::door::Visit;
use super::extend::{ConsoleUser, RowAction};
use super::user::found;
use super::user_confirm::ConfirmPage;
use super::view::encoded;
use super::{html, notice};
use crate::client::client;
use crate::endpoint::{Endpoint, Handler, Page};
use crate::input;
use crate::message::{Answer, Request};
use crate::problem::Problem;
use crate::query::Query;

/// The rows of this page.
pub(crate) static ROWS: [Endpoint; 2] = [
    Endpoint::of_page(
        Method::GET,
        "/users/{id}/host-action",
        Handler::Page(Page(|kit, visit, request| Box::pin(ask(kit, visit, request)))),
    ),
    Endpoint::of_page(
        Method::POST,
        "/users/{id}/host-action",
        Handler::Page(Page(|kit, visit, request| Box::pin(run(kit, visit, request)))),
    ),
];

/// The action with this code.
fn action(visit: &Visit, code: &str) -> Result<RowAction, Problem> {
    let mut actions = visit.frame.console.actions.iter();
    actions.find(|action| action.code == code).cloned().ok_or_else(Problem::not_found)
}

async fn ask(kit: &AuthKit, visit: Visit, request: Request) -> Answer {
    let code = Query::of(&request.uri).text("code").unwrap_or_default();
    let action = action(&visit, &code)?;
    visit.operator.require(action.needs)?;
    let (item, u, s) = found(kit, &visit, &input::user_id(&request)?, "").await?;
    let page = ConfirmPage {
        heading: action.title.clone(),
        text: action.asks,
        lines: vec![(s.t("confirm.user").to_owned(), u.email.clone())],
        action: format!("{}/host-action?code={}", u.path, encoded(&code)),
        hidden: vec![("updated_at", item.user.updated_at.to_string()), ("code", code)],
        roles: Vec::new(),
        typed: false,
        destructive: false,
        button: action.title,
        back: u.path,
        s,
    };
    html::page(StatusCode::OK, &page)
}

async fn run(kit: &AuthKit, visit: Visit, mut request: Request) -> Answer {
    let id = input::user_id(&request)?;
    let mut fields = request.fields()?;
    let code = fields.text("code");
    let note = Note { reason: fields.optional_text("reason"), if_updated_at: fields.optional_time("updated_at") };
    fields.finish()?;
    let action = action(&visit, &code)?;
    let client = client(kit, request.head());
    let user = kit.allow_host_action(&visit.operator, action.needs, &id, &note, &client).await?;
    // `Console::build` has checked the code.
    let code = EventCode::of_application(&action.code).ok_or_else(Problem::not_found)?;
    let done = (action.run)(ConsoleUser::of(&user)).await;
    let outcome = if done.is_ok() { EventOutcome::Success } else { EventOutcome::Failure };
    kit.record_host_action(&visit.operator, &id, code, outcome, &note, &client).await?;
    done.map_err(Problem::internal)?;
    let mut response = html::see_other(&super::user::path_of(&visit, &id))?;
    notice::leave(response.headers_mut(), kit.http(), "notice.saved");
    Ok(response)
}
