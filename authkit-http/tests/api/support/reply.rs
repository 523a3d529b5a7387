//! What came back, and what tests say about it.

use bytes::Bytes;
use http::HeaderMap;
use http::header::SET_COOKIE;
use serde_json::Value;

use super::Pair;

#[derive(Debug, Clone)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Reply {
    /// The status must be this one.
    #[track_caller]
    pub(crate) fn expect(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{}", String::from_utf8_lossy(&self.body));
        self
    }

    /// It must be a problem with this status and code.
    #[track_caller]
    pub(crate) fn refused(self, status: u16, code: &str) -> Self {
        let reply = self.expect(status);
        assert_eq!(reply.header("content-type"), Some("application/problem+json"));
        assert_eq!(reply.json()["code"], code);
        reply
    }

    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).expect("JSON")
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().expect("ASCII"))
    }

    /// The code of a problem; empty for anything else.
    pub(crate) fn code(&self) -> String {
        serde_json::from_slice::<Value>(&self.body)
            .ok()
            .and_then(|body| Some(body.get("code")?.as_str()?.to_owned()))
            .unwrap_or_default()
    }

    /// Field and code of each error of a 422.
    #[track_caller]
    pub(crate) fn errors(&self) -> Vec<(String, String)> {
        let text = |value: &Value| value.as_str().expect("text").to_owned();
        let errors = self.json()["errors"].as_array().cloned().unwrap_or_default();
        errors.iter().map(|error| (text(&error["field"]), text(&error["code"]))).collect()
    }

    /// Name, value and attributes of every cookie that it sets.
    pub(crate) fn cookies(&self) -> Vec<(String, String, Vec<String>)> {
        let lines = self.headers.get_all(SET_COOKIE).iter().map(|line| line.to_str().expect("ASCII"));
        lines
            .map(|line| {
                let mut parts = line.split("; ");
                let (name, value) = parts.next().and_then(|pair| pair.split_once('=')).expect("a pair");
                (name.to_owned(), value.to_owned(), parts.map(str::to_owned).collect())
            })
            .collect()
    }

    /// Whether it clears both cookies.
    pub(crate) fn clears_cookies(&self) -> bool {
        let cookies = self.cookies();
        cookies.len() == 2
            && cookies.iter().all(|(_, value, attributes)| {
                value.is_empty() && attributes.iter().any(|attribute| attribute == "Max-Age=0")
            })
    }

    /// The tokens of its body.
    #[track_caller]
    pub(crate) fn pair(&self) -> Pair {
        let body = self.json();
        let text = |name: &str| body[name].as_str().expect("a token").to_owned();
        Pair { access: text("access_token"), refresh: text("refresh_token") }
    }
}
