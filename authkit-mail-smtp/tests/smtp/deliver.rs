//! What arrives.

use authkit_core::Mailer as _;

use crate::certificates::Authority;
use crate::sink::{LOGIN, Received, Sink, Tls};
use crate::world::{World, mail, mailer};

/// The lines of a header, folded ones unfolded.
fn header<'a>(mail: &'a Received, name: &str) -> Vec<&'a str> {
    let head = mail.data.split("\r\n\r\n").next().expect("a head");
    head.lines().filter_map(|line| line.strip_prefix(name)?.strip_prefix(": ")).collect()
}

#[tokio::test]
async fn a_mail_is_delivered_by_starttls_after_signing_in() {
    let authority = Authority::new();
    let sink = Sink::start(Tls::Offered(authority.server(&["127.0.0.1"])), true, &[]).await;
    let mailer = mailer(&sink).root_certificates(authority.pem()).from_name("Widgets").start().expect("a mailer");
    let world = World::new(mailer.clone()).await;
    world.ask("ada@example.com").await;

    let [mail] = &sink.mails(1).await[..] else { panic!("one mail") };
    assert_eq!((mail.from.as_str(), &mail.to[..]), ("no-reply@example.com", &["ada@example.com".to_owned()][..]));
    assert!(mail.encrypted && mail.user.as_deref() == Some(LOGIN.0) && mail.hello == "example.com", "{mail:?}");
    assert_eq!(header(mail, "From"), ["Widgets <no-reply@example.com>"]);
    assert_eq!(header(mail, "To"), ["ada@example.com"]);
    assert_eq!(header(mail, "Subject"), ["Reset your AuthKit password"]);
    assert_eq!(header(mail, "Auto-Submitted"), ["auto-generated"]);
    let [date] = header(mail, "Date")[..] else { panic!("one date") };
    assert!(date.len() > 20 && date.ends_with("+0000"), "{date}");
    let [id] = header(mail, "Message-ID")[..] else { panic!("one id") };
    assert!(id.len() > 40 && id.starts_with('<') && id.ends_with("@example.com>"), "{id}");
    // The password went over the wire after TLS only: before it there are the greeting and STARTTLS.
    assert_eq!(sink.seen().lines[..2], ["EHLO example.com", "STARTTLS"]);
}

#[tokio::test]
async fn a_mail_has_text_and_html_and_no_line_is_too_long() {
    let sink = Sink::start(Tls::Unknown, false, &[]).await;
    let world = World::new(plain(&sink)).await;
    world.ask("ada@example.com").await;
    let [mail] = &sink.mails(1).await[..] else { panic!("one mail") };
    assert!(mail.data.contains("multipart/alternative"), "{}", mail.data);
    let (text, html) = (mail.data.find("text/plain; charset=utf-8"), mail.data.find("text/html; charset=utf-8"));
    assert!(text.is_some() && text < html, "{}", mail.data);
    // A token is longer than the 998 bytes that a line may have only in theory, and than the 78 it should have always.
    assert!(mail.data.lines().all(|line| line.len() <= 78 || line.starts_with("Content-Type")), "{}", mail.data);
}

fn plain(sink: &Sink) -> authkit_mail_smtp::SmtpMailer {
    let builder = authkit_mail_smtp::SmtpMailer::builder("localhost", "no-reply@example.com");
    builder.port(sink.address.port()).start().expect("a mailer")
}

#[tokio::test]
async fn a_mail_is_delivered_by_tls_from_the_first_byte() {
    let authority = Authority::new();
    let sink = Sink::start(Tls::AtOnce(authority.server(&["127.0.0.1"])), true, &[]).await;
    let builder = mailer(&sink).security(authkit_mail_smtp::Security::Tls).root_certificates(authority.pem());
    World::new(builder.start().expect("a mailer")).await.ask("ada@example.com").await;
    assert!(sink.mails(1).await[0].encrypted);
}

#[tokio::test]
async fn a_mail_is_delivered_without_tls_on_this_machine() {
    let sink = Sink::start(Tls::Unknown, false, &[]).await;
    World::new(plain(&sink)).await.ask("ada@example.com").await;
    let [mail] = &sink.mails(1).await[..] else { panic!("one mail") };
    assert!(!mail.encrypted && mail.user.is_none());
}

#[tokio::test]
async fn each_mail_has_an_id_of_its_own() {
    let sink = Sink::start(Tls::Unknown, false, &[]).await;
    let mailer = plain(&sink);
    for _ in 0..3 {
        mailer.enqueue(mail("ada@example.com", "x")).expect("taken");
    }
    let mails = sink.mails(3).await;
    let mut ids: Vec<_> = mails.iter().flat_map(|mail| header(mail, "Message-ID")).collect();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), 3);
}

#[tokio::test]
async fn no_header_can_be_slipped_in() {
    let sink = Sink::start(Tls::Unknown, false, &[]).await;
    let builder = authkit_mail_smtp::SmtpMailer::builder("localhost", "no-reply@example.com");
    let name = "Widgets\r\nBcc: eve@example.com";
    let mailer = builder.port(sink.address.port()).from_name(name).start().expect("a mailer");
    for subject in
        ["Hi\r\nBcc: eve@example.com", "Hi\nBcc: eve@example.com", "Hi\rBcc: eve@example.com", "\r\n\r\nBody"]
    {
        mailer.enqueue(mail("ada@example.com", subject)).expect("taken");
    }
    for to in
        ["ada@example.com\r\nBcc: eve@example.com", "ada@example.com>, <eve@example.com", "ada@example.com\r\nDATA"]
    {
        mailer.enqueue(mail(to, "x")).expect("taken");
    }
    mailer.drain(std::time::Duration::from_secs(20)).await;
    let seen = sink.seen();
    assert_eq!(seen.mails.len(), 4);
    for mail in &seen.mails {
        assert_eq!(mail.to, ["ada@example.com"]);
        assert!(header(mail, "Bcc").is_empty(), "{}", mail.data);
        assert_eq!(mail.data.split_once("\r\n\r\n").map(|(_, body)| body.trim_end()), Some("Hello."), "{}", mail.data);
    }
}

#[tokio::test]
async fn an_address_that_is_not_ascii_is_written_as_the_network_has_it() {
    let sink = Sink::start(Tls::Unknown, false, &[]).await;
    let mailer = plain(&sink);
    mailer.enqueue(mail("Ada@B\u{fc}cher.example", "Gr\u{fc}\u{df}e")).expect("taken");
    let [mail] = &sink.mails(1).await[..] else { panic!("one mail") };
    assert_eq!(mail.to, ["ada@xn--bcher-kva.example"]);
    assert_eq!(header(mail, "Subject"), ["=?utf-8?b?R3LDvMOfZQ==?="]);
}
