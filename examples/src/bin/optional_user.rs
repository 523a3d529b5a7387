//! A page for visitors and for users alike. `cargo run --bin optional_user`
//!
//! No credential is a visitor. A bad one is not: it is refused, so that nobody takes a stale page for a fresh one.

use authkit_core::{AuthKit, Config};
use authkit_poem::MaybeUser;
use authkit_store_memory::MemoryStore;
use poem::{Endpoint, EndpointExt as _, Route, get, handler};

#[handler]
fn shop(MaybeUser(user): MaybeUser) -> String {
    match user {
        Some(user) => format!("Welcome back, {}. Your price: 9.", user.email),
        None => "Welcome. The price: 10.".to_owned(),
    }
}

fn routes(auth: &AuthKit) -> impl Endpoint + 'static {
    Route::new().at("/", get(shop)).nest("/auth", authkit_poem::routes(auth)).with(authkit_poem::layer(auth))
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let auth = AuthKit::builder().store(MemoryStore::new()).config(Config::development()).build()?;
    Ok(authkit_poem::serve(&auth, "127.0.0.1:8000", routes(&auth)).await?)
}

#[cfg(test)]
mod tests {
    use authkit_poem::test::TestApp;

    use super::*;

    #[tokio::test]
    async fn visitors_and_users_see_their_price_and_a_bad_token_sees_none() {
        let app = TestApp::new(routes).await;
        let user = app.user("ada@example.com").create().await;
        app.visitor().get("/").await.assert_text("Welcome. The price: 10.");
        app.login_as(&user).await.get("/").await.assert_contains("Your price: 9.");
        app.program().get("/").header("authorization", "Bearer bad").await.assert_problem(401, "invalid_token");
    }
}
