//! What came back, and what a test says about it.

use std::fmt;

use bytes::Bytes;
use poem::http::header::{CONTENT_TYPE, LOCATION};
use poem::http::{HeaderMap, StatusCode};
use serde_json::Value;

use super::fail::fail;

/// How much of a body a message shows, in bytes.
const SHOWN: usize = 4_096;

/// An answer, read to its end. Each assertion gives it back, so that they can be chained, and ends the test with a message
/// that shows the request, the status and the body.
///
/// # Examples
/// ```
/// use authkit_poem::test::TestApp;
/// use poem::{Route, get, handler};
///
/// #[handler]
/// fn hello() -> &'static str {
///     "hello"
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// let app = TestApp::new(|_| Route::new().at("/hello", get(hello))).await;
/// app.visitor().get("/hello").await.assert_ok().assert_text("hello");
/// app.visitor().get("/no").await.assert_problem(404, "not_found");
/// # }
/// ```
#[derive(Clone)]
pub struct TestAnswer {
    pub(super) asked: Asked,
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    pub(super) body: Bytes,
}

/// The request, as messages show it.
#[derive(Debug, Clone)]
pub(super) struct Asked {
    pub(super) method: String,
    pub(super) path: String,
    pub(super) by: String,
    pub(super) body: Option<String>,
}

#[expect(clippy::return_self_not_must_use, reason = "an assertion may be the last word")]
impl TestAnswer {
    /// The status as a number.
    pub fn status(&self) -> u16 {
        self.status.as_u16()
    }

    /// The first header of this name, where it is text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// All headers.
    pub const fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    /// The body as it came.
    pub const fn bytes(&self) -> &Bytes {
        &self.body
    }

    /// The body as text; what is no UTF-8 is replaced.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The body as JSON.
    ///
    /// # Panics
    /// It is none.
    #[track_caller]
    pub fn json(&self) -> Value {
        match serde_json::from_slice(&self.body) {
            Ok(json) => json,
            Err(error) => self.fail(format_args!("a JSON body ({error})")),
        }
    }

    /// The path that the answer was asked at.
    pub fn path(&self) -> &str {
        &self.asked.path
    }

    /// The status is 200 to 299.
    #[track_caller]
    pub fn assert_ok(self) -> Self {
        self.expect(|answer| answer.status.is_success(), "200 to 299")
    }

    /// The status is this one.
    #[track_caller]
    pub fn assert_status(self, status: u16) -> Self {
        self.expect(|answer| answer.status.as_u16() == status, status)
    }

    /// It is the problem body (RFC 9457) with this status and code that AuthKit's routes and guards answer with.
    #[track_caller]
    pub fn assert_problem(self, status: u16, code: &str) -> Self {
        let fits = |answer: &Self| {
            answer.status() == status
                && answer.header(CONTENT_TYPE.as_str()) == Some("application/problem+json")
                && serde_json::from_slice::<Value>(&answer.body).is_ok_and(|body| body["code"] == code)
        };
        self.expect(fits, format_args!("the problem {status} {code}"))
    }

    /// It sends the browser on to this path.
    #[track_caller]
    pub fn assert_redirect_to(self, path: &str) -> Self {
        let fits = |answer: &Self| answer.status.is_redirection() && answer.header(LOCATION.as_str()) == Some(path);
        self.expect(fits, format_args!("a redirect to {path}"))
    }

    /// The body is this text.
    #[track_caller]
    pub fn assert_text(self, text: &str) -> Self {
        self.expect(|answer| answer.body == text.as_bytes(), format_args!("the body {text:?}"))
    }

    /// The body holds this text, as it stands or as HTML writes it.
    #[track_caller]
    pub fn assert_contains(self, text: &str) -> Self {
        self.expect(|answer| answer.holds(text), format_args!("a body with {text:?}"))
    }

    /// The body does not hold this text, neither as it stands nor as HTML writes it.
    #[track_caller]
    pub fn assert_lacks(self, text: &str) -> Self {
        self.expect(|answer| !answer.holds(text), format_args!("a body without {text:?}"))
    }

    /// The body is this JSON, whatever the order of its members.
    #[track_caller]
    pub fn assert_json(self, expected: &Value) -> Self {
        let fits = |answer: &Self| serde_json::from_slice::<Value>(&answer.body).is_ok_and(|body| body == *expected);
        self.expect(fits, format_args!("the JSON {expected}"))
    }

    /// The header is there and has this value.
    #[track_caller]
    pub fn assert_header(self, name: &str, value: &str) -> Self {
        let found = self.header(name).map_or_else(|| "none".to_owned(), |found| format!("{found:?}"));
        self.expect(|answer| answer.header(name) == Some(value), format_args!("{name}: {value} and not {found}"))
    }

    #[track_caller]
    fn expect(self, fits: impl FnOnce(&Self) -> bool, what: impl fmt::Display) -> Self {
        if fits(&self) { self } else { self.fail(format_args!("{what}")) }
    }

    /// Ends the test with the request, the status and the body.
    #[track_caller]
    pub(super) fn fail(&self, expected: impl fmt::Display) -> ! {
        fail(format_args!("expected {expected}\n{self}"))
    }

    fn holds(&self, text: &str) -> bool {
        let body = String::from_utf8_lossy(&self.body);
        body.contains(text) || body.contains(&escaped(text))
    }
}

/// As templates write it.
fn escaped(text: &str) -> String {
    let text = text.replace('&', "&#38;").replace('<', "&#60;").replace('>', "&#62;");
    text.replace('"', "&#34;").replace('\'', "&#39;")
}

/// The request, the status and the body.
impl fmt::Display for TestAnswer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "  request: {} {} by {}", self.asked.method, self.asked.path, self.asked.by)?;
        if let Some(body) = &self.asked.body {
            writeln!(f, "     with: {body}")?;
        }
        writeln!(f, "  status:  {}", self.status)?;
        if let Some(location) = self.header(LOCATION.as_str()) {
            writeln!(f, "  leads to {location}")?;
        }
        let shown = String::from_utf8_lossy(self.body.get(..SHOWN).unwrap_or(&self.body));
        write!(f, "  body:    {}", if self.body.is_empty() { "none" } else { &shown })?;
        if self.body.len() > SHOWN {
            write!(f, " … ({} bytes in all)", self.body.len())?;
        }
        Ok(())
    }
}

impl fmt::Debug for TestAnswer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\n{self}")
    }
}
