//! Callers who go away: a dropped future has done all of its step or nothing.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Waker};

use authkit_core::{Attempt, EventCode, Limit, RevokeReason, StoreError, Take, User, UserId};
use futures_util::future::BoxFuture;

use crate::bench::{Bench, rotation};
use crate::cases::passwords::change;
use crate::cases::rotation::events;
use crate::failure::{Checked, Failure, difference, same};
use crate::feature::Feature;
use crate::fixtures::{START, attempt_key, email, epoch, guard, hash, instant, new_session, new_user, role};
use crate::lockstep::{Lockstep, Snapshot};
use crate::subject::Subject;

type Work = Pin<Box<dyn Future<Output = Result<(), StoreError>> + Send>>;
/// A call that can be made on any store, its outcome thrown away.
type Call = Box<dyn Fn(Subject) -> Work + Send + Sync>;

/// `call!(|store| store.users.set_role(&id, ..), id, ..)`: the names are cloned for every call.
macro_rules! call {
    (|$store:ident| $call:expr $(, $name:ident)*) => {
        Box::new(move |$store: Subject| {
            $(let $name = $name.clone();)*
            Box::pin(async move { $call.await.map(|_| ()) }) as Work
        }) as Call
    };
}

/// Polls a future a few times, as a caller does who loses patience. Whether it is done by then is of no interest.
async fn poll_some(mut future: Work, polls: usize) {
    for _ in 0..polls {
        let done = future.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_ready();
        if done {
            return;
        }
        tokio::task::yield_now().await;
    }
}

/// What the store holds at an instant: two readings, one after the other, that say the same.
async fn settled(step: &Lockstep) -> Checked<Snapshot> {
    let mut last = step.seen().await?;
    for _ in 0..1_000 {
        let seen = step.seen().await?;
        if seen == last {
            return Ok(seen);
        }
        last = seen;
    }
    Err(Failure::wrong("the store never comes to rest"))
}

/// Makes the call on fresh stores, drops it after ever more polls, and looks what is there.
async fn all_or_nothing<F>(b: &Bench, name: &str, prepare: F) -> Checked
where
    F: Fn(Bench, User) -> BoxFuture<'static, Checked<Call>>,
{
    for polls in 1..=6 {
        let b = b.fresh().await;
        let user = b.user(1).await?;
        let call = prepare(b.clone(), user).await?;
        let after = Lockstep { store: b.store().clone(), reference: b.step.reference.copy() };
        call(after.reference.as_subject()).await?;
        let all = after.expected();
        b.step.reference.know(&after.reference);
        let nothing = b.step.expected();
        poll_some(call(b.store().clone()), polls).await;
        // What was set going may land a little later; it must never be seen in part.
        for _ in 0..3 {
            let seen = settled(&after).await?;
            if seen != all && seen != nothing {
                let text = difference(&seen, &all);
                return Err(Failure::wrong(format!("`{name}`, dropped after {polls} polls, was done in part: {text}")));
            }
            tokio::task::yield_now().await;
        }
    }
    Ok(())
}

// S-76
pub(crate) async fn u6_a_dropped_write_to_a_user_is_done_whole_or_not_at_all(b: Bench) -> Checked {
    b.needs(Feature::EventsInside)?;
    all_or_nothing(&b, "set_role", |b, user| {
        let cause = b.cause(EventCode::USER_ROLE_CHANGED, instant(1));
        Box::pin(async move { Ok(call!(|s| s.users.set_role(&user.id, role("editor"), guard(), cause), cause)) })
    })
    .await?;
    all_or_nothing(&b, "set_active", |b, user| {
        let cause = b.cause(EventCode::USER_DISABLED, instant(1));
        Box::pin(async move { Ok(call!(|s| s.users.set_active(&user.id, false, epoch(7), guard(), cause), cause)) })
    })
    .await?;
    all_or_nothing(&b, "delete_user", |b, user| {
        let cause = b.cause(EventCode::USER_DELETED, instant(1));
        Box::pin(async move {
            b.session(1, &user, START).await?;
            Ok(call!(|s| s.users.delete_user(&user.id, epoch(7), guard(), cause), cause))
        })
    })
    .await?;
    all_or_nothing(&b, "replace_password", |b, user| {
        let (swap, cause) = (change(&user, hash(9), 9), b.cause(EventCode::PASSWORD_CHANGED, instant(1)));
        Box::pin(async move { Ok(call!(|s| s.users.replace_password(swap, cause), swap, cause)) })
    })
    .await?;
    all_or_nothing(&b, "replace_email", |b, user| {
        let (new, cause) = (email("new@example.com"), b.cause(EventCode::EMAIL_CHANGED, instant(1)));
        Box::pin(async move {
            let old = user.email.key().clone();
            Ok(call!(|s| s.users.replace_email(&user.id, &old, new, user.session_epoch, cause), old, new, cause))
        })
    })
    .await?;
    all_or_nothing(&b, "advance_epoch", |b, user| {
        let cause = b.cause(EventCode::SESSION_CLOSED_ALL, instant(1));
        Box::pin(async move {
            Ok(call!(|s| s.users.advance_epoch(&user.id, user.session_epoch, epoch(7), None, cause), cause))
        })
    })
    .await
}

// S-76
pub(crate) async fn u6_a_dropped_insert_or_purge_of_a_user_is_done_whole_or_not_at_all(b: Bench) -> Checked {
    b.needs(Feature::EventsInside)?;
    if b.has(Feature::SuggestedKeys) {
        all_or_nothing(&b, "insert_user", |b, _| {
            let new = authkit_core::NewUser { profile: b.store().shape.profiles[0].clone(), ..new_user(2) };
            let cause = b.cause(EventCode::USER_REGISTERED, instant(1));
            Box::pin(async move { Ok(call!(|s| s.users.insert_user(new, cause), new, cause)) })
        })
        .await?;
    }
    if b.has(Feature::SoftDelete) {
        all_or_nothing(&b, "purge_user", |b, user| {
            let cause = b.cause(EventCode::USER_PURGED, instant(2));
            Box::pin(async move {
                b.session(1, &user, START).await?;
                b.session(2, &user, START).await?;
                let deleted = b.cause(EventCode::USER_DELETED, instant(1));
                let _ = b.users.delete_user(&user.id, epoch(7), guard(), deleted).await?;
                let id: UserId = user.id;
                Ok(call!(|s| s.users.purge_user(&id, guard(), cause), cause))
            })
        })
        .await?;
    }
    Ok(())
}

// S-76
pub(crate) async fn l6_a_dropped_write_to_sessions_is_done_whole_or_not_at_all(b: Bench) -> Checked {
    b.needs(Feature::EventsInside)?;
    all_or_nothing(&b, "insert_session", |b, user| {
        let new = new_session(9, &user, instant(9));
        let cause = b.cause(EventCode::SESSION_OPENED, instant(9));
        let cap_event = Some(b.event(EventCode::SESSION_REVOKED, instant(9)));
        Box::pin(async move {
            for n in 1..=3 {
                b.session(n, &user, instant(n)).await?;
            }
            Ok(call!(|s| s.sessions.insert_session(new, 2, cause, cap_event), new, cause, cap_event))
        })
    })
    .await?;
    all_or_nothing(&b, "revoke_sessions", |b, user| {
        let cause = b.cause(EventCode::SESSION_REVOKED, instant(9));
        Box::pin(async move {
            for n in 1..=3 {
                b.session(n, &user, instant(n)).await?;
            }
            let (id, of) = (user.id, user.session_epoch);
            Ok(call!(|s| s.sessions.revoke_sessions(&id, of, None, RevokeReason::Admin, cause), cause))
        })
    })
    .await?;
    all_or_nothing(&b, "revoke_session", |b, user| {
        let cause = b.cause(EventCode::SESSION_CLOSED, instant(9));
        Box::pin(async move {
            let id = b.session(1, &user, START).await?.id;
            Ok(call!(|s| s.sessions.revoke_session(id, None, RevokeReason::Logout, cause), cause))
        })
    })
    .await?;
    for (name, presented) in [("rotate, rotated", 1), ("rotate, reused", 77)] {
        all_or_nothing(&b, name, |b, user| {
            let events = events(&b, instant(9));
            Box::pin(async move {
                let step = rotation(&b.session(1, &user, START).await?, presented, presented + 1, instant(9));
                Ok(call!(|s| s.sessions.rotate(&step, &events), events))
            })
        })
        .await?;
    }
    Ok(())
}

pub(crate) async fn a4_a_dropped_retention_is_done_whole_or_not_at_all(b: Bench) -> Checked {
    b.log()?;
    all_or_nothing(&b, "purge_events", |b, _| {
        let cause = b.cause(EventCode::AUDIT_PURGED, instant(99));
        Box::pin(async move {
            for n in 1..=6 {
                b.sink.record(b.event(EventCode::SESSION_OPENED, instant(n))).await?;
            }
            let call = call!(
                |s| async {
                    match &s.log {
                        Some(log) => log.purge_events(instant(5), 4, cause).await,
                        None => Ok(0),
                    }
                },
                cause
            );
            Ok(call)
        })
    })
    .await
}

pub(crate) async fn c4_dropped_attempts_are_all_counted_or_none(b: Bench) -> Checked {
    b.attempts()?;
    let limit = Limit { max: 1_000, window: std::time::Duration::from_secs(60), backoff: None };
    let key = move |n| Attempt { key: attempt_key(n), limit };
    for polls in 1..=6 {
        let b = b.fresh().await;
        let Some(counter) = b.store().attempts.clone() else { return Ok(()) };
        for _ in 0..10 {
            let counter = counter.clone();
            let take = async move { counter.take(&[key(1), key(2), key(3)], START).await.map(|_| ()) };
            poll_some(Box::pin(take), polls).await;
        }
        // What was set going may land between two looks; what was counted in part stays so.
        let mut left: Vec<Take> = Vec::new();
        for _ in 0..20 {
            left.clear();
            for n in 1..=3 {
                left.push(counter.take(&[key(n)], START).await?);
            }
            if left.iter().all(|one| *one == left[0]) {
                break;
            }
        }
        same("what is left of three keys that were taken together", &left, &vec![left[0]; 3])?;
    }
    Ok(())
}
