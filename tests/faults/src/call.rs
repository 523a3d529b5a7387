//! A client on a connection that is kept, every answer of which is written down.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use bytes::Bytes;
use http::{Method, Request};
use http_body_util::{BodyExt as _, Full};
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::journal::{Journal, Record};

/// Whoever has no answer by then hangs.
const HANGING: Duration = Duration::from_secs(12);

/// An answer.
#[derive(Debug, Clone)]
pub struct Answer {
    /// 0 where the connection broke.
    pub status: u16,
    pub json: Value,
    pub took: Duration,
}

impl Answer {
    pub fn is_good(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// A member of the body that is text.
    ///
    /// # Panics
    /// It is not there.
    pub fn text(&self, name: &str) -> String {
        self.json[name].as_str().unwrap_or_else(|| panic!("no {name} in {self:?}")).to_owned()
    }
}

/// A client of one node. It gives up a connection that broke, and connects again for the next request.
#[derive(Debug)]
pub struct Caller {
    pub address: SocketAddr,
    journal: Journal,
    connection: Option<SendRequest<Full<Bytes>>>,
    expected: &'static [u16],
}

impl Caller {
    pub fn new(address: SocketAddr, journal: &Journal) -> Self {
        Self { address, journal: journal.clone(), connection: None, expected: &[] }
    }

    /// What this client counts on besides success and 503; 0 is a connection that breaks.
    #[must_use]
    pub fn expecting(self, expected: &'static [u16]) -> Self {
        Self { expected, ..self }
    }

    pub async fn get(&mut self, path: &str, token: &str) -> Answer {
        self.call(Method::GET, path, Some(token), None).await
    }

    pub async fn post(&mut self, path: &str, token: &str) -> Answer {
        self.call(Method::POST, path, Some(token), None).await
    }

    pub async fn post_json(&mut self, path: &str, token: Option<&str>, body: Value) -> Answer {
        self.call(Method::POST, path, token, Some(body)).await
    }

    pub async fn register(&mut self, email: &str, password: &str) -> Answer {
        self.post_json("/auth/register", None, json!({ "email": email, "password": password })).await
    }

    pub async fn login(&mut self, email: &str, password: &str) -> Answer {
        self.post_json("/auth/login", None, json!({ "email": email, "password": password })).await
    }

    pub async fn refresh(&mut self, token: &str) -> Answer {
        self.post("/auth/refresh", token).await
    }

    async fn call(&mut self, method: Method, path: &str, token: Option<&str>, body: Option<Value>) -> Answer {
        let mut request = Request::builder().method(&method).uri(path).header("host", self.address.to_string());
        if let Some(token) = token.filter(|token| !token.is_empty()) {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        if body.is_some() {
            request = request.header("content-type", "application/json");
        }
        let body = body.map(|body| body.to_string()).unwrap_or_default();
        let request = request.body(Full::new(Bytes::from(body))).expect("the request is sound");
        let at = Instant::now();
        let sent = timeout(HANGING, self.send(request)).await.unwrap_or_else(|_| Err("no answer".to_owned()));
        let took = at.elapsed();
        let what = format!("{method} {path}");
        let (status, has_retry_after, said) = match sent {
            Ok(answer) => answer,
            Err(error) => {
                self.connection = None;
                (0, false, error)
            }
        };
        let is_expected = self.expected.contains(&status);
        let json = serde_json::from_str(&said).unwrap_or(Value::Null);
        let said = if (200..300).contains(&status) { String::new() } else { said };
        self.journal.note(Record { what, at, took, status, has_retry_after, is_expected, said });
        Answer { status, json, took }
    }

    async fn send(&mut self, request: Request<Full<Bytes>>) -> Result<(u16, bool, String), String> {
        if self.connection.as_ref().is_none_or(SendRequest::is_closed) {
            let stream = TcpStream::connect(self.address).await.map_err(told)?;
            stream.set_nodelay(true).map_err(told)?;
            let (sender, connection) = handshake(TokioIo::new(stream)).await.map_err(told)?;
            tokio::spawn(connection);
            self.connection = Some(sender);
        }
        let connection = self.connection.as_mut().expect("just made");
        connection.ready().await.map_err(told)?;
        let (parts, body) = connection.send_request(request).await.map_err(told)?.into_parts();
        let body = body.collect().await.map_err(told)?.to_bytes();
        let has_retry_after = parts.headers.contains_key("retry-after");
        Ok((parts.status.as_u16(), has_retry_after, String::from_utf8_lossy(&body).into_owned()))
    }
}

fn told(error: impl std::error::Error) -> String {
    format!("{error:?}")
}
