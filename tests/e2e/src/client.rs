//! Clients of the three kinds that the contract knows.

use std::net::SocketAddr;

use bytes::Bytes;
use http::{Method, Request};
use http_body_util::{BodyExt as _, Full};
use hyper_util::rt::TokioIo;
use serde_json::Value;
use tokio::net::TcpStream;

use crate::Answer;
use crate::jar::Jar;

/// How a client keeps its tokens, and what it says of itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A program with a cookie jar. It sends no `Origin`.
    Program,
    /// A page of the server's own, in a browser.
    Browser,
    /// A program that takes the tokens out of the body.
    Bearer,
}

/// One client: what it was given, it sends.
#[derive(Debug, Clone)]
pub struct Client {
    pub kind: Kind,
    pub address: SocketAddr,
    pub jar: Jar,
    pub access: Option<String>,
    pub refresh: Option<String>,
}

impl Client {
    pub fn new(kind: Kind, address: SocketAddr) -> Self {
        Self { kind, address, jar: Jar::default(), access: None, refresh: None }
    }

    pub async fn get(&mut self, path: &str) -> Answer {
        self.send(Method::GET, path, None).await
    }

    /// Without a body.
    pub async fn post(&mut self, path: &str) -> Answer {
        self.send(Method::POST, path, None).await
    }

    pub async fn post_json(&mut self, path: &str, body: Value) -> Answer {
        self.send(Method::POST, path, Some(body)).await
    }

    pub async fn login(&mut self, email: &str, password: &str) -> Answer {
        self.post_json("/auth/login", serde_json::json!({ "email": email, "password": password })).await
    }

    pub async fn send(&mut self, method: Method, path: &str, body: Option<Value>) -> Answer {
        let mut request = Request::builder().method(method.clone()).uri(path);
        if self.kind == Kind::Browser {
            request = request.header("sec-fetch-site", "same-origin").header("sec-fetch-mode", "cors");
            if method != Method::GET {
                request = request.header("origin", format!("http://{}", self.address));
            }
        }
        // A route that renews or ends the session takes the refresh token.
        let renews = ["/auth/refresh", "/auth/logout"].contains(&path);
        let token = if renews { &self.refresh } else { &self.access };
        if let (Kind::Bearer, Some(token)) = (self.kind, token) {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        if let Some(cookies) = self.jar.header().filter(|_| self.kind != Kind::Bearer) {
            request = request.header("cookie", cookies);
        }
        let body = match body {
            None => Bytes::new(),
            Some(json) => {
                request = request.header("content-type", "application/json");
                json.to_string().into()
            }
        };
        let answer = send(self.address, request.body(body).expect("the request is sound")).await;
        self.jar.take(&answer);
        let json = answer.json();
        if self.kind == Kind::Bearer && json["token_type"] == "bearer" {
            self.access = json["access_token"].as_str().map(str::to_owned);
            self.refresh = json["refresh_token"].as_str().map(str::to_owned);
        }
        answer
    }
}

/// Sends a request on a connection of its own.
pub async fn send(address: SocketAddr, mut request: Request<Bytes>) -> Answer {
    let stream = TcpStream::connect(address).await.expect("the server accepts");
    let (mut sender, connection) =
        hyper::client::conn::http1::handshake(TokioIo::new(stream)).await.expect("a connection");
    tokio::spawn(connection);
    let host = address.to_string().parse().expect("an address is a header value");
    request.headers_mut().entry("host").or_insert(host);
    let answer = sender.send_request(request.map(Full::new)).await.expect("an answer");
    let (parts, body) = answer.into_parts();
    let body = body.collect().await.expect("the whole answer").to_bytes();
    Answer { status: parts.status, headers: parts.headers, body }
}
