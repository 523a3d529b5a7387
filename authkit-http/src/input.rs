//! Reading requests strictly: of a body the media type first, then the bytes; and ids out of paths.

use authkit_core::{FieldError, SessionId, UserId};
use bytes::Bytes;
use http::HeaderMap;
use http::header::CONTENT_TYPE;

use crate::body::{Body, ReadError};
use crate::console::frame;
use crate::fields::Fields;
use crate::message::Request;
use crate::problem::Problem;

/// Reads the request's body, which must be a JSON object.
///
/// # Errors
/// 415 before a byte is read, 413, 400 `malformed_request`, 422 `validation_failed`.
pub(crate) async fn object(request: &mut Request) -> Result<Fields, Problem> {
    if let Some(form) = request.form.take() {
        return Ok(form);
    }
    if !is_json(&request.headers) {
        return Err(Problem::unsupported_media_type());
    }
    Fields::parse(&read(request).await?)
}

/// As [`object`], and nothing at all is an object without fields.
///
/// # Errors
/// As [`object`].
pub(crate) async fn optional_object(request: &mut Request) -> Result<Fields, Problem> {
    if let Some(form) = request.form.take() {
        return Ok(form);
    }
    let stated = is_json(&request.headers);
    let bytes = match std::mem::take(&mut request.body) {
        Body::Empty => Bytes::new(),
        body => {
            request.body = body;
            read(request).await?
        }
    };
    match (bytes.is_empty(), stated) {
        (true, _) => Ok(Fields::default()),
        (false, true) => Fields::parse(&bytes),
        (false, false) => Err(Problem::unsupported_media_type()),
    }
}

/// Reads the request's body, which must be a form.
///
/// # Errors
/// 415 before a byte is read, 413, 400 `malformed_request`.
pub(crate) async fn form(request: &mut Request) -> Result<Fields, Problem> {
    if !frame::is_form(&request.headers) {
        return Err(Problem::unsupported_media_type());
    }
    Fields::of_form(&read(request).await?)
}

/// Makes sure that there is no body, whatever its media type.
///
/// # Errors
/// 413, and 422 `validation_failed` where there is one.
pub(crate) async fn nothing(request: &mut Request) -> Result<(), Problem> {
    if read(request).await?.is_empty() {
        Ok(())
    } else {
        Err(Problem::validation_failed(vec![FieldError::new("", "unknown_field", "This request takes no body.")]))
    }
}

async fn read(request: &mut Request) -> Result<Bytes, Problem> {
    let limit = request.limit;
    std::mem::take(&mut request.body).read(limit).await.map_err(|error| match error {
        ReadError::TooLarge => Problem::body_too_large(limit),
        ReadError::Broken(_) => Problem::malformed_request("The body broke off."),
    })
}

/// The session that the path names.
///
/// # Errors
/// `not_found`: the text is no id of a session in the one spelling that answers use.
pub(crate) fn session_id(request: &Request) -> Result<SessionId, Problem> {
    let text = request.param.as_deref().unwrap_or_default();
    text.parse().ok().filter(|id: &SessionId| id.to_string() == text).ok_or_else(Problem::not_found)
}

/// The user that the path names.
///
/// # Errors
/// `not_found`: the text is no id of a user.
pub(crate) fn user_id(request: &Request) -> Result<UserId, Problem> {
    request.param.as_deref().and_then(UserId::new).ok_or_else(Problem::not_found)
}

/// Whether there is one `Content-Type`, `application/json`, in UTF-8 if it says in what (RFC 8259 §8.1 allows no other).
fn is_json(headers: &HeaderMap) -> bool {
    let mut stated = headers.get_all(CONTENT_TYPE).iter();
    let (Some(only), None) = (stated.next(), stated.next()) else { return false };
    let Ok(text) = only.to_str() else { return false };
    let mut parts = text.split(';').map(str::trim);
    let is_utf8 = |parameter: &str| {
        let (name, value) = parameter.split_once('=').unwrap_or((parameter, ""));
        !name.eq_ignore_ascii_case("charset") || value.trim_matches('"').eq_ignore_ascii_case("utf-8")
    };
    parts.next().is_some_and(|kind| kind.eq_ignore_ascii_case("application/json")) && parts.all(is_utf8)
}

#[cfg(test)]
mod tests {
    use http::{HeaderValue, Method, Uri};

    use super::*;

    fn request(content_type: &[&'static str], body: impl Into<Body>) -> Request {
        let mut headers = HeaderMap::new();
        for value in content_type {
            headers.append(CONTENT_TYPE, HeaderValue::from_static(value));
        }
        let mut request = Request::new(Method::POST, Uri::from_static("/"), headers, None, body.into());
        request.limit = 128 * 1024;
        request
    }

    // S-49
    #[tokio::test]
    async fn only_json_is_read() {
        for fits in [
            "application/json",
            "Application/JSON",
            "application/json; charset=utf-8",
            "application/json;charset=\"UTF-8\"",
        ] {
            assert!(object(&mut request(&[fits], "{}")).await.is_ok(), "{fits}");
        }
        let others: [&[&str]; 9] = [
            &[],
            &["text/plain"],
            &["application/x-www-form-urlencoded"],
            &["multipart/form-data; boundary=x"],
            &["text/plain; application/json"],
            &["application/jsonx"],
            &["application/json; charset=utf-16"],
            &["application/json", "text/plain"],
            &["application/problem+json"],
        ];
        for other in others {
            let mut request = request(other, "{}");
            let problem = object(&mut request).await.expect_err("refused");
            assert_eq!(problem.code(), "unsupported_media_type", "{other:?}");
            assert!(matches!(request.body, Body::Bytes(_)), "it was read");
        }
    }

    #[tokio::test]
    async fn a_route_without_a_body_takes_none() {
        assert!(nothing(&mut request(&["text/plain"], Body::Empty)).await.is_ok());
        assert!(nothing(&mut request(&[], "")).await.is_ok());
        for body in ["{}", " ", "null"] {
            let problem = nothing(&mut request(&["application/json"], body)).await.expect_err("refused");
            assert_eq!(problem.code(), "validation_failed", "{body}");
        }
        let mut long = request(&[], "0123456789");
        long.limit = 9;
        assert_eq!(nothing(&mut long).await.expect_err("refused").code(), "body_too_large");
    }

    #[tokio::test]
    async fn a_body_that_may_be_left_out_is_json_when_it_is_there() {
        assert!(optional_object(&mut request(&["text/plain"], Body::Empty)).await.is_ok());
        assert!(optional_object(&mut request(&["application/json"], "{}")).await.is_ok());
        let problem = optional_object(&mut request(&["text/plain"], "{}")).await.expect_err("refused");
        assert_eq!(problem.code(), "unsupported_media_type");
        let problem = optional_object(&mut request(&["application/json"], "{")).await.expect_err("refused");
        assert_eq!(problem.code(), "malformed_request");
    }
}
