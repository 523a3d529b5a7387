//! Limits of the application's own on sign-ins and registrations. `cargo run --bin rate_limits`
//!
//! Counted before the work is done, by account and by address of the network. Several nodes share their counters with
//! `ThrottleMode::Shared`, on a store that counts.

use std::time::Duration;

use authkit_core::{AuthKit, Backoff, Config, Limit, Throttle};
use authkit_store_memory::MemoryStore;
use poem::{Endpoint, Route};

/// Three wrong passwords within ten minutes, then a wait that doubles from 5 s to an hour; ten registrations an hour.
fn config(config: Config) -> Config {
    let doubling = Backoff { first: Duration::from_secs(5), longest: Duration::from_secs(3_600), stop_after: 50 };
    config.throttle_limits(Throttle {
        login_account: Limit { max: 3, window: Duration::from_secs(600), backoff: Some(doubling) },
        register_ip: Limit { max: 10, window: Duration::from_secs(3_600), backoff: None },
        ..Throttle::default()
    })
}

fn routes(auth: &AuthKit) -> impl Endpoint + 'static {
    Route::new().nest("/auth", authkit_poem::routes(auth)).nest("/admin", authkit_poem::admin(auth))
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let auth = AuthKit::builder().store(MemoryStore::new()).config(config(Config::development())).build()?;
    Ok(authkit_poem::serve(&auth, "127.0.0.1:8000", routes(&auth)).await?)
}

#[cfg(test)]
mod tests {
    use authkit_poem::test::{PASSWORD, TestApp, hours};
    use serde_json::json;

    use super::*;

    #[tokio::test]
    async fn whoever_guesses_waits_and_so_does_the_account() {
        let app = TestApp::setup().config(config).start(routes).await;
        let user = app.user("ada@example.com").create().await;
        let wrong = json!({ "email": "ada@example.com", "password": "a guess" });
        let right = json!({ "email": "ada@example.com", "password": PASSWORD });
        for _ in 0..3 {
            app.visitor().post("/auth/login").json(&wrong).await.assert_problem(401, "invalid_credentials");
        }
        // From wherever it comes, and with the right password, too.
        let refused = app.visitor().post("/auth/login").json(&right).await.assert_problem(429, "throttled");
        assert_eq!(refused.header("retry-after"), Some("5"));
        app.audit().assert_has("throttle.tripped", &user).await;
        app.clock().advance(Duration::from_secs(6));
        app.visitor().post("/auth/login").json(&right).await.assert_ok();
    }

    #[tokio::test]
    async fn one_address_registers_ten_accounts_an_hour() {
        let app = TestApp::setup().config(config).start(routes).await;
        let browser = app.visitor();
        let register = |n: u32| {
            let account = json!({ "email": format!("{n}@example.com"), "password": PASSWORD });
            browser.post("/auth/register").json(&account)
        };
        for n in 0..10 {
            register(n).await.assert_status(201);
        }
        register(10).await.assert_problem(429, "throttled");
        app.clock().advance(hours(1));
        register(10).await.assert_status(201);
    }
}
