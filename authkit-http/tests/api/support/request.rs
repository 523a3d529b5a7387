//! Sending requests: as a program with tokens or a jar does, or as a browser does.

use std::net::IpAddr;
use std::sync::Mutex;

use authkit_http::{ACCOUNT, ADMIN, Body, Request, Response, SERVICE, Table};
use http::header::{AUTHORIZATION, CONTENT_TYPE, COOKIE};
use http::{HeaderMap, HeaderName, HeaderValue, Method};
use http_body_util::BodyExt as _;
use serde_json::Value;

use super::{ORIGIN, Pair, Reply, Server, document};

/// A request that is being put together.
pub(crate) struct Call<'a> {
    server: &'a Server,
    method: Method,
    path: String,
    headers: HeaderMap,
    peer: Option<IpAddr>,
    body: Body,
    jar: Option<&'a Browser>,
}

impl Server {
    pub(crate) fn call(&self, method: &str, path: impl Into<String>) -> Call<'_> {
        Call {
            server: self,
            method: method.parse().expect("a method"),
            path: path.into(),
            headers: HeaderMap::new(),
            peer: Some("192.0.2.1".parse().expect("an address")),
            body: Body::Empty,
            jar: None,
        }
    }

    pub(crate) fn get(&self, path: impl Into<String>) -> Call<'_> {
        self.call("GET", path)
    }

    pub(crate) fn post(&self, path: impl Into<String>) -> Call<'_> {
        self.call("POST", path)
    }
}

impl<'a> Call<'a> {
    pub(crate) fn header(self, name: &str, value: &str) -> Self {
        self.header_bytes(name, value.as_bytes())
    }

    pub(crate) fn header_bytes(mut self, name: &str, value: &[u8]) -> Self {
        let value = HeaderValue::from_bytes(value).expect("a header");
        self.headers.append(name.parse::<HeaderName>().expect("a name"), value);
        self
    }

    pub(crate) fn json(self, body: &Value) -> Self {
        self.header(CONTENT_TYPE.as_str(), "application/json").body(body.to_string())
    }

    pub(crate) fn body(mut self, body: impl Into<Body>) -> Self {
        self.body = body.into();
        self
    }

    pub(crate) fn bearer(self, token: &str) -> Self {
        self.header(AUTHORIZATION.as_str(), &format!("Bearer {token}"))
    }

    pub(crate) fn cookie(self, name: &str, value: &str) -> Self {
        self.header(COOKIE.as_str(), &format!("{name}={value}"))
    }

    pub(crate) fn from(mut self, peer: &str) -> Self {
        self.peer = Some(peer.parse().expect("an address"));
        self
    }

    /// With what a browser adds, and its jar before and after.
    pub(crate) fn by(mut self, browser: &'a Browser) -> Self {
        if self.method != Method::GET {
            self = self.header("origin", ORIGIN);
        }
        self = self.header("sec-fetch-site", "same-origin");
        let jar = browser.cookies();
        if !jar.is_empty() {
            self = self.header(COOKIE.as_str(), &jar);
        }
        self.jar = Some(browser);
        self
    }

    /// Sends it; the answer's body is still to be read.
    pub(crate) async fn open(&mut self) -> Response {
        let path = &self.path;
        let (table, prefix): (&Table, &str) = if path.starts_with("/auth/") {
            (&ACCOUNT, "/auth")
        } else if path.starts_with("/admin/") {
            (&ADMIN, "/admin")
        } else {
            (&SERVICE, "")
        };
        let below = path.strip_prefix(prefix).expect("chosen by it").parse().expect("a path");
        let (headers, body) = (std::mem::take(&mut self.headers), std::mem::take(&mut self.body));
        let mut request = Request::new(self.method.clone(), below, headers, self.peer, body);
        request.console.clone_from(&self.server.console);
        table.call(&self.server.kit, request).await
    }

    /// Sends it, and holds the answer against the OpenAPI document.
    pub(crate) async fn send(mut self) -> Reply {
        let (parts, body) = self.open().await.into_parts();
        let body = body.collect().await.expect("a whole body").to_bytes();
        let reply = Reply { status: parts.status.as_u16(), headers: parts.headers, body };
        document::check(self.server.document(), &self.method, &self.path, &reply);
        if let Some(jar) = self.jar {
            jar.keep(&reply);
        }
        reply
    }
}

/// A browser's jar, or that of a program: names, values, and what was cleared.
#[derive(Default)]
pub(crate) struct Browser(Mutex<Vec<(String, String)>>);

impl Browser {
    pub(crate) fn new() -> Self {
        Self::default()
    }

    pub(crate) fn cookies(&self) -> String {
        let jar = self.0.lock().expect("a jar");
        jar.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("; ")
    }

    pub(crate) fn value(&self, name: &str) -> Option<String> {
        let jar = self.0.lock().expect("a jar");
        jar.iter().find(|(known, _)| known == name).map(|(_, value)| value.clone())
    }

    pub(crate) fn pair(&self) -> Pair {
        let value = |name| self.value(name).expect("a cookie");
        Pair { access: value("authkit_access"), refresh: value("authkit_refresh") }
    }

    fn keep(&self, reply: &Reply) {
        let mut jar = self.0.lock().expect("a jar");
        for (name, value, attributes) in reply.cookies() {
            jar.retain(|(known, _)| *known != name);
            if !attributes.iter().any(|attribute| attribute == "Max-Age=0") {
                jar.push((name, value));
            }
        }
    }
}
