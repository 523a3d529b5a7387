//! `/users/{id}/activity`: what a user did, to others too, and what was done to the account, by day.

use askama::Template;
use authkit_core::{AuthError, AuthKit, Event, EventFilter, EventGroup, EventOutcome};
use http::{Method, StatusCode};

use super::door::Visit;
use super::event_view::{Names, names_of, sentence, users};
use super::html;
use super::pager::Pager;
use super::shell::Shell;
use super::user::{UserHead, found};
use super::view::Moment;
use crate::endpoint::{Endpoint, Handler, Page};
use crate::input;
use crate::message::{Answer, Request};
use crate::query::Query;

/// The rows of this page.
pub(crate) static ROWS: [Endpoint; 1] = [Endpoint::of_page(
    Method::GET,
    "/users/{id}/activity",
    Handler::Page(Page(|kit, visit, request| Box::pin(show(kit, visit, request)))),
)];

/// The events of one day.
struct Day {
    title: String,
    events: Vec<Line>,
}

struct Line {
    id: String,
    code: String,
    text: String,
    outcome: &'static str,
    failed: bool,
    at: Moment,
    ip: String,
    device: String,
}

#[derive(Template)]
#[template(path = "user_activity.html")]
struct ActivityPage {
    s: Shell,
    u: UserHead,
    days: Vec<Day>,
    /// Key, link, and whether it is the one that is shown.
    chips: Vec<(String, String, bool)>,
    pager: Pager,
}

async fn show(kit: &AuthKit, visit: Visit, request: Request) -> Answer {
    visit.operator.require(authkit_core::Permission::AuditRead)?;
    let (item, u, s) = found(kit, &visit, &input::user_id(&request)?, "activity").await?;
    let group = Query::of(&request.uri).text("show").as_deref().and_then(EventGroup::named);
    let codes = group.map(EventGroup::codes).unwrap_or_default();
    let filter = EventFilter { concerning: Some(item.user.id), codes, ..EventFilter::default() };
    let path = format!("{}/activity", u.path);
    let chip = |one: EventGroup| {
        let name = one.as_str();
        (format!("event_group.{name}"), format!("{path}?show={name}"), group == Some(one))
    };
    let all = ("event_group.all".to_owned(), path.clone(), group.is_none());
    let chips = std::iter::once(all).chain(EventGroup::ALL.map(chip)).collect();
    let asked = Pager::asked(&request.uri);
    let listing = match kit.list_events(&visit.operator, &filter, &asked).await {
        Err(AuthError::InvalidCursor) => kit.list_events(&visit.operator, &filter, &Pager::start()).await?,
        listing => listing?,
    };
    let shown = group.map(|group| format!("show={}", group.as_str())).unwrap_or_default();
    let pager = Pager::of(&listing, &path, &shown);
    let others: Vec<_> = listing.items.iter().flat_map(users).filter(|id| *id != item.user.id).collect();
    let mut names = if others.is_empty() { Names::new() } else { names_of(kit, &visit, &others).await? };
    names.insert(item.user.id, item.user.email.as_str().to_owned());
    let mut days: Vec<Day> = Vec::new();
    for event in &listing.items {
        let line = Line::of(kit, &s, event, &names);
        match days.last_mut().filter(|day| day.title == line.at.day()) {
            Some(day) => day.events.push(line),
            None => days.push(Day { title: line.at.day().to_owned(), events: vec![line] }),
        }
    }
    html::page(StatusCode::OK, &ActivityPage { s, u, days, chips, pager })
}

impl Line {
    fn of(kit: &AuthKit, s: &Shell, event: &Event, names: &Names) -> Self {
        Self {
            id: event.id.to_string(),
            text: sentence(s, event, names),
            code: event.code.as_str().to_owned(),
            outcome: event.outcome.as_str(),
            failed: event.outcome != EventOutcome::Success,
            at: Moment::of(event.at, kit.now()),
            ip: event.client.ip.map(|ip| ip.to_string()).unwrap_or_default(),
            device: event.client.device.clone().unwrap_or_default(),
        }
    }
}
