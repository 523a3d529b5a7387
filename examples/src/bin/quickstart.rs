//! From nothing to a sign-in: accounts in memory, one guarded route. `cargo run --bin quickstart`
//!
//! Then open <http://127.0.0.1:8000/docs>, or register and sign in at `/auth/register` and `/auth/login`.

use authkit_core::{AuthKit, Config};
use authkit_poem::CurrentUser;
use authkit_store_memory::MemoryStore;
use poem::{Endpoint, EndpointExt as _, Route, get, handler};

#[handler]
fn hello(CurrentUser(user): CurrentUser) -> String {
    format!("Hello {}", user.email)
}

fn routes(auth: &AuthKit) -> impl Endpoint + 'static {
    Route::new()
        .at("/hello", get(hello))
        .nest("/auth", authkit_poem::routes(auth))
        .nest("/admin", authkit_poem::admin(auth))
        .nest("/", authkit_poem::service(auth))
        .with(authkit_poem::layer(auth))
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let auth = AuthKit::builder().store(MemoryStore::new()).config(Config::development()).build()?;
    Ok(authkit_poem::serve(&auth, "127.0.0.1:8000", routes(&auth)).await?)
}

#[cfg(test)]
mod tests {
    use authkit_poem::test::TestApp;
    use serde_json::json;

    use super::*;

    #[tokio::test]
    async fn whoever_registers_and_signs_in_is_greeted() {
        let app = TestApp::new(routes).await;
        let browser = app.visitor();
        browser.get("/hello").await.assert_problem(401, "missing_token");
        let ada = json!({ "email": "ada@example.com", "password": "a lantern over the quay" });
        browser.post("/auth/register").json(&ada).await.assert_status(201);
        browser.post("/auth/login").json(&ada).await.assert_ok();
        browser.get("/hello").await.assert_text("Hello ada@example.com");
        browser.open("/docs").await.assert_contains("/auth/login");
    }
}
