//! Random histories, each on a fresh store in step with the reference; what fails is shrunk to the shortest.

mod invariants;
mod op;
mod world;

use proptest::strategy::Strategy;
use proptest::test_runner::{Config, RngAlgorithm, TestCaseError, TestError, TestRng, TestRunner};
use tokio::runtime::Handle;

use crate::bench::Bench;
use crate::failure::{Checked, Failure};
use crate::long::is_long_run;
use op::Op;
use world::World;

/// Steps of the longest history.
const LONGEST: usize = 40;

// S-28 S-30 S-31
pub(crate) async fn i1_i2_i3_i5_i6_i7_i8_i11_i13_histories_of_sessions_follow_the_reference(b: Bench) -> Checked {
    histories(
        b,
        |longest| op::session_histories(longest).boxed(),
        &[
            Op::Insert { admin: true, active: true, verified: true },
            Op::Insert { admin: false, active: true, verified: true },
            Op::Open { user: 0, cap: 4, idle: 604_800, stale: false },
            Op::Open { user: 1, cap: 4, idle: 604_800, stale: false },
        ],
    )
    .await
}

// S-69
pub(crate) async fn i4_i12_i13_histories_of_users_follow_the_reference(b: Bench) -> Checked {
    histories(b, |longest| op::user_histories(longest).boxed(), &[Op::FirstAdmin]).await
}

/// Plays histories that begin alike: 128 of them, 5 000 in the long run, drawn from `AUTHKIT_TEST_SEED` (a number).
async fn histories(
    b: Bench,
    strategy: impl Fn(usize) -> proptest::strategy::BoxedStrategy<Vec<Op>> + Send + 'static,
    beginning: &'static [Op],
) -> Checked {
    let (handle, seed) = (Handle::current(), seed());
    let config = Config {
        cases: if is_long_run() { 5_000 } else { 128 },
        failure_persistence: None,
        max_shrink_iters: 4_000,
        ..Config::default()
    };
    let mut runner = TestRunner::new_with_rng(config, TestRng::from_seed(RngAlgorithm::ChaCha, &seed_bytes(seed)));
    // The runner is not async: it has a thread of its own, on which each history is waited for.
    let played = tokio::task::spawn_blocking(move || {
        runner.run(&strategy(LONGEST), |history| {
            handle
                .block_on(play(&b, beginning.iter().chain(&history)))
                .map_err(|failure| TestCaseError::fail(failure.to_string()))
        })
    });
    let played = played.await.map_err(|error| Failure::wrong(format!("a history panicked: {error}")))?;
    played.map_err(|error| match error {
        TestError::Fail(reason, history) => {
            let steps: Vec<String> = history.iter().map(|op| format!("\n  {op:?}")).collect();
            Failure::wrong(format!("{reason}\nafter {beginning:?} and the history (seed {seed}){}", steps.concat()))
        }
        TestError::Abort(reason) => Failure::wrong(reason),
    })
}

async fn play(b: &Bench, history: impl Iterator<Item = &Op>) -> Checked {
    let mut world = World::new(b.fresh().await);
    for op in history {
        world.play(op).await?;
    }
    Ok(())
}

fn seed() -> u64 {
    std::env::var("AUTHKIT_TEST_SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or(0)
}

fn seed_bytes(seed: u64) -> [u8; 32] {
    let mut bytes = [7; 32];
    bytes[..8].copy_from_slice(&seed.to_be_bytes());
    bytes
}
