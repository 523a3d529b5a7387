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
async fn what_fails_during_the_stop_is_tried_again_within_its_time() {
    for fault in [Fault::Answer("451 4.3.0 later"), Fault::Recipient("450 4.2.0 greylisted"), Fault::CutInData] {
        let authority = Authority::new();
        let faults = vec![fault.clone(); 3];
        let sink = Sink::start(Tls::Offered(authority.server(&["127.0.0.1"])), true, &faults).await;
        let mailer = mailer(&sink).root_certificates(authority.pem()).retries([LONG]).start().expect("a mailer");
        let world = World::new(mailer.clone()).await;
        world.ask("ada@example.com").await;
        world.kit.drain_mails(Duration::from_secs(20)).await;
        assert_eq!(sink.seen().mails.len(), 1, "{fault:?}");
        assert_eq!((sink.seen().connections, mailer.pending()), (4, 0), "{fault:?}");
        assert_eq!(world.losses(0).await, [""; 0], "{fault:?}");
    }
}

#[tokio::test]
async fn what_still_fails_at_the_end_of_the_stop_is_recorded_with_why() {
    let authority = Authority::new();
    let faults = vec![Fault::Answer("451 4.3.0 later"); 100];
    let sink = Sink::start(Tls::Offered(authority.server(&["127.0.0.1"])), true, &faults).await;
    let mailer = mailer(&sink).root_certificates(authority.pem()).retries([LONG; 5]).start().expect("a mailer");
    let world = World::new(mailer.clone()).await;
    world.ask("ada@example.com").await;
    sink.connections(1).await;
    world.kit.drain_mails(Duration::from_millis(1_500)).await;
    let losses = world.losses(1).await;
    assert!(losses.len() == 1 && losses[0].contains("the server answered 451 at the mail"), "{losses:?}");
    assert!(sink.seen().connections >= 3, "{}", sink.seen().connections);
    assert_eq!(mailer.pending(), 0);
}

#[tokio::test]
async fn what_is_refused_for_good_during_the_stop_is_not_waited_for() {
    let authority = Authority::new();
    let faults = [Fault::Answer("451 4.3.0 later"), Fault::Answer("550 5.7.1 spam")];
    let sink = Sink::start(Tls::Offered(authority.server(&["127.0.0.1"])), true, &faults).await;
    let mailer = mailer(&sink).root_certificates(authority.pem()).retries([LONG; 5]).start().expect("a mailer");
    let world = World::new(mailer).await;
    world.ask("ada@example.com").await;
    sink.connections(1).await;
    world.kit.drain_mails(LONG).await;
    assert_eq!(world.losses(1).await, ["the server answered 550 at the mail"]);
}
