//! Holds a call where a race is decided, so that no test has to sleep.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Semaphore;

/// How long a test waits for what never comes before it fails instead of hanging.
const WATCHDOG: Duration = Duration::from_secs(60);

/// One call stops here until the test lets it go. Clones are one gate.
#[derive(Debug, Clone)]
pub struct Gate {
    arrived: Arc<Semaphore>,
    opened: Arc<Semaphore>,
}

impl Gate {
    /// A closed gate.
    pub fn closed() -> Self {
        Self { arrived: Arc::new(Semaphore::new(0)), opened: Arc::new(Semaphore::new(0)) }
    }

    /// Waits until the call stands at the gate.
    pub async fn reached(&self) {
        await_permits(&self.arrived, 1).await;
    }

    /// Lets the call go on.
    pub fn open(&self) {
        self.opened.add_permits(1);
    }

    pub(crate) async fn pass(&self) {
        self.arrived.add_permits(1);
        await_permits(&self.opened, 1).await;
    }
}

/// Takes so many permits, or fails the test when they do not come.
pub(crate) async fn await_permits(semaphore: &Semaphore, n: u32) {
    let acquired = tokio::time::timeout(WATCHDOG, semaphore.acquire_many(n)).await;
    acquired.expect("what the test waits for never came").expect("never closed").forget();
}
