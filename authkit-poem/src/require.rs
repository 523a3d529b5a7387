//! Middleware that admits some roles and nobody else.

use authkit_http::guard;
use poem::{Endpoint, Middleware, Request, Result};

use crate::layer::Scope;

/// Admits signed-in users who have this role now; all others get 401 or 403, and the handler does not run.
///
/// The role is read from the store with each request: a change bites at once. Put it below the
/// [`layer`](crate::layer()), on a handler or on a whole `Route`.
///
/// # Examples
/// ```
/// use authkit_poem::{require_any_role, require_role};
/// use poem::{EndpointExt as _, Route, get, handler};
///
/// #[handler]
/// fn queue() -> &'static str {
///     "what is reported"
/// }
///
/// let app = Route::new()
///     .at("/reports", get(queue).with(require_role("moderator")))
///     .at("/drafts", get(queue).with(require_any_role(["editor", "admin"])));
/// # let _ = app;
/// ```
pub fn require_role(role: impl Into<String>) -> RequireRole {
    require_any_role([role])
}

/// As [`require_role`], for any of several roles. The admin role is not implied: name it where it shall pass.
pub fn require_any_role(roles: impl IntoIterator<Item = impl Into<String>>) -> RequireRole {
    RequireRole { roles: roles.into_iter().map(Into::into).collect() }
}

/// What [`require_role`] and [`require_any_role`] make.
#[derive(Debug, Clone)]
pub struct RequireRole {
    roles: Vec<String>,
}

/// An endpoint behind [`RequireRole`].
#[derive(Debug, Clone)]
pub struct Required<E> {
    roles: Vec<String>,
    inner: E,
}

impl<E: Endpoint> Middleware<E> for RequireRole {
    type Output = Required<E>;

    fn transform(&self, inner: E) -> Required<E> {
        Required { roles: self.roles.clone(), inner }
    }
}

impl<E: Endpoint> Endpoint for Required<E> {
    type Output = E::Output;

    async fn call(&self, request: Request) -> Result<E::Output> {
        let scope = Scope::of(&request)?;
        let roles: Vec<&str> = self.roles.iter().map(String::as_str).collect();
        let admitted = guard::with_any_role(scope.kit(), scope.head(&request), &roles).await;
        scope.keep(admitted.map_err(|problem| scope.refuse(problem))?);
        self.inner.call(request).await
    }
}
