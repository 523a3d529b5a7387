//! Extractors for the application's own handlers. All of them need the [`layer`](crate::layer()); each refuses a request
//! of another site's page before it asks a store.

use authkit_core::{AppEvent, AuthKit, SignedIn, User};
use authkit_http::{Problem, guard};
use poem::{FromRequest, Request, RequestBody, Result};
use serde_json::{Map, Value};

use crate::layer::Scope;
use crate::refused::Refused;

/// The signed-in user, active, as the store has it now. Nobody signed in: 401, and the handler does not run.
///
/// A handler that serves visitors as well takes [`MaybeUser`]. `Option<CurrentUser>` compiles and must not be used: poem
/// makes `None` of every refusal, a bad credential's too.
#[derive(Debug, Clone)]
pub struct CurrentUser(pub User);

/// The signed-in user together with the session that the request came in on, as the flows of [`AuthKit`] take it.
#[derive(Debug, Clone)]
pub struct CurrentSession(pub SignedIn);

/// The signed-in user, or `None` for a request without any credential. A bad credential is 401, and the handler does not
/// run.
#[derive(Debug, Clone)]
pub struct MaybeUser(pub Option<User>);

/// The signed-in user, who has the admin role now. All others: 401 or 403.
#[derive(Debug, Clone)]
pub struct CurrentAdmin(pub User);

/// What the access token says, by its signature and times alone: no store is asked. A sign-out, a deactivation or a change
/// of role shows only when the token ends (15 minutes by default). Never enough for an administrator's work.
#[derive(Debug, Clone)]
pub struct Claims(pub authkit_core::Claims);

/// Address, user agent and request id of the client, as the audit trail has them.
#[derive(Debug, Clone)]
pub struct ClientInfo(pub authkit_core::ClientInfo);

/// Writes events of the application's own into the audit trail, with user, session, address and user agent filled in. On
/// a request without any credential the event has no user; a bad credential is 401, and the handler does not run.
///
/// # Examples
/// ```
/// use authkit_poem::AuditTrail;
/// use poem::{handler, web::Path};
/// use serde_json::json;
///
/// #[handler]
/// async fn train(audit: AuditTrail, Path(model): Path<String>) -> poem::Result<&'static str> {
///     audit.record("trained_ai_model", json!({ "model": model })).await?;
///     Ok("done")
/// }
/// ```
#[derive(Debug, Clone)]
pub struct AuditTrail {
    scope: Scoped,
    client: authkit_core::ClientInfo,
    who: Option<SignedIn>,
}

impl AuditTrail {
    /// Appends an event. `code`: 1 to 64 letters, digits, dots, underscores or hyphens, not beginning as AuthKit's own
    /// codes do. `details`: an object; `null` for none; anything else is kept under `value`. No secrets: the trail is kept
    /// for long and read by many.
    ///
    /// # Errors
    /// [`Refused`] with 503 or 500: the event may be lost. A `code` that does not fit is 500 and in the log.
    pub async fn record(&self, code: &str, details: Value) -> Result<(), Refused> {
        let event = AppEvent::new(code).map_err(|error| self.refuse(Problem::internal(error)))?;
        let event = event.client(self.client.clone()).details(object(details));
        let event = match &self.who {
            Some(who) => event.signed_in(who),
            None => event,
        };
        self.kit().record(event).await.map_err(|error| self.refuse(error))
    }

    fn kit(&self) -> &AuthKit {
        self.scope.0.kit()
    }

    fn refuse(&self, problem: impl Into<Problem>) -> Refused {
        self.scope.0.refuse(problem)
    }
}

/// [`Scope`] with a `Debug` that shows nothing.
#[derive(Clone)]
struct Scoped(Scope);

impl std::fmt::Debug for Scoped {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Scope")
    }
}

fn object(details: Value) -> Map<String, Value> {
    match details {
        Value::Object(map) => map,
        Value::Null => Map::new(),
        other => Map::from_iter([("value".to_owned(), other)]),
    }
}

impl<'a> FromRequest<'a> for CurrentSession {
    async fn from_request(request: &'a Request, _: &mut RequestBody) -> Result<Self> {
        let scope = Scope::of(request)?;
        let who = scope.who(request).await?;
        Ok(Self(who.ok_or_else(|| scope.refuse(Problem::missing_token()))?))
    }
}

impl<'a> FromRequest<'a> for CurrentUser {
    async fn from_request(request: &'a Request, body: &mut RequestBody) -> Result<Self> {
        Ok(Self(CurrentSession::from_request(request, body).await?.0.user))
    }
}

impl<'a> FromRequest<'a> for MaybeUser {
    async fn from_request(request: &'a Request, _: &mut RequestBody) -> Result<Self> {
        Ok(Self(Scope::of(request)?.who(request).await?.map(|who| who.user)))
    }
}

impl<'a> FromRequest<'a> for CurrentAdmin {
    async fn from_request(request: &'a Request, _: &mut RequestBody) -> Result<Self> {
        let scope = Scope::of(request)?;
        let admin = guard::current_admin(scope.kit(), scope.head(request)).await;
        let admin = admin.map_err(|problem| scope.refuse(problem))?;
        scope.keep(admin.clone());
        Ok(Self(admin.user))
    }
}

impl<'a> FromRequest<'a> for Claims {
    async fn from_request(request: &'a Request, _: &mut RequestBody) -> Result<Self> {
        let scope = Scope::of(request)?;
        let claims = guard::claims(scope.kit(), scope.head(request)).await;
        Ok(Self(claims.map_err(|problem| scope.refuse(problem))?))
    }
}

impl<'a> FromRequest<'a> for ClientInfo {
    async fn from_request(request: &'a Request, _: &mut RequestBody) -> Result<Self> {
        Ok(Self(Scope::of(request)?.client(request)))
    }
}

impl<'a> FromRequest<'a> for AuditTrail {
    async fn from_request(request: &'a Request, _: &mut RequestBody) -> Result<Self> {
        let scope = Scope::of(request)?;
        let who = scope.who(request).await?;
        Ok(Self { scope: Scoped(scope.clone()), client: scope.client(request), who })
    }
}
