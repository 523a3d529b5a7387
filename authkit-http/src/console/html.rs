//! Making a page of a template, with the policies that every page of the console has.

use askama::Template;
use http::header::{CONTENT_SECURITY_POLICY, HeaderName, LOCATION, REFERRER_POLICY};
use http::{HeaderValue, StatusCode};

use crate::answer;
use crate::body::Response;
use crate::message::Answer;
use crate::problem::Problem;

/// Own files only, nothing inline (S-90).
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; \
                      connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'; \
                      trusted-types authkit; require-trusted-types-for 'script'";

/// A page with this status.
pub(crate) fn page(status: StatusCode, template: &impl Template) -> Answer {
    let text = template.render().map_err(Problem::internal)?;
    let mut response = answer::text("text/html; charset=utf-8", text);
    *response.status_mut() = status;
    let lines = [
        (CONTENT_SECURITY_POLICY, POLICY),
        (REFERRER_POLICY, "same-origin"),
        (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
        (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    ];
    for (name, value) in lines {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    Ok(response)
}

/// 303: look there now.
pub(crate) fn see_other(path: &str) -> Answer {
    redirect(StatusCode::SEE_OTHER, path)
}

/// An answer that sends the browser elsewhere on this server.
pub(crate) fn redirect(status: StatusCode, path: &str) -> Answer {
    let mut response = Response::default();
    *response.status_mut() = status;
    let location = HeaderValue::try_from(path).map_err(Problem::internal)?;
    response.headers_mut().insert(LOCATION, location);
    Ok(response)
}
