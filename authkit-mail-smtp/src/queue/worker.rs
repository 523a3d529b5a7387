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

/// A job with its next try.
struct Waiting {
    job: Job,
    due: Instant,
    /// How often it was tried.
    tries: usize,
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
            waiting.push_back(Waiting { job, due: Instant::now(), tries: 0 });
        }
        let hurried = *pace.borrow_and_update() >= Pace::Hurry;
        let next = waiting.iter().enumerate().min_by_key(|(_, waiting)| waiting.due);
        let next = next.map(|(index, waiting)| (index, waiting.due));
        if let Some((index, _)) = next.filter(|(_, due)| hurried || *due <= Instant::now()) {
            let Some(due) = waiting.remove(index) else { continue };
            waiting.extend(attempt(&deliver, due, &retries, &mut pace).await);
            continue;
        }
        tokio::select! {
            job = jobs.recv(), if open => match job {
                Some(job) => waiting.push_back(Waiting { job, due: Instant::now(), tries: 0 }),
                None => open = false,
            },
            () = at(next.map(|(_, due)| due)) => {}
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
    let Waiting { job, tries, .. } = waiting;
    let (kind, tries) = (job.mail.kind.name(), tries + 1);
    let delivery = AssertUnwindSafe(deliver.deliver(&job.mail)).catch_unwind();
    let outcome = tokio::select! {
        biased;
        () = given_up(pace) => Err(DeliveryError::give_up("the process stopped before it was delivered")),
        outcome = delivery => outcome.unwrap_or_else(|_| Err(DeliveryError::give_up("the mailer's own code panicked"))),
    };
    let Err(error) = outcome else {
        tracing::debug!(target: "authkit", kind, tries, "a mail is delivered");
        return None;
    };
    let pause = retries.get(tries - 1).filter(|_| error.is_worth_a_retry() && *pace.borrow() == Pace::Patient);
    if let Some(pause) = pause {
        tracing::info!(target: "authkit", kind, tries, reason = error.reason(), ?pause, "a mail is tried again later");
        return Some(Waiting { job, due: Instant::now() + *pause, tries });
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

/// Ready when everything is to be let go of.
async fn given_up(pace: &mut watch::Receiver<Pace>) {
    if pace.wait_for(|pace| *pace == Pace::GiveUp).await.is_err() {
        // The queue is gone; nobody asks any more.
        std::future::pending::<()>().await;
    }
}
