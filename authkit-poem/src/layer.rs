//! What the extractors and guards find in a request: one extension, put there by one middleware.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Once, OnceLock};

use authkit_core::{AuthKit, LogCode, SignedIn};
use authkit_http::{Head, Problem, RequestId, client, guard};
use poem::error::ResponseError;
use poem::http::StatusCode;

use poem::{Endpoint, IntoResponse, Middleware, PathPattern, Request, Response, Result};
use tracing::{Instrument as _, Span};

use crate::convert::peer;
use crate::refused::Refused;
use crate::trace;

/// The middleware that the extractors and guards of this crate need: `.with(authkit_poem::layer(&auth))`.
///
/// # Examples
/// ```
/// use authkit_core::{AuthKit, Config};
/// use authkit_poem::CurrentUser;
/// use authkit_store_memory::MemoryStore;
/// use poem::{EndpointExt as _, Route, get, handler};
///
/// #[handler]
/// fn hello(CurrentUser(user): CurrentUser) -> String {
///     format!("Hello {}", user.email)
/// }
///
/// let auth = AuthKit::builder().store(MemoryStore::new()).config(Config::development()).build()?;
/// let app = Route::new().at("/hello", get(hello)).with(authkit_poem::layer(&auth));
/// # let _ = app;
/// # Ok::<(), authkit_core::ConfigError>(())
/// ```
pub fn layer(kit: &AuthKit) -> Layer {
    Layer { kit: kit.clone() }
}

/// What [`layer()`] makes.
#[derive(Debug, Clone)]
pub struct Layer {
    kit: AuthKit,
}

/// An endpoint below the [`Layer`].
#[derive(Debug, Clone)]
pub struct Layered<E> {
    kit: AuthKit,
    inner: E,
}

impl<E: Endpoint> Middleware<E> for Layer {
    type Output = Layered<E>;

    fn transform(&self, inner: E) -> Layered<E> {
        Layered { kit: self.kit.clone(), inner }
    }
}

impl<E: Endpoint> Endpoint for Layered<E> {
    type Output = Response;

    async fn call(&self, mut request: Request) -> Result<Response> {
        let id = RequestId::of(&self.kit, request.headers(), peer(&request));
        let span = trace::span(&self.kit, &id, request.method());
        let scope = Inner {
            kit: self.kit.clone(),
            id,
            span: span.clone(),
            has_route: AtomicBool::new(false),
            who: OnceLock::new(),
        };
        let scope = Scope(Arc::new(scope));
        request.set_data(scope.clone());
        let answer = self.inner.call(request).instrument(span).await.map(IntoResponse::into_response);
        scope.ended(&answer);
        answer
    }
}

/// The handle, the request's name, and who was found to be behind it.
#[derive(Clone)]
pub(crate) struct Scope(Arc<Inner>);

struct Inner {
    kit: AuthKit,
    id: RequestId,
    span: Span,
    /// Whether the span has its route: a table of ours knows a finer one than the router.
    has_route: AtomicBool,
    /// One request asks the stores once, however many guards and extractors it passes.
    who: OnceLock<SignedIn>,
}

impl Scope {
    /// What the layer put into the request.
    pub(crate) fn of(request: &Request) -> Result<&Self, MissingLayer> {
        request.data::<Self>().ok_or_else(MissingLayer::said)
    }

    pub(crate) fn kit(&self) -> &AuthKit {
        &self.0.kit
    }

    pub(crate) fn id(&self) -> &RequestId {
        &self.0.id
    }

    /// The request's span is told its route.
    pub(crate) fn routed(&self, route: &str) {
        self.0.span.record("route", route);
        self.0.has_route.store(true, Ordering::Relaxed);
    }

    /// Whether anybody listens to the request's span.
    pub(crate) fn is_traced(&self) -> bool {
        !self.0.span.is_disabled()
    }

    /// The request's span is told how it ended, and by which route of the application.
    fn ended(&self, answer: &Result<Response>) {
        if !self.is_traced() {
            return;
        }
        let (status, route) = match answer {
            Ok(response) => (response.status(), response.data::<PathPattern>()),
            Err(error) => (error.status(), error.data::<PathPattern>()),
        };
        if let Some(PathPattern(route)) = route
            && !self.0.has_route.load(Ordering::Relaxed)
        {
            self.0.span.record("route", &**route);
        }
        trace::ended(&self.0.span, status);
    }

    pub(crate) fn head<'a>(&'a self, request: &'a Request) -> Head<'a> {
        Head { method: request.method(), headers: request.headers(), peer: peer(request), id: &self.0.id }
    }

    pub(crate) fn client(&self, request: &Request) -> authkit_core::ClientInfo {
        client(self.kit(), self.head(request))
    }

    /// Who is behind the request, whom a guard of this request has found already or the stores know. `None`: the request
    /// has no credential.
    pub(crate) async fn who(&self, request: &Request) -> Result<Option<SignedIn>, Refused> {
        if let Some(who) = self.0.who.get() {
            return Ok(Some(who.clone()));
        }
        let who = guard::optional_user(self.kit(), self.head(request)).await.map_err(|error| self.refuse(error))?;
        Ok(who.inspect(|who| self.keep(who.clone())))
    }

    /// Remembers whom a guard has found.
    pub(crate) fn keep(&self, who: SignedIn) {
        // Of two guards the first one's answer stays: both read the same credential.
        let _ = self.0.who.set(who);
    }

    pub(crate) fn refuse(&self, problem: impl Into<Problem>) -> Refused {
        Refused::named(&self.0.kit, &self.0.id, problem.into())
    }
}

/// A handler asks for something that only the [`Layer`] can give, and there is none.
#[derive(Debug)]
pub(crate) struct MissingLayer;

impl MissingLayer {
    fn said() -> Self {
        static SAID: Once = Once::new();
        SAID.call_once(|| {
            tracing::error!(
                ak = LogCode::LayerMissing.as_str(),
                "an extractor or guard of authkit-poem has no layer: add `.with(authkit_poem::layer(&auth))`"
            );
        });
        Self
    }
}

impl std::fmt::Display for MissingLayer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("an extractor or guard of authkit-poem has no layer")
    }
}

impl std::error::Error for MissingLayer {}

impl ResponseError for MissingLayer {
    fn status(&self) -> StatusCode {
        StatusCode::INTERNAL_SERVER_ERROR
    }

    fn as_response(&self) -> Response {
        // Without the layer there is no handle to make a problem with; `serve`, which has one, does not come here.
        Response::builder().status(self.status()).content_type("application/problem+json").body(
            r#"{"type":"about:blank","title":"Internal Server Error","status":500,"detail":"The server cannot do this at the moment.","code":"internal","request_id":""}"#,
        )
    }
}

#[cfg(test)]
mod tests {
    use authkit_core::testing::TraceLog;
    use poem::handler;

    use super::*;
    use crate::CurrentUser;

    #[handler]
    fn hello(_: CurrentUser) -> &'static str {
        "hello"
    }

    #[test]
    fn a_missing_layer_is_logged_once_with_the_line_that_mends_it() {
        let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
        let (log, _on) = TraceLog::start();
        for _ in 0..3 {
            let answer = runtime.block_on(hello.get_response(Request::default()));
            assert_eq!(answer.status(), StatusCode::INTERNAL_SERVER_ERROR);
        }
        let mends = log.text().lines().filter(|line| line.contains(".with(authkit_poem::layer(&auth))")).count();
        assert_eq!(mends, 1, "{}", log.text());
    }
}
