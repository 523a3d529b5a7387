//! Too much and too wrong, against the sandbox: the documented 4xx, and memory that stays where it is.

use std::collections::HashSet;
use std::sync::Arc;

use authkit_e2e::{Client, Kind, Raw, Sandbox, send};
use bytes::Bytes;
use http::Request;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::sync::Barrier;

const JSON: &str = "Host: x\r\nContent-Type: application/json\r\n";
const MIB: u64 = 1024 * 1024;

// S-28, S1 of the scoreboard
#[tokio::test(flavor = "multi_thread")]
async fn sixty_four_parallel_refreshes_have_one_successor() {
    let sandbox = Sandbox::start(&[]);
    for kind in [Kind::Program, Kind::Bearer] {
        let mut client = Client::new(kind, sandbox.address);
        client.login("user@example.com", "userpass123").await.expect(200);
        let barrier = Arc::new(Barrier::new(64));
        let tasks: Vec<_> = (0..64)
            .map(|_| {
                let (mut client, barrier) = (client.clone(), Arc::clone(&barrier));
                tokio::spawn(async move {
                    barrier.wait().await;
                    let answer = client.post("/auth/refresh").await.expect(200);
                    let refresh = answer.json()["refresh_token"].as_str().expect("a token").to_owned();
                    (refresh, client)
                })
            })
            .collect();
        let mut successors = HashSet::new();
        for task in tasks {
            let (refresh, refreshed) = task.await.expect("no panic");
            successors.insert(refresh);
            client = refreshed;
        }
        assert_eq!(successors.len(), 1, "{kind:?}");
        client.get("/auth/me").await.expect(200);
        client.post("/auth/refresh").await.expect(200);
    }
}

// S-92, S15 of the scoreboard
#[tokio::test(flavor = "multi_thread")]
async fn a_gibibyte_in_pieces_is_refused_after_the_limit() {
    let sandbox = Sandbox::start(&[("AUTHKIT_DATABASE_URL", "memory:")]);
    let mut warm = Client::new(Kind::Program, sandbox.address);
    warm.login("user@example.com", "userpass123").await.expect(200);
    let before = sandbox.resident();

    let (mut reading, mut writing) = TcpStream::connect(sandbox.address).await.expect("a connection").into_split();
    let answer = tokio::spawn(async move {
        let mut answer = Vec::new();
        // A reset after the answer is as good as an end.
        let _ = reading.read_to_end(&mut answer).await;
        String::from_utf8_lossy(&answer).into_owned()
    });
    let head = format!("POST /auth/login HTTP/1.1\r\n{JSON}Transfer-Encoding: chunked\r\n\r\n");
    let mut taken = 0;
    if writing.write_all(head.as_bytes()).await.is_ok() {
        let mut piece = b"10000\r\n".to_vec();
        piece.extend_from_slice(&[b' '; 0x10000]);
        piece.extend_from_slice(b"\r\n");
        while taken < 1024 * MIB && writing.write_all(&piece).await.is_ok() {
            taken += 0x10000;
        }
    }
    let answer = answer.await.expect("no panic");
    assert!(answer.starts_with("HTTP/1.1 413 ") && answer.contains("body_too_large"), "{answer}");
    if let (Some(before), Some(after)) = (before, sandbox.resident()) {
        assert!(after < before + 32 * MIB, "{before} bytes became {after}");
    }
    warm.get("/auth/me").await.expect(200);
}

// S-92
#[tokio::test(flavor = "multi_thread")]
async fn heads_that_are_too_large_are_refused() {
    let sandbox = Sandbox::start(&[("AUTHKIT_DATABASE_URL", "memory:")]);
    let cookie = format!("Cookie: a={}\r\n", "x".repeat(1024 * 1024));
    let lines: String = (0..10_000).map(|n| format!("X-{n}: y\r\n")).collect();
    let long = format!("X: {}\r\n", "y".repeat(17 * 1024));
    for lines in [cookie, lines, long] {
        let mut client = Raw::connect(sandbox.address).await;
        let answer = client.say(format!("GET /healthz HTTP/1.1\r\nHost: x\r\n{lines}\r\n")).await.rest().await;
        assert!(answer.starts_with("HTTP/1.1 431 "), "{answer:?}");
    }
    let mut client = Raw::connect(sandbox.address).await;
    let fits = format!("GET /healthz HTTP/1.1\r\nHost: x\r\nX: {}\r\n\r\n", "y".repeat(8 * 1024));
    assert!(client.say(fits).await.answer().await.starts_with("HTTP/1.1 200 "));
}

// S-92
#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_http_1_is_refused() {
    let sandbox = Sandbox::start(&[("AUTHKIT_DATABASE_URL", "memory:")]);
    for nonsense in [
        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\u{4}\0\0\0\0\0",
        "\u{16}\u{3}\u{1}\0\u{5}hello",
        "GET\r\n\r\n",
        "GET /healthz HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
        "GET /healthz HTTP/1.1\r\nHo st: x\r\n\r\n",
        "GET /healthz SPDY/9\r\n\r\n",
    ] {
        let answer = Raw::connect(sandbox.address).await.say(nonsense).await.rest().await;
        assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 4"), "{nonsense:?}: {answer}");
    }
    // An upgrade that nobody offered is passed over.
    let mut client = Raw::connect(sandbox.address).await;
    let upgrade = "GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\n\
                   HTTP2-Settings: AAMAAABkAAQAoAAAAAIAAAAA\r\n\r\n";
    let answer = client.say(upgrade).await.answer().await;
    assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
}

// S-92
#[tokio::test(flavor = "multi_thread")]
async fn methods_that_nobody_knows_are_405() {
    let sandbox = Sandbox::start(&[("AUTHKIT_DATABASE_URL", "memory:")]);
    for method in ["TRACE", "BREW", "get", "PROPFIND", "PUT"] {
        for path in ["/auth/login", "/admin/api/users", "/healthz", "/secure-data"] {
            let request = Request::builder().method(method).uri(path).body(Bytes::new()).expect("sound");
            send(sandbox.address, request).await.refused(405, "method_not_allowed");
        }
    }
    let answer = Raw::connect(sandbox.address)
        .await
        .say("CONNECT example.com:443 HTTP/1.1\r\nHost: x\r\n\r\n")
        .await
        .answer()
        .await;
    assert!(answer.starts_with("HTTP/1.1 405 "), "{answer}");
    let answer = Raw::connect(sandbox.address).await.say("OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n").await.answer().await;
    assert!(answer.starts_with("HTTP/1.1 4"), "{answer}");
}

#[tokio::test(flavor = "multi_thread")]
async fn bodies_that_are_wrong_get_the_documented_answer() {
    let sandbox = Sandbox::start(&[("AUTHKIT_DATABASE_URL", "memory:")]);
    let deep = [vec![b'['; 7_000], vec![b']'; 7_000]].concat();
    let deep_field = format!(r#"{{"email":{}1{}}}"#, "[".repeat(7_000), "]".repeat(7_000));
    for (path, body, status, code) in [
        ("/auth/login", &b"{"[..], 400, "malformed_request"),
        ("/auth/login", b"", 400, "malformed_request"),
        ("/auth/login", b"{\"email\": \"\xff\xfe\"}", 400, "malformed_request"),
        ("/auth/login", &deep, 400, "malformed_request"),
        ("/auth/login", deep_field.as_bytes(), 400, "malformed_request"),
        ("/auth/login", b"[]", 422, "validation_failed"),
        ("/auth/login", br#"{"email": 1, "password": "x"}"#, 422, "validation_failed"),
        ("/auth/login", br#"{"email": "a@b.example"}"#, 422, "validation_failed"),
        ("/auth/login", br#"{"email": "a@b.example", "password": "x", "extra": 1}"#, 422, "validation_failed"),
        ("/auth/login", br#"{"email": "no address", "password": "x"}"#, 401, "invalid_credentials"),
        (
            "/auth/register",
            br#"{"email": "a\u0000@b.example", "password": "a lantern over the quay"}"#,
            422,
            "validation_failed",
        ),
        ("/auth/logout", b"{}", 422, "validation_failed"),
        ("/auth/refresh", b"x", 422, "validation_failed"),
    ] {
        let request = Request::post(path).header("content-type", "application/json");
        let request = request.body(Bytes::copy_from_slice(body)).expect("sound");
        send(sandbox.address, request).await.refused(status, code);
    }
    for kind in ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"] {
        let body = Bytes::from_static(br#"{"email": "user@example.com", "password": "userpass123"}"#);
        let request = Request::post("/auth/login").header("content-type", kind).body(body).expect("sound");
        // S-49
        send(sandbox.address, request).await.refused(415, "unsupported_media_type");
    }
    let mut client = Client::new(Kind::Program, sandbox.address);
    client.login("user@example.com", "userpass123").await.expect(200);
}

// S-23, S-26, S-27
#[tokio::test(flavor = "multi_thread")]
async fn tokens_that_were_tampered_with_are_worth_nothing() {
    let sandbox = Sandbox::start(&[("AUTHKIT_DATABASE_URL", "memory:")]);
    let mut user = Client::new(Kind::Bearer, sandbox.address);
    user.login("user@example.com", "userpass123").await.expect(200);
    let mut admin = Client::new(Kind::Bearer, sandbox.address);
    admin.login("admin@example.com", "adminpass123").await.expect(200);
    let (access, refresh) = (user.access.clone().expect("a token"), user.refresh.clone().expect("a token"));
    let [head, payload, signature] = access.splitn(3, '.').collect::<Vec<_>>()[..] else { panic!("three parts") };
    let others: Vec<_> = admin.access.as_deref().expect("a token").splitn(3, '.').collect();
    let none = "eyJhbGciOiJub25lIiwidHlwIjoiYXQrand0In0";
    for token in [
        access[..access.len() - 1].to_owned(),
        format!("{head}.{payload}"),
        format!("{head}.{payload}."),
        format!("{head}.{}.{signature}", others[1]),
        format!("{none}.{payload}."),
        format!("{access}="),
        refresh.clone(),
        "x".repeat(8_000),
    ] {
        let mut forged = user.clone();
        forged.access = Some(token);
        forged.get("/auth/me").await.refused(401, "invalid_token");
    }
    let mut crossed = user.clone();
    crossed.refresh = Some(access.clone());
    crossed.post("/auth/refresh").await.refused(401, "invalid_token");
    for lines in [
        vec![("cookie", "authkit_access=a; authkit_access=b")],
        vec![("authorization", "Bearer a"), ("authorization", "Bearer b")],
    ] {
        let mut request = Request::get("/auth/me");
        for (name, value) in lines {
            request = request.header(name, value);
        }
        send(sandbox.address, request.body(Bytes::new()).expect("sound")).await.refused(400, "ambiguous_credentials");
    }
    let request = Request::get(format!("/auth/me?access_token={access}")).body(Bytes::new()).expect("sound");
    send(sandbox.address, request).await.refused(401, "missing_token");
    user.get("/auth/me").await.expect(200);
}
