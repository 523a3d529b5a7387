//! Runs the example of the same name and knocks at each of its doors.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};

use serde_json::{Value, json};

struct Example {
    process: Child,
    address: String,
}

impl Example {
    fn start() -> Self {
        let mut process = Command::new(env!("CARGO_BIN_EXE_protect_a_route"))
            .arg("127.0.0.1:0")
            .stdout(Stdio::piped())
            .spawn()
            .expect("the example starts");
        let lines = BufReader::new(process.stdout.take().expect("a pipe")).lines().map_while(Result::ok);
        let mut addresses = lines.filter_map(|line| Some(line.strip_prefix("listening on http://")?.to_owned()));
        let address = addresses.next().expect("it says where it listens");
        Self { process, address }
    }

    /// Status and body.
    fn ask(&self, method: &str, path: &str, bearer: Option<&str>, body: &str) -> (u16, String) {
        let mut stream = TcpStream::connect(&self.address).expect("a connection");
        let credential = bearer.map(|token| format!("Authorization: Bearer {token}\r\n")).unwrap_or_default();
        let kind = if body.is_empty() { "" } else { "Content-Type: application/json\r\n" };
        let head = format!("{method} {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n{credential}{kind}");
        write!(stream, "{head}Content-Length: {}\r\n\r\n{body}", body.len()).expect("the request goes out");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("an answer");
        let (head, body) = answer.split_once("\r\n\r\n").expect("a head");
        (head.split(' ').nth(1).expect("a status").parse().expect("a number"), body.to_owned())
    }

    fn sign_in(&self, name: &str) -> String {
        let body = json!({ "email": format!("{name}@example.com"), "password": "a lantern over the quay" });
        let (status, body) = self.ask("POST", "/auth/login", None, &body.to_string());
        assert_eq!(status, 200, "{body}");
        let body: Value = serde_json::from_str(&body).expect("JSON");
        body["access_token"].as_str().expect("a token").to_owned()
    }
}

impl Drop for Example {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

#[test]
fn each_door_opens_for_those_whom_it_is_for() {
    let example = Example::start();
    let names = ["user", "moderator", "editor", "admin"];
    let tokens = names.map(|name| example.sign_in(name));
    for (method, path, visitor, signed_in) in [
        ("GET", "/", 200, [200, 200, 200, 200]),
        ("GET", "/profile", 401, [200, 200, 200, 200]),
        ("GET", "/settings", 401, [403, 403, 403, 200]),
        ("GET", "/reports", 401, [403, 200, 403, 403]),
        ("GET", "/drafts", 401, [403, 403, 200, 200]),
        ("POST", "/publish/lanterns", 401, [403, 403, 200, 200]),
    ] {
        assert_eq!(example.ask(method, path, None, "").0, visitor, "{path}");
        assert_eq!(example.ask(method, path, Some("no token"), "").0, 401, "{path}");
        for ((name, token), status) in names.iter().zip(&tokens).zip(signed_in) {
            assert_eq!(example.ask(method, path, Some(token), "").0, status, "{path} for {name}");
        }
    }
    assert_eq!(example.ask("GET", "/", None, "").1, "Welcome, stranger.");
    assert_eq!(example.ask("GET", "/", Some(&tokens[0]), "").1, "Welcome back, user@example.com.");

    let (status, trail) = example.ask("GET", "/admin/api/audit?code=article.published", Some(&tokens[3]), "");
    assert_eq!(status, 200, "{trail}");
    let trail: Value = serde_json::from_str(&trail).expect("JSON");
    assert_eq!(trail["items"].as_array().map(Vec::len), Some(2), "{trail}");
    assert_eq!(trail["items"][0]["details"]["article"], "lanterns");
}
