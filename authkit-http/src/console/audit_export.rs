//! `/audit/export`: what the list of the audit trail shows, as a file.

use authkit_core::{AuthKit, ExportOf};
use http::Method;
use serde_json::{Map, Value};

use super::audit_filter::AuditFilter;
use super::door::Visit;
use super::export;
use super::named::Named;
use crate::client::client;
use crate::endpoint::{Endpoint, Handler, Page};
use crate::files::{self, Format};
use crate::message::{Answer, Request};
use crate::problem::Problem;
use crate::query::Query;

/// The rows of this page. It stands before the page of an event.
pub(crate) static ROWS: [Endpoint; 1] = [Endpoint::of_page(
    Method::GET,
    "/audit/export",
    Handler::Page(Page(|kit, visit, request| Box::pin(export(kit, visit, request)))),
)];

async fn export(kit: &AuthKit, visit: Visit, request: Request) -> Answer {
    let mut query = Query::of(&request.uri);
    let now = kit.now();
    let format = Format::of(&query.text("format").unwrap_or_default()).ok_or_else(Problem::not_found)?;
    let mut filter = AuditFilter::read(&mut query, now);
    let actor = Named::find(kit, &visit, filter.given.value("actor")).await?;
    let subject = Named::find(kit, &visit, filter.given.value("subject")).await?;
    if [&actor, &subject].contains(&&Named::Unknown) {
        return Err(Problem::not_found());
    }
    let mut wanted = filter.event_filter(actor.id(), subject.id());
    // What happens meanwhile, this export among it, is not part of the file.
    wanted.to = Some(wanted.to.unwrap_or(now).min(now));
    let mut details = Map::new();
    details.insert("format".to_owned(), Value::from(format.as_str()));
    for name in filter.given.names() {
        details.insert(name.to_owned(), Value::from(filter.given.value(name)));
    }
    kit.begin_export(&visit.operator, ExportOf::Events, details, &client(kit, request.head())).await?;
    let read = move |kit: AuthKit, operator, page| {
        let wanted = wanted.clone();
        async move { kit.list_events(&operator, &wanted, &page).await }
    };
    let name = format!("audit-{}", now.to_string().chars().take(10).collect::<String>());
    let by = (kit.clone(), visit.operator);
    export::answer(by, format, &name, &files::EVENTS, read, move |event, bytes| files::event(format, event, bytes))
}
