//! Counting before the work, and giving the count back when the work was not done.

use std::net::IpAddr;
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};
use std::thread::{self, Thread};

use crate::error::AuthError;
use crate::kit::AuthKit;
use crate::model::attempts::{Attempt, Limit, Take};
use crate::model::ids::AttemptKey;
use crate::model::log_code::LogCode;
use crate::model::timestamp::Timestamp;

/// What is counted. Each kind counts by itself, also for equal values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Counted {
    LoginIp,
    LoginFailuresIp,
    LoginAccount,
    RegisterIp,
    RefreshSession,
    ResetIp,
    ResetAccount,
    ResetAccountHourly,
    VerificationIp,
    VerificationAccount,
    VerificationAccountHourly,
}

impl Counted {
    const fn label(self) -> &'static [u8] {
        match self {
            Self::LoginIp => b"login ip",
            Self::LoginFailuresIp => b"login failures ip",
            Self::LoginAccount => b"login account",
            Self::RegisterIp => b"register ip",
            Self::RefreshSession => b"refresh session",
            Self::ResetIp => b"reset ip",
            Self::ResetAccount => b"reset account",
            Self::ResetAccountHourly => b"reset account hourly",
            Self::VerificationIp => b"verification ip",
            Self::VerificationAccount => b"verification account",
            Self::VerificationAccountHourly => b"verification account hourly",
        }
    }
}

/// Attempts that are counted. Dropped before [`Taken::keep`] or [`Taken::give_back`], because the caller has gone or a
/// store failed, it gives them back: nobody's try was used up.
#[must_use]
#[derive(Debug)]
pub(crate) struct Taken {
    kit: AuthKit,
    attempts: Vec<Attempt>,
    /// How many more the narrowest limit allows.
    pub(crate) left: u32,
}

impl AuthKit {
    /// Counts attempts, all or none. Those whose limit is switched off or whose value is unknown are left out by the
    /// caller; with none left everything is allowed.
    pub(crate) async fn take(&self, attempts: Vec<Attempt>, at: Timestamp) -> Result<Taken, AuthError> {
        if attempts.is_empty() {
            return Ok(Taken { kit: self.clone(), attempts, left: u32::MAX });
        }
        match self.0.attempts.take(&attempts, at).await? {
            Take::Allowed { left } => Ok(Taken { kit: self.clone(), attempts, left }),
            Take::Blocked { until } => Err(AuthError::Throttled { retry_after: until.since(at) }),
        }
    }

    /// An attempt from an address of the network: an IPv6 client holds a whole /64.
    pub(crate) fn attempt_from(&self, what: Counted, limit: Limit, ip: Option<IpAddr>) -> Option<Attempt> {
        let octets = match ip?.to_canonical() {
            IpAddr::V4(ip) => ip.octets().to_vec(),
            IpAddr::V6(ip) => ip.octets().into_iter().take(8).collect(),
        };
        Some(self.attempt_on(what, limit, &octets))
    }

    /// An attempt on something else.
    pub(crate) fn attempt_on(&self, what: Counted, limit: Limit, value: &[u8]) -> Attempt {
        Attempt { key: AttemptKey::from_bytes(self.0.purposes.attempts.mac(&[what.label(), value])), limit }
    }
}

impl Taken {
    /// The attempts were made and count.
    pub(crate) fn keep(mut self) {
        self.attempts.clear();
    }

    /// The attempt counted under a key was a success: its failures are forgotten, and every other attempt but those of
    /// `kept` is given back.
    pub(crate) async fn succeed(
        mut self,
        cleared: Option<AttemptKey>,
        kept: Option<AttemptKey>,
    ) -> Result<(), AuthError> {
        let attempts = std::mem::take(&mut self.attempts);
        let counter = &self.kit.0.attempts;
        let back: Vec<Attempt> =
            attempts.into_iter().filter(|attempt| Some(attempt.key) != cleared && Some(attempt.key) != kept).collect();
        if !back.is_empty() {
            counter.give_back(&back).await?;
        }
        if let Some(key) = cleared {
            counter.clear(&[key]).await?;
        }
        Ok(())
    }
}

impl Drop for Taken {
    fn drop(&mut self) {
        let attempts = std::mem::take(&mut self.attempts);
        if attempts.is_empty() {
            return;
        }
        let counter = Arc::clone(&self.kit.0.attempts);
        // Not on this thread: it may be an executor's, and a counter in a database waits.
        let accepted = self.kit.0.pool.defer(move || {
            if let Err(error) = block_on(counter.give_back(&attempts)) {
                tracing::warn!(
                    target: "authkit",
                    ak = LogCode::CountNotGivenBack.as_str(),
                    error = &error as &dyn std::error::Error,
                    "a count could not be given back"
                );
            }
        });
        if !accepted {
            tracing::warn!(
                target: "authkit",
                ak = LogCode::CountNotGivenBack.as_str(),
                "a count could not be given back: too many wait"
            );
        }
    }
}

/// Runs a future on this thread: there is no executor in core.
fn block_on<F: Future>(future: F) -> F::Output {
    struct Unpark(Thread);

    impl Wake for Unpark {
        fn wake(self: Arc<Self>) {
            self.0.unpark();
        }
    }

    let mut future = pin!(future);
    let waker = Waker::from(Arc::new(Unpark(thread::current())));
    let mut context = Context::from_waker(&waker);
    loop {
        match future.as_mut().poll(&mut context) {
            Poll::Ready(output) => return output,
            Poll::Pending => thread::park(),
        }
    }
}
