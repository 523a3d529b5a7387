//! Runs the example of the same name and looks for each of its pieces in the console.

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
        let mut command = Command::new(env!("CARGO_BIN_EXE_dashboard_extensions"));
        let mut process = command.arg("127.0.0.1:0").stdout(Stdio::piped()).spawn().expect("the example starts");
        let lines = BufReader::new(process.stdout.take().expect("a pipe")).lines().map_while(Result::ok);
        let mut addresses = lines.filter_map(|line| Some(line.strip_prefix("listening on http://")?.to_owned()));
        let address = addresses.next().expect("it says where it listens");
        Self { process, address }
    }

    /// Status and body.
    fn ask(&self, method: &str, path: &str, headers: &str, body: &str) -> (u16, String) {
        let mut stream = TcpStream::connect(&self.address).expect("a connection");
        let head = format!("{method} {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n{headers}");
        write!(stream, "{head}Content-Length: {}\r\n\r\n{body}", body.len()).expect("the request goes out");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("an answer");
        let (head, body) = answer.split_once("\r\n\r\n").expect("a head");
        (head.split(' ').nth(1).expect("a status").parse().expect("a number"), body.to_owned())
    }
}

impl Drop for Example {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn after<'a>(text: &'a str, mark: &str) -> &'a str {
    text.split_once(mark).unwrap_or_else(|| panic!("{mark} is not in {text}")).1.split('"').next().expect("a value")
}

#[test]
fn every_piece_of_the_applications_own_is_in_the_console() {
    let example = Example::start();
    let body = json!({ "email": "admin@example.com", "password": "a lantern over the quay" }).to_string();
    let (status, body) = example.ask("POST", "/auth/login", "Content-Type: application/json\r\n", &body);
    assert_eq!(status, 200, "{body}");
    let body: Value = serde_json::from_str(&body).expect("JSON");
    let bearer = format!("Authorization: Bearer {}\r\n", body["access_token"].as_str().expect("a token"));
    let page = |path: &str| {
        let (status, page) = example.ask("GET", path, &format!("{bearer}Accept: text/html\r\n"), "");
        assert_eq!(status, 200, "{path}: {page}");
        page
    };

    let users = page("/admin/users");
    for piece in
        ["People", "Lumen", "staging", "Plan", "&lt;b&gt;free&lt;/b&gt;", "href=\"/billing\"", "/assets/brand."]
    {
        assert!(users.contains(piece), "{piece} is not in {users}");
    }
    let brand = format!("/admin/assets/brand.{}", after(&users, "href=\"/admin/assets/brand."));
    assert!(example.ask("GET", &brand, "", "").1.contains("#7A3E00"));

    let list = example.ask("GET", "/admin/api/users?query=user@example.com", &bearer, "").1;
    let list: Value = serde_json::from_str(&list).expect("JSON");
    let user = format!("/admin/users/{}", list["items"][0]["id"].as_str().expect("an id"));
    let profile = page(&user);
    assert!(profile.contains("Months given</dt><dd>0</dd>") && profile.contains("Give a month"), "{profile}");
    let asks = page(&format!("{user}/host-action?code=month_given"));
    assert!(asks.contains("One month more, free of charge."));
    let token = after(&asks, "name=\"csrf_token\" value=\"");
    let form = format!("{bearer}Accept: text/html\r\nContent-Type: application/x-www-form-urlencoded\r\n");
    let (status, _) = example.ask("POST", &format!("{user}/host-action"), &form, "code=month_given&csrf_token=x");
    assert_eq!(status, 403);
    let fields = format!("code=month_given&reason=loyal&csrf_token={token}");
    let (status, answer) = example.ask("POST", &format!("{user}/host-action"), &form, &fields);
    assert_eq!(status, 303, "{answer}");
    assert!(page(&user).contains("Months given</dt><dd>1</dd>"));
    let trail = example.ask("GET", "/admin/api/audit?code=month_given", &bearer, "").1;
    assert!(trail.contains("loyal"), "{trail}");
}
