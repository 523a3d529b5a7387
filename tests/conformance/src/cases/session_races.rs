//! Opening, ending and purging sessions by many at once.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use authkit_core::{
    ConfirmSession, EventCode, InsertSession, NewSession, RevokeReason, RevokeSession, Rotate, RotationEvents,
    SessionFilter,
};

use crate::bench::{Bench, rotation};
use crate::failure::{Checked, holds, same};
use crate::feature::Feature;
use crate::fixtures::{START, epoch, guard, instant, new_session};
use crate::lists;

const ROUNDS: u64 = 10;

// S-40
pub(crate) async fn l8_racing_sign_ins_leave_as_many_sessions_as_the_cap(b: Bench) -> Checked {
    for round in 1..=ROUNDS {
        let user = b.user(round).await?;
        let before = b.count(&EventCode::SESSION_REVOKED).await?;
        let answers = b
            .race(16, |i| {
                let sessions = Arc::clone(&b.store().sessions);
                let session = new_session(1_000 * round + i as u64, &user, instant(1));
                let (id, cause) = (session.id, b.cause(EventCode::SESSION_OPENED, instant(1)));
                let cap_event = Some(b.event(EventCode::SESSION_REVOKED, instant(1)));
                async move { Ok((id, sessions.insert_session(session, 5, cause, cap_event).await?)) }
            })
            .await?;
        let mut evicted = Vec::new();
        let mut evicting = 0;
        for (id, seen) in &answers {
            let InsertSession::Inserted { evicted: gone } = seen else {
                return holds(false, "Inserted", seen);
            };
            holds(!gone.contains(id), "the new session not to go itself", seen)?;
            evicting += usize::from(!gone.is_empty());
            evicted.extend(gone.iter().copied());
        }
        let distinct: BTreeSet<_> = evicted.iter().collect();
        same("sessions that went twice", &(evicted.len() - distinct.len()), &0)?;
        let live = [(user.id, user.session_epoch)];
        let mut open = b.store().sessions.count_live_sessions(&live, instant(2)).await?[0];
        if !b.has(Feature::OneDatabase) && open > 5 {
            // Overshoot by those in flight is allowed, and mended by the next.
            let cause = b.cause(EventCode::SESSION_OPENED, instant(3));
            let next = new_session(1_000 * round + 99, &user, instant(3));
            let _ = b.store().sessions.insert_session(next, 5, cause, None).await?;
            open = b.store().sessions.count_live_sessions(&live, instant(4)).await?[0];
        }
        same("open sessions", &open, &5)?;
        same("the sessions that went", &evicted.len(), &11)?;
        let written = b.count(&EventCode::SESSION_REVOKED).await? - before;
        same("the events", &written, &evicting)?;
    }
    Ok(())
}

pub(crate) async fn l1_l3_of_sixteen_revocations_one_is_a_change(b: Bench) -> Checked {
    let user = b.user(1).await?;
    let reasons = [RevokeReason::Logout, RevokeReason::Owner, RevokeReason::Admin, RevokeReason::Replaced];
    for round in 1..=ROUNDS {
        let session = b.session(round, &user, START).await?;
        let answers = b
            .race(16, |i| {
                let (sessions, id) = (Arc::clone(&b.store().sessions), session.id);
                let cause = b.cause(EventCode::SESSION_CLOSED, instant(i as u64));
                async move {
                    let seen = sessions.revoke_session(id, None, reasons[i % 4], cause).await?;
                    let row = sessions.find_session(id).await?;
                    Ok((seen, row.is_some_and(|row| row.revoked_at.is_some())))
                }
            })
            .await?;
        let won: Vec<_> = answers.iter().filter(|(seen, _)| matches!(seen, RevokeSession::Revoked(_))).collect();
        same("revoked", &won.len(), &1)?;
        holds(answers.iter().all(|(_, visible)| *visible), "a revoked row for every caller", &answers)?;
        let row = b.session_row(&session).await?;
        same("the row", &RevokeSession::Revoked(Box::new(row)), &won[0].0)?;
        same("the events", &b.count(&EventCode::SESSION_CLOSED).await?, &usize::try_from(round).unwrap_or(0))?;
    }
    Ok(())
}

pub(crate) async fn l1_every_session_is_ended_by_one_of_the_racing_calls(b: Bench) -> Checked {
    for round in 1..=ROUNDS {
        let user = b.user(round).await?;
        for n in 0..8 {
            b.session(1_000 * round + n, &user, instant(n)).await?;
        }
        let before = b.count(&EventCode::SESSION_REVOKED).await?;
        let answers = b
            .race(16, |_| {
                let (sessions, user) = (Arc::clone(&b.store().sessions), user.clone());
                let cause = b.cause(EventCode::SESSION_REVOKED, instant(20));
                async move {
                    sessions.revoke_sessions(&user.id, user.session_epoch, None, RevokeReason::Admin, cause).await
                }
            })
            .await?;
        let all: Vec<_> = answers.iter().flatten().collect();
        let distinct: BTreeSet<_> = all.iter().collect();
        same("sessions that were ended, and by how many calls", &(all.len(), distinct.len()), &(8, 8))?;
        let calls = answers.iter().filter(|ended| !ended.is_empty()).count();
        same("the events", &(b.count(&EventCode::SESSION_REVOKED).await? - before), &calls)?;
    }
    Ok(())
}

// S-41
pub(crate) async fn l9_a_session_that_is_rotated_is_not_purged(b: Bench) -> Checked {
    for round in 1..=ROUNDS {
        let user = b.user(round).await?;
        let mut rows = Vec::new();
        for n in 0..16 {
            let short =
                NewSession { idle_ttl: Duration::from_secs(100), ..new_session(1_000 * round + n, &user, START) };
            rows.push(b.open(short, START).await?);
        }
        // A node whose clock is ahead purges what another, in the last instant, still rotates.
        let rotated = b
            .race(32, |i| {
                let (sessions, session) = (Arc::clone(&b.store().sessions), rows[i % 16].clone());
                let n = 1_000 * round + i as u64 % 16;
                async move {
                    if i < 16 {
                        let step = rotation(&session, n, n + 500, instant(99));
                        let seen = sessions.rotate(&step, &RotationEvents::default()).await?;
                        return Ok(matches!(seen, Rotate::Rotated(_)));
                    }
                    sessions.purge_sessions(instant(101), 3).await?;
                    Ok(false)
                }
            })
            .await?;
        for (row, rotated) in rows.iter().zip(rotated) {
            let row = b.store().sessions.find_session(row.id).await?;
            same("a rotated session is there, another is not due or gone", &(rotated && row.is_none()), &false)?;
        }
    }
    Ok(())
}

pub(crate) async fn l4_racing_confirmations_leave_the_latest(b: Bench) -> Checked {
    let user = b.user(1).await?;
    for round in 1..=ROUNDS {
        let session = b.session(round, &user, START).await?;
        let answers = b
            .race(16, |i| {
                let (sessions, id) = (Arc::clone(&b.store().sessions), session.id);
                let cause = b.cause(EventCode::SESSION_CONFIRMED, instant((i as u64 * 7) % 16 + 1));
                async move { sessions.confirm_session(id, cause).await }
            })
            .await?;
        holds(answers.iter().all(|seen| *seen == ConfirmSession::Confirmed), "Confirmed", &answers)?;
        same("authenticated_at", &b.session_row(&session).await?.authenticated_at, &instant(16))?;
    }
    Ok(())
}

pub(crate) async fn l1_no_session_survives_its_purged_user(b: Bench) -> Checked {
    b.needs(Feature::OneDatabase)?;
    for round in 1..=ROUNDS {
        let user = b.user(round).await?;
        if b.has(Feature::SoftDelete) {
            let cause = b.cause(EventCode::USER_DELETED, START);
            let _ = b.users.delete_user(&user.id, epoch(9_000 + round), guard(), cause).await?;
        }
        b.race(16, |i| {
            let (store, user, b) = (b.store().clone(), user.clone(), b.clone());
            let session = new_session(1_000 * round + i as u64, &user, instant(1));
            async move {
                if i == 7 {
                    let cause = b.cause(EventCode::USER_PURGED, instant(1));
                    if b.has(Feature::SoftDelete) {
                        let _ = store.users.purge_user(&user.id, guard(), cause).await?;
                    } else {
                        let _ = store.users.delete_user(&user.id, user.session_epoch, guard(), cause).await?;
                    }
                } else {
                    let cause = b.cause(EventCode::SESSION_OPENED, instant(1));
                    let _ = store.sessions.insert_session(session, 100, cause, None).await?;
                }
                Ok(())
            }
        })
        .await?;
        let filter = SessionFilter { user_id: Some(user.id), ..SessionFilter::all(instant(2)) };
        same("sessions of nobody", &lists::sessions(&b, &filter).keys(200).await?, &vec![])?;
    }
    Ok(())
}
