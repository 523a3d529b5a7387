//! The OpenAPI document, made from the tables: what is not in a table does not exist, so nothing can be missing here.

use std::collections::BTreeMap;

use authkit_core::{AuthKit, Settings};
use serde_json::{Map, Value, json};

use crate::endpoint::{Endpoint, Handler, Takes};
use crate::problem::status_of;
use crate::schema::Shape;
use crate::table::Table;

/// A table and the place where it is mounted, such as `/auth`; empty: the root.
#[derive(Debug, Clone, Copy)]
pub struct Mount<'a> {
    /// Without a slash at the end.
    pub prefix: &'a str,
    /// What is there.
    pub table: &'a Table,
    /// What its routes have in common, in a word or two.
    pub tag: &'a str,
}

/// The document of some mounted tables (OpenAPI 3.1).
pub fn document(kit: &AuthKit, mounts: &[Mount<'_>]) -> Value {
    let settings = kit.settings();
    let mut paths: Map<String, Value> = Map::new();
    for mount in mounts {
        for row in mount.table.rows.iter().filter(|row| !row.is_page) {
            let item = paths.entry(format!("{}{}", mount.prefix, row.path)).or_insert_with(|| json!({}));
            if let Some(item) = item.as_object_mut() {
                item.insert(row.method.as_str().to_ascii_lowercase(), operation(row, mount.tag));
            }
        }
    }
    json!({
        "openapi": "3.1.0",
        "info": {"title": settings.product, "version": env!("CARGO_PKG_VERSION"), "description": ABOUT},
        "servers": [{"url": settings.base_url}],
        "paths": paths,
        "components": {"schemas": schemas(settings), "securitySchemes": schemes(settings)},
    })
}

const ABOUT: &str = "Accounts and sessions. Errors are problem bodies (RFC 9457) with a stable code. \
    Send the access token in its cookie or as a bearer token; a cookie decides alone where both are sent.";

/// Every code that a row may be refused with, its own and those that come with its guard, its body and its method.
pub fn codes(row: &Endpoint) -> Vec<&'static str> {
    let (guard, admission): (&[&str], &[&str]) = match row.handler {
        Handler::Public(_) | Handler::Token(_) => (&[], &[]),
        Handler::User(_) => (&GUARDED, &[]),
        Handler::Operator(_) | Handler::Page(_) => (&GUARDED, &["forbidden", "reauthentication_required"]),
    };
    let body: &[&str] = match row.takes {
        Takes::Nothing if row.method == http::Method::GET => &[],
        Takes::Nothing => &["malformed_request", "body_too_large", "validation_failed"],
        Takes::Object(_) | Takes::Optional(_) => {
            &["malformed_request", "body_too_large", "unsupported_media_type", "validation_failed"]
        }
    };
    let method: &[&str] =
        if row.method == http::Method::GET { &[] } else { &["cross_site_request", "ambiguous_credentials"] };
    let query: &[&str] = if row.query.is_empty() { &[] } else { &["validation_failed"] };
    let operator: &[&str] = &["internal", "unavailable"];
    let mut all = [guard, admission, row.refuses, body, method, query, operator].concat();
    all.sort_unstable();
    all.dedup();
    all
}

const GUARDED: [&str; 7] = [
    "missing_token",
    "invalid_token",
    "session_expired",
    "session_revoked",
    "account_disabled",
    "email_not_verified",
    "ambiguous_credentials",
];

fn operation(row: &Endpoint, tag: &str) -> Value {
    let mut operation = json!({
        "summary": row.about,
        "tags": [tag],
        "operationId": operation_id(row),
        "responses": responses(row),
    });
    let Some(members) = operation.as_object_mut() else { return operation };
    let parameters = parameters(row);
    if !parameters.is_empty() {
        members.insert("parameters".to_owned(), parameters.into());
    }
    if let Takes::Object(shape) | Takes::Optional(shape) = row.takes {
        let content = json!({"application/json": {"schema": shape.reference()}});
        let required = matches!(row.takes, Takes::Object(_));
        members.insert("requestBody".to_owned(), json!({"required": required, "content": content}));
    }
    let security = match row.handler {
        Handler::Public(_) => json!([]),
        Handler::Token(_) => json!([{"refreshCookie": []}, {"bearer": []}]),
        Handler::User(_) | Handler::Operator(_) | Handler::Page(_) => json!([{"accessCookie": []}, {"bearer": []}]),
    };
    members.insert("security".to_owned(), security);
    operation
}

/// `post_sessions_revoke_others`
fn operation_id(row: &Endpoint) -> String {
    let words = row.path.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    let method = row.method.as_str().to_ascii_lowercase();
    [method.as_str()].into_iter().chain(words).collect::<Vec<_>>().join("_")
}

fn parameters(row: &Endpoint) -> Vec<Value> {
    let id = row
        .path
        .contains("{id}")
        .then(|| json!({"name": "id", "in": "path", "required": true, "schema": {"type": "string"}}));
    let query = row.query.iter().map(
        |param| json!({"name": param.name, "in": "query", "description": param.about, "schema": {"type": "string"}}),
    );
    id.into_iter().chain(query).collect()
}

/// One status may stand for several codes, and OpenAPI has one entry a status.
fn responses(row: &Endpoint) -> Value {
    let mut by_status: BTreeMap<u16, Vec<&str>> = BTreeMap::new();
    let id = row.path.contains("{id}").then_some("not_found");
    for code in codes(row).into_iter().chain(id) {
        if let Some(status) = status_of(code) {
            by_status.entry(status.as_u16()).or_default().push(code);
        }
    }
    let mut responses = Map::new();
    let other = row.or_answers.map(|(status, shape)| (status, Some(shape)));
    for (status, shape) in [row.answers].into_iter().chain(other) {
        responses.insert(status.to_string(), success(status, shape));
    }
    for (status, mut codes) in by_status {
        codes.sort_unstable();
        codes.dedup();
        let schema = json!({
            "allOf": [Shape::Problem.reference(), {"properties": {"code": {"enum": codes}}}],
        });
        let description = codes.iter().map(|code| format!("`{code}`")).collect::<Vec<_>>().join(", ");
        let content = json!({"application/problem+json": {"schema": schema}});
        let entry = json!({"description": description, "headers": headers(status), "content": content});
        responses.insert(status.to_string(), entry);
    }
    Value::Object(responses)
}

fn success(status: u16, shape: Option<Shape>) -> Value {
    let description = if status == 202 { "Goes on by mail." } else { "Done." };
    match shape {
        None => json!({"description": description}),
        Some(shape) => json!({
            "description": description,
            "content": {"application/json": {"schema": shape.reference()}},
        }),
    }
}

/// The headers that a refusal is read by.
fn headers(status: u16) -> Value {
    match status {
        401 => json!({"WWW-Authenticate": {"schema": {"type": "string"}}}),
        429 | 503 => json!({"Retry-After": {"description": "Seconds.", "schema": {"type": "integer"}}}),
        _ => json!({}),
    }
}

fn schemas(settings: &Settings) -> Value {
    Value::Object(Shape::ALL.iter().map(|shape| (shape.name(), shape.schema(settings))).collect())
}

fn schemes(settings: &Settings) -> Value {
    let cookie = |name: &str| json!({"type": "apiKey", "in": "cookie", "name": name});
    json!({
        "bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"},
        "accessCookie": cookie(&settings.http.access_cookie),
        "refreshCookie": cookie(&settings.http.refresh_cookie),
    })
}
