//! Every code of the contract, provoked once, and throttling.

use std::sync::{Arc, Condvar, Mutex};
use std::time::Duration;

use authkit_core::testing::CheapHasher;
use authkit_core::{
    ClientInfo, HashError, HashMemory, Note, Operator, Password, PasswordHash, PasswordHasher, ThrottleMode, Verified,
};
use authkit_http::problem;
use futures_util::stream::{FuturesUnordered, StreamExt as _};
use serde_json::json;

use crate::support::{PASSWORD, Pair, Reply, Server, Trouble};

/// What no request to a table brings about: the adapter's deadline, and an administrator where there is one already.
const NOT_BY_A_REQUEST: [&str; 2] = ["request_timeout", "admin_exists"];

#[tokio::test]
async fn every_code_is_brought_about_with_its_status() {
    let mut seen: Vec<(String, u16)> = Vec::new();
    let mut see = |reply: Reply| seen.push((reply.code(), reply.status));

    let server = Server::with(|config| config.registration(false));
    let (root, admin) = server.signed_in("root@example.com", "admin").await;
    let (eve, user) = server.signed_in("eve@example.com", "user").await;
    let login =
        |password: &str| server.post("/auth/login").json(&json!({"email": "eve@example.com", "password": password}));
    let me = || server.get("/auth/me");
    let act = |id: &authkit_core::UserId, action: &str| {
        server.post(format!("/admin/users/{id}/{action}")).bearer(&admin.access)
    };
    let register = json!({"email": "new@example.com", "password": PASSWORD});

    see(server.post("/auth/login").header("content-type", "application/json").body("{").send().await);
    see(server.post("/auth/login").body("{}").send().await);
    see(server.post("/auth/login").json(&json!({})).send().await);
    see(server.post("/auth/login").header("content-type", "application/json").body("x".repeat(17_000)).send().await);
    see(login(PASSWORD).header("sec-fetch-site", "cross-site").send().await);
    see(login("guess").send().await);
    see(server.get("/auth/login").send().await);
    see(server.get("/auth/nothing").send().await);
    see(me().send().await);
    see(me().bearer("x").send().await);
    see(me().bearer("x").bearer("x").send().await);
    see(server.post("/auth/register").json(&register).send().await);
    let reset = json!({"token": "x", "new_password": PASSWORD});
    see(server.post("/auth/reset-password").json(&reset).send().await);
    see(server.post("/auth/verify-email").json(&json!({"token": "x"})).send().await);
    let weak = json!({"current_password": PASSWORD, "new_password": "short"});
    see(server.post("/auth/change-password").bearer(&user.access).json(&weak).send().await);
    see(server.get("/admin/api/users").bearer(&user.access).send().await);
    see(server.get("/admin/api/users?cursor=x").bearer(&admin.access).send().await);
    see(act(&root.id, "delete").send().await);
    see(act(&eve.id, "change-role").json(&json!({"role": "emperor"})).send().await);
    see(act(&eve.id, "delete").json(&json!({"updated_at": "2000-01-01T00:00:00Z"})).send().await);

    let fresh = server.post("/auth/refresh").bearer(&user.refresh).send().await.expect(200).pair();
    server.clock.advance(Duration::from_secs(11));
    see(server.post("/auth/refresh").bearer(&user.refresh).send().await);
    see(me().bearer(&fresh.access).send().await);
    server.clock.advance(Duration::from_secs(6 * 60));
    see(act(&eve.id, "delete").send().await);
    server.clock.advance(Duration::from_secs(15 * 60));
    see(me().bearer(&admin.access).send().await);
    let (operator, client) = (Operator::system(), ClientInfo::none());
    server.kit.set_active(&operator, &eve.id, false, Note::default(), &client).await.expect("disabled");
    see(login(PASSWORD).send().await);

    server.store.set(Trouble::Unavailable);
    see(login(PASSWORD).send().await);
    server.store.set(Trouble::Inconsistent);
    see(login(PASSWORD).send().await);

    let open = Server::with(|config| config.throttle(ThrottleMode::On));
    open.user("new@example.com", "user").await;
    see(open.post("/auth/register").json(&register).send().await);
    for _ in 0..20 {
        see(open.post("/auth/login").json(&json!({"email": "new@example.com", "password": "guess"})).send().await);
    }
    see(busy().await);
    see(unverified().await);
    see(Box::pin(last_admin()).await);
    see(not_deleted().await);

    for (code, status) in &seen {
        assert_eq!(problem::status_of(code).map(|known| known.as_u16()), Some(*status), "{code}");
    }
    let missing: Vec<_> = problem::codes()
        .filter(|code| !NOT_BY_A_REQUEST.contains(code) && !seen.iter().any(|(known, _)| known == code))
        .collect();
    assert!(missing.is_empty(), "{missing:?}");
}

/// Nobody gets in whose address must be proven and is not.
async fn unverified() -> Reply {
    let server = Server::with(|config| config.require_verified_email(true));
    server.unverified("ada@example.com", "user").await;
    server.post("/auth/login").json(&json!({"email": "ada@example.com", "password": PASSWORD})).send().await
}

/// A purge is for those who are deleted.
async fn not_deleted() -> Reply {
    let server = Server::new();
    let (_, root) = server.signed_in("root@example.com", "admin").await;
    let eve = server.user("eve@example.com", "user").await;
    server.post(format!("/admin/users/{}/purge", eve.id)).bearer(&root.access).send().await
}

/// S-69: of two administrators each removes the other at once: one of them stays, and its request was the one that came first.
async fn last_admin() -> Reply {
    let server = Server::new();
    let (one, first) = server.signed_in("one@example.com", "admin").await;
    let (two, second) = server.signed_in("two@example.com", "admin").await;
    let delete = |id: authkit_core::UserId, pair: &Pair| {
        server.post(format!("/admin/users/{id}/delete")).bearer(&pair.access).send()
    };
    // The loser has passed its guard when the winner's write comes through.
    server.store.delete_together(2);
    let both = futures_util::future::join(delete(two.id, &first), delete(one.id, &second));
    let (left, right) = Box::pin(both).await;
    let (won, lost) = if left.status == 200 { (left, right) } else { (right, left) };
    won.expect(200);
    lost.refused(409, "last_admin")
}

/// A hasher that waits until it is let go.
#[derive(Default)]
struct Gate {
    open: Mutex<bool>,
    opened: Condvar,
}

struct Waits(Arc<Gate>);

impl PasswordHasher for Waits {
    fn hash(&self, memory: &mut HashMemory, password: &Password, salt: &[u8; 16]) -> Result<PasswordHash, HashError> {
        CheapHasher.hash(memory, password, salt)
    }

    fn verify(
        &self,
        memory: &mut HashMemory,
        password: &Password,
        stored: &PasswordHash,
    ) -> Result<Verified, HashError> {
        let open = self.0.open.lock().map_err(|_| HashError::Failed("poisoned"))?;
        drop(self.0.opened.wait_while(open, |open| !*open).map_err(|_| HashError::Failed("poisoned"))?);
        CheapHasher.verify(memory, password, stored)
    }
}

/// More sign-ins at once than may wait for a hash.
async fn busy() -> Reply {
    let gate = Arc::new(Gate::default());
    let server = Server::hashing(Waits(Arc::clone(&gate)));
    server.user("ada@example.com", "user").await;
    let login = || server.post("/auth/login").json(&json!({"email": "ada@example.com", "password": PASSWORD})).send();
    let mut all: FuturesUnordered<_> = (0..80).map(|_| login()).collect();
    let first = all.next().await.expect("an answer").refused(503, "busy");
    assert_eq!(first.header("retry-after"), Some("2"));
    *gate.open.lock().expect("a gate") = true;
    gate.opened.notify_all();
    let in_time = all.map(|reply| reply.status).filter(|status| std::future::ready(*status == 200)).count().await;
    assert!(in_time >= 64, "{in_time}");
    first
}

// S-10 S-85
#[tokio::test]
async fn known_and_unknown_accounts_are_throttled_alike() {
    let server = Server::with(|config| config.throttle(ThrottleMode::On));
    server.user("ada@example.com", "user").await;
    let attempt = |email: &str, from: &str| {
        let body = json!({"email": email, "password": "guess"});
        server.post("/auth/login").from(from).json(&body).send()
    };
    let mut told = Vec::new();
    for (email, net) in [("ada@example.com", "198.51.100"), ("eve@example.com", "203.0.113")] {
        for n in 0..5 {
            attempt(email, &format!("{net}.{n}")).await.refused(401, "invalid_credentials");
        }
        let reply = attempt(email, &format!("{net}.9")).await.refused(429, "throttled");
        told.push((reply.header("retry-after").map(str::to_owned), reply.json()["detail"].clone()));
    }
    assert_eq!(told[0], told[1]);
    assert_eq!(told[0].0.as_deref(), Some("1"), "the delay after the fifth failure is a second");
}

// S-83
#[tokio::test]
async fn a_client_cannot_choose_the_address_that_is_counted() {
    let server = Server::with(|config| config.throttle(ThrottleMode::On));
    let mut last = 0;
    for n in 0..11 {
        let body = json!({"email": format!("user{n}@example.com"), "password": "guess"});
        let call = server.post("/auth/login").from("198.51.100.1").json(&body);
        let call = call.header("x-forwarded-for", &format!("203.0.113.{n}")).header("x-real-ip", "1.1.1.1");
        last = call.send().await.status;
    }
    assert_eq!(last, 429);
    // Two addresses of one /64 are one.
    let server = Server::with(|config| config.throttle(ThrottleMode::On));
    for n in 0..11 {
        let body = json!({"email": format!("user{n}@example.com"), "password": "guess"});
        last = server.post("/auth/login").from(&format!("2001:db8:1:2::{n}")).json(&body).send().await.status;
    }
    assert_eq!(last, 429);
}
