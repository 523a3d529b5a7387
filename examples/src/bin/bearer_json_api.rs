//! An API for programs: tokens in bodies, no cookies, and a route that reads the token alone. `cargo run --bin bearer_json_api`

use authkit_core::{AuthKit, Config, TokenDelivery};
use authkit_poem::{Claims, CurrentUser};
use authkit_store_memory::MemoryStore;
use poem::web::Json;
use poem::{Endpoint, EndpointExt as _, Route, get, handler};
use serde_json::{Value, json};

fn config(config: Config) -> Config {
    config.token_delivery(TokenDelivery::Bearer)
}

/// Asks the store with each request: a sign-out or a change of role bites at once.
#[handler]
fn orders(CurrentUser(user): CurrentUser) -> Json<Value> {
    Json(json!({ "orders_of": user.id.to_string() }))
}

/// Asks nobody: what the token says, until it ends. For what is called often and is not worth much.
#[handler]
fn ping(Claims(claims): Claims) -> Json<Value> {
    Json(json!({ "user": claims.user.to_string(), "role": claims.role.as_str() }))
}

fn routes(auth: &AuthKit) -> impl Endpoint + 'static {
    Route::new()
        .at("/api/orders", get(orders))
        .at("/api/ping", get(ping))
        .nest("/auth", authkit_poem::routes(auth))
        .with(authkit_poem::layer(auth))
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let auth = AuthKit::builder().store(MemoryStore::new()).config(config(Config::development())).build()?;
    Ok(authkit_poem::serve(&auth, "127.0.0.1:8000", routes(&auth)).await?)
}

#[cfg(test)]
mod tests {
    use authkit_poem::test::{PASSWORD, TestApp, minutes};

    use super::*;

    fn bearer(answer: &Value, name: &str) -> String {
        format!("Bearer {}", answer[name].as_str().expect("a token"))
    }

    #[tokio::test]
    async fn a_program_signs_in_refreshes_and_is_signed_out() {
        let app = TestApp::setup().config(config).start(routes).await;
        app.user("bot@example.com").create().await;
        let program = app.program();
        let sign_in = json!({ "email": "bot@example.com", "password": PASSWORD });
        let answer = program.post("/auth/login").json(&sign_in).await.assert_ok();
        assert!(answer.header("set-cookie").is_none());
        let first = answer.json();
        let access = bearer(&first, "access_token");
        program.get("/api/orders").header("authorization", &access).await.assert_ok();
        app.clock().advance(minutes(16));
        program.get("/api/orders").header("authorization", &access).await.assert_problem(401, "session_expired");

        let refresh = bearer(&first, "refresh_token");
        let next = program.post("/auth/refresh").header("authorization", &refresh).await.assert_ok().json();
        let access = bearer(&next, "access_token");
        program.post("/auth/logout").header("authorization", &bearer(&next, "refresh_token")).await.assert_ok();
        program.get("/api/orders").header("authorization", &access).await.assert_problem(401, "session_revoked");
        // The token alone does not know of the sign-out.
        program.get("/api/ping").header("authorization", &access).await.assert_contains("\"role\":\"user\"");
    }
}
