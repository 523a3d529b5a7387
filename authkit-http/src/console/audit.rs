//! `/audit`: the audit trail.

use askama::Template;
use authkit_core::{AuthError, AuthKit, Event, EventCode, EventFilter, ListRequest, Listing};
use http::{Method, StatusCode};

use super::audit_filter::AuditFilter;
use super::door::Visit;
use super::event_view::{EventView, names_of, users};
use super::given::{Chip, Choice};
use super::html;
use super::named::Named;
use super::pager::Pager;
use super::shell::{Nav, Shell};
use crate::endpoint::{Endpoint, Handler, Page};
use crate::message::{Answer, Request};
use crate::query::Query;

/// The rows of this page.
pub(crate) static ROWS: [Endpoint; 1] = [Endpoint::of_page(
    Method::GET,
    "/audit",
    Handler::Page(Page(|kit, visit, request| Box::pin(show(kit, visit, request)))),
)];

#[derive(Template)]
#[template(path = "audit.html")]
struct AuditPage {
    s: Shell,
    rows: Vec<EventView>,
    filter: AuditFilter,
    windows: [Choice; 5],
    outcomes: [Choice; 4],
    codes: &'static [EventCode],
    /// Key, link, and whether it is the one that is shown.
    groups: Vec<(String, String, bool)>,
    chips: Vec<Chip>,
    pager: Pager,
    /// What the filters cannot do, as a key.
    trouble: Option<&'static str>,
}

#[derive(Template)]
#[template(path = "audit_none.html")]
struct NoAuditPage {
    s: Shell,
}

impl AuditPage {
    /// The list with one filter more, from this page on: a page has many of these links, and a bound in bytes. The text is
    /// made of names and percent-encoded values alone, so that a template may write it down as it is.
    fn with(&self, name: &str, value: &str) -> String {
        self.filter.given.link(&[(name, value)])
    }

    /// What is shown, as a file.
    fn file(&self, format: &str) -> String {
        self.s.path(&format!("/audit/export{}", self.filter.given.link(&[("format", format)])))
    }

    /// Whether one of the filters is on that are folded away.
    fn is_unfolded(&self) -> bool {
        self.filter.window() == "own"
            || self.filter.given.names().any(|name| !["window", "group", "code", "outcome"].contains(&name))
    }
}

async fn show(kit: &AuthKit, visit: Visit, request: Request) -> Answer {
    let s = Shell::of(kit, &visit, Nav::Audit, visit.frame.console.messages.text("audit.title"))?;
    if !kit.has_audit_log() {
        return html::page(StatusCode::OK, &NoAuditPage { s });
    }
    let mut query = Query::of(&request.uri);
    let mut filter = AuditFilter::read(&mut query, kit.now());
    let actor = Named::find(kit, &visit, filter.given.value("actor")).await?;
    let subject = Named::find(kit, &visit, filter.given.value("subject")).await?;
    let mut trouble = [&actor, &subject].contains(&&Named::Unknown).then_some("audit.no_such_user");
    let listing = if trouble.is_some() {
        Listing { items: Vec::new(), next_cursor: None, previous_cursor: None }
    } else {
        let wanted = filter.event_filter(actor.id(), subject.id());
        list(kit, &visit, &wanted, &Pager::asked(&request.uri)).await?
    };
    if filter.is_cut {
        trouble = Some("audit.cut");
    }
    let people: Vec<_> = listing.items.iter().flat_map(users).chain(actor.id()).chain(subject.id()).collect();
    let names = names_of(kit, &visit, &people).await?;
    // The window stands still from page to page, or no cursor would fit.
    let asked = filter.given.link(&[("at", &filter.seen_at.to_string())]);
    let pager = Pager::of(&listing, &s.path("/audit"), asked.trim_start_matches('?'));
    let now = kit.now();
    let page = AuditPage {
        rows: listing.items.iter().map(|event| EventView::of(&s, event, &names, now)).collect(),
        windows: filter.windows(&s),
        outcomes: filter.outcomes(&s),
        codes: EventCode::ALL,
        groups: filter.groups(&s),
        chips: filter.chips(
            &s,
            [actor.text(filter.given.value("actor"), &names), subject.text(filter.given.value("subject"), &names)],
        ),
        s,
        filter,
        pager,
        trouble,
    };
    html::page(StatusCode::OK, &page)
}

/// A page of events; a cursor of another filter or another time begins anew.
async fn list(
    kit: &AuthKit,
    visit: &Visit,
    wanted: &EventFilter,
    asked: &ListRequest,
) -> Result<Listing<Event>, AuthError> {
    match kit.list_events(&visit.operator, wanted, asked).await {
        Err(AuthError::InvalidCursor) => kit.list_events(&visit.operator, wanted, &Pager::start()).await,
        other => other,
    }
}
