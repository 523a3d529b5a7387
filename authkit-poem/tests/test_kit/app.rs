//! The application that the kit is tried on.

use authkit_core::{AuthKit, ClientInfo, Login};
use authkit_poem::{AuditTrail, CurrentUser, Refused, layer, require_role};
use poem::web::{Data, Form, Json};
use poem::{Endpoint, EndpointExt as _, Route, get, handler, post};
use serde_json::{Value, json};

#[handler]
fn me(CurrentUser(user): CurrentUser) -> String {
    user.email.to_string()
}

#[handler]
fn drafts() -> &'static str {
    "drafts"
}

#[handler]
async fn publish(CurrentUser(_): CurrentUser, audit: AuditTrail, Json(body): Json<Value>) -> poem::Result<Json<Value>> {
    audit.record("article.published", body.clone()).await?;
    Ok(Json(json!({ "published": body })))
}

#[handler]
fn echo(Form(fields): Form<Vec<(String, String)>>) -> Json<Vec<(String, String)>> {
    Json(fields)
}

#[handler]
fn broken() -> &'static str {
    panic!("on purpose")
}

/// Takes a password as some other part of an application might.
#[handler]
async fn check(Data(auth): Data<&AuthKit>, Json(body): Json<Value>) -> poem::Result<()> {
    let text = |name: &str| body[name].as_str().unwrap_or_default().to_owned();
    let opened = auth.login(Login::new(text("email"), text("password")), &ClientInfo::none()).await;
    opened.map_err(|error| Refused::new(auth, error))?;
    Ok(())
}

pub(crate) fn routes(auth: &AuthKit) -> impl Endpoint + 'static {
    Route::new()
        .at("/me", get(me))
        .at("/drafts", get(drafts).with(require_role("editor")))
        .at("/publish", post(publish))
        .at("/echo", post(echo))
        .at("/broken", get(broken))
        .at("/check", post(check).data(auth.clone()))
        .nest("/auth", authkit_poem::routes(auth))
        .nest("/admin", authkit_poem::admin(auth))
        .with(layer(auth))
}
