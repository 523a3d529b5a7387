//! The loop that accepts connections, the cap on them, and the stop.

use std::collections::HashMap;
use std::convert::Infallible;
use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use authkit_core::LogCode;
use futures_util::FutureExt as _;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use poem::http::uri::Scheme;
use poem::web::{LocalAddr, RemoteAddr};
use poem::{Endpoint, Request};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Notify, watch};
use tokio::task::{AbortHandle, Id, JoinError, JoinSet};
use tokio::time::{Instant, sleep, sleep_until, timeout};

use super::Limits;
use super::connection::{Connection, Io, Outgoing};
use super::respond::Service;

/// hyper takes no smaller buffer.
const SMALLEST_BUFFER: usize = 8 * 1024;
/// How long after the stop a connection may still begin a request that was on its way.
const LAST_CALL: Duration = Duration::from_secs(1);
/// Pause after an accept that failed for want of something, such as file descriptors.
const BREATH: Duration = Duration::from_millis(200);

/// Serves until `stop` is ready and what was in flight is done.
pub(super) async fn run<E: Endpoint + 'static>(
    listener: TcpListener,
    local: SocketAddr,
    limits: Limits,
    service: Service<E>,
    stop: impl Future<Output = ()>,
) {
    let (stopping, _) = watch::channel(false);
    let mut open =
        Open { local, limits, service, stopping, waits: Arc::default(), tasks: JoinSet::new(), known: HashMap::new() };
    let waits = Arc::clone(&open.waits);
    let mut stop = pin!(stop);
    loop {
        tokio::select! {
            biased;
            () = &mut stop => break,
            Some(ended) = open.tasks.join_next_with_id(), if !open.tasks.is_empty() => open.forget(ended),
            accepted = listener.accept(), if open.has_room() => match accepted {
                Ok((stream, peer)) => open.add(stream, peer),
                Err(error) => recover(&error).await,
            },
            // Only at the cap, with every connection in work: one of them may give way soon.
            () = waits.notified(), if !open.has_room() => {}
        }
    }
    // Whoever had connected before the stop is served, too.
    while open.has_room() {
        match listener.accept().now_or_never() {
            Some(Ok((stream, peer))) => open.add(stream, peer),
            _ => break,
        }
    }
    drop(listener);
    open.finish().await;
}

/// The connections that are open.
struct Open<E> {
    local: SocketAddr,
    limits: Limits,
    service: Service<E>,
    stopping: watch::Sender<bool>,
    waits: Arc<Notify>,
    tasks: JoinSet<()>,
    known: HashMap<Id, (Arc<Connection>, AbortHandle)>,
}

impl<E: Endpoint + 'static> Open<E> {
    /// Whether a connection more can be taken, if need be in the place of another.
    fn has_room(&self) -> bool {
        self.known.len() < self.limits.connections || self.longest_waiting().is_some()
    }

    fn add(&mut self, stream: TcpStream, peer: SocketAddr) {
        if self.known.len() >= self.limits.connections
            && let Some(id) = self.longest_waiting()
            && let Some((_, task)) = self.known.remove(&id)
        {
            task.abort();
        }
        // Small answers go out at once.
        if let Err(error) = stream.set_nodelay(true) {
            tracing::debug!(%error, "a connection ended before it began");
            return;
        }
        let connection = Connection::new(self.limits, Arc::clone(&self.waits));
        let task = converse(
            stream,
            Arc::clone(&connection),
            (LocalAddr(self.local.into()), RemoteAddr(peer.into())),
            self.limits,
            self.service.clone(),
            self.stopping.subscribe(),
        );
        let task = self.tasks.spawn(task);
        self.known.insert(task.id(), (connection, task));
    }

    /// The connection that has waited longest for a complete head of a request.
    fn longest_waiting(&self) -> Option<Id> {
        let waiting = self.known.iter().filter_map(|(id, (connection, _))| Some((connection.waiting_since()?, *id)));
        waiting.min_by_key(|(since, _)| *since).map(|(_, id)| id)
    }

    fn forget(&mut self, ended: Result<(Id, ()), JoinError>) {
        let id = match ended {
            Ok((id, ())) => id,
            Err(error) => {
                if error.is_panic() {
                    // A request's own panic is an answer; this one was in the body of one.
                    tracing::error!(ak = LogCode::ConnectionPanicked.as_str(), %error, "a connection ended by a panic");
                }
                error.id()
            }
        };
        self.known.remove(&id);
    }

    /// Lets what is in flight end, for a while.
    async fn finish(mut self) {
        self.stopping.send_replace(true);
        let all = async { while self.tasks.join_next().await.is_some() {} };
        if timeout(self.limits.stop, all).await.is_err() {
            tracing::warn!(ak = LogCode::StoppedEarly.as_str(), "requests were still in flight at the end of the stop");
        }
        self.tasks.shutdown().await;
    }
}

/// Serves one connection to its end.
async fn converse<E: Endpoint + 'static>(
    stream: TcpStream,
    connection: Arc<Connection>,
    (local, remote): (LocalAddr, RemoteAddr),
    limits: Limits,
    service: Service<E>,
    mut stopping: watch::Receiver<bool>,
) {
    let serve = service_fn(|request: hyper::Request<Incoming>| {
        connection.serves();
        let request = Request::from((request, local.clone(), remote.clone(), Scheme::HTTP));
        let (service, connection) = (service.clone(), Arc::clone(&connection));
        async move {
            let answer: hyper::Response<_> = service.answer(request).await.into();
            connection.sends();
            Ok::<_, Infallible>(answer.map(|body| Outgoing::new(body, &connection)))
        }
    });
    let mut http = http1::Builder::new();
    // Times are kept here, for a connection as a whole: hyper's own limit on the head also cuts keep-alive short.
    http.max_buf_size(limits.head_bytes.max(SMALLEST_BUFFER)).max_header_size(limits.head_bytes);
    {
        let mut conversation =
            pin!(http.serve_connection(TokioIo::new(Io::new(stream, &connection)), serve).with_upgrades());
        let mut stops = pin!(stopping.wait_for(|stopping| *stopping));
        let mut last_call: Option<Instant> = None;
        loop {
            tokio::select! {
                ended = conversation.as_mut() => {
                    if let Err(error) = ended {
                        tracing::debug!(error = &error as &dyn std::error::Error, "a connection ended early");
                    }
                    break;
                }
                () = connection.overdue() => return,
                _ = &mut stops, if last_call.is_none() => {
                    last_call = Some(Instant::now() + LAST_CALL);
                    conversation.as_mut().graceful_shutdown();
                }
                () = until(last_call) => {
                    if connection.waiting_since().is_some() {
                        return;
                    }
                    // Its request is in work; no other can follow.
                    last_call = Some(Instant::now() + LAST_CALL);
                }
            }
        }
    }
    connection.linger().await;
}

/// Ready at that instant; never where there is none.
async fn until(instant: Option<Instant>) {
    match instant {
        Some(instant) => sleep_until(instant).await,
        None => std::future::pending().await,
    }
}

/// After an accept that failed: a client that gave up meanwhile is nothing, all else needs a moment.
async fn recover(error: &io::Error) {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};

    if !matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset) {
        tracing::error!(ak = LogCode::NotAccepting.as_str(), %error, "no connection can be accepted at the moment");
        sleep(BREATH).await;
    }
}
