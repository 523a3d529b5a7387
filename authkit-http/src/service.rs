//! What a server offers beside accounts and administration: the API's document, a page made of it, and the two questions
//! that whoever runs the process asks.

use std::future;

use authkit_core::AuthKit;
use http::header::{CONTENT_SECURITY_POLICY, HeaderName, REFERRER_POLICY};
use http::{HeaderValue, Method, StatusCode};
use serde::Serialize;

use crate::answer;
use crate::body::Response;
use crate::docs;
use crate::endpoint::{Endpoint, Handler};
use crate::message::Answer;
use crate::openapi::{self, Mount};
use crate::problem::Problem;
use crate::schema::Shape;
use crate::table::Table;
use crate::tables::{ACCOUNT, ADMIN};

/// Document, page and health, for the root.
pub static SERVICE: Table = Table {
    rows: &[
        Endpoint::new(
            Method::GET,
            "/openapi.json",
            Handler::Public(|kit, _| Box::pin(future::ready(document(kit)))),
            "This document.",
        )
        .answers(200, Shape::Document)
        .refuses(&["not_found"]),
        Endpoint::new(
            Method::GET,
            "/healthz",
            Handler::Public(|_, _| Box::pin(future::ready(health()))),
            "Whether the process answers. No store is asked.",
        )
        .answers(200, Shape::Health),
        Endpoint::new(
            Method::GET,
            "/readyz",
            Handler::Public(|kit, _| Box::pin(ready(kit))),
            "Whether the stores answer.",
        )
        .answers(200, Shape::Health),
        Endpoint::new(
            Method::GET,
            "/docs",
            Handler::Public(|kit, _| Box::pin(future::ready(page(kit)))),
            "The document as a page.",
        )
        .page(),
        Endpoint::new(
            Method::GET,
            "/docs/style.css",
            Handler::Public(|kit, _| Box::pin(future::ready(style(kit)))),
            "The page's looks.",
        )
        .page(),
    ],
    pages: &[],
};

/// Every table and where the configuration says that it is mounted.
pub fn mounts(kit: &AuthKit) -> [Mount<'_>; 3] {
    let http = kit.http();
    [
        Mount { prefix: &http.auth_path, table: &ACCOUNT, tag: "Accounts and sessions" },
        Mount { prefix: &http.admin_path, table: &ADMIN, tag: "Administration" },
        Mount { prefix: "", table: &SERVICE, tag: "Service" },
    ]
}

/// `GET /openapi.json`
fn document(kit: &AuthKit) -> Answer {
    published(kit)?;
    answer::json(StatusCode::OK, &openapi::document(kit, &mounts(kit)))
}

/// `GET /docs`
fn page(kit: &AuthKit) -> Answer {
    published(kit)?;
    Ok(with_page_policy(answer::text("text/html; charset=utf-8", docs::page(kit, &mounts(kit)))))
}

/// `GET /docs/style.css`
fn style(kit: &AuthKit) -> Answer {
    published(kit)?;
    Ok(answer::text("text/css; charset=utf-8", docs::STYLE))
}

fn published(kit: &AuthKit) -> Result<(), Problem> {
    if kit.http().docs { Ok(()) } else { Err(Problem::not_found()) }
}

/// The page needs its own style sheet and nothing else in the world.
fn with_page_policy(mut response: Response) -> Response {
    let policy = "default-src 'none'; style-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'none'; \
                  frame-ancestors 'none'";
    let lines = [
        (CONTENT_SECURITY_POLICY, policy),
        (REFERRER_POLICY, "same-origin"),
        (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
        (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    ];
    for (name, value) in lines {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    response
}

#[derive(Serialize)]
struct Health {
    status: &'static str,
}

/// `GET /healthz`
fn health() -> Answer {
    answer::json(StatusCode::OK, &Health { status: "ok" })
}

/// `GET /readyz`
async fn ready(kit: &AuthKit) -> Answer {
    kit.ping().await.map_err(Problem::unavailable)?;
    answer::json(StatusCode::OK, &Health { status: "ok" })
}
