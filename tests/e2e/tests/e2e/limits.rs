//! What a client may take of the server: time, connections, room; and what a handler may do to it.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use authkit_core::{AuthKit, Config};
use authkit_e2e::{Raw, kit, send, start};
use authkit_poem::Limits;
use bytes::Bytes;
use http::Request;
use poem::error::InternalServerError;
use poem::web::{Data, Json};
use poem::{EndpointExt as _, Route, get, handler, post};
use tokio::sync::{Semaphore, mpsc};

const SOON: Duration = Duration::from_millis(50);
const GET: &str = "GET /plain HTTP/1.1\r\nHost: x\r\n\r\n";

#[handler]
fn plain() -> &'static str {
    "plain"
}

#[handler]
fn broken() -> &'static str {
    panic!("a secret of the handler's")
}

#[handler]
fn failing() -> poem::Result<&'static str> {
    Err(InternalServerError(std::io::Error::other("a secret of the database's")))
}

#[handler]
fn json(Json(value): Json<serde_json::Value>) -> String {
    value.to_string()
}

/// A handler that says when it has begun and goes on when it may.
#[derive(Clone)]
struct Gate {
    begun: mpsc::UnboundedSender<()>,
    open: Arc<Semaphore>,
    dropped: Arc<AtomicBool>,
    told: mpsc::UnboundedSender<()>,
}

/// Tells when a handler is gone before its end.
struct OnDrop(Gate);

impl Drop for OnDrop {
    fn drop(&mut self) {
        self.0.dropped.store(true, Ordering::SeqCst);
        let _ = self.0.told.send(());
    }
}

#[handler]
async fn slow(Data(gate): Data<&Gate>) -> &'static str {
    let watch = OnDrop(gate.clone());
    let _ = gate.begun.send(());
    gate.open.acquire().await.expect("never closed").forget();
    std::mem::forget(watch);
    "done"
}

fn gate() -> (Gate, mpsc::UnboundedReceiver<()>, mpsc::UnboundedReceiver<()>) {
    let (begun, begins) = mpsc::unbounded_channel();
    let (told, drops) = mpsc::unbounded_channel();
    (Gate { begun, open: Arc::new(Semaphore::new(0)), dropped: Arc::default(), told }, begins, drops)
}

async fn bare() -> AuthKit {
    kit(Config::development(), &[]).await
}

fn app() -> Route {
    Route::new()
        .at("/plain", get(plain))
        .at("/broken", get(broken))
        .at("/failing", get(failing))
        .at("/json", post(json))
}

// S-92
#[tokio::test(flavor = "multi_thread")]
async fn a_head_that_does_not_come_closes_the_connection() {
    let server = start(&bare().await, Limits { head: SOON, ..Limits::default() }, app()).await;
    for begun in ["", "G", "GET /plain HTTP/1.1\r\nHost: x\r\nX-Drip: "] {
        let mut client = Raw::connect(server.address).await;
        client.say(begun).await;
        assert_eq!(client.rest().await, "", "{begun:?}");
    }
    let mut second = Raw::connect(server.address).await;
    assert!(second.say(GET).await.answer().await.ends_with("plain"));
    assert_eq!(second.say("GET /pl").await.rest().await, "", "the second head of a connection has its time, too");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_without_a_request_is_closed() {
    let server = start(&bare().await, Limits { keep_alive: SOON, ..Limits::default() }, app()).await;
    let mut client = Raw::connect(server.address).await;
    assert!(client.say(GET).await.answer().await.ends_with("plain"));
    assert_eq!(client.rest().await, "");
}

// S-92
#[tokio::test(flavor = "multi_thread")]
async fn at_the_cap_the_longest_waiting_connection_gives_way() {
    let server = start(&bare().await, Limits { connections: 4, ..Limits::default() }, app()).await;
    let mut silent = Vec::new();
    for _ in 0..4 {
        let mut one = Raw::connect(server.address).await;
        one.say("GET /plain HTTP/1.1\r\nHost: x\r\n").await;
        silent.push(one);
    }
    for _ in 0..2 {
        let mut client = Raw::connect(server.address).await;
        let answer = client.say("GET /plain HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").await.rest().await;
        assert!(answer.ends_with("plain"), "{answer}");
    }
    // The first made room; the last is still there and can go on.
    assert_eq!(silent.remove(0).rest().await, "");
    assert!(silent[2].say("\r\n").await.answer().await.ends_with("plain"));
}

#[tokio::test(flavor = "multi_thread")]
async fn at_the_cap_a_request_in_work_is_not_dropped() {
    let (gate, mut begins, _drops) = gate();
    let app = Route::new().at("/slow", get(slow)).at("/plain", get(plain)).data(gate.clone());
    let server = start(&bare().await, Limits { connections: 2, ..Limits::default() }, app).await;
    let ask = |path: &'static str| {
        let request = Request::get(path).header("connection", "close").body(Bytes::new()).expect("sound");
        tokio::spawn(send(server.address, request))
    };
    let working = [ask("/slow"), ask("/slow")];
    for _ in 0..2 {
        begins.recv().await.expect("a handler has begun");
    }
    let third = ask("/plain");
    assert!(!gate.dropped.load(Ordering::SeqCst));
    gate.open.add_permits(2);
    for answer in working {
        assert_eq!(answer.await.expect("no panic").expect(200).body, "done");
    }
    assert_eq!(third.await.expect("no panic").expect(200).body, "plain");
    assert!(!gate.dropped.load(Ordering::SeqCst));
}

// S-92
#[tokio::test(flavor = "multi_thread")]
async fn a_request_that_takes_too_long_is_cancelled() {
    let (gate, _begins, mut drops) = gate();
    let app = Route::new().at("/slow", get(slow)).data(gate);
    let server = start(&bare().await, Limits { request: SOON, ..Limits::default() }, app).await;
    let request = Request::get("/slow").body(Bytes::new()).expect("sound");
    send(server.address, request).await.refused(408, "request_timeout");
    drops.recv().await.expect("the handler is gone");
}

// S-92
#[tokio::test(flavor = "multi_thread")]
async fn a_body_that_does_not_come_ends_at_the_deadline_of_the_request() {
    let kit = bare().await;
    let app = Route::new().nest("/auth", authkit_poem::routes(&kit));
    let server = start(&kit, Limits { request: SOON, ..Limits::default() }, app).await;
    let mut client = Raw::connect(server.address).await;
    client
        .say("POST /auth/login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 50\r\n\r\n{")
        .await;
    let answer = client.rest().await;
    assert!(answer.starts_with("HTTP/1.1 408 ") && answer.contains("request_timeout"), "{answer}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_goes_away_takes_its_request_along() {
    let (gate, mut begins, mut drops) = gate();
    let app = Route::new().at("/slow", get(slow)).data(gate);
    let server = start(&bare().await, Limits::default(), app).await;
    let mut client = Raw::connect(server.address).await;
    client.say("GET /slow HTTP/1.1\r\nHost: x\r\n\r\n").await;
    begins.recv().await.expect("the handler has begun");
    drop(client);
    drops.recv().await.expect("the handler is gone");
}

// S-93
#[tokio::test(flavor = "multi_thread")]
async fn a_handler_that_fails_shows_nothing_and_harms_nobody() {
    let server = start(&bare().await, Limits::default(), app()).await;
    let mut client = Raw::connect(server.address).await;
    for path in ["/broken", "/failing", "/broken"] {
        let answer = client.say(format!("GET {path} HTTP/1.1\r\nHost: x\r\n\r\n")).await.answer().await;
        assert!(answer.starts_with("HTTP/1.1 500 ") && answer.contains(r#""code":"internal""#), "{answer}");
        assert!(answer.contains("application/problem+json") && !answer.contains("secret"), "{answer}");
    }
    // On the same connection, even.
    assert!(client.say(GET).await.answer().await.ends_with("plain"));
}

#[tokio::test(flavor = "multi_thread")]
async fn poems_own_errors_are_problems_too() {
    let server = start(&bare().await, Limits::default(), app()).await;
    let ask = |request: http::request::Builder, body: &'static str| {
        send(server.address, request.body(Bytes::from(body)).expect("sound"))
    };
    ask(Request::get("/nothing"), "").await.refused(404, "not_found");
    ask(Request::delete("/plain"), "").await.refused(405, "method_not_allowed");
    ask(Request::post("/json"), "{}").await.refused(415, "unsupported_media_type");
    ask(Request::post("/json").header("content-type", "application/json"), "{").await.refused(400, "malformed_request");
    assert_eq!(
        ask(Request::post("/json").header("content-type", "application/json"), "{}").await.expect(200).body,
        "{}"
    );
}
