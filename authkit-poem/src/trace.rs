//! The span of a request. The layer opens it, and where there is none, the table that is mounted.

use authkit_core::AuthKit;
use authkit_http::RequestId;
use poem::http::{Method, StatusCode};
use tracing::Span;
use tracing::field::Empty;

/// A span for a request, with what is known of it at once.
pub(crate) fn span(kit: &AuthKit, id: &RequestId, method: &Method) -> Span {
    let method = known(method);
    let span = tracing::debug_span!(
        target: "authkit",
        "authkit.request",
        request_id = Empty,
        method,
        route = Empty,
        status = Empty,
    );
    if !span.is_disabled() {
        span.record("request_id", id.get(kit));
    }
    span
}

/// The status, once it is known.
pub(crate) fn ended(span: &Span, status: StatusCode) {
    span.record("status", status.as_u16());
}

/// A method may be any word that a client makes up.
fn known(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::PATCH => "PATCH",
        Method::DELETE => "DELETE",
        Method::HEAD => "HEAD",
        Method::OPTIONS => "OPTIONS",
        _ => "other",
    }
}
