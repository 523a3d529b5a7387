//! Events of the application's own in the audit trail: from a handler, and from a job that no request has asked for.
//! `cargo run --bin audit_from_the_host`

use authkit_core::{AppEvent, AuthError, AuthKit, Config, EventOutcome};
use authkit_poem::{AuditTrail, CurrentUser};
use authkit_store_memory::MemoryStore;
use poem::web::Path;
use poem::{Endpoint, EndpointExt as _, Route, handler, post};
use serde_json::json;

/// Who, from where, in which session and by which request are filled in.
#[handler]
async fn train(
    CurrentUser(_): CurrentUser,
    audit: AuditTrail,
    Path(model): Path<String>,
) -> poem::Result<&'static str> {
    audit.record("trained_ai_model", json!({ "model": model })).await?;
    Ok("done")
}

/// A job has no user and no request; it says what it knows.
async fn nightly(auth: &AuthKit, failed: bool) -> Result<(), AuthError> {
    let outcome = if failed { EventOutcome::Failure } else { EventOutcome::Success };
    auth.record(AppEvent::new("nightly_report")?.outcome(outcome).detail("pages", 12)).await
}

fn routes(auth: &AuthKit) -> impl Endpoint + 'static {
    Route::new()
        .at("/train/:model", post(train))
        .nest("/auth", authkit_poem::routes(auth))
        .nest("/admin", authkit_poem::admin(auth))
        .with(authkit_poem::layer(auth))
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let auth = AuthKit::builder().store(MemoryStore::new()).config(Config::development()).build()?;
    nightly(&auth, false).await?;
    Ok(authkit_poem::serve(&auth, "127.0.0.1:8000", routes(&auth)).await?)
}

#[cfg(test)]
mod tests {
    use authkit_core::Actor;
    use authkit_poem::test::TestApp;

    use super::*;

    #[tokio::test]
    async fn what_users_and_jobs_did_stands_in_one_trail() {
        let app = TestApp::new(routes).await;
        let ada = app.login_as(&app.user("ada@example.com").create().await).await;
        ada.post("/train/tiny").await.assert_ok();
        app.audit().assert_has("trained_ai_model", &ada).await;
        let event = &app.audit().of("trained_ai_model").await[0];
        assert_eq!(event.details["model"], "tiny");
        assert!(event.session_id.is_some() && event.client.ip.is_some() && event.client.request_id.is_some());

        nightly(app.kit(), true).await.expect("recorded");
        let event = &app.audit().of("nightly_report").await[0];
        assert_eq!((&event.actor, event.outcome), (&Actor::System, EventOutcome::Failure));
        app.admin().open("/admin/audit?code=nightly_report").await.assert_contains("nightly_report");
    }

    #[test]
    fn authkits_own_names_are_taken() {
        assert!(AppEvent::new("user.deleted").is_err());
    }
}
