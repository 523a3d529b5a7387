//! When the worker tries, under a clock that is moved.

use std::sync::Mutex;
use std::time::Duration;

use authkit_core::{MailContent, MailKind};
use tokio::time::{Instant, advance, sleep};

use super::*;
use crate::delivery::DeliveryError;

/// Fails so often, and notes when it was asked.
struct Failing {
    failures: usize,
    tries: Arc<Mutex<Vec<Duration>>>,
    begin: Instant,
}

impl Deliver for Failing {
    async fn deliver(&self, _: &Mail) -> Result<(), DeliveryError> {
        let mut tries = self.tries.lock().expect("no test panics here");
        tries.push(self.begin.elapsed());
        if tries.len() <= self.failures { Err(DeliveryError::retry("busy")) } else { Ok(()) }
    }
}

fn mail() -> Mail {
    let content = MailContent { subject: "x".to_owned(), text: "x".to_owned(), html: None };
    Mail::new("ada@example.com", MailKind::PasswordChanged, content)
}

fn queue(failures: usize) -> (Queue, Arc<Mutex<Vec<Duration>>>) {
    let tries: Arc<Mutex<Vec<Duration>>> = Arc::default();
    let failing = Failing { failures, tries: Arc::clone(&tries), begin: Instant::now() };
    (Queue::start(failing, QueueOptions::default()).expect("a runtime"), tries)
}

/// The seconds at which it was tried, once nothing is pending.
async fn tried(queue: &Queue, tries: &Mutex<Vec<Duration>>) -> Vec<u64> {
    let mut pending = queue.pending.subscribe();
    pending.wait_for(|pending| *pending == 0).await.expect("a queue");
    tries.lock().expect("no test panics here").iter().map(Duration::as_secs).collect()
}

#[tokio::test(start_paused = true)]
async fn the_pauses_grow_and_end() {
    let (queue, tries) = queue(usize::MAX);
    queue.enqueue(mail()).expect("taken");
    assert_eq!(tried(&queue, &tries).await, [0, 1, 6, 36, 156, 456]);
}

#[tokio::test(start_paused = true)]
async fn it_is_tried_no_more_once_it_is_delivered() {
    let (queue, tries) = queue(2);
    queue.enqueue(mail()).expect("taken");
    assert_eq!(tried(&queue, &tries).await, [0, 1, 6]);
}

/// The milliseconds between the tries from this one on.
fn pauses(tries: &Mutex<Vec<Duration>>, from: usize) -> Vec<u128> {
    let tries = tries.lock().expect("no test panics here");
    tries.windows(2).skip(from).map(|pair| pair[1].saturating_sub(pair[0]).as_millis()).collect()
}

#[tokio::test(start_paused = true)]
async fn draining_tries_at_once_and_after_short_pauses_until_its_time_is_over() {
    let (queue, tries) = queue(usize::MAX);
    queue.enqueue(mail()).expect("taken");
    sleep(Duration::from_secs(10)).await;
    queue.drain(Duration::from_secs(5)).await;
    assert_eq!(tried(&queue, &tries).await, [0, 1, 6, 10, 10, 10, 10, 11, 12, 13, 14]);
    assert_eq!(pauses(&tries, 3), [100, 200, 400, 800, 1_000, 1_000, 1_000]);
    // It goes on as before afterwards.
    tries.lock().expect("no test panics here").clear();
    queue.enqueue(mail()).expect("taken");
    assert_eq!(tried(&queue, &tries).await, [15, 16, 21, 51, 171, 471]);
}

#[tokio::test(start_paused = true)]
async fn draining_ends_as_soon_as_everything_is_delivered() {
    let (queue, tries) = queue(3);
    queue.enqueue(mail()).expect("taken");
    queue.drain(Duration::from_secs(5)).await;
    assert_eq!((queue.pending(), pauses(&tries, 0)), (0, vec![100, 200, 400]));
}

#[tokio::test(start_paused = true)]
async fn a_queue_that_never_tries_again_does_not_do_it_while_draining_either() {
    let failing = Failing { failures: 1, tries: Arc::default(), begin: Instant::now() };
    let tries = Arc::clone(&failing.tries);
    let queue = Queue::start(failing, QueueOptions { capacity: 2, retries: Vec::new() }).expect("a runtime");
    queue.enqueue(mail()).expect("taken");
    queue.drain(Duration::from_secs(5)).await;
    assert_eq!((queue.pending(), tried(&queue, &tries).await), (0, vec![0]));
}

#[tokio::test(start_paused = true)]
async fn a_queue_that_is_dropped_finishes_what_it_has() {
    let (queue, tries) = queue(1);
    queue.enqueue(mail()).expect("taken");
    drop(queue);
    advance(Duration::from_secs(1)).await;
    sleep(Duration::from_secs(60)).await;
    assert_eq!(tries.lock().expect("no test panics here").len(), 2);
}

#[tokio::test(start_paused = true)]
async fn waiting_mails_keep_their_place() {
    let options = QueueOptions { capacity: 2, retries: vec![Duration::from_secs(60)] };
    let failing = Failing { failures: 1, tries: Arc::default(), begin: Instant::now() };
    let queue = Queue::start(failing, options).expect("a runtime");
    queue.enqueue(mail()).expect("taken");
    sleep(Duration::from_secs(1)).await;
    assert_eq!(queue.pending(), 1, "it waits for its second try");
    queue.enqueue(mail()).expect("taken");
    queue.enqueue(mail()).expect_err("no room");
}
