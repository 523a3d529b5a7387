//! One connection: what it is waiting for, since when, and its bytes on the way.

use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::sync::Notify;
use tokio::time::{Instant, sleep_until, timeout};

use super::Limits;

#[cfg(test)]
mod tests;

/// How long bytes are still taken in from a client that was answered before it had sent all of its body. Closed at once,
/// the answer would be lost with them.
const LINGER: Duration = Duration::from_secs(1);

/// What a connection is doing.
#[derive(Debug, Clone, Copy)]
enum Phase {
    /// No request has begun, or its head is not complete. `idle`: not a byte of it is there after the one before.
    Waiting { since: Instant, idle: bool },
    /// The application has the request.
    Serving,
    /// The answer is going out; the client took a part of it last at that instant.
    Sending { since: Instant },
}

/// The state of a connection, for the loop that accepts, the task that serves it and its bytes.
pub(super) struct Connection {
    phase: Mutex<Phase>,
    limits: Limits,
    /// Told when the connection begins to wait for a head: it could be dropped now.
    waits: Arc<Notify>,
    /// The socket, once nothing more is said on it.
    left: Mutex<Option<TcpStream>>,
}

impl Connection {
    pub(super) fn new(limits: Limits, waits: Arc<Notify>) -> Arc<Self> {
        let phase = Mutex::new(Phase::Waiting { since: Instant::now(), idle: false });
        Arc::new(Self { phase, limits, waits, left: Mutex::default() })
    }

    /// Since when it has waited for a complete head; `None`: it has a request in work.
    pub(super) fn waiting_since(&self) -> Option<Instant> {
        match *self.phase() {
            Phase::Waiting { since, .. } => Some(since),
            Phase::Serving | Phase::Sending { .. } => None,
        }
    }

    /// A head is complete.
    pub(super) fn serves(&self) {
        *self.phase() = Phase::Serving;
    }

    /// The application has answered.
    pub(super) fn sends(&self) {
        *self.phase() = Phase::Sending { since: Instant::now() };
    }

    /// Ready when its client has taken too long.
    pub(super) async fn overdue(&self) {
        // The phase may change meanwhile, to one that ends sooner; none ends sooner than after this.
        let shortest = self.limits.head.min(self.limits.keep_alive);
        loop {
            let now = Instant::now();
            match self.deadline() {
                Some(deadline) if deadline <= now => return,
                deadline => sleep_until(deadline.map_or(now + shortest, |at| at.min(now + shortest))).await,
            }
        }
    }

    /// Takes in what the client still sends after the end, for a moment, and throws it away.
    pub(super) async fn linger(&self) {
        let Some(mut stream) = self.left.lock().unwrap_or_else(PoisonError::into_inner).take() else { return };
        let mut sink = vec![0; 16 * 1024];
        let drained = async { while stream.read(&mut sink).await.is_ok_and(|read| read > 0) {} };
        // Past the moment the connection is closed as it is.
        let _ = timeout(LINGER, drained).await;
    }

    fn deadline(&self) -> Option<Instant> {
        match *self.phase() {
            Phase::Waiting { since, idle: false } => Some(since + self.limits.head),
            Phase::Waiting { since, idle: true } | Phase::Sending { since } => Some(since + self.limits.keep_alive),
            // The request's own deadline ends it.
            Phase::Serving => None,
        }
    }

    /// A byte came in.
    fn received(&self) {
        let mut phase = self.phase();
        if matches!(*phase, Phase::Waiting { idle: true, .. }) {
            *phase = Phase::Waiting { since: Instant::now(), idle: false };
        }
    }

    /// The client took a byte.
    fn sent(&self) {
        if let Phase::Sending { since } = &mut *self.phase() {
            *since = Instant::now();
        }
    }

    /// The answer is out.
    fn waits(&self) {
        *self.phase() = Phase::Waiting { since: Instant::now(), idle: true };
        self.waits.notify_one();
    }

    fn phase(&self) -> MutexGuard<'_, Phase> {
        self.phase.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The socket of a connection. Dropped, it leaves the open socket to [`Connection::linger`].
pub(super) struct Io {
    stream: Option<TcpStream>,
    connection: Arc<Connection>,
}

impl Io {
    pub(super) fn new(stream: TcpStream, connection: &Arc<Connection>) -> Self {
        Self { stream: Some(stream), connection: Arc::clone(connection) }
    }

    /// There until this is dropped.
    fn stream(&mut self) -> io::Result<Pin<&mut TcpStream>> {
        self.stream.as_mut().map(Pin::new).ok_or_else(|| io::ErrorKind::NotConnected.into())
    }
}

impl Drop for Io {
    fn drop(&mut self) {
        *self.connection.left.lock().unwrap_or_else(PoisonError::into_inner) = self.stream.take();
    }
}

impl AsyncRead for Io {
    fn poll_read(self: Pin<&mut Self>, context: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let before = buffer.filled().len();
        ready!(this.stream()?.poll_read(context, buffer))?;
        if buffer.filled().len() > before {
            this.connection.received();
        }
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Io {
    fn poll_write(self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        let written = ready!(this.stream()?.poll_write(context, bytes))?;
        this.connection.sent();
        Poll::Ready(Ok(written))
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        let written = ready!(this.stream()?.poll_write_vectored(context, slices))?;
        this.connection.sent();
        Poll::Ready(Ok(written))
    }

    fn is_write_vectored(&self) -> bool {
        true
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.get_mut().stream()?.poll_flush(context)
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.get_mut().stream()?.poll_shutdown(context)
    }
}

/// The body of an answer; when it is gone, so is the request.
pub(super) struct Outgoing<B> {
    body: B,
    connection: Arc<Connection>,
}

impl<B> Outgoing<B> {
    pub(super) fn new(body: B, connection: &Arc<Connection>) -> Self {
        Self { body, connection: Arc::clone(connection) }
    }
}

impl<B> Drop for Outgoing<B> {
    fn drop(&mut self) {
        self.connection.waits();
    }
}

impl<B: Body<Data = Bytes> + Unpin> Body for Outgoing<B> {
    type Data = Bytes;
    type Error = B::Error;

    fn poll_frame(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, B::Error>>> {
        Pin::new(&mut self.get_mut().body).poll_frame(context)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
