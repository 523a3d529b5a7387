//! What the tests of a program share: one server and one driver, which end with the last test that has them.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use authkit_e2e::Sandbox;

use crate::{Driver, Window};

/// A server and a driver.
#[derive(Debug)]
pub struct Run {
    // In the order in which they end.
    pub driver: Driver,
    pub sandbox: Sandbox,
}

impl Run {
    /// With these arguments and variables for the sandbox.
    pub fn start(args: &[&str], variables: &[(&str, &str)]) -> Self {
        let sandbox = Sandbox::start_with(args, variables);
        Self { driver: Driver::start(), sandbox }
    }

    pub fn origin(&self) -> String {
        format!("http://{}", self.sandbox.address)
    }

    /// A new browser, nobody signed in.
    pub async fn window(&self) -> Window {
        Window::open(&self.driver, &self.origin()).await
    }

    /// A new browser with the administrator signed in.
    pub async fn admin(&self) -> Window {
        Window::as_admin(&self.driver, &self.origin()).await
    }

    /// `target/screenshots` of this checkout.
    pub fn pictures() -> PathBuf {
        PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../target/screenshots")
    }
}

/// A run for all who ask while somebody has it. A static's value would never be dropped, and the browsers would stay.
#[derive(Debug)]
pub struct Shared(Mutex<Weak<Run>>);

impl Shared {
    pub const fn new() -> Self {
        Self(Mutex::new(Weak::new()))
    }

    /// The run, started by the first who asks.
    pub fn get(&self, start: impl FnOnce() -> Run) -> Arc<Run> {
        let mut shared = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        shared.upgrade().unwrap_or_else(|| {
            let run = Arc::new(start());
            *shared = Arc::downgrade(&run);
            run
        })
    }
}

impl Default for Shared {
    fn default() -> Self {
        Self::new()
    }
}
