//! The bound, what goes first, and what never sets anybody free.

use std::time::Duration;

use super::*;
use crate::model::attempts::Backoff;

const START: Timestamp = Timestamp::from_seconds(1_000);
const TWICE_A_MINUTE: Limit = Limit { max: 2, window: Duration::from_secs(60), backoff: None };
const STOP_AT_TWO: Limit = Limit {
    backoff: Some(Backoff { first: Duration::from_secs(1), longest: Duration::from_secs(900), stop_after: 2 }),
    ..TWICE_A_MINUTE
};

/// Runs a call that never waits.
fn now<T>(call: impl Future<Output = Result<T, StoreError>>) -> T {
    let mut call = std::pin::pin!(call);
    match call.as_mut().poll(&mut std::task::Context::from_waker(std::task::Waker::noop())) {
        std::task::Poll::Ready(answer) => answer.expect("memory does not fail"),
        std::task::Poll::Pending => panic!("memory does not wait"),
    }
}

fn attempt(n: u32, limit: Limit) -> Attempt {
    let mut key = [0; 32];
    key[..4].copy_from_slice(&n.to_be_bytes());
    Attempt { key: AttemptKey::from_bytes(key), limit }
}

fn left(counter: &MemoryAttempts, n: u32, at: Timestamp) -> Option<u32> {
    match now(counter.take(&[attempt(n, TWICE_A_MINUTE)], at)) {
        Take::Allowed { left } => Some(left),
        Take::Blocked { .. } => None,
    }
}

// S-88
#[test]
fn made_up_keys_do_not_grow_memory() {
    let counter = MemoryAttempts::with_max_keys(100);
    for n in 0..10_000 {
        assert_eq!(left(&counter, n, START), Some(1));
    }
    let state = counter.state();
    assert_eq!((state.counters.len(), state.order.len()), (100, 100));
}

#[test]
fn the_counter_that_was_used_longest_ago_goes_first() {
    let counter = MemoryAttempts::with_max_keys(8);
    for n in 0..8 {
        let _ = left(&counter, n, START);
    }
    now(counter.give_back(&[attempt(0, TWICE_A_MINUTE)]));
    let _ = left(&counter, 8, START);
    let kept: Vec<_> = (0..9).filter(|n| counter.state().row(&attempt(*n, TWICE_A_MINUTE).key).is_some()).collect();
    assert_eq!(kept, [0, 2, 3, 4, 5, 6, 7, 8]);
}

#[test]
fn a_flood_of_made_up_keys_sets_nobody_free() {
    let counter = MemoryAttempts::with_max_keys(8);
    for _ in 0..2 {
        let _ = left(&counter, 0, START);
        let _ = now(counter.take(&[attempt(1, STOP_AT_TWO)], START));
    }
    let soon = START + Duration::from_secs(59);
    for n in 2..1_000 {
        let _ = left(&counter, n, soon);
    }
    assert_eq!(left(&counter, 0, soon), None);
    let later = START + Duration::from_secs(61);
    for n in 2..1_000 {
        let _ = left(&counter, n, later);
    }
    assert!(counter.state().row(&attempt(0, TWICE_A_MINUTE).key).is_none(), "what is free again is idle");
    assert_eq!(now(counter.blocked_each(&[attempt(1, STOP_AT_TWO)], later)), [Some(Timestamp::MAX)]);
}

#[test]
fn a_counter_that_is_full_of_refusals_still_counts_a_whole_take() {
    let counter = MemoryAttempts::with_max_keys(8);
    for n in 0..8 {
        let _ = (left(&counter, n, START), left(&counter, n, START));
    }
    let all: Vec<_> = (10..18).map(|n| attempt(n, TWICE_A_MINUTE)).collect();
    assert_eq!(now(counter.take(&all, START)), Take::Allowed { left: 1 });
    assert_eq!(now(counter.take(&all, START)), Take::Allowed { left: 0 });
    assert!(matches!(now(counter.take(&all, START)), Take::Blocked { .. }));
}

#[test]
fn a_clock_that_steps_back_does_not_make_new_counters_the_first_to_go() {
    let counter = MemoryAttempts::with_max_keys(8);
    for n in 0..8 {
        let _ = left(&counter, n, START);
    }
    let before = START - Duration::from_secs(600);
    for n in 10..14 {
        assert_eq!(left(&counter, n, before), Some(1));
    }
    for n in 10..14 {
        assert_eq!(left(&counter, n, before), Some(0));
    }
}

// S-84
#[test]
fn a_refusal_counts_for_none_of_the_attempts() {
    let counter = MemoryAttempts::new();
    let _ = (left(&counter, 0, START), left(&counter, 0, START));
    let both = [attempt(1, TWICE_A_MINUTE), attempt(0, TWICE_A_MINUTE)];
    assert!(matches!(now(counter.take(&both, START)), Take::Blocked { .. }));
    assert_eq!(left(&counter, 1, START), Some(1));
}

#[test]
fn what_is_given_back_or_cleared_may_be_tried_again() {
    let counter = MemoryAttempts::new();
    let _ = (left(&counter, 0, START), left(&counter, 0, START));
    now(counter.give_back(&[attempt(0, TWICE_A_MINUTE)]));
    assert_eq!(left(&counter, 0, START), Some(0));
    now(counter.clear(&[attempt(0, TWICE_A_MINUTE).key]));
    assert_eq!(left(&counter, 0, START), Some(1));
}

#[test]
fn only_what_nothing_changed_is_swept() {
    let counter = MemoryAttempts::new();
    for n in 0..4 {
        let _ = left(&counter, n, START);
    }
    let later = START + Duration::from_secs(10);
    let _ = left(&counter, 3, later);
    assert_eq!(now(counter.purge_attempts(later, 2)), 2);
    assert_eq!(now(counter.purge_attempts(later, 2)), 1);
    assert_eq!(now(counter.purge_attempts(later, 2)), 0);
    assert_eq!(left(&counter, 3, later), None);
}
