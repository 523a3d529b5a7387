//! `/audit/export`: what the list of the audit trail shows, as a file.

use std::io;

use authkit_core::{AuthKit, Event, ExportOf, ListRequest};
use http::Method;
use serde_json::{Map, Value};

use super::audit_filter::AuditFilter;
use super::door::Visit;
use super::export::{self, Format, ROWS_A_READ};
use super::named::Named;
use crate::client::client;
use crate::endpoint::{Endpoint, Handler, Page};
use crate::message::{Answer, Request};
use crate::problem::Problem;
use crate::query::Query;
use crate::shapes::EventObject;

/// The rows of this page. It stands before the page of an event.
pub(crate) static ROWS: [Endpoint; 1] = [Endpoint::of_page(
    Method::GET,
    "/audit/export",
    Handler::Page(Page(|kit, visit, request| Box::pin(export(kit, visit, request)))),
)];

const HEADING: [&str; 14] = [
    "id",
    "at",
    "code",
    "outcome",
    "actor_kind",
    "actor",
    "subject",
    "session_id",
    "identifier",
    "ip_address",
    "user_agent",
    "request_id",
    "details",
    "change",
];

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
    let (kit, operator) = (kit.clone(), visit.operator);
    let read = move |cursor| {
        let (kit, operator, wanted) = (kit.clone(), operator.clone(), wanted.clone());
        async move { kit.list_events(&operator, &wanted, &ListRequest { cursor, limit: Some(ROWS_A_READ) }).await }
    };
    let name = format!("audit-{}", now.to_string().chars().take(10).collect::<String>());
    export::answer(format, &name, &HEADING, read, move |event, bytes| write(format, event, bytes))
}

fn write(format: Format, event: &Event, bytes: &mut Vec<u8>) -> io::Result<()> {
    if format == Format::Jsonl {
        serde_json::to_writer(&mut *bytes, &EventObject(event))?;
        bytes.push(b'\n');
        return Ok(());
    }
    let optional = |text: Option<String>| text.unwrap_or_default();
    let client = &event.client;
    let cells = [
        event.id.to_string(),
        event.at.to_string(),
        event.code.as_str().to_owned(),
        event.outcome.as_str().to_owned(),
        event.actor.kind().to_owned(),
        optional(event.actor.name().map(str::to_owned)),
        optional(event.subject.map(|id| id.as_str().to_owned())),
        optional(event.session_id.map(|id| id.to_string())),
        optional(event.identifier.clone()),
        optional(client.ip.map(|ip| ip.to_string())),
        optional(client.user_agent.clone()),
        optional(client.request_id.clone()),
        serde_json::to_string(&event.details)?,
        optional(event.change.to_json().map(|change| change.to_string())),
    ];
    export::line(bytes, cells.iter().map(String::as_str));
    Ok(())
}
