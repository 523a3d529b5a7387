//! Making answers.

use http::header::CONTENT_TYPE;
use http::{HeaderValue, StatusCode};
use serde::Serialize;

use crate::body::{Body, Response};
use crate::message::Answer;
use crate::problem::Problem;

/// An answer with a JSON body.
pub(crate) fn json(status: StatusCode, body: &impl Serialize) -> Answer {
    // Most bodies fit: growing by doubling would copy them twice.
    let mut bytes = Vec::with_capacity(512);
    serde_json::to_writer(&mut bytes, body).map_err(Problem::internal)?;
    let mut response = text("application/json", bytes);
    *response.status_mut() = status;
    Ok(response)
}

/// An answer with a sentence for people and nothing else.
pub(crate) fn message(text: &str) -> Answer {
    json(StatusCode::OK, &Message { message: text })
}

/// The same, for what goes on elsewhere.
pub(crate) fn accepted(text: &str) -> Answer {
    json(StatusCode::ACCEPTED, &Message { message: text })
}

#[derive(Serialize)]
struct Message<'a> {
    message: &'a str,
}

/// An answer without a body.
pub(crate) fn no_content() -> Response {
    let mut response = Response::default();
    *response.status_mut() = StatusCode::NO_CONTENT;
    response
}

/// An answer whose body is there already.
pub(crate) fn text(content_type: &'static str, body: impl Into<Body>) -> Response {
    let mut response = Response::new(body.into());
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    response
}
