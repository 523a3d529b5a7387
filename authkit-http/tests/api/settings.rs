//! What each `AUTHKIT_*` variable does to a caller: by default, with another value, and with one that does not fit.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Barrier};
use std::time::Duration;

use authkit_core::config::{Variable, variables};
use authkit_core::testing::CheapHasher;
use authkit_core::{
    AuthKit, Budget, Config, ConfigError, HashError, HashMemory, Password, PasswordHash, PasswordHasher, Verified,
};
use authkit_store_memory::MemoryStore;
use data_encoding::BASE64URL_NOPAD;
use serde_json::{Value, json};

use crate::support::{PASSWORD, Reply, SECRET, Server};

/// Another key as good as one that is drawn.
const OTHER: &str = "Zt5yNc8PfQ2wXk7LrGj4VhBm9DsTe3Ua";
const DAY: Duration = Duration::from_secs(86_400);

/// Name, what else is set, what shows by default, another value and what it shows, a value that is refused.
type Row = (&'static str, &'static [(&'static str, &'static str)], &'static str, [&'static str; 2], &'static str);

/// An address that cookies can have a domain above.
const APP: (&str, &str) = ("AUTHKIT_BASE_URL", "https://auth.app.example");
const EDDSA: (&str, &str) = ("AUTHKIT_ALGORITHM", "EdDSA");

const ROWS: &[Row] = &[
    ("AUTHKIT_ENV", &[APP], "no /docs", ["development", "/docs"], "staging"),
    ("AUTHKIT_SECRET_KEY", &[], "the usual key", [OTHER, "another key"], "short"),
    ("AUTHKIT_PREVIOUS_SECRET_KEYS", &[EDDSA], "public keys: 1", [OTHER, "public keys: 2"], "short"),
    ("AUTHKIT_ALGORITHM", &[], "HS256", ["eddsa", "EdDSA"], "none"),
    ("AUTHKIT_BASE_URL", &[], "403 from there", ["https://there.example", "200 from there"], "there.example"),
    ("AUTHKIT_ACCESS_TOKEN_EXPIRE_MINUTES", &[], "900", ["5", "300"], "61"),
    ("AUTHKIT_REFRESH_TOKEN_EXPIRE_DAYS", &[], "dead after 7 days", ["30", "alive after 7 days"], "91"),
    ("AUTHKIT_REFRESH_ABSOLUTE_DAYS", &[], "ends after day 29", ["8", "ends after day 7"], "0"),
    ("AUTHKIT_REFRESH_GRACE_SECONDS", &[], "11 s late: session_reused", ["60", "11 s late: fine"], "61"),
    ("AUTHKIT_COOKIE_NAME_ACCESS", &[], "authkit_access authkit_refresh", ["sid", "sid authkit_refresh"], "s d"),
    ("AUTHKIT_COOKIE_NAME_REFRESH", &[], "authkit_access authkit_refresh", ["more", "authkit_access more"], "a;b"),
    ("AUTHKIT_COOKIE_SECURE", &[], "authkit_access plain", ["yes", "__Host-authkit_access Secure"], "maybe"),
    ("AUTHKIT_COOKIE_SAMESITE", &[], "SameSite=Lax", ["strict", "SameSite=Strict"], "sometimes"),
    ("AUTHKIT_COOKIE_DOMAIN", &[APP], "no domain", ["app.example", "Domain=app.example"], "example.org"),
    ("AUTHKIT_TOKEN_DELIVERY", &[], "2 cookies, tokens", ["cookie", "2 cookies, no tokens"], "pigeon"),
    ("AUTHKIT_TRUSTED_PROXIES", &[], "\"192.0.2.1\"", ["192.0.2.0/24", "\"203.0.113.9\""], "0.0.0.0/0"),
    ("AUTHKIT_AUTH_PATH", &[], "/auth/login", ["/account", "/account/login"], "account"),
    ("AUTHKIT_ADMIN_PATH", &[], "/admin/api/users", ["/backstage", "/backstage/api/users"], "/auth"),
    ("AUTHKIT_ENABLE_REGISTER", &[], "201", ["off", "403"], "perhaps"),
    ("AUTHKIT_REQUIRE_VERIFIED_EMAIL", &[], "201 then 200", ["on", "202 then 403"], "perhaps"),
    ("AUTHKIT_PASSWORD_MIN_LENGTH", &[], "201", ["24", "422"], "7"),
    ("AUTHKIT_ROLES", &[], "422", ["user,admin,pilot", "200"], "user,Pilot,admin"),
    ("AUTHKIT_ADMIN_ROLE", &[], "403", ["editor", "200"], "nobody"),
    ("AUTHKIT_CONSOLE_ROLES", &[], "403", ["editor:viewer", "200"], "editor:owner"),
    ("AUTHKIT_THROTTLE", &[], "throttled", ["off", "never throttled"], "sometimes"),
    ("AUTHKIT_ENABLE_AUDIT_LOGS", &[], "refreshes: 0", ["no", "not_found"], "2"),
    ("AUTHKIT_AUDIT_REFRESH", &[], "refreshes: 0", ["on", "refreshes: 1"], "2"),
    ("AUTHKIT_AUDIT_RETENTION_DAYS", &[], "kept for 100 days", ["90", "gone after 100 days"], "89"),
];

/// What no answer shows, and where it is tested instead.
const ELSEWHERE: &[(&str, &str)] = &[
    ("AUTHKIT_DATABASE_URL", "tests/e2e/sandbox.rs; every form of it in core, config/database_url.rs"),
    ("AUTHKIT_HASH_CONCURRENCY", "below, with a hasher that counts"),
    ("AUTHKIT_ENABLE_SMTP", "flows/misconfiguration; authkit-mail-smtp, smtp/settings"),
    ("AUTHKIT_SMTP_HOST", "authkit-mail-smtp, smtp/settings"),
    ("AUTHKIT_SMTP_PORT", "authkit-mail-smtp, smtp/settings"),
    ("AUTHKIT_SMTP_USERNAME", "authkit-mail-smtp, smtp/settings"),
    ("AUTHKIT_SMTP_PASSWORD", "authkit-mail-smtp, smtp/settings"),
    ("AUTHKIT_SMTP_FROM_EMAIL", "authkit-mail-smtp, smtp/settings"),
];

fn read(vars: &[(&str, &str)]) -> Result<Config, ConfigError> {
    let usual = [("AUTHKIT_ENV", "development"), ("AUTHKIT_SECRET_KEY", SECRET)];
    let usual = usual.into_iter().filter(|(name, _)| vars.iter().all(|(given, _)| given != name));
    Config::from_vars(usual.chain(vars.iter().copied()).map(|(name, value)| (name.to_owned(), value.to_owned())))
}

fn server(vars: &[(&str, &str)]) -> Server {
    let config = read(vars).expect("values that fit");
    Server::with(|_| config)
}

#[test]
fn every_variable_has_a_row_or_a_place_where_it_is_tested() {
    let known: BTreeSet<_> = variables().iter().map(Variable::name).collect();
    let rows = ROWS.iter().map(|row| row.0).chain(ELSEWHERE.iter().map(|(name, _)| *name));
    assert_eq!(rows.collect::<BTreeSet<_>>(), known);
}

// S-94
#[tokio::test]
async fn every_setting_shows_its_default_its_value_and_refuses_what_does_not_fit() {
    for (name, rest, default, [value, changed], unfit) in ROWS {
        // Only here the default is production, and what is usual would hide it.
        let unset = if *name == "AUTHKIT_ENV" { "production" } else { "" };
        let with = |value| [rest, [(*name, value)].as_slice()].concat();
        let usual = if *name == "AUTHKIT_SECRET_KEY" { with(SECRET) } else { with(unset) };
        assert_eq!(effect(name, &server(&usual)).await, *default, "{name} by default");
        assert_eq!(effect(name, &server(&with(value))).await, *changed, "{name}={value}");
        let build = |config| AuthKit::builder().store(MemoryStore::new()).config(config).build().map(|_| ());
        let error = read(&with(unfit)).and_then(build).expect_err(name).to_string();
        assert!(error.contains(name) && !error.contains(&format!("={unfit}")), "{name}={unfit}: {error}");
    }
}

/// What a caller sees of the setting.
#[expect(clippy::too_many_lines, reason = "an arm a setting")]
async fn effect(name: &str, server: &Server) -> String {
    let status = |reply: Reply| reply.status.to_string();
    match name {
        "AUTHKIT_ENV" => {
            let shown = server.get("/docs").send().await.status == 200;
            if shown { "/docs" } else { "no /docs" }.to_owned()
        }
        "AUTHKIT_SECRET_KEY" => {
            let usual = header(&login(&self::server(&[])).await, "kid");
            let key = if header(&login(server).await, "kid") == usual { "the usual key" } else { "another key" };
            key.to_owned()
        }
        "AUTHKIT_PREVIOUS_SECRET_KEYS" => {
            let keys = server.get("/auth/.well-known/jwks.json").send().await.expect(200).json();
            format!("public keys: {}", keys["keys"].as_array().map_or(0, Vec::len))
        }
        "AUTHKIT_ALGORITHM" => header(&login(server).await, "alg"),
        "AUTHKIT_BASE_URL" => {
            server.user("ada@example.com", "user").await;
            let call = server.post("/auth/login").json(&credentials(PASSWORD));
            format!("{} from there", status(call.header("origin", "https://there.example").send().await))
        }
        "AUTHKIT_ACCESS_TOKEN_EXPIRE_MINUTES" => login(server).await.json()["expires_in"].to_string(),
        "AUTHKIT_REFRESH_TOKEN_EXPIRE_DAYS" => {
            let refresh = login(server).await.pair().refresh;
            server.clock.advance(7 * DAY);
            let alive = server.post("/auth/refresh").bearer(&refresh).send().await.status == 200;
            format!("{} after 7 days", if alive { "alive" } else { "dead" })
        }
        "AUTHKIT_REFRESH_ABSOLUTE_DAYS" => last_day(server).await,
        "AUTHKIT_REFRESH_GRACE_SECONDS" => {
            let first = login(server).await.pair().refresh;
            server.post("/auth/refresh").bearer(&first).send().await.expect(200);
            server.clock.advance(Duration::from_secs(11));
            let again = server.post("/auth/refresh").bearer(&first).send().await;
            format!("11 s late: {}", if again.status == 200 { "fine".to_owned() } else { again.code() })
        }
        "AUTHKIT_COOKIE_NAME_ACCESS" | "AUTHKIT_COOKIE_NAME_REFRESH" => {
            login(server).await.cookies().into_iter().map(|(name, ..)| name).collect::<Vec<_>>().join(" ")
        }
        "AUTHKIT_COOKIE_SECURE" => {
            let reply = login(server).await;
            format!("{} {}", reply.cookies()[0].0, attribute(&reply, "Secure").unwrap_or_else(|| "plain".to_owned()))
        }
        "AUTHKIT_COOKIE_SAMESITE" => attribute(&login(server).await, "SameSite").unwrap_or_default(),
        "AUTHKIT_COOKIE_DOMAIN" => attribute(&login(server).await, "Domain").unwrap_or_else(|| "no domain".to_owned()),
        "AUTHKIT_TOKEN_DELIVERY" => {
            let reply = login(server).await;
            let tokens = if reply.json()["access_token"].is_string() { "tokens" } else { "no tokens" };
            format!("{} cookies, {tokens}", reply.cookies().len())
        }
        "AUTHKIT_TRUSTED_PROXIES" => {
            server.user("ada@example.com", "user").await;
            let call = server.post("/auth/login").json(&credentials(PASSWORD));
            let pair = call.header("x-forwarded-for", "203.0.113.9").send().await.expect(200).pair();
            let sessions = server.get("/auth/sessions").bearer(&pair.access).send().await.expect(200).json();
            sessions[0]["ip_address"].to_string()
        }
        "AUTHKIT_AUTH_PATH" => path(server, "/login"),
        "AUTHKIT_ADMIN_PATH" => path(server, "/api/users"),
        "AUTHKIT_ENABLE_REGISTER" | "AUTHKIT_PASSWORD_MIN_LENGTH" => {
            status(server.post("/auth/register").json(&credentials(PASSWORD)).send().await)
        }
        "AUTHKIT_REQUIRE_VERIFIED_EMAIL" => {
            let registered = status(server.post("/auth/register").json(&credentials(PASSWORD)).send().await);
            let signed_in = status(server.post("/auth/login").json(&credentials(PASSWORD)).send().await);
            format!("{registered} then {signed_in}")
        }
        "AUTHKIT_ROLES" => {
            let (_, root) = server.signed_in("root@example.com", "admin").await;
            let user = server.user("ada@example.com", "user").await;
            let call = server.post(format!("/admin/users/{}/change-role", user.id)).bearer(&root.access);
            status(call.json(&json!({"role": "pilot"})).send().await)
        }
        "AUTHKIT_ADMIN_ROLE" | "AUTHKIT_CONSOLE_ROLES" => {
            let (_, editor) = server.signed_in("ada@example.com", "editor").await;
            status(server.get("/admin/api/users").bearer(&editor.access).send().await)
        }
        "AUTHKIT_THROTTLE" => {
            server.user("ada@example.com", "user").await;
            for _ in 0..20 {
                let reply = server.post("/auth/login").json(&credentials("a lantern under the quay")).send().await;
                if reply.status == 429 {
                    return reply.code();
                }
            }
            "never throttled".to_owned()
        }
        "AUTHKIT_ENABLE_AUDIT_LOGS" | "AUTHKIT_AUDIT_REFRESH" => {
            let refresh = login(server).await.pair().refresh;
            server.post("/auth/refresh").bearer(&refresh).send().await.expect(200);
            let (_, root) = server.signed_in("root@example.com", "admin").await;
            let trail = server.get("/admin/api/audit?code=session.refreshed").bearer(&root.access).send().await;
            let events = (trail.status == 200).then(|| trail.json()["items"].as_array().map_or(0, Vec::len));
            events.map_or_else(|| trail.code(), |n| format!("refreshes: {n}"))
        }
        "AUTHKIT_AUDIT_RETENTION_DAYS" => {
            login(server).await;
            server.clock.advance(100 * DAY);
            while server.kit.tidy(Budget::default()).await.expect("tidied").more {}
            let kept = !server.events("session.opened").await.is_empty();
            if kept { "kept for 100 days" } else { "gone after 100 days" }.to_owned()
        }
        other => panic!("{other} has a row and nothing that shows it"),
    }
}

fn credentials(password: &str) -> Value {
    json!({"email": "ada@example.com", "password": password})
}

async fn login(server: &Server) -> Reply {
    server.user("ada@example.com", "user").await;
    server.post("/auth/login").json(&credentials(PASSWORD)).send().await.expect(200)
}

/// The last day on which a session that is refreshed each day still is.
async fn last_day(server: &Server) -> String {
    let mut refresh = login(server).await.pair().refresh;
    for day in 1.. {
        server.clock.advance(DAY);
        let reply = server.post("/auth/refresh").bearer(&refresh).send().await;
        if reply.status != 200 {
            assert_eq!(reply.code(), "session_expired");
            return format!("ends after day {}", day - 1);
        }
        refresh = reply.pair().refresh;
    }
    unreachable!("every session ends")
}

/// A member of the access token's header.
fn header(reply: &Reply, name: &str) -> String {
    let token = reply.pair().access;
    let header = token.split('.').next().expect("a header");
    let header: Value =
        serde_json::from_slice(&BASE64URL_NOPAD.decode(header.as_bytes()).expect("base64")).expect("JSON");
    header[name].as_str().expect("text").to_owned()
}

/// An attribute of the access cookie, as it is written.
fn attribute(reply: &Reply, name: &str) -> Option<String> {
    let (_, _, attributes) = reply.cookies().into_iter().next().expect("a cookie");
    attributes.into_iter().find(|text| text.split('=').next() == Some(name))
}

/// The path that the document gives to a route which ends so.
fn path(server: &Server, end: &str) -> String {
    let paths = server.document()["paths"].as_object().expect("paths");
    paths.keys().find(|path| path.ends_with(end)).expect("the route").clone()
}

/// Counts how many are in it at once; the first `together` wait for each other.
struct Counting {
    inside: AtomicUsize,
    most: Arc<AtomicUsize>,
    together: Barrier,
}

impl PasswordHasher for Counting {
    fn hash(&self, memory: &mut HashMemory, password: &Password, salt: &[u8; 16]) -> Result<PasswordHash, HashError> {
        CheapHasher.hash(memory, password, salt)
    }

    fn verify(&self, memory: &mut HashMemory, password: &Password, hash: &PasswordHash) -> Result<Verified, HashError> {
        let now = self.inside.fetch_add(1, Ordering::SeqCst) + 1;
        self.most.fetch_max(now, Ordering::SeqCst);
        self.together.wait();
        let verified = CheapHasher.verify(memory, password, hash);
        self.inside.fetch_sub(1, Ordering::SeqCst);
        verified
    }
}

#[tokio::test]
async fn as_many_passwords_are_hashed_at_once_as_the_setting_says() {
    for threads in [1, 2] {
        let most = Arc::new(AtomicUsize::new(0));
        let hasher = Counting { inside: AtomicUsize::new(0), most: Arc::clone(&most), together: Barrier::new(threads) };
        let config = read(&[("AUTHKIT_HASH_CONCURRENCY", &threads.to_string()), ("AUTHKIT_THROTTLE", "off")]);
        let server = Server::built(|_| config.expect("values that fit"), hasher);
        server.user("ada@example.com", "user").await;
        let logins = (0..16).map(|_| server.post("/auth/login").json(&credentials(PASSWORD)).send());
        for reply in futures_util::future::join_all(logins).await {
            reply.expect(200);
        }
        assert_eq!(most.load(Ordering::SeqCst), threads);
    }
    let error = read(&[("AUTHKIT_HASH_CONCURRENCY", "0")]).expect_err("no threads").to_string();
    assert!(error.contains("AUTHKIT_HASH_CONCURRENCY"), "{error}");
}
