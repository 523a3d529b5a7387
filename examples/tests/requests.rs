//! `examples/requests/auth.http` is what the OpenAPI document says, and every request of it arrives.

use authkit_core::{AuthKit, Config};
use authkit_http::{mounts, openapi, requests};
use authkit_poem::test::{PASSWORD, TestApp};
use authkit_store_memory::MemoryStore;
use poem::{Endpoint, Route};

const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/requests/auth.http");

fn made() -> String {
    let kit = AuthKit::builder().store(MemoryStore::new()).config(Config::development()).build().expect("a kit");
    requests::file(&openapi::document(&kit, &mounts(&kit)))
}

#[test]
fn the_file_is_what_the_document_says() {
    let made = made();
    if std::env::var_os("AUTHKIT_TEST_WRITE").is_some() {
        std::fs::write(FILE, &made).expect("the file can be written");
    }
    let kept = std::fs::read_to_string(FILE).expect("examples/requests/auth.http is there");
    assert!(kept == made, "examples/requests/auth.http is old: run this test with AUTHKIT_TEST_WRITE=1");
}

fn routes(auth: &AuthKit) -> impl Endpoint + 'static {
    Route::new()
        .nest("/auth", authkit_poem::routes(auth))
        .nest("/admin", authkit_poem::admin(auth))
        .nest("/", authkit_poem::service(auth))
}

/// One request of the file: its first line, its headers, its body.
struct Told {
    method: String,
    path: String,
    token: Option<String>,
    body: Option<String>,
}

fn told(text: &str) -> Vec<Told> {
    let parts = text.split("\n### ").skip(1);
    parts
        .map(|part| {
            let lines: Vec<_> = part.lines().skip(1).skip_while(|line| line.starts_with('#')).collect();
            let (method, path) = lines[0].split_once(" {{base}}").expect("a request below the base");
            let token = lines.iter().find_map(|line| line.strip_prefix("Authorization: Bearer "));
            let body = part.split_once("application/json\n\n").map(|(_, body)| body.to_owned());
            Told { method: method.to_owned(), path: path.to_owned(), token: token.map(str::to_owned), body }
        })
        .collect()
}

#[tokio::test]
async fn every_request_of_the_file_is_one_that_a_route_takes() {
    let app = TestApp::new(routes).await;
    let user = app.user("someone@example.com").create().await;
    let text = made();
    let requests = told(&text);
    assert!(requests.len() > 25, "{}", requests.len());
    for (number, request) in requests.into_iter().enumerate() {
        // An administrator of its own for each: some of them end the session, one changes the password.
        let root = app.user(&format!("root{number}@example.com")).role("admin").create().await;
        let program = app.program_as(&root).await;
        let fill = |text: &str| {
            let text = text.replace("{{id}}", &user.user().id.to_string()).replace("{{email}}", "new@example.com");
            let text = text.replace("{{password}}", PASSWORD).replace("{{new_password}}", "seven boats in a bottle");
            text.replace("{{token}}", "none")
        };
        let path = fill(&request.path);
        let mut sent = program.request(request.method.parse().expect("a method"), &path);
        assert!(request.token.iter().all(|token| token == "{{access_token}}" || token == "{{refresh_token}}"));
        if request.token.is_none() {
            sent = sent.header("authorization", "");
        }
        if let Some(body) = &request.body {
            sent = sent.body("application/json", fill(body));
        }
        let answer = sent.await;
        let is_refused = [400, 405, 413, 415, 422].contains(&answer.status()) && !answer.text().contains("_token");
        assert!(!is_refused && answer.status() < 500, "{answer}");
        assert!(
            answer.status() != 404 || answer.header("content-type") == Some("application/problem+json"),
            "{answer}"
        );
    }
}
