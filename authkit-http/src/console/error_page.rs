//! What went wrong, for people: in the same looks, with the request's name; and the way to the sign-in.

use askama::Template;
use authkit_core::AuthKit;
use http::header::{RETRY_AFTER, SET_COOKIE};

use super::frame::Frame;
use super::html;
use super::shell::Shell;
use super::view::encoded;
use crate::body::Response;
use crate::problem::Problem;

#[derive(Template)]
#[template(path = "error.html")]
struct ErrorPage {
    s: Shell,
    status: u16,
    /// Key of the heading.
    heading: &'static str,
    text: String,
    /// What was wrong, field by field.
    errors: Vec<(String, String)>,
    retry: Option<String>,
}

/// The answer to a person whose request came to this.
pub(crate) fn answer(kit: &AuthKit, frame: &Frame, problem: &Problem) -> Response {
    // The one place that logs what only an operator can mend, and that knows which headers go with it.
    let plain = problem.response(kit.http(), &frame.request_id);
    let back = if frame.is_get {
        frame.path(&frame.target)
    } else {
        frame.path(frame.target.split('?').next().unwrap_or_default())
    };
    let door = match problem.code() {
        "missing_token" | "invalid_token" | "session_expired" | "session_revoked" | "session_reused"
        | "account_disabled" | "email_not_verified" => Some(if frame.is_get {
            format!("{}?next={}", frame.path("/login"), encoded(&back))
        } else {
            frame.path("/login")
        }),
        "reauthentication_required" => Some(format!("{}?next={}", frame.path("/reauth"), encoded(&back))),
        _ => None,
    };
    let made = match door {
        Some(door) => html::see_other(&door),
        None => page(kit, frame, problem, &plain),
    };
    let Ok(mut response) = made else { return plain };
    // The bad cookies go, so that the sign-in page does not send people round in circles.
    for (name, value) in plain.headers().iter().filter(|(name, _)| *name == SET_COOKIE || *name == RETRY_AFTER) {
        response.headers_mut().append(name, value.clone());
    }
    response
}

fn page(kit: &AuthKit, frame: &Frame, problem: &Problem, plain: &Response) -> crate::message::Answer {
    let (heading, text) = match problem.code() {
        "forbidden" => ("error.forbidden", "error.forbidden_text"),
        "not_found" | "not_kept" => ("error.not_found", "error.not_found_text"),
        "stale" => ("error.stale", "error.stale_text"),
        "last_admin" => ("error.last_admin", "error.last_admin_text"),
        "self_forbidden" => ("error.self", "error.self_text"),
        "body_too_large" => ("error.too_large", ""),
        "throttled" => ("error.throttled", "error.throttled_text"),
        "cross_site_request" => ("error.cross_site", "error.cross_site_text"),
        "busy" | "unavailable" => ("error.unavailable", "error.unavailable_text"),
        "internal" => ("error.internal", "error.internal_text"),
        _ => ("error.invalid", ""),
    };
    let s = Shell::outside(kit, frame, frame.console.messages.text(heading));
    let seconds = plain.headers().get(RETRY_AFTER).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let text = if text.is_empty() { problem.to_string() } else { s.fill(text, "n", seconds) };
    let errors = problem.errors().iter().map(|error| (error.field.clone(), error.message.clone())).collect();
    let retry =
        matches!(problem.code(), "busy" | "unavailable" | "internal" | "stale" | "throttled" | "cross_site_request")
            .then(|| frame.path(frame.target.split('?').next().unwrap_or_default()));
    html::page(problem.status(), &ErrorPage { s, status: problem.status().as_u16(), heading, text, errors, retry })
}
