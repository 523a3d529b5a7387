//! The worker: delivers one mail after the other, the one that is due longest first.

use std::collections::VecDeque;
use std::panic::AssertUnwindSafe;
use std::time::Duration;

use authkit_core::LogCode;
use futures_util::FutureExt as _;
use tokio::sync::{mpsc, watch};
use tokio::time::{Instant, sleep_until, timeout};

use super::{Job, Pace, RECORDING};
use crate::delivery::{Deliver, DeliveryError};

/// The pauses while the process stops: the first, which doubles, and the longest. A server that is busy for a moment gets
/// its chance, and one that is not back in a second or two gets a few tries more within the grace.
const HURRIED: (Duration, Duration) = (Duration::from_millis(100), Duration::from_secs(1));

/// A job with its next try.
struct Waiting {
    job: Job,
    due: Instant,
    /// How often it was tried.
    tries: usize,
    /// How often of these while the process stops. The pause after such a try is kept; one from before is cut short.
    hurried: u32,
    /// What the last try ended with.
    failed: Option<DeliveryError>,
}

impl Waiting {
    fn new(job: Job) -> Self {
        Self { job, due: Instant::now(), tries: 0, hurried: 0, failed: None }
    }

    /// When it is its turn: never late, where the process stops.
    fn turn(&self, pace: Pace) -> Option<Instant> {
        let waits = pace == Pace::Patient || (pace == Pace::Hurry && self.hurried > 0);
        waits.then_some(self.due)
    }
}

/// Works until the queue is dropped and nothing waits.
pub(super) async fn run<D: Deliver>(
    deliver: D,
    retries: Vec<Duration>,
    mut jobs: mpsc::UnboundedReceiver<Job>,
    mut pace: watch::Receiver<Pace>,
) {
    let mut waiting: VecDeque<Waiting> = VecDeque::new();
    let mut open = true;
    while open || !waiting.is_empty() {
        while let Ok(job) = jobs.try_recv() {
            waiting.push_back(Waiting::new(job));
        }
        let now = *pace.borrow_and_update();
        // `None`, at once, comes before any instant.
        let next = waiting.iter().enumerate().min_by_key(|(_, waiting)| (waiting.turn(now), waiting.due));
        let next = next.map(|(index, waiting)| (index, waiting.turn(now)));
        if let Some((index, _)) = next.filter(|(_, turn)| turn.is_none_or(|turn| turn <= Instant::now())) {
            let Some(due) = waiting.remove(index) else { continue };
            waiting.extend(attempt(&deliver, due, &retries, &mut pace).await);
            continue;
        }
        tokio::select! {
            job = jobs.recv(), if open => match job {
                Some(job) => waiting.push_back(Waiting::new(job)),
                None => open = false,
            },
            () = at(next.and_then(|(_, turn)| turn)) => {}
            // It cannot change any more when the queue is gone; then the pauses are kept.
            Ok(()) = pace.changed() => {}
        }
    }
}

/// Ready at that instant, or never.
async fn at(due: Option<Instant>) {
    match due {
        Some(due) => sleep_until(due).await,
        None => std::future::pending().await,
    }
}

/// Tries once. What is left waits for its next try.
async fn attempt<D: Deliver>(
    deliver: &D,
    waiting: Waiting,
    retries: &[Duration],
    pace: &mut watch::Receiver<Pace>,
) -> Option<Waiting> {
    let Waiting { job, tries, hurried, failed, .. } = waiting;
    let (kind, tries) = (job.mail.kind.name(), tries + 1);
    let delivery = AssertUnwindSafe(deliver.deliver(&job.mail)).catch_unwind();
    let outcome = tokio::select! {
        biased;
        () = given_up(pace) => Err(stopped(failed.as_ref())),
        outcome = delivery => outcome.unwrap_or_else(|_| Err(DeliveryError::give_up("the mailer's own code panicked"))),
    };
    let Err(error) = outcome else {
        tracing::debug!(target: "authkit", kind, tries, "a mail is delivered");
        return None;
    };
    let now = *pace.borrow();
    if let Some(pause) = pause(now, tries, hurried, retries).filter(|_| error.is_worth_a_retry()) {
        tracing::info!(target: "authkit", kind, tries, reason = error.reason(), ?pause, "a mail is tried again later");
        let hurried = if now == Pace::Patient { 0 } else { hurried.saturating_add(1) };
        return Some(Waiting { job, due: Instant::now() + pause, tries, hurried, failed: Some(error) });
    }
    tracing::warn!(
        target: "authkit",
        ak = LogCode::MailLost.as_str(),
        kind,
        tries,
        reason = error.reason(),
        "a mail is lost"
    );
    if timeout(RECORDING, job.mail.record_loss(error.reason())).await.is_err() {
        tracing::warn!(
            target: "authkit",
            ak = LogCode::MailLossNotRecorded.as_str(),
            kind,
            "the loss of a mail is not in the audit trail: the store does not answer"
        );
    }
    None
}

/// How long until the next try. While the process stops, the grace and no count ends the tries; a queue that never tries
/// again does not do it then either.
fn pause(pace: Pace, tries: usize, hurried: u32, retries: &[Duration]) -> Option<Duration> {
    let (first, longest) = HURRIED;
    match pace {
        Pace::Patient => retries.get(tries - 1).copied(),
        Pace::Hurry if retries.is_empty() => None,
        Pace::Hurry => Some(first.saturating_mul(2_u32.saturating_pow(hurried)).min(longest)),
        Pace::GiveUp => None,
    }
}

/// Why a mail is given up at the end of the grace.
fn stopped(failed: Option<&DeliveryError>) -> DeliveryError {
    let why = "the process stopped before it was delivered";
    DeliveryError::give_up(match failed {
        Some(last) => format!("{why}; before that, {last}"),
        None => why.to_owned(),
    })
}

/// Ready when everything is to be let go of.
async fn given_up(pace: &mut watch::Receiver<Pace>) {
    if pace.wait_for(|pace| *pace == Pace::GiveUp).await.is_err() {
        // The queue is gone; nobody asks any more.
        std::future::pending::<()>().await;
    }
}
