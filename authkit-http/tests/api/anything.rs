//! Anything at all, sent to every route: an answer that is documented, never a 500, never a panic.

use http::HeaderValue;
use http::header::CONTENT_TYPE;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Map, Value};

use authkit_http::mounts;

use crate::support::Server;

/// Names of fields that some route reads, and one that none does.
const FIELDS: [&str; 11] = [
    "email",
    "password",
    "current_password",
    "new_password",
    "token",
    "role",
    "is_active",
    "reason",
    "updated_at",
    "limit",
    "surprise",
];

/// Headers that something here reads.
const HEADERS: [&str; 9] = [
    "cookie",
    "authorization",
    "origin",
    "sec-fetch-site",
    "content-type",
    "x-forwarded-for",
    "x-request-id",
    "user-agent",
    "access-control-request-method",
];

fn json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        any::<String>().prop_map(Value::from),
        "[a-z]{1,9}@[a-z]{1,9}\\.example".prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 16, 4, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..4).prop_map(Value::from),
            vec((select(&FIELDS[..]), inner), 0..6).prop_map(|members| {
                Value::from(members.into_iter().map(|(name, value)| (name.to_owned(), value)).collect::<Map<_, _>>())
            }),
        ]
    })
}

fn body() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        3 => json().prop_map(|value| value.to_string().into_bytes()),
        1 => vec(any::<u8>(), 0..200),
        1 => Just(Vec::new()),
    ]
}

/// A value as it might come, or something that nobody meant.
fn header() -> impl Strategy<Value = (&'static str, Vec<u8>)> {
    let value = prop_oneof![
        "[ -~]{0,60}".prop_map(String::into_bytes),
        "Bearer [A-Za-z0-9._-]{0,60}".prop_map(String::into_bytes),
        "(authkit_(access|refresh)=[ -~]{0,20}; ?){1,3}".prop_map(String::into_bytes),
        "([0-9a-f:.]{1,20}, ?){0,4}".prop_map(String::into_bytes),
        vec(any::<u8>(), 0..40),
    ];
    (select(&HEADERS[..]), value)
}

fn id() -> impl Strategy<Value = String> {
    prop_oneof![
        "[!-\\.0->@-~]{1,70}",
        Just("0192f0c1-2d3e-7f40-8a5b-6c7d8e9f0a1b".to_owned()),
        "(%[0-9A-Fa-f]{2}){1,9}"
    ]
}

fn query() -> impl Strategy<Value = String> {
    let name = select(vec!["query", "cursor", "limit", "status", "role", "state", "ip", "code", "from", "to", "x"]);
    vec((name, "[!-\"$-~]{0,20}"), 0..4).prop_map(|pairs| {
        pairs.into_iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("&")
    })
}

// S-27 S-97
#[test]
fn every_route_answers_anything_with_something_documented() {
    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    let server = Server::with(|config| config.trusted_proxies(["192.0.2.0/24"]));
    runtime.block_on(server.user("root@example.com", "admin"));
    let mounts = mounts(&server.kit);
    let rows = mounts.iter().flat_map(|mount| mount.table.rows.iter().map(move |row| (mount.prefix, row)));
    let routes: Vec<_> = rows.map(|(prefix, row)| (row.method.to_string(), format!("{prefix}{}", row.path))).collect();
    let input = (select(routes), id(), query(), vec(header(), 0..5), body(), any::<(bool, bool)>());
    proptest!(ProptestConfig::with_cases(1_000), |(((method, path), id, query, headers, body, (signed_in, json)) in input)| {
        let path = format!("{}?{query}", path.replace("{id}", &id));
        if path.parse::<http::Uri>().is_ok() {
            let mut call = server.call(&method, path);
            for (name, value) in headers {
                if HeaderValue::from_bytes(&value).is_ok() {
                    call = call.header_bytes(name, &value);
                }
            }
            if signed_in {
                // Anew each time: one of the routes signs out.
                call = call.bearer(&runtime.block_on(server.sign_in("root@example.com")).access);
            }
            if json {
                call = call.header(CONTENT_TYPE.as_str(), "application/json");
            }
            let reply = runtime.block_on(call.body(body).send());
            prop_assert!(reply.status < 500, "{}: {}", reply.status, String::from_utf8_lossy(&reply.body));
        }
    });
}
