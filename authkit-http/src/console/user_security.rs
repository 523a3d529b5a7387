//! `/users/{id}/security`: what proves the user, and whether sign-in is held back.

use askama::Template;
use authkit_core::{AuthError, AuthKit, EventCode, EventFilter, ListRequest, Timestamp};
use http::{Method, StatusCode};

use super::door::Visit;
use super::html;
use super::shell::Shell;
use super::user::{UserHead, found};
use super::view::Moment;
use crate::endpoint::{Endpoint, Handler, Page};
use crate::input;
use crate::message::{Answer, Request};
use crate::problem::Problem;

/// The rows of this page.
pub(crate) static ROWS: [Endpoint; 1] = [Endpoint::of_page(
    Method::GET,
    "/users/{id}/security",
    Handler::Page(Page(|kit, visit, request| Box::pin(show(kit, visit, request)))),
)];

#[derive(Template)]
#[template(path = "user_security.html")]
struct SecurityPage {
    s: Shell,
    u: UserHead,
    password_key: &'static str,
    changed: Option<Moment>,
    locked: Option<Moment>,
}

async fn show(kit: &AuthKit, visit: Visit, request: Request) -> Answer {
    let (item, u, s) = found(kit, &visit, &input::user_id(&request)?, "security").await?;
    let now = kit.now();
    let password_key = if item.user.password_hash.is_some() { "user.password_set" } else { "user.password_none" };
    let changed = last_change(kit, &visit, &item.user.id).await?.map(|at| Moment::of(at, now));
    let locked = None;
    html::page(StatusCode::OK, &SecurityPage { s, u, password_key, changed, locked })
}

/// When the password was last changed, as far as the audit trail goes and the operator may read it.
async fn last_change(kit: &AuthKit, visit: &Visit, id: &authkit_core::UserId) -> Result<Option<Timestamp>, Problem> {
    let codes = vec![EventCode::PASSWORD_CHANGED, EventCode::PASSWORD_RESET_COMPLETED];
    let filter = EventFilter { subject: Some(*id), codes, ..EventFilter::default() };
    let one = ListRequest { cursor: None, limit: Some(1) };
    match kit.list_events(&visit.operator, &filter, &one).await {
        Ok(page) => Ok(page.items.first().map(|event| event.at)),
        Err(AuthError::Forbidden | AuthError::NotKept) => Ok(None),
        Err(error) => Err(error.into()),
    }
}
