//! The same table through poem and on a caller without any framework: the same answers, byte for byte.

use std::sync::Mutex;

use authkit_core::testing::ManualClock;
use authkit_core::{AuthKit, Config, RandomError, SecureRandom};
use authkit_http::{ACCOUNT, ADMIN, Body, SERVICE, Table};
use authkit_store_memory::MemoryStore;
use bytes::Bytes;
use http::{HeaderMap, Method, StatusCode, Uri};
use http_body_util::BodyExt as _;
use poem::{Endpoint, Route};
use serde_json::{Value, json};

/// Status, headers and body.
type Told = (StatusCode, HeaderMap, Bytes);

/// Two of these say the same (SplitMix64).
struct Seeded(Mutex<u64>);

impl SecureRandom for Seeded {
    fn fill(&self, bytes: &mut [u8]) -> Result<(), RandomError> {
        let mut state = self.0.lock().expect("no panic under it");
        for piece in bytes.chunks_mut(8) {
            *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
            let mut mixed = *state;
            mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            piece.copy_from_slice(&(mixed ^ (mixed >> 31)).to_le_bytes()[..piece.len()]);
        }
        Ok(())
    }
}

fn kit() -> AuthKit {
    let config = Config::development().secret_key("4d9f0c27a1e8b35d7c60f2a94be81d53");
    let kit = AuthKit::builder().store(MemoryStore::new()).config(config).clock(ManualClock::new());
    kit.random(Seeded(Mutex::new(7))).build().expect("a sound configuration")
}

/// The caller without a framework.
async fn bare(kit: &AuthKit, method: &Method, path: &str, headers: &HeaderMap, body: &Bytes) -> Told {
    let mounts: [(&str, &Table); 3] = [("/auth", &ACCOUNT), ("/admin", &ADMIN), ("", &SERVICE)];
    let under =
        |prefix: &str| path.strip_prefix(prefix).is_some_and(|rest| rest.starts_with(['/', '?']) || rest.is_empty());
    let (prefix, table) = mounts.into_iter().find(|(prefix, _)| under(prefix)).expect("the last one takes all");
    let below = path[prefix.len()..].to_owned();
    let below = if below.starts_with('/') { below } else { format!("/{below}") };
    let uri: Uri = below.parse().expect("a path");
    let body = Body::from(body.clone());
    let request = authkit_http::Request::new(method.clone(), uri, headers.clone(), None, body);
    let (parts, body) = table.call(kit, request).await.into_parts();
    (parts.status, parts.headers, body.collect().await.expect("a body").to_bytes())
}

async fn poem(app: &impl Endpoint, method: &Method, path: &str, headers: &HeaderMap, body: &Bytes) -> Told {
    let mut request = poem::Request::builder().method(method.clone()).uri_str(path).body(body.clone());
    *request.headers_mut() = headers.clone();
    let response = app.get_response(request).await;
    let (parts, body) = response.into_parts();
    (parts.status, parts.headers, body.into_bytes().await.expect("a body"))
}

#[tokio::test]
async fn poem_adds_nothing_and_takes_nothing_away() {
    let (alone, framed) = (kit(), kit());
    let app = Route::new()
        .nest("/auth", authkit_poem::routes(&framed))
        .nest("/admin", authkit_poem::admin(&framed))
        .nest("/", authkit_poem::service(&framed));
    let ada = json!({ "email": "ada@example.com", "password": "a lantern over the quay" });
    let huge = json!({ "email": "x".repeat(20_000) });
    let steps: Vec<(Method, &str, Value)> = vec![
        (Method::POST, "/auth/register", ada.clone()),
        (Method::POST, "/auth/register", ada.clone()),
        (Method::POST, "/auth/register", json!({ "email": "no address", "password": "short" })),
        (Method::POST, "/auth/login", json!({ "email": "ada@example.com", "password": "wrong" })),
        (Method::POST, "/auth/login", ada),
        (Method::GET, "/auth/me", Value::Null),
        (Method::HEAD, "/auth/me", Value::Null),
        (Method::GET, "/auth/sessions", Value::Null),
        (Method::PATCH, "/auth/me", json!({ "role": "admin" })),
        (Method::POST, "/auth/refresh", Value::Null),
        (Method::POST, "/auth/refresh", json!({ "surplus": true })),
        (Method::POST, "/auth/forgot-password", json!({ "email": "nobody@example.com" })),
        (Method::POST, "/auth/reset-password", json!({ "token": "x", "new_password": "a lantern over the quay" })),
        (Method::POST, "/auth/verify-email", json!({ "token": "x" })),
        (Method::POST, "/auth/resend-verification", json!({ "email": "nobody@example.com" })),
        (Method::POST, "/auth/login", huge),
        (Method::POST, "/auth/login", json!([1])),
        (Method::DELETE, "/auth/sessions/018f0000-0000-7000-8000-000000000000", Value::Null),
        (Method::GET, "/auth/login", Value::Null),
        (Method::OPTIONS, "/auth/login", Value::Null),
        (Method::GET, "/auth/Login", Value::Null),
        (Method::GET, "/auth", Value::Null),
        (Method::GET, "/auth/", Value::Null),
        (Method::GET, "/auth//me", Value::Null),
        (Method::GET, "/auth/.well-known/jwks.json", Value::Null),
        (Method::GET, "/admin/api/users?limit=1", Value::Null),
        (Method::POST, "/admin/users/x/delete", Value::Null),
        (Method::GET, "/openapi.json", Value::Null),
        (Method::GET, "/docs", Value::Null),
        (Method::HEAD, "/docs", Value::Null),
        (Method::GET, "/docs/style.css", Value::Null),
        (Method::GET, "/healthz", Value::Null),
        (Method::GET, "/readyz", Value::Null),
        (Method::TRACE, "/healthz", Value::Null),
        (Method::GET, "/nothing", Value::Null),
        (Method::POST, "/auth/logout", Value::Null),
    ];
    let mut cookies = HeaderMap::new();
    let mut statuses = Vec::new();
    for (method, path, body) in steps {
        let mut headers = cookies.clone();
        headers.insert("user-agent", "e2e".parse().expect("a header"));
        let body = if body.is_null() { Bytes::new() } else { body.to_string().into() };
        if !body.is_empty() {
            headers.insert("content-type", "application/json".parse().expect("a header"));
        }
        let one = bare(&alone, &method, path, &headers, &body).await;
        let other = poem(&app, &method, path, &headers, &body).await;
        assert_eq!(one, other, "{method} {path}");
        if path == "/auth/login" && one.0 == StatusCode::OK {
            let pairs = one.1.get_all("set-cookie").iter().filter_map(|line| line.to_str().ok()?.split(';').next());
            let line = pairs.collect::<Vec<_>>().join("; ");
            cookies.insert("cookie", line.parse().expect("a header"));
        }
        statuses.push(one.0.as_u16());
    }
    for status in [200, 201, 204, 400, 401, 403, 404, 405, 409, 413, 422] {
        assert!(statuses.contains(&status), "no {status} among {statuses:?}");
    }
}
