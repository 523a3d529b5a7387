//! Rotation, replay and reuse, one call after the other.

use std::time::Duration;

use authkit_core::{EventCode, NewSession, RevokeReason, Rotate, Rotation, RotationEvents, Session, Timestamp};

use crate::bench::{Bench, rotation};
use crate::failure::{Checked, Failure, holds, same};
use crate::fixtures::{ABSOLUTE, GRACE, IDLE, START, digest, instant, kid, new_session};

const MICRO: Duration = Duration::from_micros(1);

/// An event for each outcome that has one.
pub(crate) fn events(b: &Bench, at: Timestamp) -> RotationEvents {
    RotationEvents {
        rotated: Some(b.event(EventCode::SESSION_REFRESHED, at)),
        replayed: Some(b.event(EventCode::SESSION_REFRESH_REPLAYED, at)),
        reused: Some(b.event(EventCode::SESSION_REUSE_DETECTED, at)),
    }
}

async fn step(b: &Bench, step: Rotation) -> Checked<Rotate> {
    Ok(b.sessions.rotate(&step, &events(b, step.at)).await?)
}

#[track_caller]
fn rotated(seen: Rotate) -> Checked<Session> {
    match seen {
        Rotate::Rotated(row) => Ok(row),
        other => Err(Failure::wrong(format!("expected Rotated, seen {other:?}"))),
    }
}

#[track_caller]
fn replayed(seen: Rotate) -> Checked<Session> {
    match seen {
        Rotate::Replayed(row) => Ok(row),
        other => Err(Failure::wrong(format!("expected Replayed, seen {other:?}"))),
    }
}

/// A user with a session that holds `digest(1)`.
async fn session(b: &Bench) -> Checked<Session> {
    let user = b.user(1).await?;
    b.session(1, &user, START).await
}

pub(crate) async fn r1_r3_r6_a_rotation_moves_the_row_and_nothing_else(b: Bench) -> Checked {
    let session = session(&b).await?;
    let user = b.row(&session.user_id).await?;
    b.session(50, &user, START).await?;
    let at = instant(60);
    let row = rotated(step(&b, rotation(&session, 1, 2, at)).await?)?;
    same("the digest", &row.token_hash, &digest(2))?;
    same("the generation", &row.generation, &1)?;
    same("the key", &row.kid, &kid("key-2"))?;
    same("rotated_at", &row.rotated_at, &at)?;
    same("authenticated_at", &row.authenticated_at, &session.authenticated_at)?;
    same("created_at", &row.created_at, &session.created_at)?;
    for n in 2..=30 {
        let row = rotated(step(&b, rotation(&session, n, n + 1, instant(60 * n))).await?)?;
        same("the generation", &row.generation, &n)?;
    }
    Ok(())
}

// S-31
pub(crate) async fn r5_l4_the_idle_limit_rolls_by_the_rows_own_length_and_stops_at_the_absolute_one(
    b: Bench,
) -> Checked {
    let user = b.user(1).await?;
    let short =
        NewSession { idle_ttl: Duration::from_secs(100), absolute_at: instant(250), ..new_session(1, &user, START) };
    let session = b.open(short, START).await?;
    let row = rotated(step(&b, rotation(&session, 1, 2, instant(60))).await?)?;
    same("idle_at", &row.idle_at, &instant(160))?;
    let row = rotated(step(&b, rotation(&session, 2, 3, instant(155))).await?)?;
    same("idle_at near the end", &row.idle_at, &instant(250))?;
    same("absolute_at", &row.absolute_at, &instant(250))?;
    let row = rotated(step(&b, rotation(&session, 3, 4, instant(249))).await?)?;
    same("idle_at at the end", &row.idle_at, &instant(250))?;
    same("past the end", &step(&b, rotation(&session, 4, 5, instant(250))).await?, &Rotate::Expired)
}

// S-29
pub(crate) async fn r3_a_replay_within_the_grace_changes_no_column(b: Bench) -> Checked {
    let session = session(&b).await?;
    let at = instant(60);
    let row = rotated(step(&b, rotation(&session, 1, 2, at)).await?)?;
    let skew = Duration::from_secs(5);
    for replay_at in [at, at + GRACE, at - skew, at + MICRO, at - MICRO] {
        let other_key = Rotation { kid: kid("key-3"), ..rotation(&session, 1, 2, replay_at) };
        same("the row", &replayed(step(&b, other_key).await?)?, &row)?;
    }
    same("the events", &b.count(&EventCode::SESSION_REFRESH_REPLAYED).await?, &5)
}

// S-30
pub(crate) async fn r4_the_predecessor_after_the_grace_ends_the_session(b: Bench) -> Checked {
    let session = session(&b).await?;
    let at = instant(60);
    rotated(step(&b, rotation(&session, 1, 2, at)).await?)?;
    let late = at + GRACE + MICRO;
    same("too late", &step(&b, rotation(&session, 1, 2, late)).await?, &Rotate::Reused)?;
    let row = b.session_row(&session).await?;
    same("revoked_at", &row.revoked_at, &Some(late))?;
    same("the reason", &row.revoked_reason, &Some(RevokeReason::Reuse))?;
    same("the newest token", &step(&b, rotation(&session, 2, 3, late)).await?, &Rotate::Revoked)
}

// S-30
pub(crate) async fn r4_an_older_generation_ends_the_session_at_any_time(b: Bench) -> Checked {
    let user = b.user(1).await?;
    for (n, steps) in [(100_u64, 2_u64), (200, 3), (300, 7)] {
        let session = b.session(n, &user, START).await?;
        let at = instant(60);
        for i in 0..steps {
            rotated(step(&b, rotation(&session, n + i, n + i + 1, at)).await?)?;
        }
        // In the very instant of the last rotation, well within the grace of its predecessor.
        same("an older one", &step(&b, rotation(&session, n, n + 1, at)).await?, &Rotate::Reused)?;
        let newest = rotation(&session, n + steps, n + steps + 1, at);
        same("the newest token", &step(&b, newest).await?, &Rotate::Revoked)?;
    }
    same("the events", &b.count(&EventCode::SESSION_REUSE_DETECTED).await?, &3)
}

// S-33
pub(crate) async fn r4_a_token_that_the_row_never_held_ends_the_session(b: Bench) -> Checked {
    let session = session(&b).await?;
    let seen = step(&b, rotation(&session, 800, 801, instant(5))).await?;
    same("a foreign token", &seen, &Rotate::Reused)?;
    same("its own token", &step(&b, rotation(&session, 1, 2, instant(6))).await?, &Rotate::Revoked)
}

// S-34
pub(crate) async fn l5_r4_reuse_in_one_session_leaves_the_users_others_alone(b: Bench) -> Checked {
    let user = b.user(1).await?;
    let (a, other) = (b.session(100, &user, START).await?, b.session(200, &user, START).await?);
    same("reuse", &step(&b, rotation(&a, 900, 901, instant(5))).await?, &Rotate::Reused)?;
    rotated(step(&b, rotation(&other, 200, 201, instant(6))).await?).map(|_| ())
}

// S-32
pub(crate) async fn l5_r1_a_row_is_found_by_its_id_and_not_by_its_digest(b: Bench) -> Checked {
    let (one, two) = (b.user(1).await?, b.user(2).await?);
    let a = b.session(1, &one, START).await?;
    let twin = NewSession { token_hash: digest(1), ..new_session(2, &two, START) };
    let twin = b.open(twin, START).await?;
    rotated(step(&b, rotation(&twin, 1, 2, instant(60))).await?)?;
    // The other still holds what this one has left, and is rotated with it.
    rotated(step(&b, rotation(&a, 1, 2, instant(61))).await?).map(|_| ())
}

pub(crate) async fn r3_a_clock_that_is_behind_spends_nothing(b: Bench) -> Checked {
    let session = session(&b).await?;
    let at = instant(7_200);
    rotated(step(&b, rotation(&session, 1, 2, at)).await?)?;
    for behind in [Duration::from_secs(5) + MICRO, Duration::from_secs(3_600)] {
        let seen = step(&b, rotation(&session, 1, 2, at - behind)).await?;
        same("behind", &seen, &Rotate::ClockBehind)?;
    }
    // A shorter grace shortens the window below too.
    let strict = Rotation { grace: Duration::from_secs(2), ..rotation(&session, 1, 2, at - Duration::from_secs(3)) };
    same("behind a short grace", &step(&b, strict).await?, &Rotate::ClockBehind)?;
    replayed(step(&b, rotation(&session, 1, 2, at)).await?).map(|_| ())
}

pub(crate) async fn r3_r4_without_a_grace_only_the_same_instant_replays(b: Bench) -> Checked {
    let session = session(&b).await?;
    let strict = |at| Rotation { grace: Duration::ZERO, ..rotation(&session, 1, 2, at) };
    rotated(step(&b, strict(instant(60))).await?)?;
    replayed(step(&b, strict(instant(60))).await?)?;
    same("before", &step(&b, strict(instant(60) - MICRO)).await?, &Rotate::ClockBehind)?;
    same("after", &step(&b, strict(instant(60) + MICRO)).await?, &Rotate::Reused)
}

// S-31
pub(crate) async fn r3_at_the_limit_itself_a_session_is_over(b: Bench) -> Checked {
    let user = b.user(1).await?;
    for (n, limit, over) in [(1_u64, START + IDLE, false), (2, START + IDLE, true)] {
        let session = b.session(n, &user, START).await?;
        let at = if over { limit } else { limit - MICRO };
        let seen = step(&b, rotation(&session, n, n + 100, at)).await?;
        holds(matches!(seen, Rotate::Expired) == over, "Expired at the idle limit and not before", &seen)?;
    }
    let session = b.open(NewSession { idle_ttl: ABSOLUTE * 2, ..new_session(3, &user, START) }, START).await?;
    let last = START + ABSOLUTE - MICRO;
    rotated(step(&b, rotation(&session, 3, 4, last)).await?)?;
    // Over comes before everything but revoked: neither a replay nor a reuse of a session that is over does anything.
    for (presented, successor) in [(4, 5), (3, 4), (77, 78)] {
        let seen = step(&b, rotation(&session, presented, successor, START + ABSOLUTE)).await?;
        same("at the absolute limit", &seen, &Rotate::Expired)?;
    }
    Ok(())
}

pub(crate) async fn r3_l3_a_revoked_session_answers_revoked_whatever_is_presented(b: Bench) -> Checked {
    let session = session(&b).await?;
    rotated(step(&b, rotation(&session, 1, 2, instant(60))).await?)?;
    let cause = b.cause(EventCode::SESSION_CLOSED, instant(61));
    let _ = b.sessions.revoke_session(session.id, None, RevokeReason::Logout, cause).await?;
    let far = instant(60) + ABSOLUTE;
    for (presented, successor, at) in [(2, 3, instant(62)), (1, 2, instant(62)), (77, 78, instant(62)), (2, 3, far)] {
        let seen = step(&b, rotation(&session, presented, successor, at)).await?;
        same("revoked", &seen, &Rotate::Revoked)?;
    }
    Ok(())
}

pub(crate) async fn r3_a_session_that_never_was_is_missing(b: Bench) -> Checked {
    let session = session(&b).await?;
    let user = b.row(&session.user_id).await?;
    let nowhere = new_session(77, &user, instant(9)).into_session(START);
    same("missing", &step(&b, rotation(&nowhere, 1, 2, instant(60))).await?, &Rotate::Missing)
}

pub(crate) async fn r7_asking_again_with_the_same_arguments_gets_the_same_successor(b: Bench) -> Checked {
    let session = session(&b).await?;
    let at = instant(60);
    let (asked, prepared) = (rotation(&session, 1, 2, at), events(&b, at));
    let first = rotated(b.sessions.rotate(&asked, &prepared).await?)?;
    let second = replayed(b.sessions.rotate(&asked, &prepared).await?)?;
    same("the row", &second, &first)
}

pub(crate) async fn r1_an_outcome_without_an_event_records_none(b: Bench) -> Checked {
    let session = session(&b).await?;
    let none = RotationEvents::default();
    let at = instant(60);
    rotated(b.sessions.rotate(&rotation(&session, 1, 2, at), &none).await?)?;
    replayed(b.sessions.rotate(&rotation(&session, 1, 2, at), &none).await?)?;
    let seen = b.sessions.rotate(&rotation(&session, 88, 89, at), &none).await?;
    same("reuse", &seen, &Rotate::Reused)
}

pub(crate) async fn r3_i11_an_hours_step_of_the_clock_extends_no_limit(b: Bench) -> Checked {
    let hour = Duration::from_secs(3_600);
    let session = session(&b).await?;
    // Forward and back again: the row is rotated "in the past", and its limits follow the instant that was given.
    let ahead = rotated(step(&b, rotation(&session, 1, 2, instant(60) + hour)).await?)?;
    same("idle_at", &ahead.idle_at, &(instant(60) + hour + IDLE))?;
    let back = rotated(step(&b, rotation(&session, 2, 3, instant(90))).await?)?;
    same("idle_at", &back.idle_at, &(instant(90) + IDLE))?;
    same("absolute_at", &back.absolute_at, &session.absolute_at)
}
