//! The queue under a kit: full, and with a closure at its end.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use authkit_core::Mailer as _;
use authkit_mail_smtp::{DeliveryError, QueuedMailer};
use tokio::sync::Semaphore;

use crate::world::{World, mail};

#[tokio::test]
async fn a_full_queue_changes_no_answer_and_is_recorded() {
    let gate = Arc::new(Semaphore::new(0));
    let passes = Arc::clone(&gate);
    let mailer = QueuedMailer::start_with(1, [], move |_| {
        let passes = Arc::clone(&passes);
        async move {
            passes.acquire().await.map_err(|_| DeliveryError::give_up("closed"))?.forget();
            Ok(())
        }
    });
    let mailer = mailer.expect("a mailer");
    let world = World::new(mailer.clone()).await;
    world.ask("ada@example.com").await;
    world.ask("bob@example.com").await;
    assert_eq!(world.losses(1).await, ["the mailer did not take it"]);
    // With room again, it takes the next one.
    gate.add_permits(1);
    mailer.drain(Duration::from_secs(20)).await;
    mailer.enqueue(mail("ada@example.com", "x")).expect("room");
    assert!(mailer.enqueue(mail("ada@example.com", "x")).is_err());
}

#[tokio::test]
async fn a_closure_says_what_is_tried_again() {
    let calls = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&calls);
    let mailer = QueuedMailer::start_with(10, [Duration::ZERO; 2], move |mail| {
        counted.fetch_add(1, Ordering::SeqCst);
        async move {
            match mail.to.as_str() {
                "ada@example.com" => Err(DeliveryError::retry("busy")),
                _ => Err(DeliveryError::give_up("unknown")),
            }
        }
    });
    let world = World::new(mailer.expect("a mailer")).await;
    world.ask("ada@example.com").await;
    assert_eq!(world.losses(1).await, ["busy"]);
    assert_eq!(calls.swap(0, Ordering::SeqCst), 3);
    world.ask("bob@example.com").await;
    assert_eq!(world.losses(2).await, ["busy", "unknown"]);
    assert_eq!(calls.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn a_closure_that_panics_loses_its_mail_and_no_other() {
    let sent = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&sent);
    let mailer = QueuedMailer::start(move |mail| {
        let counted = Arc::clone(&counted);
        async move {
            assert_ne!(mail.to, "ada@example.com", "a panic that this test is about");
            counted.fetch_add(1, Ordering::SeqCst);
            Ok(())
        }
    });
    let mailer = mailer.expect("a mailer");
    let world = World::new(mailer.clone()).await;
    world.ask("ada@example.com").await;
    world.ask("bob@example.com").await;
    assert_eq!(world.losses(1).await, ["the mailer's own code panicked"]);
    mailer.drain(Duration::from_secs(20)).await;
    assert_eq!(sent.load(Ordering::SeqCst), 1);
}

#[test]
fn a_mailer_outside_of_a_runtime_is_refused() {
    let error = QueuedMailer::start(|_| async { Ok(()) }).expect_err("no runtime");
    assert!(error.to_string().contains("tokio runtime"), "{error}");
}
