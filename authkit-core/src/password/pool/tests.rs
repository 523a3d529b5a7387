//! The pool's promises: bounded, in order, nothing for those who have gone, nothing lost to a panic.

use std::sync::Weak;
use std::sync::mpsc::channel;

use futures_util::FutureExt as _;
use futures_util::future::join_all;

use super::*;
use crate::password::testing::{Gate, Keeper, Plain, threads, wait};

const SALT: [u8; 16] = [7; 16];

/// A pool of one thread that stands still in a hash named `first` until the keeper lets it go.
fn occupied() -> (HashPool, Keeper, impl Future<Output = Result<PasswordHash, HashFailure>>) {
    let (gate, keeper) = Gate::new();
    let pool = HashPool::new(gate, threads(1)).unwrap();
    let first = ask(&pool, "first");
    assert_eq!(keeper.entered.recv().unwrap(), "first");
    (pool, keeper, first)
}

/// Queues a hash at once, unlike [`HashPool::hash`], which queues when it is first polled.
fn ask(pool: &HashPool, password: &str) -> impl Future<Output = Result<PasswordHash, HashFailure>> + use<> {
    let password = Password::from(password);
    pool.run(move |hasher, memory| hasher.hash(memory, &password, &SALT))
}

#[test]
fn it_hashes_and_verifies() {
    let pool = HashPool::new(Arc::new(Plain), threads(2)).unwrap();
    let stored = wait(pool.hash(Password::from("a password"), SALT)).unwrap();
    let right = wait(pool.verify(Password::from("a password"), stored.clone()));
    let wrong = wait(pool.verify(Password::from("another one"), stored));
    assert_eq!(right, Ok(Verified::Yes { outdated: false }));
    assert_eq!(wrong, Ok(Verified::No));
    assert_eq!(pool.hashes_run(), 3);
    assert_eq!(pool.threads().get(), 2);
}

// S-87
#[test]
fn at_most_64_hashes_wait_and_the_next_is_busy_at_once() {
    let (pool, keeper, first) = occupied();
    let waiting: Vec<_> = (0..64).map(|number| ask(&pool, &format!("{number}"))).collect();
    assert_eq!(pool.waiting(), 64);
    assert_eq!(ask(&pool, "one too many").now_or_never(), Some(Err(HashFailure::Busy)));

    for _ in 0..65 {
        keeper.leave.send(()).unwrap();
    }
    assert!(wait(first).is_ok());
    assert!(wait(join_all(waiting)).iter().all(Result::is_ok));
    assert_eq!(pool.hashes_run(), 65);
    let order: Vec<_> = keeper.entered.try_iter().collect();
    assert_eq!(order, (0..64).map(|number| number.to_string()).collect::<Vec<_>>());
}

// S-87
#[test]
fn never_more_hashes_at_once_than_threads() {
    let (gate, keeper) = Gate::new();
    let pool = HashPool::new(Arc::clone(&gate) as Arc<dyn PasswordHasher>, threads(3)).unwrap();
    let answers: Vec<_> = (0..20).map(|number| ask(&pool, &format!("{number}"))).collect();
    for _ in 0..3 {
        keeper.entered.recv().unwrap();
    }
    for _ in 0..20 {
        keeper.leave.send(()).unwrap();
    }
    assert!(wait(join_all(answers)).iter().all(Result::is_ok));
    assert_eq!(gate.peak(), 3);
}

// S-87
#[test]
fn a_hash_that_has_waited_too_long_is_busy_and_not_run() {
    let limits = Limits { wait: Duration::ZERO, ..Limits::DEFAULT };
    let pool = HashPool::with_limits(Arc::new(Plain), threads(1), limits).unwrap();
    assert_eq!(wait(pool.hash(Password::from("a password"), SALT)), Err(HashFailure::Busy));
    assert_eq!(pool.hashes_run(), 0);
    assert_eq!(Limits::DEFAULT.wait, Duration::from_secs(2));
}

// S-87
#[test]
fn a_hash_whose_caller_has_gone_is_not_run() {
    let (pool, keeper, first) = occupied();
    let gone = ask(&pool, "gone");
    let second = ask(&pool, "second");
    drop(gone);
    keeper.leave.send(()).unwrap();
    keeper.leave.send(()).unwrap();
    assert!(wait(first).is_ok());
    assert!(wait(second).is_ok());
    assert_eq!(keeper.entered.try_iter().collect::<Vec<_>>(), ["second"]);
    assert_eq!(pool.hashes_run(), 2);
}

#[test]
fn a_deferred_task_runs_before_the_hashes_that_wait() {
    let (pool, keeper, first) = occupied();
    let second = ask(&pool, "second");
    let (done, seen) = channel();
    assert!(pool.defer(move || done.send("deferred").unwrap()));
    keeper.leave.send(()).unwrap();
    assert!(wait(first).is_ok());
    assert_eq!(keeper.entered.recv().unwrap(), "second");
    assert_eq!(seen.try_recv(), Ok("deferred"));
    keeper.leave.send(()).unwrap();
    assert!(wait(second).is_ok());
}

#[test]
fn deferred_tasks_are_bounded_and_the_caller_is_told() {
    let (pool, keeper, first) = occupied();
    let (done, seen) = channel();
    let accepted = (0..300).filter(|_| {
        let done = done.clone();
        pool.defer(move || done.send(()).unwrap())
    });
    assert_eq!(accepted.count(), 256);
    drop(done);
    keeper.leave.send(()).unwrap();
    assert!(wait(first).is_ok());
    assert_eq!(seen.iter().count(), 256);
}

#[test]
fn a_panic_costs_one_answer_and_no_thread() {
    let pool = HashPool::new(Arc::new(Plain), threads(1)).unwrap();
    let failed = wait(pool.hash(Password::from("panic"), SALT));
    assert_eq!(failed, Err(HashFailure::Failed(HashError::Failed("the hasher panicked"))));
    assert!(pool.defer(|| panic!("asked for")));
    assert!(wait(pool.hash(Password::from("a password"), SALT)).is_ok());
}

#[test]
fn dropping_the_pool_ends_its_threads_answers_those_who_wait_and_runs_what_was_deferred() {
    let (pool, keeper, first) = occupied();
    let second = ask(&pool, "second");
    let shared: Weak<Shared> = Arc::downgrade(&pool.shared);
    let (done, seen) = channel();
    assert!(pool.defer(move || done.send(()).unwrap()));
    drop(pool);
    assert_eq!(wait(second), Err(HashFailure::Busy));
    keeper.leave.send(()).unwrap();
    assert!(wait(first).is_ok());
    assert_eq!(seen.recv(), Ok(()));
    // The thread holds the last reference and lets go of the gate, and with it of this channel, as it ends.
    assert!(keeper.entered.recv().is_err());
    assert_eq!(shared.strong_count(), 0);
}
