//! poem's requests and answers as `authkit-http` has them, and back. Everything is moved, nothing copied.

use std::io;
use std::net::{IpAddr, SocketAddr};

use authkit_http::{Body, Request, Response};
use bytes::Bytes;
use http_body_util::BodyDataStream;
use http_body_util::combinators::{BoxBody, UnsyncBoxBody};
use poem::ResponseParts;

/// A request for a table to route.
pub(crate) fn request(request: poem::Request) -> Request {
    let peer = peer(&request);
    let (parts, body) = request.into_parts();
    Request::new(parts.method, parts.uri, parts.headers, peer, incoming(body))
}

/// The socket's other end. A socket of another kind than IP has none.
pub(crate) fn peer(request: &poem::Request) -> Option<IpAddr> {
    request.remote_addr().as_socket_addr().map(SocketAddr::ip)
}

/// An answer for poem to send.
pub(crate) fn response(response: Response) -> poem::Response {
    let (parts, body) = response.into_parts();
    let parts = ResponseParts {
        status: parts.status,
        version: parts.version,
        headers: parts.headers,
        extensions: parts.extensions,
    };
    poem::Response::from_parts(parts, outgoing(body))
}

fn incoming(body: poem::Body) -> Body {
    if body.is_empty() {
        return Body::Empty;
    }
    let body: BoxBody<Bytes, io::Error> = body.into();
    Body::Frames(UnsyncBoxBody::new(body))
}

fn outgoing(body: Body) -> poem::Body {
    match body {
        Body::Empty => poem::Body::empty(),
        Body::Bytes(bytes) => bytes.into(),
        // poem's own way from an `http_body::Body` wants `Sync`.
        Body::Frames(frames) => poem::Body::from_bytes_stream(BodyDataStream::new(frames)),
    }
}
