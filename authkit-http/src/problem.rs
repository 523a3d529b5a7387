//! Problem bodies (RFC 9457), and the only place that knows which status belongs to which code.

use std::any::Any;
use std::borrow::Cow;
use std::error::Error;
use std::fmt;

use authkit_core::{AuthError, Fault, FieldError, HttpSettings, LogCode, Tokens};
use http::header::{ALLOW, CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use http::{HeaderValue, StatusCode};
use serde::Serialize;

use crate::body::Response;
use crate::cookies;

/// Every code that a problem body may carry, and its status. Stable: clients decide by them.
const CODES: [(&str, u16); 35] = [
    ("malformed_request", 400),
    ("ambiguous_credentials", 400),
    ("invalid_reset_token", 400),
    ("invalid_verification_token", 400),
    ("self_forbidden", 400),
    ("invalid_cursor", 400),
    ("missing_token", 401),
    ("invalid_token", 401),
    ("session_expired", 401),
    ("session_revoked", 401),
    ("session_reused", 401),
    ("invalid_credentials", 401),
    ("account_disabled", 403),
    ("email_not_verified", 403),
    ("registration_disabled", 403),
    ("forbidden", 403),
    ("reauthentication_required", 403),
    ("cross_site_request", 403),
    ("not_found", 404),
    ("method_not_allowed", 405),
    ("request_timeout", 408),
    ("email_taken", 409),
    ("last_admin", 409),
    ("admin_exists", 409),
    ("not_deleted", 409),
    ("stale", 409),
    ("body_too_large", 413),
    ("unsupported_media_type", 415),
    ("validation_failed", 422),
    ("weak_password", 422),
    ("unknown_role", 422),
    ("throttled", 429),
    ("internal", 500),
    ("busy", 503),
    ("unavailable", 503),
];

/// Seconds after which a client that was told `busy` may come again.
const RETRY_BUSY: u64 = 2;
/// Seconds after which a client that was told `unavailable` may come again.
const RETRY_UNAVAILABLE: u64 = 3;

/// Why a request got no other answer. [`Problem::response`] makes the answer of it.
///
/// What only an operator can mend carries its cause along; it is logged when the answer is made, and the answer does not
/// show it.
pub struct Problem(Box<Parts>);

struct Parts {
    code: &'static str,
    detail: Cow<'static, str>,
    errors: Vec<FieldError>,
    retry_after: Option<u64>,
    allow: Option<HeaderValue>,
    clear_cookies: bool,
    fresh: Option<Tokens>,
    cause: Option<Box<dyn Error + Send + Sync>>,
}

/// The body, in the order that people read it.
#[derive(Serialize)]
struct Document<'a> {
    r#type: &'static str,
    title: &'a str,
    status: u16,
    detail: &'a str,
    code: &'a str,
    request_id: &'a str,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    errors: &'a [FieldDocument<'a>],
}

#[derive(Serialize)]
struct FieldDocument<'a> {
    field: &'a str,
    code: &'a str,
    message: &'a str,
}

impl Problem {
    fn new(code: &'static str, detail: impl Into<Cow<'static, str>>) -> Self {
        Self(Box::new(Parts {
            code,
            detail: detail.into(),
            errors: Vec::new(),
            retry_after: None,
            allow: None,
            clear_cookies: false,
            fresh: None,
            cause: None,
        }))
    }

    /// 400: one of our cookies twice, or two `Authorization` headers.
    pub fn ambiguous_credentials() -> Self {
        Self::new("ambiguous_credentials", "The request carries the same credential twice.")
    }

    /// 400: not JSON, not UTF-8, nested too deeply, or broken off.
    pub fn malformed_request(detail: impl Into<Cow<'static, str>>) -> Self {
        Self::new("malformed_request", detail)
    }

    /// 401: no credential where one is needed.
    pub fn missing_token() -> Self {
        Self::new("missing_token", "Not authenticated.")
    }

    /// 403: a page of another site sent the request, by what `told` says.
    pub fn cross_site_request(told: &'static str) -> Self {
        Self::new("cross_site_request", format!("The request was sent by a page of another site ({told})."))
    }

    /// 404: no such path.
    pub fn not_found() -> Self {
        Self::new("not_found", "Not found.")
    }

    /// 405: the path is there, and this method is not among `allow`.
    pub fn method_not_allowed(allow: HeaderValue) -> Self {
        let mut problem = Self::new("method_not_allowed", "This path does not take this method.");
        problem.0.allow = Some(allow);
        problem
    }

    /// 408: the whole request took longer than the server gives it.
    pub fn request_timeout() -> Self {
        Self::new("request_timeout", "The request took too long.")
    }

    /// 413: the body is longer than `limit` bytes.
    pub fn body_too_large(limit: usize) -> Self {
        Self::new("body_too_large", format!("The body is longer than {limit} bytes."))
    }

    /// 415: the body is not said to be `application/json`.
    pub fn unsupported_media_type() -> Self {
        Self::new("unsupported_media_type", "The body must be application/json in UTF-8.")
    }

    /// 422: what is wrong, field by field.
    pub fn validation_failed(errors: Vec<FieldError>) -> Self {
        AuthError::Validation(errors).into()
    }

    /// 500: something that only an operator can mend. `cause` is logged and never shown.
    pub fn internal(cause: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        let mut problem = Self::new("internal", "The server cannot do this at the moment.");
        problem.0.cause = Some(cause.into());
        problem
    }

    /// 500: the code that served the request panicked, with this.
    pub fn panicked(panic: &(dyn Any + Send)) -> Self {
        let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
        let text = text.or_else(|| panic.downcast_ref::<String>().cloned());
        Self::internal(format!("a panic: {}", text.as_deref().unwrap_or("of an unknown kind")))
    }

    /// 503: as [`Problem::internal`], and worth asking again.
    pub fn unavailable(cause: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        let mut problem = Self::internal(cause);
        problem.0.code = "unavailable";
        problem.0.retry_after = Some(RETRY_UNAVAILABLE);
        problem
    }

    /// With both cookies cleared by the answer.
    #[must_use]
    pub fn clearing_cookies(mut self) -> Self {
        self.0.clear_cookies = true;
        self
    }

    /// With the cookies of a pair that the request was given before it came to this: without them the browser would be
    /// left with a token that is spent.
    #[must_use]
    pub(crate) fn carrying(mut self, fresh: Option<Tokens>) -> Self {
        self.0.fresh = fresh;
        self
    }

    /// What is wrong, field by field.
    pub fn errors(&self) -> &[FieldError] {
        &self.0.errors
    }

    /// Seconds after which it is worth asking again.
    pub fn retry_after(&self) -> Option<u64> {
        self.0.retry_after
    }

    /// The stable code.
    pub const fn code(&self) -> &'static str {
        self.0.code
    }

    /// The status that goes with the code.
    pub fn status(&self) -> StatusCode {
        status_of(self.0.code).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    /// The answer, headers included. Logs the cause of an operator's problem, once and with its whole chain.
    pub fn response(&self, http: &HttpSettings, request_id: &str) -> Response {
        let parts = &*self.0;
        let status = self.status();
        if let Some(cause) = &parts.cause {
            tracing::error!(
                ak = LogCode::NotServed.as_str(),
                code = parts.code,
                request_id,
                error = %Chain(&**cause),
                "the request could not be served"
            );
        }
        let errors: Vec<_> = parts
            .errors
            .iter()
            .map(|error| FieldDocument { field: &error.field, code: error.code, message: &error.message })
            .collect();
        let document = Document {
            r#type: "about:blank",
            title: status.canonical_reason().unwrap_or_default(),
            status: status.as_u16(),
            detail: &parts.detail,
            code: parts.code,
            request_id,
            errors: &errors,
        };
        // Text and numbers always become JSON.
        let body = serde_json::to_vec(&document).unwrap_or_default();
        let mut response = Response::new(body.into());
        *response.status_mut() = status;
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        if let Some(challenge) = challenge(status, parts.code) {
            headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static(challenge));
        }
        if let Some(seconds) = parts.retry_after {
            headers.insert(RETRY_AFTER, seconds.into());
        }
        if let Some(allow) = &parts.allow {
            headers.insert(ALLOW, allow.clone());
        }
        match &parts.fresh {
            Some(tokens) => cookies::set(headers, http, tokens),
            None if parts.clear_cookies => cookies::clear(headers, http),
            None => {}
        }
        response
    }
}

/// Every code that there is.
pub fn codes() -> impl Iterator<Item = &'static str> {
    CODES.iter().map(|(code, _)| *code)
}

/// The status that goes with a code; `None`: there is no such code.
pub fn status_of(code: &str) -> Option<StatusCode> {
    let (_, status) = CODES.iter().find(|(known, _)| *known == code)?;
    StatusCode::from_u16(*status).ok()
}

/// RFC 6750 §3: what a 401 asks for, and why a token was not enough.
fn challenge(status: StatusCode, code: &str) -> Option<&'static str> {
    match (status, code) {
        (StatusCode::UNAUTHORIZED, "missing_token" | "invalid_credentials") => Some("Bearer"),
        (StatusCode::UNAUTHORIZED, _) => Some("Bearer error=\"invalid_token\""),
        (StatusCode::FORBIDDEN, "forbidden") => Some("Bearer error=\"insufficient_scope\""),
        _ => None,
    }
}

impl From<AuthError> for Problem {
    fn from(error: AuthError) -> Self {
        let mut problem = Self::new(error.code(), error.to_string());
        let parts = &mut *problem.0;
        parts.retry_after = match &error {
            AuthError::Throttled { retry_after } => Some(retry_after.as_micros().div_ceil(1_000_000).max(1)),
            _ => None,
        }
        .map(|seconds| u64::try_from(seconds).unwrap_or(u64::MAX))
        .or(match error.code() {
            "busy" => Some(RETRY_BUSY),
            "unavailable" => Some(RETRY_UNAVAILABLE),
            _ => None,
        });
        if error.fault() == Fault::Operator {
            parts.cause = Some(Box::new(error));
        } else if let AuthError::Validation(errors) = error {
            parts.errors = errors;
        }
        problem
    }
}

impl fmt::Debug for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Problem").field("code", &self.0.code).finish_non_exhaustive()
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.detail)
    }
}

impl Error for Problem {}

/// An error and everything behind it, in one line.
struct Chain<'a>(&'a (dyn Error + 'static));

impl fmt::Display for Chain<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)?;
        let mut next = self.0.source();
        while let Some(error) = next {
            write!(f, ": {error}")?;
            next = error.source();
        }
        Ok(())
    }
}
