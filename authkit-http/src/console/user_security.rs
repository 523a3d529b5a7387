//! `/users/{id}/security`: what proves the user, and whether sign-in is held back.

use askama::Template;
use authkit_core::{AuthKit, MAX_PAGE, Timestamp};
use http::{Method, StatusCode};

use super::door::Visit;
use super::html;
use super::shell::Shell;
use super::user::{UserHead, found};
use super::view::{Moment, capped};
use crate::endpoint::{Endpoint, Handler, Page};
use crate::input;
use crate::message::{Answer, Request};

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
    /// Until somebody unlocks it.
    for_good: bool,
    /// Failed sign-ins of the last day, in words.
    failed: Option<String>,
}

async fn show(kit: &AuthKit, visit: Visit, request: Request) -> Answer {
    let (item, u, s) = found(kit, &visit, &input::user_id(&request)?, "security").await?;
    let now = kit.now();
    let password_key = if item.user.password_hash.is_some() { "user.password_set" } else { "user.password_none" };
    let facts = kit.user_facts(&visit.operator, &item.user.id).await?;
    let changed = facts.password_changed_at.map(|at| Moment::of(at, now));
    let for_good = facts.locked_until == Some(Timestamp::MAX);
    let locked = facts.locked_until.filter(|_| !for_good).map(|at| Moment::of(at, now));
    let failed = facts.failed_sign_ins.filter(|n| *n > 0);
    let failed = failed.map(|n| s.fill("user.failed_lately", "n", capped(n.into(), MAX_PAGE.into())));
    html::page(StatusCode::OK, &SecurityPage { s, u, password_key, changed, locked, for_good, failed })
}
