//! Ending sessions: one, all but one, those of a left epoch.

use std::time::Duration;

use authkit_core::{Cause, Event, EventCode, NewSession, RevokeReason, RevokeSession, Session, SessionId};

use crate::bench::Bench;
use crate::failure::{Checked, Failure, holds, same};
use crate::fixtures::{IDLE, START, epoch, instant, new_session, uuid_at};

#[track_caller]
fn revoked(seen: RevokeSession) -> Checked<Session> {
    match seen {
        RevokeSession::Revoked(row) => Ok(*row),
        other => Err(Failure::wrong(format!("expected Revoked, seen {other:?}"))),
    }
}

pub(crate) async fn l1_l3_a_session_is_revoked_once_and_the_reason_stays(b: Bench) -> Checked {
    let user = b.user(1).await?;
    let (session, other) = (b.session(1, &user, START).await?, b.session(2, &user, START).await?);
    let revoke = |reason, at| {
        let cause = b.cause(EventCode::SESSION_CLOSED, instant(at));
        b.sessions.revoke_session(session.id, None, reason, cause)
    };
    let row = revoked(revoke(RevokeReason::Logout, 5).await?)?;
    same("when", &row.revoked_at, &Some(instant(5)))?;
    same("why", &row.revoked_reason, &Some(RevokeReason::Logout))?;
    same("again", &revoke(RevokeReason::Admin, 6).await?, &RevokeSession::Already)?;
    same("the row", &b.session_row(&session).await?, &row)?;
    same("another session", &b.session_row(&other).await?.revoked_at, &None)?;
    let nowhere = SessionId::from_uuid(uuid_at(START, 77));
    let cause = b.cause(EventCode::SESSION_CLOSED, instant(7));
    let seen = b.sessions.revoke_session(nowhere, None, RevokeReason::Admin, cause).await?;
    same("a session that never was", &seen, &RevokeSession::Missing)
}

// S-38
pub(crate) async fn l5_anothers_session_is_missing_and_stays(b: Bench) -> Checked {
    let (owner, stranger) = (b.user(1).await?, b.user(2).await?);
    let session = b.session(1, &owner, START).await?;
    let revoke = |by, at| {
        let cause = b.cause(EventCode::SESSION_REVOKED, instant(at));
        b.sessions.revoke_session(session.id, Some(by), RevokeReason::Owner, cause)
    };
    same("a stranger", &revoke(&stranger.id, 1).await?, &RevokeSession::Missing)?;
    revoked(revoke(&owner.id, 2).await?)?;
    same("a stranger afterwards", &revoke(&stranger.id, 3).await?, &RevokeSession::Missing)?;
    same("the owner again", &revoke(&owner.id, 4).await?, &RevokeSession::Already)
}

pub(crate) async fn l3_every_reason_is_kept_and_what_is_over_may_be_revoked(b: Bench) -> Checked {
    use RevokeReason as R;
    let user = b.user(1).await?;
    let reasons = [
        R::Logout,
        R::Owner,
        R::Admin,
        R::Cap,
        R::Reuse,
        R::Password,
        R::Reset,
        R::Disabled,
        R::Deleted,
        R::Everywhere,
        R::Replaced,
    ];
    for (n, reason) in (1..).zip(reasons) {
        let session = b.session(n, &user, START).await?;
        let cause = b.cause(EventCode::SESSION_REVOKED, START + IDLE + IDLE);
        let row = revoked(b.sessions.revoke_session(session.id, None, reason, cause).await?)?;
        same("why", &row.revoked_reason, &Some(reason))?;
    }
    Ok(())
}

pub(crate) async fn l2_l5_all_but_one_are_ended_by_one_event_that_names_them(b: Bench) -> Checked {
    let (user, other) = (b.user(1).await?, b.user(2).await?);
    let mut ids = Vec::new();
    for n in 1..=4 {
        ids.push(b.session(n, &user, instant(n)).await?.id);
    }
    b.session(5, &other, instant(5)).await?;
    b.open(NewSession { epoch: epoch(99), ..new_session(6, &user, instant(6)) }, instant(6)).await?;
    let short = NewSession { idle_ttl: Duration::from_secs(3), ..new_session(7, &user, instant(7)) };
    b.open(short, instant(7)).await?;
    let at = instant(20);
    let end = |except| {
        let cause = b.cause(EventCode::SESSION_REVOKED, at);
        b.sessions.revoke_sessions(&user.id, user.session_epoch, except, RevokeReason::Owner, cause)
    };
    same("all but the third", &end(Some(ids[2])).await?, &vec![ids[0], ids[1], ids[3]])?;
    same("none is left but it", &end(Some(ids[2])).await?, &vec![])?;
    same("the events so far", &b.count(&EventCode::SESSION_REVOKED).await?, &1)?;
    same("the last", &end(None).await?, &vec![ids[2]])?;
    same("no more", &end(None).await?, &vec![])?;
    // Of another user's session that is to be left out nothing is touched either.
    same("the events", &b.count(&EventCode::SESSION_REVOKED).await?, &2)
}

pub(crate) async fn l2_an_event_lists_two_hundred_sessions_and_counts_all(b: Bench) -> Checked {
    let user = b.user(1).await?;
    let mut ids = Vec::new();
    for n in 1..=203 {
        // Straight to the store: two hundred comparisons would take their time.
        let session = new_session(n, &user, instant(n));
        ids.push(session.id);
        let cause = Cause::silent(instant(n));
        let _ = b.store().sessions.insert_session(session, 1_000, cause, None).await?;
    }
    let cause = b.cause(EventCode::SESSION_REVOKED, instant(500));
    let id = cause.event.as_ref().map(|event| event.id);
    let store = &b.store().sessions;
    let mut seen = store.revoke_sessions(&user.id, user.session_epoch, None, RevokeReason::Admin, cause).await?;
    seen.sort();
    same("what was ended", &seen, &ids)?;
    let events = b.step.seen().await?.events;
    let details = events.iter().find(|event: &&Event| Some(event.id) == id).map(|event| event.details.clone());
    let Some(details) = details else {
        return Err(Failure::wrong("expected one event, seen none"));
    };
    same("details.count", &details.get("count"), &Some(&serde_json::json!(203)))?;
    let listed: Vec<String> =
        details.get("sessions").and_then(|ids| serde_json::from_value(ids.clone()).ok()).unwrap_or_default();
    let known: Vec<String> = ids.iter().map(ToString::to_string).collect();
    holds(
        listed.len() == 200 && listed.iter().all(|id| known.contains(id)),
        "200 of the ids in details.sessions",
        &listed.len(),
    )
}

pub(crate) async fn l3_l5_the_sessions_of_a_left_epoch_are_tidied_without_an_event(b: Bench) -> Checked {
    let (user, other) = (b.user(1).await?, b.user(2).await?);
    let short = NewSession { idle_ttl: Duration::from_secs(3), ..new_session(1, &user, instant(1)) };
    b.open(short, instant(1)).await?;
    let second = b.session(2, &user, instant(2)).await?;
    b.session(3, &user, instant(3)).await?;
    b.open(NewSession { epoch: epoch(99), ..new_session(4, &user, instant(4)) }, instant(4)).await?;
    b.open(NewSession { epoch: user.session_epoch, ..new_session(5, &other, instant(5)) }, instant(5)).await?;
    let cause = b.cause(EventCode::SESSION_CLOSED, instant(6));
    let _ = b.sessions.revoke_session(second.id, None, RevokeReason::Logout, cause).await?;
    let tidy = |at| b.sessions.tidy_epoch(&user.id, user.session_epoch, RevokeReason::Password, at);
    same("those that were not revoked, over or not", &tidy(instant(20)).await?, &2)?;
    same("again", &tidy(instant(21)).await?, &0)?;
    let row = b.session_row(&second).await?;
    same("the reason of what was revoked before", &row.revoked_reason, &Some(RevokeReason::Logout))
}
