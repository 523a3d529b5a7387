//! `/sessions`: who is signed in, from where, and the page that asks before a session is ended.

use askama::Template;
use authkit_core::{AuthError, AuthKit, Listing, Permission, RevokeReason, SessionId, SessionItem};
use http::{Method, StatusCode};

use super::door::Visit;
use super::event_view::Names;
use super::given::{Chip, Choice, Given};
use super::named::Named;
use super::pager::Pager;
use super::sessions_filter::SessionsFilter;
use super::shell::{Nav, Shell};
use super::user_confirm::ConfirmPage;
use super::user_sessions::SessionLine;
use super::view::{capped, encoded};
use super::{html, next};
use crate::endpoint::{Endpoint, Handler, Page};
use crate::message::{Answer, Request};
use crate::problem::Problem;
use crate::query::Query;

/// The rows of these pages.
pub(crate) static ROWS: [Endpoint; 2] = [
    Endpoint::of_page(
        Method::GET,
        "/sessions",
        Handler::Page(Page(|kit, visit, request| Box::pin(show(kit, visit, request)))),
    ),
    Endpoint::of_page(
        Method::GET,
        "/sessions/{id}/revoke",
        Handler::Page(Page(|kit, visit, request| Box::pin(ask(kit, visit, request)))),
    ),
];

/// More sessions than this are not counted.
const COUNTED: u32 = 10_000;

#[derive(Template)]
#[template(path = "sessions.html")]
struct SessionsPage {
    s: Shell,
    rows: Vec<Row>,
    given: Given,
    states: [Choice; 4],
    ends: Vec<Choice>,
    chips: Vec<Chip>,
    /// How many there are, in words.
    counted: Option<String>,
    /// The range that was asked for was cut to a week.
    is_cut: bool,
    /// The page that asks whether all sessions of the one user shall end; empty: it is not about one.
    end_all: String,
    is_week: bool,
    no_such_user: bool,
    pager: Pager,
}

/// A session, and whose it is.
struct Row {
    line: SessionLine,
    user_id: String,
    /// Empty: the user is gone.
    email: String,
    /// Why it ended, as a key; empty: nobody ended it.
    ended: &'static str,
}

async fn show(kit: &AuthKit, visit: Visit, request: Request) -> Answer {
    visit.operator.require(Permission::UsersRead)?;
    let s = Shell::of(kit, &visit, Nav::Sessions, visit.frame.console.messages.text("sessions.title"))?;
    let filter = SessionsFilter::read(&mut Query::of(&request.uri));
    let given = &filter.given;
    let user = Named::find(kit, &visit, given.value("user_id")).await?;
    let (wanted, is_cut) = filter.query(user.id(), kit.now());
    let asked = Pager::asked(&request.uri);
    let listing = if user == Named::Unknown {
        Listing { items: Vec::new(), next_cursor: None, previous_cursor: None }
    } else {
        match kit.list_sessions(&visit.operator, &wanted, &asked).await {
            Err(AuthError::InvalidCursor) => kit.list_sessions(&visit.operator, &wanted, &Pager::start()).await?,
            listing => listing?,
        }
    };
    // Counted where the list begins, and no further than people read a number.
    let counted = match (&user, &asked.cursor) {
        (Named::Unknown, _) | (_, Some(_)) => None,
        _ => kit.count_sessions(&visit.operator, &wanted, COUNTED).await.ok(),
    };
    let counted = counted.map(|n| match n {
        1 => s.t("sessions.counted_one").to_owned(),
        n => s.fill("sessions.counted", "n", capped(n, COUNTED.into())),
    });
    let here = format!("{}{}", s.path("/sessions"), given.link(&[]));
    let rows: Vec<_> = listing.items.iter().map(|item| row(kit, &visit, &s, item, &here)).collect();
    let names: Names = listing.items.iter().filter_map(|i| Some((i.session.user_id, i.email.clone()?))).collect();
    let end_all = user.id().filter(|id| *id != visit.who.user.id && s.may(Permission::SessionsRevoke));
    let page = SessionsPage {
        pager: Pager::of(&listing, &s.path("/sessions"), given.link(&[]).trim_start_matches('?')),
        states: filter.states(&s),
        ends: filter.ends(&s),
        chips: filter.chips(&s, user.text(given.value("user_id"), &names)),
        counted,
        is_cut,
        end_all: end_all.map_or_else(String::new, |id| {
            s.path(&format!("/users/{}/revoke-sessions?next={}", encoded(id.as_str()), encoded(&here)))
        }),
        is_week: wanted.scans_a_week() && wanted.created_from.is_none(),
        no_such_user: user == Named::Unknown,
        s,
        rows,
        given: filter.given,
    };
    html::page(StatusCode::OK, &page)
}

fn row(kit: &AuthKit, visit: &Visit, s: &Shell, item: &SessionItem, here: &str) -> Row {
    Row {
        line: SessionLine::of(kit, visit, s, item, here),
        user_id: item.session.user_id.as_str().to_owned(),
        email: item.email.clone().unwrap_or_default(),
        ended: item.session.revoked_reason.map_or("", ended),
    }
}

/// The key of who or what ended a session.
const fn ended(reason: RevokeReason) -> &'static str {
    match reason {
        RevokeReason::Logout | RevokeReason::Everywhere => "sessions.signed_out",
        RevokeReason::Owner => "sessions.by_owner",
        RevokeReason::Admin => "sessions.by_admin",
        RevokeReason::Cap => "sessions.by_cap",
        RevokeReason::Reuse => "sessions.by_reuse",
        RevokeReason::Password | RevokeReason::Reset => "sessions.by_password",
        RevokeReason::Disabled | RevokeReason::Deleted => "sessions.by_account",
        RevokeReason::Replaced => "sessions.by_sign_in",
    }
}

async fn ask(kit: &AuthKit, visit: Visit, request: Request) -> Answer {
    visit.operator.require(Permission::SessionsRevoke)?;
    let id: SessionId = request.param.as_deref().and_then(|id| id.parse().ok()).ok_or_else(Problem::not_found)?;
    if id == visit.who.session.id {
        return Err(AuthError::OwnSession.into());
    }
    let item = kit.find_session_for(&visit.operator, id).await?;
    let s = Shell::of(kit, &visit, Nav::Sessions, visit.frame.console.messages.text("sessions.end_title"))?;
    let next = Query::of(&request.uri).text("next").and_then(|next| next::safe(&visit.frame.base, &next));
    let back = next.unwrap_or_else(|| s.path("/sessions"));
    let line = SessionLine::of(kit, &visit, &s, &item, &back);
    let user = item.email.unwrap_or_else(|| item.session.user_id.as_str().to_owned());
    let told = |key: &str, text: String| (s.t(key).to_owned(), text);
    let page = ConfirmPage {
        heading: s.t("sessions.end_title").to_owned(),
        text: s.t("sessions.end_text").to_owned(),
        lines: vec![
            told("sessions.user", user),
            told("session.device", line.device),
            told("session.ip", line.ip),
            told("session.started", format!("{} UTC", line.started.text)),
            told("session.last_seen", format!("{} UTC", line.seen.text)),
            told("session.state", s.t(line.state_key).to_owned()),
        ],
        action: s.path(&format!("/sessions/{id}/revoke")),
        hidden: vec![("next", back.clone())],
        roles: Vec::new(),
        typed: false,
        destructive: true,
        button: s.t("sessions.end_button").to_owned(),
        back,
        s,
    };
    html::page(StatusCode::OK, &page)
}
