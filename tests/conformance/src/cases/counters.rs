//! Counting attempts.

use std::sync::Arc;
use std::time::Duration;

use authkit_core::{Attempt, Backoff, Limit, Take, Timestamp};

use crate::bench::Bench;
use crate::failure::{Checked, holds, same};
use crate::fixtures::{START, attempt_key, instant};

/// Like the throttle of an account.
const ACCOUNT: Limit = Limit {
    max: 5,
    window: Duration::from_secs(300),
    backoff: Some(Backoff { first: Duration::from_secs(1), longest: Duration::from_secs(900), stop_after: 100 }),
};
/// Like the throttle of an address.
const RATE: Limit = Limit { max: 3, window: Duration::from_secs(60), backoff: None };

fn account(n: u64) -> Attempt {
    Attempt { key: attempt_key(n), limit: ACCOUNT }
}

fn rate(n: u64) -> Attempt {
    Attempt { key: attempt_key(n), limit: RATE }
}

// S-84
pub(crate) async fn c1_c2_attempts_past_the_limit_wait_longer_each_time(b: Bench) -> Checked {
    let counter = b.attempts()?;
    let mut at = START;
    for left in [4, 3, 2, 1, 0] {
        same("allowed", &counter.take(&[account(1)], at).await?, &Take::Allowed { left })?;
    }
    for delay in [1_u64, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900] {
        let until = at + Duration::from_secs(delay);
        for _ in 0..3 {
            let early = until - Duration::from_micros(1);
            same("too early", &counter.take(&[account(1)], early).await?, &Take::Blocked { until })?;
            same("and told so", &counter.blocked_each(&[account(1)], early).await?, &vec![Some(until)])?;
        }
        same("free", &counter.blocked_each(&[account(1)], until).await?, &vec![None])?;
        same("in time", &counter.take(&[account(1)], until).await?, &Take::Allowed { left: 0 })?;
        at = until;
    }
    same("another key", &counter.take(&[account(2)], at).await?, &Take::Allowed { left: 4 })
}

// S-84
pub(crate) async fn c1_c2_a_hundred_in_a_row_block_until_they_are_cleared(b: Bench) -> Checked {
    let counter = b.attempts()?;
    let at = |n: u64| instant(n * 1_000);
    for n in 0..100 {
        let seen = counter.take(&[account(1)], at(n)).await?;
        holds(matches!(seen, Take::Allowed { .. }), "Allowed", &seen)?;
    }
    let years = instant(100_000_000);
    let blocked = Take::Blocked { until: Timestamp::MAX };
    same("for good", &counter.take(&[account(1)], years).await?, &blocked)?;
    counter.give_back(&[account(1)]).await?;
    same("one given back", &counter.take(&[account(1)], years).await?, &Take::Allowed { left: 4 })?;
    same("for good again", &counter.take(&[account(1)], years).await?, &blocked)?;
    counter.clear(&[attempt_key(1), attempt_key(2)]).await?;
    same("cleared", &counter.take(&[account(1)], years).await?, &Take::Allowed { left: 4 })
}

// S-85
pub(crate) async fn c1_a_window_ends_and_the_count_begins_again(b: Bench) -> Checked {
    let counter = b.attempts()?;
    for (seconds, expected) in [
        (0, Take::Allowed { left: 2 }),
        (20, Take::Allowed { left: 1 }),
        (59, Take::Allowed { left: 0 }),
        (59, Take::Blocked { until: instant(60) }),
        (60, Take::Allowed { left: 2 }),
        (61, Take::Allowed { left: 1 }),
        // A clock that is behind frees nobody: what was counted stays, and the window ends as early as that clock says.
        (10, Take::Allowed { left: 0 }),
        (10, Take::Blocked { until: instant(70) }),
        (0, Take::Blocked { until: instant(70) }),
        (69, Take::Blocked { until: instant(70) }),
        (70, Take::Allowed { left: 2 }),
    ] {
        same("the answer", &counter.take(&[rate(1)], instant(seconds)).await?, &expected)?;
    }
    Ok(())
}

pub(crate) async fn c1_c2_attempts_are_taken_together_or_not_at_all(b: Bench) -> Checked {
    let counter = b.attempts()?;
    for _ in 0..3 {
        let _ = counter.take(&[rate(1)], START).await?;
    }
    let together = [account(2), rate(1), rate(3)];
    for _ in 0..10 {
        let seen = counter.take(&together, instant(1)).await?;
        same("one of them is full", &seen, &Take::Blocked { until: instant(60) })?;
    }
    let each = vec![None, Some(instant(60)), None];
    same("until when", &counter.blocked_each(&together, instant(1)).await?, &each)?;
    same("what was not counted", &counter.take(&[rate(3)], instant(2)).await?, &Take::Allowed { left: 2 })?;
    same("nor this", &counter.take(&[account(2)], instant(2)).await?, &Take::Allowed { left: 4 })?;
    same("all of them", &counter.take(&together, instant(60)).await?, &Take::Allowed { left: 1 })?;
    let eight: Vec<Attempt> = (10..18).map(|n| if n % 2 == 0 { rate(n) } else { account(n) }).collect();
    same("eight of them", &counter.take(&eight, instant(60)).await?, &Take::Allowed { left: 2 })?;
    same("none of them", &counter.blocked_each(&[], instant(60)).await?, &Vec::new())
}

pub(crate) async fn c1_what_is_given_back_was_never_counted(b: Bench) -> Checked {
    let counter = b.attempts()?;
    for _ in 0..20 {
        same("taken", &counter.take(&[rate(1), account(2)], START).await?, &Take::Allowed { left: 2 })?;
        counter.give_back(&[rate(1), account(2)]).await?;
    }
    // What was never taken cannot be given back below nothing.
    counter.give_back(&[rate(9)]).await?;
    for left in [2, 1, 0] {
        same("a new one", &counter.take(&[rate(9)], START).await?, &Take::Allowed { left })?;
    }
    for _ in 0..5 {
        let _ = counter.take(&[account(3)], START).await?;
    }
    counter.give_back(&[account(3)]).await?;
    same("below the limit again", &counter.blocked_each(&[account(3)], START).await?, &vec![None])
}

pub(crate) async fn c5_each_of_two_hundred_is_answered_for_by_itself_and_in_order(b: Bench) -> Checked {
    let counter = b.attempts()?;
    // Some free, some unknown, some full, some slowed down and one stopped, their keys in no order.
    let each: Vec<Attempt> =
        (0..200).map(|n| if n % 3 == 0 { rate(n * 7 % 200) } else { account(n * 7 % 200) }).collect();
    for (n, attempt) in (0_u64..).zip(&each) {
        let times = if n == 100 { 100 } else { n % 7 };
        for time in 0..times {
            let at = if n == 100 { instant(time * 1_000) } else { instant(n) };
            let _ = counter.take(std::slice::from_ref(attempt), at).await?;
        }
    }
    for at in [START, instant(100), instant(205), instant(100_000), instant(100_000_000)] {
        let together = counter.blocked_each(&each, at).await?;
        let mut apart = Vec::new();
        for attempt in &each {
            apart.extend(counter.blocked_each(std::slice::from_ref(attempt), at).await?);
        }
        same("each by itself", &together, &apart)?;
        same("the one that was stopped for good", &together.get(100), &Some(&Some(Timestamp::MAX)))?;
    }
    // Asked twice for one, and of a limit that was made narrower since.
    let narrow = Attempt { limit: Limit { max: 1, ..RATE }, ..rate(900) };
    let _ = counter.take(&[narrow], START).await?;
    let seen = counter.blocked_each(&[narrow, rate(900), narrow], instant(1)).await?;
    same("by its own limit", &seen, &vec![Some(instant(60)), None, Some(instant(60))])?;
    same("and nothing was counted", &counter.take(&[rate(900)], instant(1)).await?, &Take::Allowed { left: 1 })
}

// S-88
pub(crate) async fn c3_counters_that_nothing_changed_are_swept_in_steps(b: Bench) -> Checked {
    let counter = b.attempts()?;
    for n in 0..10 {
        for _ in 0..3 {
            let _ = counter.take(&[rate(n)], instant(n)).await?;
        }
    }
    same("none so old", &counter.purge_attempts(START, 100).await?, &0)?;
    same("at most three", &counter.purge_attempts(instant(5), 3).await?, &3)?;
    same("the others", &counter.purge_attempts(instant(5), 3).await?, &2)?;
    same("no more", &counter.purge_attempts(instant(5), 3).await?, &0)?;
    for n in 0..10 {
        let seen = counter.blocked_each(&[rate(n)], instant(10)).await?;
        same("blocked", &seen, &vec![(n >= 5).then(|| instant(n + 60))])?;
    }
    Ok(())
}

// S-84
pub(crate) async fn c1_of_two_hundred_racing_attempts_as_many_are_allowed_as_the_limit_says(b: Bench) -> Checked {
    b.attempts()?;
    for round in 0..5 {
        let taken = b
            .race(200, |i| {
                let counter = b.store().attempts.clone();
                async move {
                    let Some(counter) = counter else { return Ok(false) };
                    let mut taken = [account(2 * round), rate(1_000 + 1_000 * round + i as u64)];
                    // The order in which they are named must not matter, nor lock anybody out.
                    if i % 2 == 0 {
                        taken.reverse();
                    }
                    Ok(matches!(counter.take(&taken, START).await?, Take::Allowed { .. }))
                }
            })
            .await?;
        same("allowed", &taken.iter().filter(|allowed| **allowed).count(), &5)?;
        // Who was refused has counted nothing elsewhere.
        let Some(counter) = b.store().attempts.clone() else { break };
        for (i, allowed) in (0..).zip(&taken) {
            let seen = counter.take(&[rate(1_000 + 1_000 * round + i)], START).await?;
            let left = if *allowed { 1 } else { 2 };
            same("the counter that only one caller named", &seen, &Take::Allowed { left })?;
        }
    }
    Ok(())
}

pub(crate) async fn c1_racing_attempts_on_shared_keys_never_exceed_either(b: Bench) -> Checked {
    b.attempts()?;
    let wide = |n| Attempt { key: attempt_key(n), limit: Limit { max: 40, ..RATE } };
    let narrow = |n| Attempt { key: attempt_key(n), limit: Limit { max: 7, ..RATE } };
    let taken = b
        .race(64, |i| {
            let counter = b.store().attempts.clone();
            async move {
                let Some(counter) = counter else { return Ok(false) };
                let mut taken = vec![wide(1), narrow(2), narrow(3)];
                taken.rotate_left(i % 3);
                Ok(matches!(counter.take(&taken, START).await?, Take::Allowed { .. }))
            }
        })
        .await?;
    same("allowed", &taken.iter().filter(|allowed| **allowed).count(), &7)?;
    let counter: Arc<_> = match b.store().attempts.clone() {
        Some(counter) => counter,
        None => return Ok(()),
    };
    same("what is left of the wide one", &counter.take(&[wide(1)], START).await?, &Take::Allowed { left: 32 })
}

pub(crate) async fn c1_what_racing_callers_give_back_is_free_again(b: Bench) -> Checked {
    b.attempts()?;
    let wide = Attempt { key: attempt_key(1), limit: Limit { max: 1_000, ..RATE } };
    b.race(32, |i| {
        let counter = b.store().attempts.clone();
        async move {
            let Some(counter) = counter else { return Ok(()) };
            for _ in 0..10 {
                let _ = counter.take(&[wide], START).await?;
                if i % 2 == 0 {
                    counter.give_back(&[wide]).await?;
                }
            }
            Ok(())
        }
    })
    .await?;
    let Some(counter) = b.store().attempts.clone() else { return Ok(()) };
    same("what is left", &counter.take(&[wide], START).await?, &Take::Allowed { left: 1_000 - 161 })
}
