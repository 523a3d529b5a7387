//! Secrets, looked for wherever something is written down.

use std::fmt::Write as _;
use std::time::Duration;

use authkit_core::testing::TraceLog;

use crate::certificates::Authority;
use crate::sink::{Fault, LOGIN, Sink, Tls};
use crate::world::{World, mailer};

// S-78 S-96
#[tokio::test]
async fn no_link_token_or_password_is_in_a_log_an_event_or_an_error() {
    let (log, _guard) = TraceLog::start();
    let authority = Authority::new();
    // A server that repeats the mail when it refuses it, at first for now and then for good.
    let faults = [
        Fault::Answer("451 4.7.1 suspicious: {}"),
        Fault::CutInData,
        Fault::Answer("550 5.7.1 suspicious: {}"),
        Fault::Silent,
    ];
    let sink = Sink::start(Tls::Offered(authority.server(&["127.0.0.1"])), true, &faults).await;
    let mailer = mailer(&sink).root_certificates(authority.pem()).timeout(Duration::from_millis(500));
    let mailer = mailer.start().expect("a mailer");
    let world = World::new(mailer.clone()).await;
    world.ask("ada@example.com").await;
    let losses = world.losses(1).await;
    assert_eq!(losses, ["the server answered 550 at the mail"]);
    let mut written = format!("{:?} {:?} {losses:?}", mailer.check().await.expect_err("silence"), mailer);
    world.ask("bob@example.com").await;
    let mails = sink.mails(1).await;
    writeln!(written, "{:?}", world.events()).expect("a string takes text");
    written.push_str(&log.text());

    assert!(written.contains("a mail is lost") && written.contains("a mail is tried again later"), "{written}");
    // Whatever token there is begins like this, and the mail that arrived shows that one would be seen.
    assert!(mails[0].data.contains("token=") || mails[0].data.contains("token=3D"), "{}", mails[0].data);
    for secret in ["token=", "eyJ", "reset-password?", LOGIN.1, "ada@example.com, "] {
        assert!(!written.contains(secret), "{secret} in {written}");
    }
}
