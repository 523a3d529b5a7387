//! Events and pages while many write.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use authkit_core::{EventCode, EventFilter, InsertUser, NewUser, SessionFilter, UserFilter, UserSort};

use crate::bench::Bench;
use crate::failure::{Checked, holds, same};
use crate::feature::Feature;
use crate::fixtures::{START, guard, instant, new_session, new_user, role};
use crate::lists;

pub(crate) async fn a1_of_many_recorded_at_once_none_is_lost(b: Bench) -> Checked {
    b.race(64, |i| {
        let sink = Arc::clone(&b.store().sink);
        let events: Vec<_> = (0..5).map(|_| b.event(EventCode::SESSION_OPEN_FAILED, instant(i as u64))).collect();
        async move {
            for event in events {
                sink.record(event).await?;
            }
            Ok(())
        }
    })
    .await?;
    same("the events", &b.count(&EventCode::SESSION_OPEN_FAILED).await?, &320)
}

// S-76
pub(crate) async fn u2_a_change_is_never_seen_without_its_event(b: Bench) -> Checked {
    b.needs(Feature::EventsInside)?;
    let user = b.user(1).await?;
    let over = Arc::new(AtomicBool::new(false));
    let seen_alone = b
        .race(16, |i| {
            let (store, b, over, id) = (b.store().clone(), b.clone(), Arc::clone(&over), user.id);
            async move {
                let Some(trail) = store.trail.clone() else { return Ok(false) };
                if i == 0 {
                    for n in 1..=60 {
                        let name = format!("role-{n}");
                        let mut cause = b.cause(EventCode::USER_ROLE_CHANGED, instant(n));
                        if let Some(event) = &mut cause.event {
                            event.identifier = Some(name.clone());
                        }
                        let _ = store.users.set_role(&id, role(&name), guard(), cause).await?;
                    }
                    over.store(true, Ordering::SeqCst);
                    return Ok(false);
                }
                // Readers: whoever sees a role must see the event that gave it.
                loop {
                    let last = over.load(Ordering::SeqCst);
                    let row = store.users.find_user(&id).await?;
                    let name = row.map(|row| row.role.as_str().to_owned()).unwrap_or_default();
                    let events = trail.events().await?;
                    let told = events.iter().any(|event| event.identifier.as_deref() == Some(name.as_str()));
                    if name != "user" && !told {
                        return Ok(true);
                    }
                    if last {
                        return Ok(false);
                    }
                    tokio::task::yield_now().await;
                }
            }
        })
        .await?;
    holds(!seen_alone.contains(&true), "the event beside every change that is seen", &seen_alone)
}

// S-82
pub(crate) async fn a4_racing_retention_counts_every_event_once(b: Bench) -> Checked {
    let log = b.log()?;
    for n in 0..50 {
        b.sink.record(b.event(EventCode::SESSION_OPENED, instant(n))).await?;
    }
    let removed = b
        .race(16, |_| {
            let (log, b) = (b.store().log.clone(), b.clone());
            async move {
                let Some(log) = log else { return Ok((0, 0)) };
                let (mut removed, mut calls) = (0, 0);
                loop {
                    let cause = b.cause(EventCode::AUDIT_PURGED, instant(900));
                    let n = log.purge_events(instant(40), 3, cause).await?;
                    if n == 0 || removed > 1_000 {
                        return Ok((removed, calls));
                    }
                    removed += n;
                    calls += 1;
                }
            }
        })
        .await?;
    same("the events that were removed", &removed.iter().map(|(n, _)| n).sum::<u64>(), &40)?;
    let opened = EventFilter::of(EventCode::SESSION_OPENED);
    same("those that are left", &lists::events(&log, &opened).keys(7).await?.len(), &10)?;
    let calls: usize = removed.iter().map(|(_, calls)| calls).sum();
    same("the events that tell of it", &b.count(&EventCode::AUDIT_PURGED).await?, &calls)
}

pub(crate) async fn p1_what_stands_is_seen_once_while_many_write(b: Bench) -> Checked {
    for n in 1..=20 {
        let user = b.insert(new_user(n * 10), instant(n)).await?;
        b.session(n * 10, &user, instant(n)).await?;
    }
    let owner = b.row(&b.insert(new_user(5), START).await?.id).await?;
    let users = |sort| lists::users(&b, &UserFilter { sort, ..UserFilter::default() });
    let sessions = || lists::sessions(&b, &SessionFilter::all(instant(50)));
    let standing_users = Arc::new(users(UserSort::Email).keys(200).await?);
    let standing_sessions = Arc::new(sessions().keys(200).await?);
    let missed = b
        .race(16, |i| {
            let (b, store, owner) = (b.clone(), b.store().clone(), owner.clone());
            let lists = (users([UserSort::Newest, UserSort::Email][i % 2]), sessions());
            let standing = (Arc::clone(&standing_users), Arc::clone(&standing_sessions));
            async move {
                if i < 4 {
                    for n in 0..15_u64 {
                        let n = 1_000 * (i as u64 + 1) + n;
                        let at = instant(n % 23);
                        let user = NewUser { profile: b.store().shape.profiles[0].clone(), ..new_user(n) };
                        let cause = b.cause(EventCode::USER_CREATED, at);
                        if let InsertUser::Inserted(user) = store.users.insert_user(user, cause).await? {
                            let cause = b.cause(EventCode::USER_DELETED, at);
                            let _ = store.users.delete_user(&user.id, user.session_epoch, guard(), cause).await?;
                        }
                        let cause = b.cause(EventCode::SESSION_OPENED, at);
                        let _ = store.sessions.insert_session(new_session(n, &owner, at), 1_000, cause, None).await?;
                    }
                    return Ok(None);
                }
                for _ in 0..3 {
                    for (seen, standing) in [(lists.0.keys(3).await, &standing.0), (lists.1.keys(3).await, &standing.1)]
                    {
                        let seen = match seen {
                            Ok(seen) => seen,
                            Err(failure) => return Ok(Some(failure.to_string())),
                        };
                        for key in standing.iter() {
                            let times = seen.iter().filter(|of| *of == key).count();
                            if times != 1 {
                                return Ok(Some(format!("{key} was seen {times} times")));
                            }
                        }
                    }
                }
                Ok(None)
            }
        })
        .await?;
    same("rows that stand", &missed.into_iter().flatten().collect::<Vec<_>>(), &vec![])
}
