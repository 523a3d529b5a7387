//! What is tried again, and what is not.

use std::time::Duration;

use tokio::net::TcpListener;

use crate::certificates::Authority;
use crate::sink::{Fault, Sink, Tls};
use crate::world::{World, mailer, mailer_at};

async fn world(faults: &[Fault]) -> (World, Sink) {
    let authority = Authority::new();
    let sink = Sink::start(Tls::Offered(authority.server(&["127.0.0.1"])), true, faults).await;
    let mailer = mailer(&sink).root_certificates(authority.pem()).timeout(Duration::from_millis(500));
    (World::new(mailer.start().expect("a mailer")).await, sink)
}

#[tokio::test]
async fn what_may_pass_is_tried_again_until_it_has() {
    for fault in [
        Fault::Closed,
        Fault::Silent,
        Fault::Answer("451 4.3.0 later"),
        Fault::Recipient("450 4.2.0 greylisted"),
        Fault::CutInData,
    ] {
        let (world, sink) = world(&[fault.clone(), fault.clone()]).await;
        world.ask("ada@example.com").await;
        let mails = sink.mails(1).await;
        assert!(mails[0].data.contains("multipart/alternative"), "{fault:?}");
        assert_eq!(sink.seen().connections, 3, "{fault:?}");
    }
}

#[tokio::test]
async fn a_server_that_is_away_gets_the_mail_when_it_is_back() {
    let authority = Authority::new();
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    drop(listener);
    let mailer = mailer_at(address.port()).root_certificates(authority.pem());
    let mailer = mailer.retries([Duration::from_millis(20); 500]).start().expect("a mailer");
    let world = World::new(mailer.clone()).await;
    world.ask("ada@example.com").await;
    let why = mailer.check().await.expect_err("nobody is there");
    assert!(why.why().contains("connection refused"), "{why}");

    let listener = TcpListener::bind(address).await.expect("the same port");
    let sink = Sink::on(listener, Tls::Offered(authority.server(&["127.0.0.1"])), true, &[]);
    sink.mails(1).await;
}

#[tokio::test]
async fn what_is_refused_for_good_is_not_tried_again_and_is_recorded() {
    for (fault, reason) in [
        (Fault::Answer("550 5.7.1 spam"), "the server answered 550 at the mail"),
        (Fault::Recipient("553 5.1.1 nobody"), "the server answered 553 at the mail"),
    ] {
        let (world, sink) = world(&[fault]).await;
        world.ask("ada@example.com").await;
        assert_eq!(world.losses(1).await, [reason]);
        let seen = sink.seen();
        assert_eq!((seen.connections, seen.mails.len()), (1, 0));
    }
}

#[tokio::test]
async fn after_the_last_try_it_is_lost_and_recorded() {
    for (fault, reason) in [
        (Fault::Closed, "the connection was cut or the answer made no sense at the connection"),
        (Fault::Silent, "no answer within 500 ms at the connection"),
        (Fault::Answer("451 4.3.0 later"), "the server answered 451 at the mail"),
    ] {
        let (world, sink) = world(&vec![fault; 4]).await;
        world.ask("ada@example.com").await;
        assert_eq!(world.losses(1).await, [reason]);
        assert_eq!(sink.seen().connections, 4);
    }
}

#[tokio::test]
async fn one_mail_that_waits_holds_up_no_other() {
    let authority = Authority::new();
    let sink =
        Sink::start(Tls::Offered(authority.server(&["127.0.0.1"])), true, &[Fault::Recipient("450 4.2.0 greylisted")]);
    let sink = sink.await;
    let builder = mailer(&sink).root_certificates(authority.pem()).retries([Duration::from_secs(3_600)]);
    let world = World::new(builder.start().expect("a mailer")).await;
    world.ask("ada@example.com").await;
    sink.connections(1).await;
    world.ask("bob@example.com").await;
    assert_eq!(sink.mails(1).await[0].to, ["bob@example.com"]);
}

#[tokio::test]
async fn a_wrong_password_is_told_and_not_tried_again() {
    let authority = Authority::new();
    let sink = Sink::start(Tls::Offered(authority.server(&["127.0.0.1"])), true, &[]).await;
    let builder = mailer(&sink).root_certificates(authority.pem()).credentials("postmaster", "wrong");
    let world = World::new(builder.start().expect("a mailer")).await;
    world.ask("ada@example.com").await;
    assert_eq!(world.losses(1).await, ["the server answered 535 at AUTH"]);
    assert_eq!(sink.seen().connections, 1);
}

// S-54
#[tokio::test]
async fn an_answer_waits_for_no_delivery_and_is_the_same_when_there_is_none() {
    let (world, sink) = world(&vec![Fault::Silent; 4]).await;
    // The server says nothing, and both answers are there before the first try has ended.
    world.ask("ada@example.com").await;
    world.ask("nobody@example.com").await;
    assert!(world.losses(0).await.is_empty());
    sink.connections(1).await;
    assert_eq!(world.losses(1).await.len(), 1);
}
