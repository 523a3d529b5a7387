//! The stop.

use std::time::{Duration, Instant};

use crate::certificates::Authority;
use crate::sink::{Fault, Sink, Tls};
use crate::world::{World, mailer};

const LONG: Duration = Duration::from_secs(3_600);

#[tokio::test]
async fn what_waits_is_delivered_before_the_process_stops() {
    let authority = Authority::new();
    let faults = [Fault::Recipient("450 4.2.0 greylisted")];
    let sink = Sink::start(Tls::Offered(authority.server(&["127.0.0.1"])), true, &faults).await;
    let mailer = mailer(&sink).root_certificates(authority.pem()).retries([LONG]).start().expect("a mailer");
    let world = World::new(mailer.clone()).await;
    world.ask("ada@example.com").await;
    world.ask("bob@example.com").await;
    // Bob's mail arrives, Ada's would be tried again in an hour.
    sink.mails(1).await;
    world.kit.drain_mails(Duration::from_secs(20)).await;
    let mut to: Vec<_> = sink.seen().mails.into_iter().flat_map(|mail| mail.to).collect();
    to.sort_unstable();
    assert_eq!(to, ["ada@example.com", "bob@example.com"]);
    assert_eq!((mailer.pending(), world.losses(0).await.len()), (0, 0));
}

#[tokio::test]
async fn what_cannot_be_delivered_in_time_is_lost_and_recorded() {
    let authority = Authority::new();
    let sink = Sink::start(Tls::Offered(authority.server(&["127.0.0.1"])), true, &[Fault::Silent, Fault::Silent]).await;
    let mailer = mailer(&sink).root_certificates(authority.pem()).timeout(LONG).retries([LONG]);
    let mailer = mailer.start().expect("a mailer");
    let world = World::new(mailer.clone()).await;
    world.ask("ada@example.com").await;
    world.ask("bob@example.com").await;
    sink.connections(1).await;
    let begin = Instant::now();
    world.kit.drain_mails(Duration::from_millis(50)).await;
    assert!(begin.elapsed() < Duration::from_secs(10), "{:?}", begin.elapsed());
    assert_eq!(world.losses(2).await, ["the process stopped before it was delivered"; 2]);
    assert_eq!(mailer.pending(), 0);
}

#[tokio::test]
async fn what_fails_during_the_stop_is_not_waited_for() {
    let authority = Authority::new();
    let faults = vec![Fault::Answer("451 4.3.0 later"); 2];
    let sink = Sink::start(Tls::Offered(authority.server(&["127.0.0.1"])), true, &faults).await;
    let mailer = mailer(&sink).root_certificates(authority.pem()).retries([LONG; 5]).start().expect("a mailer");
    let world = World::new(mailer).await;
    world.ask("ada@example.com").await;
    sink.connections(1).await;
    world.kit.drain_mails(LONG).await;
    assert_eq!(world.losses(1).await, ["the server answered 451 at the mail"]);
}
