//! Routes of an application's own, each behind another guard, and an event of its own in the audit trail.
//!
//! `cargo run --bin protect_a_route [ADDRESS:PORT]`, then sign in as one of the users that it prints.

use authkit_core::{Actor, AuthError, AuthKit, Config, Profile, Role, TrustedPassword, TrustedUser};
use authkit_poem::{AuditTrail, CurrentAdmin, CurrentUser, MaybeUser, Server, require_any_role, require_role};
use authkit_store_memory::MemoryStore;
use poem::web::Path;
use poem::{EndpointExt as _, Route, get, handler, post};
use serde_json::json;

/// Whoever is signed in; nobody else gets as far as this function.
#[handler]
fn profile(CurrentUser(user): CurrentUser) -> String {
    format!("You are {}.", user.email)
}

/// Visitors, too. A bad credential is no visitor: it is refused.
#[handler]
fn welcome(MaybeUser(user): MaybeUser) -> String {
    user.map_or_else(|| "Welcome, stranger.".to_owned(), |user| format!("Welcome back, {}.", user.email))
}

/// The administrator's role, as the store has it at this moment.
#[handler]
fn settings(CurrentAdmin(user): CurrentAdmin) -> String {
    format!("Everything may be changed by {}.", user.email)
}

/// The guards of these two stand with their routes below.
#[handler]
fn reports() -> &'static str {
    "What was reported."
}

#[handler]
fn drafts() -> &'static str {
    "What is not published yet."
}

/// Writes what happened into the same audit trail that sign-ins are in: who, when, from where.
#[handler]
async fn publish(
    CurrentUser(user): CurrentUser,
    audit: AuditTrail,
    Path(article): Path<String>,
) -> poem::Result<String> {
    audit.record("article.published", json!({ "article": article })).await?;
    Ok(format!("{article} was published by {}.", user.email))
}

fn app(auth: &AuthKit) -> impl poem::Endpoint + 'static {
    Route::new()
        .at("/", get(welcome))
        .at("/profile", get(profile))
        .at("/settings", get(settings))
        .at("/reports", get(reports).with(require_role("moderator")))
        .at("/drafts", get(drafts).with(require_any_role(["editor", "admin"])))
        .at("/publish/:article", post(publish).with(require_any_role(["editor", "admin"])))
        .nest("/auth", authkit_poem::routes(auth))
        .nest("/admin", authkit_poem::admin(auth))
        // Last, so that it stands around all of them.
        .with(authkit_poem::layer(auth))
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let address = std::env::args().nth(1).unwrap_or_else(|| "127.0.0.1:8000".to_owned());
    let listener = authkit_poem::listen(address).await?;
    let base = format!("http://127.0.0.1:{}", listener.local_addr()?.port());
    let auth = AuthKit::builder().store(MemoryStore::new()).config(Config::development().base_url(&base)).build()?;
    for role in ["user", "moderator", "editor", "admin"] {
        let user = TrustedUser {
            email: format!("{role}@example.com"),
            password: TrustedPassword::Plain("a lantern over the quay".into()),
            role: Role::new(role).ok_or(AuthError::UnknownRole)?,
            is_active: true,
            is_verified: true,
            profile: Profile::default(),
        };
        println!("user: {} / a lantern over the quay", auth.create_user(user, Actor::System).await?.email);
    }
    let server = Server::new(&auth, listener)?;
    println!("listening on {base}");
    Ok(server.serve(app(&auth)).await?)
}
