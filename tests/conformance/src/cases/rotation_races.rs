//! Rotation by many at once.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use authkit_core::{EventCode, RevokeReason, Rotate, Rotation, RotationEvents, Session};

use crate::bench::{Bench, rotation};
use crate::cases::rotation::events;
use crate::failure::{Checked, Failure, holds, same};
use crate::fixtures::{START, digest, instant, kid};

const ROUNDS: u64 = 20;

/// How often each outcome came, in the order rotated, replayed, reused, revoked; another one is a failure.
fn tally(outcomes: &[Rotate]) -> Checked<[usize; 4]> {
    let mut seen = [0; 4];
    for outcome in outcomes {
        match outcome {
            Rotate::Rotated(_) => seen[0] += 1,
            Rotate::Replayed(_) => seen[1] += 1,
            Rotate::Reused => seen[2] += 1,
            Rotate::Revoked => seen[3] += 1,
            other => return Err(Failure::wrong(format!("no racing call may answer {other:?}"))),
        }
    }
    Ok(seen)
}

/// The rotation events of the store, in the order refreshed, replayed, reuse detected.
async fn event_counts(b: &Bench) -> Checked<[usize; 3]> {
    Ok([
        b.count(&EventCode::SESSION_REFRESHED).await?,
        b.count(&EventCode::SESSION_REFRESH_REPLAYED).await?,
        b.count(&EventCode::SESSION_REUSE_DETECTED).await?,
    ])
}

/// Presents tokens at once, each call with events of its own.
async fn rotate_at_once(b: &Bench, steps: &[Rotation]) -> Checked<Vec<Rotate>> {
    b.race(steps.len(), |i| {
        let (sessions, step) = (Arc::clone(&b.store().sessions), steps[i]);
        let events = events(b, step.at);
        async move { sessions.rotate(&step, &events).await }
    })
    .await
}

/// A session of a new user, holding `digest(n)`.
async fn session(b: &Bench, n: u64) -> Checked<Session> {
    let user = b.user(n).await?;
    b.session(n, &user, START).await
}

// S-28
pub(crate) async fn r2_i1_i2_racing_rotations_have_one_winner_and_one_successor(b: Bench) -> Checked {
    for round in 0..ROUNDS {
        let n = 1_000 * (round + 1);
        let tasks = if round == 0 { 64 } else { 16 };
        let session = session(&b, n).await?;
        let mut before = event_counts(&b).await?;
        // Two nodes, of which one signs with another key already.
        let steps: Vec<_> = (0..tasks)
            .map(|i| Rotation {
                kid: kid(if i % 2 == 0 { "key-2" } else { "key-3" }),
                ..rotation(&session, n, n + 1, instant(60))
            })
            .collect();
        let outcomes = rotate_at_once(&b, &steps).await?;
        same("rotated, replayed, reused, revoked", &tally(&outcomes)?, &[1, tasks - 1, 0, 0])?;
        let row = b.session_row(&session).await?;
        for outcome in &outcomes {
            let (Rotate::Rotated(seen) | Rotate::Replayed(seen)) = outcome else { continue };
            same("the row that a call was answered with", seen, &row)?;
        }
        same("the digest", &row.token_hash, &digest(n + 1))?;
        same("the generation", &row.generation, &1)?;
        before[0] += 1;
        before[1] += tasks - 1;
        same("the events", &event_counts(&b).await?, &before)?;
    }
    Ok(())
}

// S-28
pub(crate) async fn r2_r6_every_link_of_a_raced_chain_is_one_generation(b: Bench) -> Checked {
    let session = session(&b, 1).await?;
    for n in 1..=ROUNDS {
        let steps = vec![rotation(&session, n, n + 1, instant(60 * n)); 16];
        same("the outcomes", &tally(&rotate_at_once(&b, &steps).await?)?, &[1, 15, 0, 0])?;
        same("the generation", &b.session_row(&session).await?.generation, &n)?;
    }
    Ok(())
}

// S-30
pub(crate) async fn r4_i5_racing_reuse_and_rotation_end_the_session_once(b: Bench) -> Checked {
    for round in 0..ROUNDS {
        let n = 1_000 * (round + 1);
        let session = session(&b, n).await?;
        for i in 0..2 {
            let step = rotation(&session, n + i, n + i + 1, instant(60));
            let _ = b.sessions.rotate(&step, &events(&b, step.at)).await?;
        }
        let before = event_counts(&b).await?;
        // Half present what is two generations old, half what is current.
        let steps: Vec<_> = (0..16)
            .map(|i| {
                let presented = if i % 2 == 0 { n } else { n + 2 };
                rotation(&session, presented, presented + 1, instant(61))
            })
            .collect();
        let outcomes = rotate_at_once(&b, &steps).await?;
        let [rotated, replayed, reused, _] = tally(&outcomes)?;
        same("reused", &reused, &1)?;
        holds(rotated <= 1 && (rotated == 1 || replayed == 0), "at most one rotation before the reuse", &outcomes)?;
        let row = b.session_row(&session).await?;
        same("the reason", &row.revoked_reason, &Some(RevokeReason::Reuse))?;
        same("the generation", &row.generation, &(2 + rotated as u64))?;
        let written = [before[0] + rotated, before[1] + replayed, before[2] + 1];
        same("the events", &event_counts(&b).await?, &written)?;
    }
    Ok(())
}

// S-35
pub(crate) async fn l1_i4_nothing_is_rotated_after_a_revocation_was_answered(b: Bench) -> Checked {
    for round in 0..ROUNDS {
        let n = 1_000 * (round + 1);
        let session = session(&b, n).await?;
        let over = Arc::new(AtomicBool::new(false));
        let answers = b
            .race(16, |i| {
                let (sessions, over) = (Arc::clone(&b.store().sessions), Arc::clone(&over));
                let (b, session) = (b.clone(), session.clone());
                async move {
                    let mut rotated = 0_u64;
                    if i == 0 {
                        for _ in 0..round % 4 {
                            tokio::task::yield_now().await;
                        }
                        let cause = b.cause(EventCode::SESSION_CLOSED, instant(70));
                        let _ = sessions.revoke_session(session.id, None, RevokeReason::Logout, cause).await?;
                        over.store(true, Ordering::SeqCst);
                    }
                    let mut too_late = false;
                    for _ in 0..12 {
                        let after = over.load(Ordering::SeqCst);
                        let step = rotation(&session, n, n + 1, instant(60));
                        match sessions.rotate(&step, &RotationEvents::default()).await? {
                            Rotate::Rotated(_) => {
                                rotated += 1;
                                too_late |= after;
                            }
                            Rotate::Replayed(_) => too_late |= after,
                            _ => break,
                        }
                    }
                    Ok((rotated, too_late))
                }
            })
            .await?;
        holds(!answers.iter().any(|(_, late)| *late), "no rotation begun after the answer", &answers)?;
        let row = b.session_row(&session).await?;
        let rotated: u64 = answers.iter().map(|(rotated, _)| rotated).sum();
        same("the generation and the rotations that were answered", &row.generation, &rotated)?;
        holds(row.revoked_at.is_some(), "a revoked row", &row)?;
    }
    Ok(())
}

// S-34
pub(crate) async fn l5_i7_raced_sessions_of_one_user_do_not_touch_each_other(b: Bench) -> Checked {
    let user = b.user(1).await?;
    let mut rows = Vec::new();
    for i in 0..4 {
        rows.push(b.session(1_000 * (i + 1), &user, START).await?);
    }
    let bystander = b.session_row(&b.session(9, &user, START).await?).await?;
    let steps: Vec<_> = (0..32)
        .map(|i| {
            let n = 1_000 * (i % 4 + 1);
            // The last of them is hit by a foreign token too.
            let foreign = i == 31;
            let presented = if foreign { 77 } else { n };
            rotation(&rows[(i % 4) as usize], presented, presented + 1, instant(60))
        })
        .collect();
    let outcomes = rotate_at_once(&b, &steps).await?;
    for (i, row) in rows.iter().enumerate() {
        let of_it: Vec<_> = outcomes.iter().skip(i).step_by(4).cloned().collect();
        let [rotated, replayed, reused, _] = tally(&of_it)?;
        let row = b.session_row(row).await?;
        if i < 3 {
            same("rotated, replayed, reused", &[rotated, replayed, reused], &[1, 7, 0])?;
            same("an untouched session's end", &row.revoked_at, &None)?;
        } else {
            same("reused", &reused, &1)?;
            same("the reason", &row.revoked_reason, &Some(RevokeReason::Reuse))?;
        }
    }
    same("a session that nobody named", &b.session_row(&bystander).await?, &bystander)
}
