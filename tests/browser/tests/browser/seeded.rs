//! A server with ten thousand users, for those who have to find one.

use std::env;
use std::fs;
use std::sync::Arc;

use authkit_browser::{Driver, Run, Shared};
use authkit_core::{Clock as _, SystemClock};
use authkit_e2e::Sandbox;
use authkit_seed::{Plan, Progress};

const USERS: u64 = 10_000;
const AUDIT: u64 = 20_000;

/// The server, shared by the tests that run at the time.
pub async fn run() -> Arc<Run> {
    static SHARED: Shared = Shared::new();
    tokio::task::spawn_blocking(|| SHARED.get(start)).await.expect("a server")
}

fn start() -> Run {
    let folder = env::temp_dir().join(format!("authkit-browser-{}", std::process::id()));
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).expect("a folder");
    let plan = Plan { users: USERS, audit: AUDIT, seed: 1, at: SystemClock.now() };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(authkit_seed::fill_sqlite(&folder.join("seeded.db"), &plan, Progress::Hidden)).expect("a seed");
    let sandbox = Sandbox::start_in(folder, &[("AUTHKIT_DATABASE_URL", "sqlite://seeded.db")]);
    Run { driver: Driver::start(), sandbox }
}
