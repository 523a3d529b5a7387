//! The sandbox with a mail server: the variables alone make it send, and the last mail goes out before it ends.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::TcpListener;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use authkit_e2e::{Client, Kind, Sandbox};
use serde_json::json;

/// A mail server on this machine: its port, and the mails that it is given. It answers nothing before it may.
fn mail_server(may: mpsc::Receiver<()>) -> (u16, mpsc::Receiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = listener.local_addr().expect("an address").port();
    let (mails, received) = mpsc::channel();
    thread::spawn(move || {
        let (mut stream, _) = listener.accept().expect("somebody comes");
        let lines = BufReader::new(stream.try_clone().expect("a stream")).lines();
        let _ = may.recv();
        write!(stream, "220 x\r\n").expect("written");
        let mut data: Option<String> = None;
        for line in lines.map_while(Result::ok) {
            let answer = match (&mut data, line.as_str()) {
                (Some(_), ".") => {
                    mails.send(data.take().unwrap_or_default()).ok();
                    "250 taken"
                }
                (Some(text), line) => {
                    // Soft line breaks of quoted-printable are undone.
                    text.push_str(line.strip_suffix('=').unwrap_or(line));
                    continue;
                }
                (None, "DATA") => {
                    data = Some(String::new());
                    "354 go on"
                }
                (None, _) => "250 fine",
            };
            write!(stream, "{answer}\r\n").expect("written");
        }
    });
    (port, received)
}

// S-54 S-55
#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn the_answer_is_there_before_the_mail_and_the_mail_before_the_end() {
    let (may, waits) = mpsc::channel();
    let (port, mails) = mail_server(waits);
    let port = port.to_string();
    let sandbox = Sandbox::start(&[
        ("AUTHKIT_DATABASE_URL", "memory:"),
        ("AUTHKIT_ENABLE_SMTP", "on"),
        ("AUTHKIT_SMTP_HOST", "127.0.0.1"),
        ("AUTHKIT_SMTP_PORT", &port),
    ]);
    assert!(!sandbox.greeting.contains("mailbox"), "{}", sandbox.greeting);
    let mut client = Client::new(Kind::Program, sandbox.address);
    client.post_json("/auth/forgot-password", json!({ "email": "user@example.com" })).await.expect(200);
    sandbox.terminate();
    assert!(mails.try_recv().is_err(), "the server has said nothing yet");
    may.send(()).expect("the server waits");
    let (status, folder) = sandbox.ended();
    std::fs::remove_dir_all(folder).ok();
    assert!(status.success());
    let mail = mails.recv_timeout(Duration::from_secs(20)).expect("it was delivered before the end");
    assert!(mail.contains("To: user@example.com") && mail.contains("/admin/reset-password?token=3D"), "{mail}");
}
