//! Behind a proxy that speaks TLS: from whom forwarding headers are believed, and what the outside is called.
//! `cargo run --bin behind_a_proxy`
//!
//! `X-Forwarded-For` counts from the named networks alone. From anybody else it is a claim, and a throttle that believed it
//! would count nobody.

use authkit_core::{AuthKit, Config};
use authkit_poem::ClientInfo;
use authkit_store_memory::MemoryStore;
use poem::{Endpoint, EndpointExt as _, Route, get, handler};

/// As `AUTHKIT_BASE_URL=https://app.example.com` and `AUTHKIT_TRUSTED_PROXIES=198.18.0.0/15` say it.
fn config(config: Config) -> Config {
    config.base_url("https://app.example.com").cookie_secure(true).trusted_proxies(["198.18.0.0/15"])
}

#[handler]
fn where_from(ClientInfo(client): ClientInfo) -> String {
    client.ip.map_or_else(|| "from nowhere".to_owned(), |ip| format!("from {ip}"))
}

fn routes(auth: &AuthKit) -> impl Endpoint + 'static {
    Route::new().at("/", get(where_from)).nest("/auth", authkit_poem::routes(auth)).with(authkit_poem::layer(auth))
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let auth = AuthKit::builder().store(MemoryStore::new()).config(config(Config::development())).build()?;
    Ok(authkit_poem::serve(&auth, "127.0.0.1:8000", routes(&auth)).await?)
}

#[cfg(test)]
mod tests {
    use authkit_poem::test::{PASSWORD, TestApp};
    use serde_json::json;

    use super::*;

    #[tokio::test]
    async fn the_right_most_hop_that_is_no_proxy_is_the_client() {
        // The clients of the test kit stand in 198.18.0.0/15, where the proxy is.
        let app = TestApp::setup().config(config).start(routes).await;
        let proxy = app.visitor();
        for hops in ["203.0.113.9", "10.9.9.9, 203.0.113.9, 198.18.3.4"] {
            proxy.get("/").header("x-forwarded-for", hops).await.assert_text("from 203.0.113.9");
        }
        let direct = TestApp::new(routes).await;
        let claimed = direct.visitor().get("/").header("x-forwarded-for", "203.0.113.9").await;
        claimed.assert_ok().assert_lacks("203.0.113.9");
    }

    #[tokio::test]
    async fn cookies_and_links_are_of_the_outside() {
        let app = TestApp::setup().config(config).start(routes).await;
        app.user("ada@example.com").create().await;
        let sign_in = json!({ "email": "ada@example.com", "password": PASSWORD });
        let answer = app.visitor().post("/auth/login").json(&sign_in).await.assert_ok();
        let cookie = answer.header("set-cookie").expect("a cookie");
        assert!(cookie.starts_with("__Host-") && cookie.contains("; Secure"), "{cookie}");
        let forgot = json!({ "email": "ada@example.com" });
        app.visitor().post("/auth/forgot-password").header("host", "evil.example").json(&forgot).await.assert_ok();
        assert!(app.mail().last_to("ada@example.com").link().starts_with("https://app.example.com/"));
    }
}
