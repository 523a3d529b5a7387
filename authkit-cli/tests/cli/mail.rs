//! Mails of the command, through a mail server on this machine.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, channel};

use crate::support::{Folder, ROOT};

const ADA: &str = "ada@example.com";

/// A mail server that takes one mail a connection, or refuses every recipient.
pub(crate) struct Sink {
    port: u16,
    mails: Receiver<String>,
}

impl Sink {
    pub(crate) fn start(takes: bool) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let (sender, mails) = channel();
        std::thread::spawn(move || {
            for stream in listener.incoming().filter_map(Result::ok) {
                if let Some(mail) = serve(&stream, takes) {
                    // The test may be over.
                    let _ = sender.send(mail);
                }
            }
        });
        Self { port, mails }
    }

    /// Settings that send mail here.
    pub(crate) fn settings(&self, folder: &Folder) {
        settings(folder, self.port);
    }
}

pub(crate) fn settings(folder: &Folder, port: u16) {
    let port = port.to_string();
    let smtp = [
        ("AUTHKIT_ENABLE_SMTP", "yes"),
        ("AUTHKIT_SMTP_HOST", "127.0.0.1"),
        ("AUTHKIT_SMTP_PORT", port.as_str()),
        ("AUTHKIT_SMTP_FROM_EMAIL", "no-reply@example.com"),
    ];
    folder.settings(&smtp);
}

/// A port that nobody listens at.
pub(crate) fn closed_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").and_then(|gone| gone.local_addr()).expect("a port").port()
}

/// What a client sent as a mail; `None`: it sent none, or the connection broke.
fn serve(stream: &TcpStream, takes: bool) -> Option<String> {
    let mut lines = BufReader::new(stream).lines();
    let answer = |text: &str| (&*stream).write_all(format!("{text}\r\n").as_bytes()).ok();
    answer("220 sink")?;
    let mut mail = None;
    loop {
        let line = lines.next()?.ok()?;
        match line.split_whitespace().next()?.to_ascii_uppercase().as_str() {
            "EHLO" | "HELO" => answer("250 sink")?,
            "RCPT" if !takes => answer("550 no such mailbox")?,
            "DATA" => {
                answer("354 go on")?;
                let text: Vec<String> = lines.by_ref().map_while(Result::ok).take_while(|line| line != ".").collect();
                mail = Some(text.join("\n"));
                answer("250 taken")?;
            }
            "QUIT" => {
                answer("221 bye");
                return mail;
            }
            _ => answer("250 ok")?,
        }
    }
}

// S-59
#[test]
fn an_invitation_and_a_reset_link_go_to_the_owner_of_the_address_and_are_shown_to_nobody() {
    let folder = Folder::installed();
    let sink = Sink::start(true);
    sink.settings(&folder);
    let run = folder.run(&["user", "create", ADA]).ends(0);
    assert_eq!(run.err, "done  ada@example.com is made with the role user; the invitation was sent\n");
    folder.was_recorded("user.created");
    let mail = sink.mails.recv().expect("a mail");
    assert!(mail.contains("To: ada@example.com") && mail.contains("https://example.com/"), "{mail}");
    let run = folder.run(&["user", "reset-link", ADA, "--json"]).ends(0);
    assert_eq!((run.data()["changed"].as_bool(), run.err.as_str()), (Some(true), ""));
    folder.was_recorded("password.reset_requested");
    let mail = sink.mails.recv().expect("a mail");
    assert!(mail.contains("To: ada@example.com"), "{mail}");
}

#[test]
fn a_server_that_refuses_the_mail_is_told_and_recorded() {
    let folder = Folder::installed();
    let sink = Sink::start(false);
    sink.settings(&folder);
    let run = folder.run(&["user", "reset-link", ROOT]).ends(1);
    assert!(run.err.contains("error[AK0213]") && run.err.contains("mail"), "{}", run.err);
    assert!(folder.trail().iter().any(|(code, _)| code == "mail.failed"));
}

#[test]
fn a_server_that_is_not_there_is_told_before_anything_is_changed() {
    let folder = Folder::installed();
    let port = closed_port();
    settings(&folder, port);
    let before = folder.trail();
    for args in [&["user", "create", ADA][..], &["user", "reset-link", ROOT]] {
        let run = folder.run(args).ends(3);
        assert!(run.err.contains("error[AK0214]") && run.err.contains(&format!("127.0.0.1:{port}")), "{}", run.err);
    }
    assert_eq!(folder.trail(), before);
}
