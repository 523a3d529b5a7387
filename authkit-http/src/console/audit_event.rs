//! `/audit/{id}`: one event with all that is kept of it, and the way to what happened around it.

use std::time::Duration;

use askama::Template;
use authkit_core::{AuthKit, Event, EventId};
use http::{Method, StatusCode};

use super::audit_filter::field;
use super::door::Visit;
use super::event_view::{EventView, changes, names_of, users};
use super::html;
use super::shell::{Nav, Shell};
use super::view::encoded;
use crate::endpoint::{Endpoint, Handler, Page};
use crate::message::{Answer, Request};
use crate::problem::Problem;

/// The rows of this page.
pub(crate) static ROWS: [Endpoint; 1] = [Endpoint::of_page(
    Method::GET,
    "/audit/{id}",
    Handler::Page(Page(|kit, visit, request| Box::pin(show(kit, visit, request)))),
)];

/// How far around an event its neighbours are looked for.
const AROUND: Duration = Duration::from_secs(5 * 60);

#[derive(Template)]
#[template(path = "audit_event.html")]
struct EventPage {
    s: Shell,
    e: EventView,
    ip_query: String,
    user_agent: String,
    identifier: String,
    /// Field, before, after.
    changes: Vec<(String, [String; 2])>,
    /// As JSON; empty: there are none.
    details: String,
    /// Key of the text, and where to.
    links: Vec<(&'static str, String)>,
}

async fn show(kit: &AuthKit, visit: Visit, request: Request) -> Answer {
    let id: EventId = request.param.as_deref().and_then(|text| text.parse().ok()).ok_or_else(Problem::not_found)?;
    let event = kit.find_event(&visit.operator, id).await?;
    let names = names_of(kit, &visit, &users(&event).collect::<Vec<_>>()).await?;
    let title = visit.frame.console.messages.text("audit.title");
    let mut s = Shell::of(kit, &visit, Nav::Audit, title)?;
    let e = EventView::of(&s, &event, &names, kit.now());
    s.title.clone_from(&e.sentence);
    let details = if event.details.is_empty() {
        String::new()
    } else {
        serde_json::to_string_pretty(&event.details).map_err(Problem::internal)?
    };
    let page = EventPage {
        links: links(&s, &event, &e),
        user_agent: event.client.user_agent.clone().unwrap_or_default(),
        identifier: event.identifier.clone().unwrap_or_default(),
        ip_query: encoded(&e.ip),
        changes: changes(&event),
        details,
        e,
        s,
    };
    html::page(StatusCode::OK, &page)
}

/// The ways to what belongs to it.
fn links(s: &Shell, event: &Event, e: &EventView) -> Vec<(&'static str, String)> {
    // Seconds: the event itself must lie inside.
    let (from, to) = (field(event.at - AROUND), field(event.at + AROUND + Duration::from_secs(1)));
    let around = format!("window=own&from={}&to={}", encoded(&from), encoded(&to));
    let mut links = Vec::new();
    let mut link = |key, query: String| links.push((key, s.path(&format!("/audit?{query}"))));
    if !e.session_id.is_empty() {
        link("audit.same_session", format!("window=7d&session_id={}", e.session_id));
    }
    if !e.ip.is_empty() {
        link("audit.same_ip", format!("window=7d&ip={}", encoded(&e.ip)));
    }
    if !e.request_id.is_empty() {
        link("audit.same_request", format!("{around}&request_id={}", encoded(&e.request_id)));
    }
    if !e.actor.id.is_empty() {
        link("audit.same_actor", format!("window=all&actor={}", encoded(&e.actor.id)));
    }
    if !e.target.id.is_empty() {
        link("audit.same_target", format!("window=all&subject={}", encoded(&e.target.id)));
    }
    link("audit.same_code", format!("window=30d&code={}", encoded(&e.code)));
    link("audit.around", around);
    links
}
