//! What a serving process does beside serving: start and stop in the audit trail, and tidying.

use std::time::Duration;

use authkit_core::{AuthKit, Budget, LogCode};
use tokio::task::JoinHandle;
use tokio::time::sleep;

/// Between two rounds of tidying, at the least.
const PERIOD: Duration = Duration::from_secs(50);
/// And this much more, by chance: several nodes do not come at once.
const JITTER_MILLIS: u64 = 20_000;

/// Says what the operator should know, and records the start.
pub(super) async fn started(kit: &AuthKit) {
    for warning in kit.warnings() {
        tracing::warn!(ak = LogCode::Accepted.as_str(), "{warning}");
    }
    if let Err(error) = kit.record_started().await {
        tracing::error!(
            ak = LogCode::StartNotRecorded.as_str(),
            error = &error as &dyn std::error::Error,
            "the start is not in the audit trail"
        );
    }
}

/// Records the stop.
pub(super) async fn stopped(kit: &AuthKit) {
    if let Err(error) = kit.record_stopped().await {
        tracing::error!(
            ak = LogCode::StartNotRecorded.as_str(),
            error = &error as &dyn std::error::Error,
            "the stop is not in the audit trail"
        );
    }
}

/// A task that tidies about once a minute until this is dropped. Each step is whole in itself, so it may end anywhere.
pub(super) struct Tidy(JoinHandle<()>);

impl Tidy {
    pub(super) fn start(kit: &AuthKit) -> Self {
        Self(tokio::spawn(run(kit.clone())))
    }
}

impl Drop for Tidy {
    fn drop(&mut self) {
        self.0.abort();
    }
}

async fn run(kit: AuthKit) {
    loop {
        sleep(PERIOD + jitter(&kit)).await;
        loop {
            match kit.tidy(Budget::default()).await {
                Ok(done) if done.more => tokio::task::yield_now().await,
                Ok(_) => break,
                Err(error) => {
                    tracing::warn!(
                        ak = LogCode::TidyLater.as_str(),
                        error = &error as &dyn std::error::Error,
                        "tidying goes on in a minute"
                    );
                    break;
                }
            }
        }
    }
}

/// 0 to 20 s. A source of randomness that fails takes the chance out of it and nothing else.
fn jitter(kit: &AuthKit) -> Duration {
    let random = kit.new_uuid(kit.now()).map_or(0, |id| id.as_u64_pair().1);
    Duration::from_millis(random % JITTER_MILLIS)
}
