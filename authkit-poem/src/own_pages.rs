//! For sign-in pages of the application's own: the cookies of a session, and the rule that keeps other sites out.

use authkit_core::{AuthKit, Tokens};
use authkit_http::{cookies, guard};
use poem::{FromRequest, IntoResponse, Request, RequestBody, Response, Result};

use crate::layer::Scope;

/// The request does not come from a page of another site; one that does is 403, is recorded, and the handler does not run.
///
/// For handlers that change something for a visitor, such as a sign-in form. The other extractors have the same rule in
/// them, but they ask who the visitor is.
#[derive(Debug, Clone, Copy)]
pub struct SameOrigin;

impl<'a> FromRequest<'a> for SameOrigin {
    async fn from_request(request: &'a Request, _: &mut RequestBody) -> Result<Self> {
        let scope = Scope::of(request)?;
        let judged = guard::same_origin(scope.kit(), scope.head(request)).await;
        judged.map_err(|problem| scope.refuse(problem))?;
        Ok(Self)
    }
}

/// The answer with the cookies of a session, as `POST /auth/login` gives them to a browser.
///
/// # Examples
/// ```
/// use authkit_core::{AuthKit, ClientInfo, Login};
/// use authkit_poem::{Refused, SameOrigin, with_session};
/// use poem::web::{Data, Form, Redirect};
/// use poem::{Response, Result, handler};
/// use serde_json::{Map, Value};
///
/// #[handler]
/// async fn sign_in(_: SameOrigin, Data(auth): Data<&AuthKit>, Form(form): Form<Map<String, Value>>) -> Result<Response> {
///     let text = |name: &str| form.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
///     let opened = auth.login(Login::new(text("email"), text("password")), &ClientInfo::none()).await;
///     let opened = opened.map_err(|error| Refused::new(auth, error))?;
///     Ok(with_session(auth, &opened.tokens, Redirect::see_other("/")))
/// }
/// ```
pub fn with_session(kit: &AuthKit, tokens: &Tokens, answer: impl IntoResponse) -> Response {
    let mut response = answer.into_response();
    cookies::set(response.headers_mut(), kit.http(), tokens);
    response
}

/// The answer that tells the browser to forget the session. It ends nothing: that is the work of a flow.
pub fn without_session(kit: &AuthKit, answer: impl IntoResponse) -> Response {
    let mut response = answer.into_response();
    cookies::clear(response.headers_mut(), kit.http());
    response
}
