//! Asking the server without sending.

use std::time::Duration;

use crate::certificates::Authority;
use crate::sink::{Fault, Sink, Tls};
use crate::world::mailer;

#[tokio::test]
async fn a_check_goes_all_the_way_and_sends_nothing() {
    let authority = Authority::new();
    let sink = Sink::start(Tls::Offered(authority.server(&["127.0.0.1"])), true, &[]).await;
    let mailer = mailer(&sink).root_certificates(authority.pem()).start().expect("a mailer");
    mailer.check().await.expect("a server that works");
    let seen = sink.seen();
    let verbs: Vec<_> = seen.lines.iter().filter_map(|line| line.split(' ').next()).collect();
    assert_eq!(verbs[..5], ["EHLO", "STARTTLS", "EHLO", "AUTH", "NOOP"]);
    assert!(seen.mails.is_empty() && !verbs.contains(&"MAIL"));
}

#[tokio::test]
async fn a_check_says_which_server_failed_at_which_step_and_what_it_said() {
    let authority = Authority::new();
    let sink = Sink::start(Tls::Offered(authority.server(&["127.0.0.1"])), true, &[]).await;
    let builder = mailer(&sink).root_certificates(authority.pem()).credentials("postmaster", "canary-sparrow");
    let error = builder.start().expect("a mailer").check().await.expect_err("a wrong password");
    assert_eq!((error.step(), error.server()), ("AUTH", sink.address.to_string().as_str()));
    assert_eq!(error.why(), "the server answered 535 at AUTH: 5.7.8 user or password is wrong");
    assert!(!format!("{error} {error:?}").contains("canary-sparrow"));
}

#[tokio::test]
async fn a_check_of_a_server_that_says_nothing_ends_in_time() {
    let sink = Sink::start(Tls::Unknown, false, &[Fault::Silent]).await;
    let mailer = mailer(&sink).root_certificates(Authority::new().pem()).timeout(Duration::from_millis(50));
    let error = mailer.start().expect("a mailer").check().await.expect_err("silence");
    assert_eq!((error.step(), error.why()), ("the connection", "no answer within 50 ms at the connection"));
}
