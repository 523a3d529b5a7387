//! The guards as an adapter calls them for the application's own routes.

use std::net::IpAddr;

use authkit_core::AuthKit;
use authkit_http::{Head, RequestId, client, guard};
use http::{HeaderMap, Method};

use crate::support::{Pair, Server};

struct Sent {
    method: Method,
    headers: HeaderMap,
    id: RequestId,
}

impl Sent {
    fn new(method: Method, lines: &[(&'static str, &str)]) -> Self {
        let mut headers = HeaderMap::new();
        for (name, value) in lines {
            headers.append(*name, value.parse().expect("a header"));
        }
        Self { method, headers, id: RequestId::default() }
    }

    fn head(&self) -> Head<'_> {
        Head { method: &self.method, headers: &self.headers, peer: None, id: &self.id }
    }
}

fn get(pair: &Pair) -> Sent {
    Sent::new(Method::GET, &[("authorization", &format!("Bearer {}", pair.access))])
}

async fn code<T>(answer: impl Future<Output = Result<T, authkit_http::Problem>>) -> Result<(), &'static str> {
    answer.await.map(|_| ()).map_err(|problem| problem.code())
}

#[tokio::test]
async fn no_credential_is_nobody_and_a_bad_one_is_refused() {
    let server = Server::new();
    let kit = &server.kit;
    let (ada, pair) = server.signed_in("ada@example.com", "user").await;
    let nobody = Sent::new(Method::GET, &[]);
    assert!(guard::optional_user(kit, nobody.head()).await.expect("nobody").is_none());
    assert_eq!(code(guard::current_user(kit, nobody.head())).await, Err("missing_token"));
    let bad = Sent::new(Method::GET, &[("cookie", "authkit_access=x")]);
    assert_eq!(code(guard::optional_user(kit, bad.head())).await, Err("invalid_token"));
    let found = guard::optional_user(kit, get(&pair).head()).await.expect("somebody").expect("somebody");
    assert_eq!(found.user.id, ada.id);
}

// S-68
#[tokio::test]
async fn a_role_is_read_from_the_store_and_a_refusal_is_recorded() {
    let server = Server::new();
    let kit = &server.kit;
    let (_, editor) = server.signed_in("ed@example.com", "editor").await;
    let (_, admin) = server.signed_in("root@example.com", "admin").await;
    let roles = ["moderator", "editor"];
    assert_eq!(code(guard::with_any_role(kit, get(&editor).head(), &roles)).await, Ok(()));
    assert_eq!(code(guard::with_any_role(kit, get(&admin).head(), &roles)).await, Err("forbidden"));
    assert_eq!(code(guard::current_admin(kit, get(&admin).head())).await, Ok(()));
    assert_eq!(code(guard::current_admin(kit, get(&editor).head())).await, Err("forbidden"));
    assert_eq!(code(guard::with_any_role(kit, get(&editor).head(), &[])).await, Err("forbidden"));
    let events = server.events("access.refused").await;
    assert_eq!(events.len(), 3);
    assert_eq!(events[2].details["needed"], "moderator or editor");
}

// S-36
#[tokio::test]
async fn the_stateless_guard_asks_no_store_and_lags_as_long_as_a_token_lives() {
    let server = Server::new();
    let (ada, pair) = server.signed_in("ada@example.com", "user").await;
    server.post("/auth/logout").bearer(&pair.refresh).send().await.expect(200);
    let asked = server.store.calls();
    let claims = guard::claims(&server.kit, get(&pair).head()).await.expect("a good signature");
    assert_eq!((claims.user, claims.role.as_str()), (ada.id, "user"));
    assert_eq!(server.store.calls(), asked);
    assert_eq!(code(guard::current_user(&server.kit, get(&pair).head())).await, Err("session_revoked"));
    server.clock.advance(std::time::Duration::from_secs(15 * 60 + 6));
    assert_eq!(code(guard::claims(&server.kit, get(&pair).head())).await, Err("session_expired"));
}

// S-47
#[tokio::test]
async fn the_application_s_own_routes_are_covered_by_the_cross_site_rule() {
    let server = Server::new();
    let (_, pair) = server.signed_in("root@example.com", "admin").await;
    let cookie = format!("authkit_access={}", pair.access);
    let post = Sent::new(Method::POST, &[("cookie", &cookie), ("origin", "https://evil.example")]);
    let asked = server.store.calls();
    let kit: &AuthKit = &server.kit;
    assert_eq!(code(guard::current_user(kit, post.head())).await, Err("cross_site_request"));
    assert_eq!(code(guard::optional_user(kit, post.head())).await, Err("cross_site_request"));
    assert_eq!(code(guard::current_admin(kit, post.head())).await, Err("cross_site_request"));
    assert_eq!(code(guard::claims(kit, post.head())).await, Err("cross_site_request"));
    assert_eq!(server.store.calls(), asked + 4, "only the trail was written");
}

#[tokio::test]
async fn a_request_has_one_name_and_a_trusted_proxy_may_give_it() {
    let server = Server::with(|config| config.trusted_proxies(["10.0.0.0/8"]));
    let sent = Sent::new(Method::GET, &[("x-request-id", "from-the-proxy"), ("user-agent", "curl/8.5.0")]);
    let id = |peer: &str| RequestId::of(&server.kit, &sent.headers, Some(peer.parse::<IpAddr>().expect("an address")));
    assert_eq!(id("10.0.0.1").get(&server.kit), "from-the-proxy");
    let own = id("192.0.2.1");
    assert_eq!((own.get(&server.kit).len(), own.get(&server.kit)), (36, own.clone().get(&server.kit)));
    assert_ne!(own.get(&server.kit), id("192.0.2.1").get(&server.kit));
    for bad in ["", "a b", "a\u{e9}", &"x".repeat(65)] {
        let sent = Sent::new(Method::GET, &[("x-request-id", bad)]);
        let peer = Some("10.0.0.1".parse().expect("an address"));
        assert_eq!(RequestId::of(&server.kit, &sent.headers, peer).get(&server.kit).len(), 36, "{bad}");
    }
    let client = client(&server.kit, sent.head());
    assert_eq!(client.request_id.as_deref(), Some(sent.id.get(&server.kit)));
    assert_eq!(client.device.as_deref(), Some("curl"));
}
