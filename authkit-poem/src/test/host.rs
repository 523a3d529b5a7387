//! The application and what is around it, as all clients of one test share it.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use authkit_core::AuthKit;
use authkit_core::testing::{ManualClock, Outbox};
use bytes::Bytes;
use poem::endpoint::BoxEndpoint;
use poem::http::uri::Scheme;
use poem::http::{Request as HttpRequest, StatusCode};
use poem::web::{LocalAddr, RemoteAddr};
use poem::{Request, RequestParts, Response};

use super::fail::Place;
use crate::serve::respond::Service;

/// What a client gets that finds nobody: as [`Limits`](crate::Limits) has it.
const DEADLINE: Duration = Duration::from_secs(30);

pub(super) struct Host {
    pub(super) kit: AuthKit,
    pub(super) clock: ManualClock,
    pub(super) outbox: Outbox,
    service: Service<BoxEndpoint<'static, Response>>,
    clients: AtomicU32,
}

/// An answer as it came, read to its end.
pub(super) struct Raw {
    pub(super) status: StatusCode,
    pub(super) headers: poem::http::HeaderMap,
    pub(super) body: Bytes,
}

impl Host {
    pub(super) fn new(kit: AuthKit, clock: ManualClock, outbox: Outbox, app: BoxEndpoint<'static, Response>) -> Self {
        let service = Service::new(&kit, app, DEADLINE);
        Self { kit, clock, outbox, service, clients: AtomicU32::new(0) }
    }

    /// An address for one more client. Each has one of its own, as throttles count by address (RFC 2544 sets 198.18.0.0/15
    /// apart for tests).
    pub(super) fn next_address(&self) -> IpAddr {
        let number = self.clients.fetch_add(1, Ordering::Relaxed) % (1 << 17);
        IpAddr::V4(Ipv4Addr::from_bits(Ipv4Addr::new(198, 18, 0, 0).to_bits() + number))
    }

    /// Serves a request as the server does, without a socket.
    pub(super) async fn serve(&self, request: HttpRequest<Vec<u8>>, peer: IpAddr, place: Place) -> Raw {
        let (parts, body) = request.into_parts();
        let local = LocalAddr(SocketAddr::from((Ipv4Addr::LOCALHOST, 80)).into());
        let remote = RemoteAddr(SocketAddr::new(peer, 49_152).into());
        let body = if body.is_empty() { poem::Body::empty() } else { poem::Body::from_vec(body) };
        let request = Request::from_parts(RequestParts::from((parts, local, remote, Scheme::HTTP)), body);
        let (parts, body) = self.service.answer(request).await.into_parts();
        match body.into_bytes().await {
            Ok(body) => Raw { status: parts.status, headers: parts.headers, body },
            Err(error) => place.fail(format_args!("the answer's body broke off: {error}")),
        }
    }
}
