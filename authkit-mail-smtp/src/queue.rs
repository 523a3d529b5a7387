//! The queue that all mailers here share: bounded, with one worker that tries again, and drained at the stop.

mod worker;

#[cfg(test)]
mod tests;

use std::sync::Arc;
use std::time::Duration;

use authkit_core::{LogCode, Mail, MailError};
use tokio::runtime::Handle;
use tokio::sync::{mpsc, watch};
use tokio::time::timeout;

use crate::delivery::Deliver;
use crate::error::StartError;

/// How long the losses of a stop may take to be recorded: a store that does not answer must not hold up the process.
const RECORDING: Duration = Duration::from_secs(2);

/// How much a queue keeps and how often it tries.
#[derive(Debug, Clone)]
pub(crate) struct QueueOptions {
    /// Mails at once, those that wait for the next try included.
    pub(crate) capacity: usize,
    /// The pauses before the second try, the third, and so on.
    pub(crate) retries: Vec<Duration>,
}

/// Six tries within eight minutes: a link that is good for a quarter of an hour must not arrive when it is over.
impl Default for QueueOptions {
    fn default() -> Self {
        Self { capacity: 1_000, retries: [1, 5, 30, 120, 300].map(Duration::from_secs).to_vec() }
    }
}

/// What the worker is to do with mails that wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Pace {
    /// Take the time.
    Patient,
    /// Try each now, and again after pauses that are short.
    Hurry,
    /// Let go of everything.
    GiveUp,
}

/// The one end of a queue. The worker at the other ends when this is dropped and nothing waits.
#[derive(Debug)]
pub(crate) struct Queue {
    capacity: usize,
    incoming: mpsc::UnboundedSender<Job>,
    /// How many mails were taken and are neither delivered nor given up.
    pending: Arc<watch::Sender<usize>>,
    pace: watch::Sender<Pace>,
}

/// A mail on its way.
#[derive(Debug)]
struct Job {
    mail: Mail,
    _place: Place,
}

/// A place in the queue, free again when this is dropped.
#[derive(Debug)]
struct Place(Arc<watch::Sender<usize>>);

impl Drop for Place {
    fn drop(&mut self) {
        self.0.send_modify(|pending| *pending = pending.saturating_sub(1));
    }
}

impl Queue {
    /// Starts the worker on the runtime that this is called in.
    pub(crate) fn start(deliver: impl Deliver, options: QueueOptions) -> Result<Self, StartError> {
        let runtime = Handle::try_current().map_err(|_| StartError::NoRuntime)?;
        let (incoming, jobs) = mpsc::unbounded_channel();
        let (pace, paces) = watch::channel(Pace::Patient);
        runtime.spawn(worker::run(deliver, options.retries, jobs, paces));
        Ok(Self { capacity: options.capacity, incoming, pending: Arc::new(watch::Sender::new(0)), pace })
    }

    /// Takes a mail, if there is room.
    pub(crate) fn enqueue(&self, mail: Mail) -> Result<(), MailError> {
        let taken = self.pending.send_if_modified(|pending| {
            let room = *pending < self.capacity;
            *pending += usize::from(room);
            room
        });
        if !taken {
            tracing::warn!(
                target: "authkit",
                ak = LogCode::MailLost.as_str(),
                kind = mail.kind.name(),
                "a mail is lost: the queue is full"
            );
            return Err(MailError);
        }
        let job = Job { mail, _place: Place(Arc::clone(&self.pending)) };
        // The worker is gone only with its runtime.
        self.incoming.send(job).map_err(|_| MailError)
    }

    /// How many mails wait or are on their way.
    pub(crate) fn pending(&self) -> usize {
        *self.pending.borrow()
    }

    /// Tries each mail without waiting for its time, and again where that may help. Gives up what is left after `grace`.
    pub(crate) async fn drain(&self, grace: Duration) {
        let mut pending = self.pending.subscribe();
        self.pace.send_replace(Pace::Hurry);
        // The sender lives as long as this does, so the only way not to wait is that nothing is pending.
        if timeout(grace, pending.wait_for(|pending| *pending == 0)).await.is_err() {
            self.pace.send_replace(Pace::GiveUp);
            let _ = timeout(RECORDING, pending.wait_for(|pending| *pending == 0)).await;
        }
        self.pace.send_replace(Pace::Patient);
    }
}
