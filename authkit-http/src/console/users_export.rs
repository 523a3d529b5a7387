//! `/users/export`: what the list of users shows, as a file.

use authkit_core::{AuthKit, ExportOf};
use http::Method;
use serde_json::{Map, Value};

use super::door::Visit;
use super::export;
use super::users_filter::Filters;
use crate::client::client;
use crate::endpoint::{Endpoint, Handler, Page};
use crate::files::{self, Format};
use crate::message::{Answer, Request};
use crate::problem::Problem;
use crate::query::Query;

/// The rows of this page. It stands before the page of a user.
pub(crate) static ROWS: [Endpoint; 1] = [Endpoint::of_page(
    Method::GET,
    "/users/export",
    Handler::Page(Page(|kit, visit, request| Box::pin(export(kit, visit, request)))),
)];

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
    let wanted = filters.user_query();
    let read = move |kit: AuthKit, operator, page| {
        let wanted = wanted.clone();
        async move { kit.list_users(&operator, &wanted, &page).await }
    };
    let name = format!("users-{}", kit.now().to_string().chars().take(10).collect::<String>());
    let writer = kit.clone();
    let by = (kit.clone(), visit.operator);
    export::answer(by, format, &name, &files::USERS, read, move |item, bytes| files::user(&writer, format, item, bytes))
}
