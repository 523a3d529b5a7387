//! Who sends: a browser with its jar, or a program with its token. Both are served in process.

use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};

use authkit_core::{AccessToken, SessionId, Tokens, UserId};
use authkit_http::cookies;
use poem::http::header::{AUTHORIZATION, COOKIE, HeaderName, ORIGIN, USER_AGENT};
use poem::http::{HeaderMap, HeaderValue, Method, Request as HttpRequest};

use super::answer::{Asked, TestAnswer};
use super::fail::{Must as _, Place};
use super::host::Host;
use super::jar::Jar;

const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

pub(super) struct Sender {
    pub(super) host: Arc<Host>,
    /// As messages call it.
    pub(super) name: String,
    pub(super) peer: IpAddr,
    pub(super) kind: Kind,
    /// Who signed in last with it, also after the sign-out.
    who: Mutex<Option<(UserId, SessionId)>>,
}

pub(super) enum Kind {
    /// Cookies, and what a browser says of where a request comes from.
    Browser(Jar),
    /// A bearer token, if it has one.
    Program(Option<AccessToken>),
}

/// A request that is whole.
pub(super) struct Outgoing {
    pub(super) method: Method,
    pub(super) path: String,
    pub(super) headers: HeaderMap,
    pub(super) body: Vec<u8>,
    /// The body, as messages show it.
    pub(super) shown: Option<String>,
}

impl Sender {
    pub(super) fn new(host: &Arc<Host>, name: String, kind: Kind) -> Self {
        let (host, peer) = (Arc::clone(host), host.next_address());
        let sender = Self { host, name, peer, kind, who: Mutex::default() };
        if let Kind::Program(Some(token)) = &sender.kind {
            sender.remember(token.expose());
        }
        sender
    }

    /// Who is signed in, or was.
    pub(super) fn who(&self) -> Option<(UserId, SessionId)> {
        *self.who.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes the cookies of a session, as if an answer had brought them.
    pub(super) fn adopt(&self, tokens: &Tokens) {
        let mut headers = HeaderMap::new();
        cookies::set(&mut headers, self.host.kit.http(), tokens);
        self.keep(&headers);
    }

    /// Keeps the cookies of an answer, and reads from them who is signed in now.
    pub(super) fn keep(&self, headers: &HeaderMap) {
        let Kind::Browser(jar) = &self.kind else { return };
        let now = self.host.kit.now();
        jar.keep(headers, now);
        if let Some(token) = jar.value(&self.host.kit.http().access_cookie, now) {
            self.remember(&token);
        }
    }

    fn remember(&self, token: &str) {
        if let Ok(claims) = self.host.kit.claims(&AccessToken::new(token)) {
            *self.who.lock().unwrap_or_else(PoisonError::into_inner) = Some((claims.user, claims.session));
        }
    }

    /// Sends a request and reads the answer. A header that the test gave stays as it is.
    pub(super) async fn send(&self, outgoing: Outgoing, place: Place) -> TestAnswer {
        let Outgoing { method, path, mut headers, body, shown } = outgoing;
        let path = self.below(&path).to_owned();
        self.dress(&method, &path, &mut headers);
        let asked = Asked { method: method.to_string(), path: path.clone(), by: self.name.clone(), body: shown };
        let request = HttpRequest::builder().method(method).uri(path.as_str()).body(body);
        let mut request = request.must(place, &format!("{path:?} is no path"));
        *request.headers_mut() = headers;
        let raw = self.host.serve(request, self.peer, place).await;
        self.keep(&raw.headers);
        TestAnswer { asked, status: raw.status, headers: raw.headers, body: raw.body }
    }

    /// The path of a link into the application; anything else stays.
    pub(super) fn below<'a>(&self, link: &'a str) -> &'a str {
        let base = &self.host.kit.settings().base_url;
        let link = link.split_once('#').map_or(link, |(link, _)| link);
        match link.strip_prefix(base.as_str()) {
            Some("") => "/",
            Some(path) if path.starts_with(['/', '?']) => path,
            _ => link,
        }
    }

    fn dress(&self, method: &Method, path: &str, headers: &mut HeaderMap) {
        let mut add = |name: HeaderName, value: &str| {
            if let Ok(value) = HeaderValue::from_str(value) {
                headers.entry(name).or_insert(value);
            }
        };
        add(USER_AGENT, "authkit-test");
        match &self.kind {
            Kind::Browser(jar) => {
                add(SEC_FETCH_SITE, "same-origin");
                if *method != Method::GET && *method != Method::HEAD {
                    add(ORIGIN, &self.host.kit.http().origin);
                }
                let path = path.split_once('?').map_or(path, |(path, _)| path);
                if let Some(line) = jar.line(path, self.host.kit.now()) {
                    add(COOKIE, &line);
                }
            }
            Kind::Program(Some(token)) => add(AUTHORIZATION, &format!("Bearer {}", token.expose())),
            Kind::Program(None) => {}
        }
    }
}
