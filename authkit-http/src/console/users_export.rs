//! `/users/export`: what the list of users shows, as a file.

use std::io;

use authkit_core::{AuthKit, ExportOf, ListRequest, UserItem};
use http::Method;
use serde_json::{Map, Value};

use super::door::Visit;
use super::export::{self, Format, ROWS_A_READ};
use super::user::never_came;
use super::users_filter::Filters;
use crate::client::client;
use crate::endpoint::{Endpoint, Handler, Page};
use crate::message::{Answer, Request};
use crate::problem::Problem;
use crate::query::Query;
use crate::shapes::UserRow;

/// The rows of this page. It stands before the page of a user.
pub(crate) static ROWS: [Endpoint; 1] = [Endpoint::of_page(
    Method::GET,
    "/users/export",
    Handler::Page(Page(|kit, visit, request| Box::pin(export(kit, visit, request)))),
)];

const HEADING: [&str; 10] = [
    "id",
    "email",
    "role",
    "is_active",
    "is_verified",
    "created_at",
    "updated_at",
    "last_sign_in_at",
    "deleted_at",
    "sessions",
];

async fn export(kit: &AuthKit, visit: Visit, request: Request) -> Answer {
    let mut query = Query::of(&request.uri);
    let format = Format::of(&query.text("format").unwrap_or_default()).ok_or_else(Problem::not_found)?;
    let filters = Filters::read(&mut query);
    let mut details = Map::new();
    details.insert("format".to_owned(), Value::from(format.as_str()));
    for (name, value) in filters.given() {
        details.insert((*name).to_owned(), Value::from(value.as_str()));
    }
    kit.begin_export(&visit.operator, ExportOf::Users, details, &client(kit, request.head())).await?;
    let (reader, operator, wanted) = (kit.clone(), visit.operator, filters.user_query());
    let read = move |cursor| {
        let (kit, operator, wanted) = (reader.clone(), operator.clone(), wanted.clone());
        async move { kit.list_users(&operator, &wanted, &ListRequest { cursor, limit: Some(ROWS_A_READ) }).await }
    };
    let name = format!("users-{}", kit.now().to_string().chars().take(10).collect::<String>());
    let writer = kit.clone();
    export::answer(format, &name, &HEADING, read, move |item, bytes| write(&writer, format, item, bytes))
}

fn write(kit: &AuthKit, format: Format, item: &UserItem, bytes: &mut Vec<u8>) -> io::Result<()> {
    if format == Format::Jsonl {
        serde_json::to_writer(&mut *bytes, &UserRow { kit, item })?;
        bytes.push(b'\n');
        return Ok(());
    }
    let user = &item.user;
    let cells = [
        user.id.to_string(),
        user.email.to_string(),
        user.role.to_string(),
        user.is_active.to_string(),
        user.is_verified.to_string(),
        user.created_at.to_string(),
        user.updated_at.to_string(),
        // Nothing for whoever never came: the row repeats `created_at` there.
        if never_came(user) { String::new() } else { user.last_sign_in_at.to_string() },
        user.deleted_at.map(|at| at.to_string()).unwrap_or_default(),
        item.sessions.to_string(),
    ];
    export::line(bytes, cells.iter().map(String::as_str));
    Ok(())
}
