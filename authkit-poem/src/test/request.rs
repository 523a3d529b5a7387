//! A request that is being put together.

use std::fmt;
use std::future::{Future, IntoFuture};
use std::pin::Pin;

use poem::http::header::{CONTENT_TYPE, HeaderName, ORIGIN};
use poem::http::{HeaderMap, HeaderValue, Method};
use serde::Serialize;

use super::answer::TestAnswer;
use super::fail::{Must as _, Place};
use super::sender::{Outgoing, Sender};

/// The hidden field that forms of a signed-in session carry.
const FORM_TOKEN: &str = "csrf_token";

/// A request of a [`TestClient`](super::TestClient), sent by `.await`.
///
/// # Examples
/// ```
/// # use authkit_poem::test::TestApp;
/// # use poem::Route;
/// # use serde_json::json;
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// let app = TestApp::new(|auth| Route::new().nest("/auth", authkit_poem::routes(auth))).await;
/// app.user("ada@x.test").create().await;
/// let body = json!({"email": "ada@x.test", "password": authkit_poem::test::PASSWORD});
/// let browser = app.visitor();
/// browser.post("/auth/login").json(&body).from_another_site().await.assert_problem(403, "cross_site_request");
/// browser.post("/auth/login").json(&body).await.assert_ok();
/// browser.get("/auth/me").header("accept-language", "de").await.assert_ok();
/// # }
/// ```
#[must_use = "nothing is sent before `.await`"]
pub struct TestRequest<'a> {
    sender: &'a Sender,
    place: Place,
    method: Method,
    path: String,
    headers: HeaderMap,
    body: Body,
    form_token: bool,
}

enum Body {
    None,
    Bytes(Vec<u8>, Option<String>),
    Form(Vec<(String, String)>),
}

impl<'a> TestRequest<'a> {
    #[track_caller]
    pub(super) fn new(sender: &'a Sender, method: Method, path: impl Into<String>) -> Self {
        let (path, headers) = (path.into(), HeaderMap::new());
        Self { sender, place: Place::here(), method, path, headers, body: Body::None, form_token: true }
    }

    /// With a header, in the place of what would be sent otherwise.
    ///
    /// # Panics
    /// Name or value cannot be sent.
    pub fn header(mut self, name: &str, value: &str) -> Self {
        let name: HeaderName = name.parse().must(self.place, "no name of a header");
        self.headers.insert(name, HeaderValue::from_str(value).must(self.place, "no value of a header"));
        self
    }

    /// With this as JSON.
    ///
    /// # Panics
    /// It does not become JSON.
    pub fn json(self, body: &impl Serialize) -> Self {
        let text = serde_json::to_string(body).must(self.place, "no JSON");
        self.body("application/json", text)
    }

    /// With these fields as a form. Where somebody is signed in, the form token goes along.
    pub fn form<N: Into<String>, V: Into<String>>(mut self, fields: impl IntoIterator<Item = (N, V)>) -> Self {
        self.body = Body::Form(fields.into_iter().map(|(name, value)| (name.into(), value.into())).collect());
        self
    }

    /// With any body.
    ///
    /// # Panics
    /// `content_type` cannot be sent.
    pub fn body(mut self, content_type: &str, body: impl Into<Vec<u8>>) -> Self {
        let body = body.into();
        let shown = String::from_utf8(body.clone()).ok();
        self.body = Body::Bytes(body, shown);
        self.header(CONTENT_TYPE.as_str(), content_type)
    }

    /// Leaves the form token out, as a page of another site has to.
    pub fn without_form_token(self) -> Self {
        Self { form_token: false, ..self }
    }

    /// As a page of another site makes a browser send it.
    pub fn from_another_site(self) -> Self {
        self.header("sec-fetch-site", "cross-site").header(ORIGIN.as_str(), "https://elsewhere.example")
    }

    /// As a person asks for a page.
    pub(super) fn for_a_page(self) -> Self {
        self.header("accept", "text/html,application/xhtml+xml;q=0.9,*/*;q=0.8")
    }

    async fn send(mut self) -> TestAnswer {
        let (body, shown) = match self.body {
            Body::None => (Vec::new(), None),
            Body::Bytes(body, shown) => (body, shown),
            Body::Form(mut fields) => {
                let has_one = fields.iter().any(|(name, _)| name == FORM_TOKEN);
                if let Some((_, session)) = self.sender.who().filter(|_| self.form_token && !has_one) {
                    let token = authkit_http::testing::form_token(&self.sender.host.kit, session);
                    fields.push((FORM_TOKEN.to_owned(), token.must(self.place, "no form token")));
                }
                let sent = HeaderValue::from_static("application/x-www-form-urlencoded");
                self.headers.entry(CONTENT_TYPE).or_insert(sent);
                let text = fields.iter().map(|(name, value)| format!("{}={}", encoded(name), encoded(value)));
                let text = text.collect::<Vec<_>>().join("&");
                (text.clone().into_bytes(), Some(text))
            }
        };
        let outgoing = Outgoing { method: self.method, path: self.path, headers: self.headers, body, shown };
        self.sender.send(outgoing, self.place).await
    }
}

impl<'a> IntoFuture for TestRequest<'a> {
    type Output = TestAnswer;
    type IntoFuture = Pin<Box<dyn Future<Output = TestAnswer> + Send + 'a>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.send())
    }
}

impl fmt::Debug for TestRequest<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} by {}", self.method, self.path, self.sender.name)
    }
}

/// As forms encode it.
fn encoded(text: &str) -> String {
    let mut done = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'*' | b'-' | b'.' | b'_' => done.push(char::from(byte)),
            b' ' => done.push('+'),
            other => {
                done.push('%');
                for digit in [other >> 4, other & 15] {
                    done.extend(char::from_digit(u32::from(digit), 16).map(|digit| digit.to_ascii_uppercase()));
                }
            }
        }
    }
    done
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_is_encoded_as_browsers_encode_it() {
        assert_eq!(encoded("a b&c=ä*-._~"), "a+b%26c%3D%C3%A4*-._%7E");
    }
}
