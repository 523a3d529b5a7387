//! Fields of the application's own on every user: given at registration, changed by their owner, read as a type.
//! `cargo run --bin custom_user_fields`

use authkit_core::{AuthKit, Config, Field};
use authkit_poem::CurrentUser;
use authkit_store_memory::MemoryStore;
use poem::error::InternalServerError;
use poem::{Endpoint, EndpointExt as _, Route, get, handler};
use serde::Deserialize;

/// `exposed`: part of the user object. `editable`: by the user, through `PATCH /auth/me`. The credit is neither.
fn config(config: Config) -> Config {
    config.profile_fields([
        Field::text("company").max(80).at_registration().editable().exposed(),
        Field::boolean("newsletter").editable().exposed(),
        Field::integer("credit"),
    ])
}

/// The fields, as this application wants them.
#[derive(Deserialize)]
#[serde(default)]
#[derive(Default)]
struct Own {
    company: Option<String>,
    credit: i64,
}

#[handler]
fn card(CurrentUser(user): CurrentUser) -> poem::Result<String> {
    let own: Own = user.profile.read().map_err(InternalServerError)?;
    Ok(format!("{} of {}, credit {}", user.email, own.company.as_deref().unwrap_or("no company"), own.credit))
}

fn routes(auth: &AuthKit) -> impl Endpoint + 'static {
    Route::new().at("/card", get(card)).nest("/auth", authkit_poem::routes(auth)).with(authkit_poem::layer(auth))
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let auth = AuthKit::builder().store(MemoryStore::new()).config(config(Config::development())).build()?;
    Ok(authkit_poem::serve(&auth, "127.0.0.1:8000", routes(&auth)).await?)
}

#[cfg(test)]
mod tests {
    use authkit_poem::test::TestApp;
    use serde_json::json;

    use super::*;

    #[tokio::test]
    async fn fields_are_given_changed_and_kept_from_those_who_may_not() {
        let app = TestApp::setup().config(config).start(routes).await;
        let browser = app.visitor();
        let ada = json!({ "email": "ada@example.com", "password": "a lantern over the quay", "company": "Acme" });
        browser.post("/auth/register").json(&ada).await.assert_status(201).assert_contains("\"company\":\"Acme\"");
        let sign_in = json!({ "email": ada["email"], "password": ada["password"] });
        browser.post("/auth/login").json(&sign_in).await.assert_ok();
        browser.get("/card").await.assert_text("ada@example.com of Acme, credit 0");
        browser.patch("/auth/me").json(&json!({ "company": "Navy" })).await.assert_ok();
        browser.get("/card").await.assert_contains("of Navy");
        browser.patch("/auth/me").json(&json!({ "credit": 1000 })).await.assert_problem(422, "validation_failed");
        browser.get("/auth/me").await.assert_lacks("credit");

        let rich = app.user("rich@example.com").field("credit", 7).create().await;
        app.login_as(&rich).await.get("/card").await.assert_text("rich@example.com of no company, credit 7");
    }
}
