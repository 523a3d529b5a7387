//! `/users/{id}/sessions`: where a user is signed in, and was lately.

use askama::Template;
use authkit_core::{AuthKit, Permission, SessionItem, SessionQuery, SessionState, Via};
use http::{Method, StatusCode};

use super::door::Visit;
use super::html;
use super::pager::Pager;
use super::shell::Shell;
use super::user::{UserHead, found};
use super::view::{Moment, encoded};
use crate::endpoint::{Endpoint, Handler, Page};
use crate::input;
use crate::message::{Answer, Request};

/// The rows of this page.
pub(crate) static ROWS: [Endpoint; 1] = [Endpoint::of_page(
    Method::GET,
    "/users/{id}/sessions",
    Handler::Page(Page(|kit, visit, request| Box::pin(show(kit, visit, request)))),
)];

/// The key of how a session was begun.
const fn via_key(via: Via) -> &'static str {
    match via {
        Via::Json => "sessions.via_json",
        Via::Console => "sessions.via_console",
        Via::Host => "sessions.via_host",
    }
}

/// A session in a list.
pub(crate) struct SessionLine {
    pub(crate) id: String,
    pub(crate) device: String,
    pub(crate) ip: String,
    pub(crate) ip_query: String,
    /// Key of how it was begun.
    pub(crate) via: &'static str,
    pub(crate) started: Moment,
    pub(crate) seen: Moment,
    pub(crate) expires: Moment,
    pub(crate) status: &'static str,
    pub(crate) state_key: &'static str,
    pub(crate) is_current: bool,
    pub(crate) may_end: bool,
    /// Where to go on after it was ended, as the value of a query.
    pub(crate) next: String,
}

#[derive(Template)]
#[template(path = "user_sessions.html")]
struct SessionsPage {
    s: Shell,
    u: UserHead,
    rows: Vec<SessionLine>,
    pager: Pager,
}

impl SessionLine {
    pub(crate) fn of(kit: &AuthKit, visit: &Visit, s: &Shell, item: &SessionItem, next: &str) -> Self {
        let (session, now) = (&item.session, kit.now());
        let (status, state_key) = match item.state {
            SessionState::Live => ("active", "session.live"),
            SessionState::Expired => ("off", "session.expired"),
            SessionState::Suspended => ("pending", "session.suspended"),
            SessionState::Revoked => ("off", "session.revoked"),
            SessionState::Dead | SessionState::Missing => ("off", "session.dead"),
        };
        let is_current = session.id == visit.who.session.id;
        let ip = session.client.ip.map(|ip| ip.to_string()).unwrap_or_default();
        let device = session.client.device.clone().or_else(|| session.client.user_agent.clone());
        Self {
            id: session.id.to_string(),
            device: device.unwrap_or_else(|| s.t("session.unknown_device").to_owned()),
            ip_query: encoded(&ip),
            ip,
            via: via_key(session.via),
            started: Moment::of(session.created_at, now),
            seen: Moment::of(session.rotated_at, now),
            expires: Moment::of(session.idle_at, now),
            status,
            state_key,
            is_current,
            may_end: !is_current && item.state == SessionState::Live && s.may(Permission::SessionsRevoke),
            next: encoded(next),
        }
    }
}

async fn show(kit: &AuthKit, visit: Visit, request: Request) -> Answer {
    let (item, u, s) = found(kit, &visit, &input::user_id(&request)?, "sessions").await?;
    let query = SessionQuery { user_id: Some(item.user.id), ..SessionQuery::default() };
    let path = format!("{}/sessions", u.path);
    let asked = Pager::asked(&request.uri);
    let listing = match kit.list_sessions(&visit.operator, &query, &asked).await {
        // A cursor of another list, or of yesterday's keys: the first page is as good.
        Err(authkit_core::AuthError::InvalidCursor) => {
            kit.list_sessions(&visit.operator, &query, &Pager::start()).await?
        }
        listing => listing?,
    };
    let pager = Pager::of(&listing, &path, "");
    let rows = listing.items.iter().map(|item| SessionLine::of(kit, &visit, &s, item, &path)).collect();
    html::page(StatusCode::OK, &SessionsPage { s, u, rows, pager })
}
