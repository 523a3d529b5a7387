//! A small application whose guards are worth testing: a newsroom. Its tests are in `examples/tests/host_tests`.

use std::sync::{Arc, Mutex, PoisonError};

use authkit_core::AuthKit;
use authkit_poem::{AuditTrail, CurrentUser, MaybeUser, layer, require_any_role};
use poem::web::{Data, Json, Path};
use poem::{Endpoint, EndpointExt as _, Result, Route, get, handler, post};
use serde_json::{Value, json};

/// What has been published. A real application has a database here.
type Articles = Arc<Mutex<Vec<String>>>;

fn titles(articles: &Articles) -> Vec<String> {
    articles.lock().unwrap_or_else(PoisonError::into_inner).clone()
}

/// For everybody; whoever is signed in is greeted.
#[handler]
fn front(MaybeUser(user): MaybeUser, Data(articles): Data<&Articles>) -> String {
    let reader = user.map_or_else(|| "stranger".to_owned(), |user| user.email.to_string());
    format!("Good morning, {reader}. Today: {}", titles(articles).join(", "))
}

/// For whoever is signed in.
#[handler]
fn subscription(CurrentUser(user): CurrentUser) -> Json<Value> {
    Json(json!({ "reader": user.email.as_str(), "plan": user.profile.fields().get("plan") }))
}

/// For editors; what they do stands in the audit trail.
#[handler]
async fn publish(
    CurrentUser(user): CurrentUser,
    audit: AuditTrail,
    Data(articles): Data<&Articles>,
    Path(title): Path<String>,
) -> Result<String> {
    audit.record("article.published", json!({ "title": title })).await?;
    articles.lock().unwrap_or_else(PoisonError::into_inner).push(title.clone());
    Ok(format!("{title} was published by {}.", user.email))
}

/// All that the newsroom answers. The program serves it with `authkit_poem::serve`; the tests give it to a `TestApp`.
pub fn routes(auth: &AuthKit) -> impl Endpoint + 'static {
    Route::new()
        .at("/", get(front))
        .at("/subscription", get(subscription))
        .at("/publish/:title", post(publish).with(require_any_role(["editor", "admin"])))
        .nest("/auth", authkit_poem::routes(auth))
        .nest("/admin", authkit_poem::admin(auth))
        .with(layer(auth))
        .data(Articles::default())
}
