//! One request: the deadline, the panic, and the errors that nobody has turned into an answer.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use authkit_core::AuthKit;
use authkit_http::{Problem, RequestId, headers};
use futures_util::FutureExt as _;
use poem::error::{MethodNotAllowedError, NotFoundError, ParseJsonError, ParsePathError, ParseQueryError};
use poem::http::header::ALLOW;
use poem::http::{HeaderValue, Method, StatusCode};
use poem::{Endpoint, Error, Request, Response};
use tokio::time::timeout;

use crate::convert::{self, peer};
use crate::refused::Refused;

/// The application, and what every answer of it needs.
pub(crate) struct Service<E>(Arc<Inner<E>>);

struct Inner<E> {
    kit: AuthKit,
    app: E,
    deadline: Duration,
}

impl<E> Clone for Service<E> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<E: Endpoint> Service<E> {
    pub(crate) fn new(kit: &AuthKit, app: E, deadline: Duration) -> Self {
        Self(Arc::new(Inner { kit: kit.clone(), app, deadline }))
    }

    pub(crate) async fn answer(&self, request: Request) -> Response {
        let Inner { kit, app, deadline } = &*self.0;
        let id = name(kit, &request);
        if *request.method() == Method::CONNECT {
            // Its target is no path: a router has nothing to look at.
            return self.refuse(id, &Problem::method_not_allowed(HeaderValue::from_static("GET, POST")));
        }
        let serving = AssertUnwindSafe(async { app.call(request).await.map(poem::IntoResponse::into_response) });
        match timeout(*deadline, serving.catch_unwind()).await {
            Ok(Ok(Ok(response))) => response,
            Ok(Ok(Err(error))) => self.explain(id, error),
            Ok(Err(panic)) => self.refuse(id, &Problem::panicked(&*panic)),
            Err(_) => self.refuse(id, &Problem::request_timeout()),
        }
    }

    /// The application's own errors keep their answers; poem's say the same as a problem body; and of what is the server's
    /// fault nothing is shown, whoever made it (poem writes the text of the cause into the body).
    fn explain(&self, id: Option<RequestId>, error: Error) -> Response {
        if error.is::<Refused>() {
            return error.into_response();
        }
        if error.status().is_server_error() && !error.is_from_response() {
            return self.refuse(id, &Problem::internal(error.to_string()));
        }
        if error.is::<NotFoundError>() || error.is::<ParsePathError>() {
            return self.refuse(id, &Problem::not_found());
        }
        if error.is::<MethodNotAllowedError>() {
            // poem does not say which methods there are.
            let mut response = self.refuse(id, &Problem::method_not_allowed(HeaderValue::from_static("")));
            response.headers_mut().remove(ALLOW);
            return response;
        }
        if error.is::<ParseJsonError>() && error.status() == StatusCode::UNSUPPORTED_MEDIA_TYPE {
            return self.refuse(id, &Problem::unsupported_media_type());
        }
        if error.is::<ParseJsonError>() || error.is::<ParseQueryError>() {
            return self.refuse(id, &Problem::malformed_request(error.to_string()));
        }
        error.into_response()
    }

    fn refuse(&self, id: Option<RequestId>, problem: &Problem) -> Response {
        let kit = &self.0.kit;
        let mut response = problem.response(kit.http(), id.unwrap_or_default().get(kit));
        headers::secure(kit, response.headers_mut());
        convert::response(response)
    }
}

/// The name that a proxy may have given the request. Without one, a refusal makes its own.
fn name(kit: &AuthKit, request: &Request) -> Option<RequestId> {
    let proxied = !kit.http().trusted_proxies.is_empty();
    proxied.then(|| RequestId::of(kit, request.headers(), peer(request)))
}
