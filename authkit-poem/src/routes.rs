//! The tables of `authkit-http`, each mounted as one endpoint.

use std::sync::Arc;

use authkit_core::AuthKit;
use authkit_http::{ACCOUNT, ADMIN, Console, RequestId, SERVICE, Table};
use poem::{Endpoint, Request, Response, Result};
use tracing::Instrument as _;

use crate::convert::{self, peer};
use crate::layer::Scope;
use crate::trace;

/// The routes of accounts and sessions, for `.nest("/auth", ..)`.
///
/// Mount it where the setting `AUTHKIT_AUTH_PATH` says: the OpenAPI document tells the paths by it. The routes need no
/// [`layer`](crate::layer()).
///
/// # Examples
/// ```
/// use authkit_core::{AuthKit, Config};
/// use authkit_store_memory::MemoryStore;
/// use poem::Route;
///
/// let auth = AuthKit::builder().store(MemoryStore::new()).config(Config::development()).build()?;
/// let app = Route::new().nest("/auth", authkit_poem::routes(&auth)).nest("/admin", authkit_poem::admin(&auth));
/// # let _ = app;
/// # Ok::<(), authkit_core::ConfigError>(())
/// ```
pub fn routes(kit: &AuthKit) -> Mounted {
    Mounted { kit: kit.clone(), table: &ACCOUNT, console: None }
}

/// The routes of the administration, for `.nest("/admin", ..)`. Mount it where the setting `AUTHKIT_ADMIN_PATH` says.
pub fn admin(kit: &AuthKit) -> Mounted {
    Mounted { kit: kit.clone(), table: &ADMIN, console: None }
}

/// As [`admin`], with the console as the application wants it: name and colour, texts, columns, panels, cards, actions.
///
/// # Examples
/// ```
/// use authkit_core::{AuthKit, Config};
/// use authkit_http::console::{Branding, Console};
/// use authkit_store_memory::MemoryStore;
/// use poem::Route;
///
/// let auth = AuthKit::builder().store(MemoryStore::new()).config(Config::development()).build()?;
/// let console = Console::new().branding(Branding::new("Lumen")).build()?;
/// let app = Route::new().nest("/admin", authkit_poem::admin_with(&auth, console));
/// # let _ = app;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn admin_with(kit: &AuthKit, console: Arc<Console>) -> Mounted {
    Mounted { kit: kit.clone(), table: &ADMIN, console: Some(console) }
}

/// `/healthz`, `/readyz`, `/openapi.json` and `/docs`, for `.nest("/", ..)`. It answers whatever no other route takes with
/// the problem body of a 404.
pub fn service(kit: &AuthKit) -> Mounted {
    Mounted { kit: kit.clone(), table: &SERVICE, console: None }
}

/// A table as an endpoint. It routes by itself, so that 404, 405 and `HEAD` are the same in every framework: a path that
/// is spelled otherwise than the table's reaches nothing.
#[derive(Debug, Clone)]
pub struct Mounted {
    kit: AuthKit,
    table: &'static Table,
    console: Option<Arc<Console>>,
}

impl Endpoint for Mounted {
    type Output = Response;

    async fn call(&self, request: Request) -> Result<Response> {
        if let Some(scope) = request.data::<Scope>().cloned() {
            if scope.is_traced()
                && let Some(route) = self.route(&request)
            {
                scope.routed(&route);
            }
            return Ok(self.serve(request, scope.id().clone()).await);
        }
        let id = RequestId::of(&self.kit, request.headers(), peer(&request));
        let span = trace::span(&self.kit, &id, request.method());
        if !span.is_disabled()
            && let Some(route) = self.route(&request)
        {
            span.record("route", route);
        }
        let answer = self.serve(request, id).instrument(span.clone()).await;
        trace::ended(&span, answer.status());
        Ok(answer)
    }
}

impl Mounted {
    async fn serve(&self, request: Request, id: RequestId) -> Response {
        let mut request = convert::request(request).named(id);
        request.console.clone_from(&self.console);
        convert::response(self.table.call(&self.kit, request).await)
    }

    /// The pattern of the route, with the place where the table is mounted.
    fn route(&self, request: &Request) -> Option<String> {
        let path = request.uri().path();
        let mount = request.original_uri().path().strip_suffix(path).unwrap_or_default();
        self.table.pattern(path).map(|pattern| format!("{mount}{pattern}"))
    }
}
