//! The stop: what is in flight ends, nothing new begins.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use authkit_core::{AuditLog as _, AuthKit, Config, EventCode, EventFilter, Mail, MailError, Mailer, PageRequest};
use authkit_e2e::{Raw, Running, kit, start};
use authkit_poem::Limits;
use authkit_store_memory::MemoryStore;
use poem::web::Data;
use poem::{EndpointExt as _, Route, get, handler};
use tokio::net::TcpStream;
use tokio::sync::{Semaphore, mpsc};

#[derive(Clone)]
struct Gate(mpsc::UnboundedSender<()>, Arc<Semaphore>);

#[handler]
async fn slow(Data(Gate(begun, open)): Data<&Gate>) -> &'static str {
    let _ = begun.send(());
    open.acquire().await.expect("never closed").forget();
    "done"
}

#[handler]
fn plain() -> &'static str {
    "plain"
}

/// A server with one request in work on each of these connections.
async fn busy(limits: Limits, clients: usize) -> (Running, Vec<Raw>, Arc<Semaphore>) {
    let (begun, mut begins) = mpsc::unbounded_channel();
    let open = Arc::new(Semaphore::new(0));
    let app = Route::new().at("/slow", get(slow)).at("/plain", get(plain)).data(Gate(begun, Arc::clone(&open)));
    let server = start(&kit(Config::development(), &[]).await, limits, app).await;
    let mut working = Vec::new();
    for _ in 0..clients {
        let mut client = Raw::connect(server.address).await;
        client.say("GET /slow HTTP/1.1\r\nHost: x\r\n\r\n").await;
        begins.recv().await.expect("the handler has begun");
        working.push(client);
    }
    (server, working, open)
}

// S25 of the scoreboard, in small.
#[tokio::test(flavor = "multi_thread")]
async fn a_stop_lets_every_request_in_flight_end() {
    let (mut server, working, open) = busy(Limits::default(), 16).await;
    let mut idle = Raw::connect(server.address).await;
    let answer = idle.say("GET /plain HTTP/1.1\r\nHost: x\r\n\r\n").await.answer().await;
    assert!(answer.ends_with("plain"), "{answer}");
    server.stop();
    assert_eq!(idle.rest().await, "", "a connection without a request is closed at once");
    let address = server.address;
    assert!(TcpStream::connect(address).await.is_err(), "nothing new begins");
    open.add_permits(16);
    for mut client in working {
        let answer = client.rest().await;
        assert!(answer.starts_with("HTTP/1.1 200 ") && answer.ends_with("done"), "{answer}");
    }
    server.stopped().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stop_does_not_wait_for_ever() {
    let limits = Limits { stop: Duration::from_millis(50), ..Limits::default() };
    let (server, mut working, _open) = busy(limits, 1).await;
    server.stopped().await;
    assert_eq!(working.remove(0).rest().await, "");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_asks_for_nothing_does_not_hold_the_stop() {
    let hour = Duration::from_secs(3600);
    let limits = Limits { stop: hour, head: hour, ..Limits::default() };
    let (server, _, _open) = busy(limits, 0).await;
    let mut silent = Raw::connect(server.address).await;
    silent.say("GET /plain HTTP/1.1\r\n").await;
    server.stopped().await;
    assert_eq!(silent.rest().await, "");
}

/// Notes how long it was given, and whether the stop was in the trail by then.
struct Post(Arc<MemoryStore>, Mutex<Vec<(Duration, bool)>>);

#[async_trait]
impl Mailer for Post {
    fn enqueue(&self, _: Mail) -> Result<(), MailError> {
        Ok(())
    }

    async fn drain(&self, grace: Duration) {
        let filter = EventFilter { codes: vec![EventCode::SYSTEM_STOPPED], ..EventFilter::default() };
        let stopped = self.0.list_events(&filter, &PageRequest::first(1)).await.expect("a page");
        self.1.lock().expect("no test panics here").push((grace, !stopped.items.is_empty()));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_last_mails_go_out_before_the_stop_is_recorded() {
    let store = Arc::new(MemoryStore::new());
    let post = Arc::new(Post(Arc::clone(&store), Mutex::default()));
    let builder = AuthKit::builder().store(store).mailer(Arc::clone(&post)).config(Config::development());
    let limits = Limits { mails: Duration::from_secs(7), ..Limits::default() };
    let server = start(&builder.build().expect("a kit"), limits, Route::new().at("/plain", get(plain))).await;
    server.stopped().await;
    assert_eq!(*post.1.lock().expect("no test panics here"), [(Duration::from_secs(7), false)]);
}
