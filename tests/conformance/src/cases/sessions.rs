//! Opening, counting, confirming and purging sessions.

use std::time::Duration;

use authkit_core::{
    ClientInfo, ConfirmSession, EventCode, InsertSession, NewSession, RevokeReason, SessionId, UserId, Via,
};

use crate::bench::{Bench, NO_CAP};
use crate::failure::{Checked, holds, same};
use crate::feature::Feature;
use crate::fixtures::{ABSOLUTE, IDLE, START, bare_client, client, epoch, guard, instant, kid, new_session, uuid_at};

const MICRO: Duration = Duration::from_micros(1);

pub(crate) async fn l2_l7_a_session_is_found_as_it_was_opened(b: Bench) -> Checked {
    let user = b.user(1).await?;
    let odd = NewSession {
        kid: kid("k_-Z9"),
        via: Via::Console,
        idle_ttl: Duration::from_secs(61),
        client: bare_client(),
        ..new_session(2, &user, instant(1))
    };
    let bare = NewSession { via: Via::Host, client: ClientInfo::none(), ..new_session(3, &user, instant(2)) };
    for (session, at) in [(new_session(1, &user, START), START), (odd, instant(1)), (bare, instant(2))] {
        let row = b.open(session, at).await?;
        same("the row", &b.sessions.find_session(row.id).await?, &Some(row))?;
    }
    let asked = NewSession { client: client(3), ..new_session(4, &user, instant(3)) };
    let (id, cause) = (asked.id, b.cause(EventCode::SESSION_OPENED, instant(3)));
    let _ = b.sessions.insert_session(asked, NO_CAP, cause, None).await?;
    let row = b.sessions.find_session(id).await?;
    same("the id of the request", &row.and_then(|row| row.client.request_id), &None)?;
    let nowhere = SessionId::from_uuid(uuid_at(START, 77));
    same("a session that never was", &b.sessions.find_session(nowhere).await?, &None)
}

pub(crate) async fn l4_a_session_is_never_idle_longer_than_it_lives(b: Bench) -> Checked {
    let user = b.user(1).await?;
    let long = NewSession { idle_ttl: ABSOLUTE * 3, ..new_session(1, &user, START) };
    let row = b.open(long, START).await?;
    same("idle_at", &b.session_row(&row).await?.idle_at, &row.absolute_at)
}

pub(crate) async fn l1_no_session_is_opened_for_a_user_who_is_gone(b: Bench) -> Checked {
    b.needs(Feature::OneDatabase)?;
    let mut nobody = b.user(1).await?;
    nobody.id = UserId::from(uuid_at(START, 404));
    let cause = b.cause(EventCode::SESSION_OPENED, instant(1));
    let session = new_session(1, &nobody, instant(1));
    let seen = b.sessions.insert_session(session, NO_CAP, cause, None).await?;
    same("nobody", &seen, &InsertSession::UserMissing)?;
    let gone = b.user(2).await?;
    let cause = b.cause(EventCode::USER_DELETED, instant(1));
    let _ = b.users.delete_user(&gone.id, epoch(9), guard(), cause).await?;
    if b.has(Feature::SoftDelete) {
        let _ = b.users.purge_user(&gone.id, guard(), b.cause(EventCode::USER_PURGED, instant(2))).await?;
    }
    let cause = b.cause(EventCode::SESSION_OPENED, instant(3));
    let session = new_session(2, &gone, instant(3));
    let seen = b.sessions.insert_session(session, NO_CAP, cause, None).await?;
    same("purged", &seen, &InsertSession::UserMissing)
}

// S-40
pub(crate) async fn l8_the_oldest_open_sessions_of_the_epoch_go_beyond_the_cap(b: Bench) -> Checked {
    let (user, other) = (b.user(1).await?, b.user(2).await?);
    let early = NewSession { idle_ttl: Duration::from_secs(5), ..new_session(1, &user, instant(1)) };
    b.open(early, instant(1)).await?;
    let dead = NewSession { epoch: epoch(99), ..new_session(2, &user, instant(2)) };
    b.open(dead, instant(2)).await?;
    let revoked = b.session(3, &user, instant(3)).await?;
    let cause = b.cause(EventCode::SESSION_CLOSED, instant(4));
    let _ = b.sessions.revoke_session(revoked.id, None, RevokeReason::Logout, cause).await?;
    b.session(4, &other, instant(4)).await?;
    let mut live = Vec::new();
    for n in 5..=8 {
        live.push(b.session(n, &user, instant(n)).await?.id);
    }
    // The first is over by now, the second of another epoch, the third revoked, the fourth somebody else's: four count.
    for (n, cap, evicted) in [(20, 5, vec![]), (21, 5, vec![live[0]]), (22, 3, vec![live[1], live[2], live[3]])] {
        let at = instant(n);
        let cap_event = Some(b.event(EventCode::SESSION_REVOKED, at));
        let cause = b.cause(EventCode::SESSION_OPENED, at);
        let seen = b.sessions.insert_session(new_session(n, &user, at), cap, cause, cap_event).await?;
        same("what went", &seen, &InsertSession::Inserted { evicted })?;
    }
    same("the events", &b.count(&EventCode::SESSION_REVOKED).await?, &2)
}

// S-40
pub(crate) async fn l8_the_new_session_never_goes_itself(b: Bench) -> Checked {
    let user = b.user(1).await?;
    let old = b.session(5, &user, instant(5)).await?;
    // Its id is older than the other's: a clock that was set back.
    let (at, cap_event) = (instant(2), Some(b.event(EventCode::SESSION_REVOKED, instant(2))));
    let cause = b.cause(EventCode::SESSION_OPENED, at);
    let seen = b.sessions.insert_session(new_session(2, &user, at), 1, cause, cap_event).await?;
    same("what went", &seen, &InsertSession::Inserted { evicted: vec![old.id] })?;
    // Without an event for the cap, sessions go all the same.
    let cause = b.cause(EventCode::SESSION_OPENED, instant(6));
    let seen = b.sessions.insert_session(new_session(6, &user, instant(6)), 1, cause, None).await?;
    let evicted = vec![SessionId::from_uuid(uuid_at(at, 2))];
    same("what went next", &seen, &InsertSession::Inserted { evicted })
}

pub(crate) async fn l7_live_sessions_are_counted_by_user_and_epoch_in_the_order_asked(b: Bench) -> Checked {
    let (one, two, three) = (b.user(1).await?, b.user(2).await?, b.user(3).await?);
    for n in 1..=3 {
        b.session(n, &one, instant(n)).await?;
    }
    b.session(4, &two, instant(4)).await?;
    let short = NewSession { idle_ttl: Duration::from_secs(10), ..new_session(5, &two, instant(5)) };
    b.open(short, instant(5)).await?;
    let revoked = b.session(6, &two, instant(6)).await?;
    let cause = b.cause(EventCode::SESSION_CLOSED, instant(7));
    let _ = b.sessions.revoke_session(revoked.id, None, RevokeReason::Logout, cause).await?;
    let asked = [
        (two.id, two.session_epoch),
        (three.id, three.session_epoch),
        (one.id, one.session_epoch),
        (one.id, epoch(99)),
        (UserId::from(4_711), epoch(1)),
    ];
    let count = |at| b.sessions.count_live_sessions(&asked, at);
    same("while all last", &count(instant(14)).await?, &vec![2, 0, 3, 0, 0])?;
    same("when one is over", &count(instant(15)).await?, &vec![1, 0, 3, 0, 0])?;
    same("none asked", &b.sessions.count_live_sessions(&[], START).await?, &vec![])?;
    let many: Vec<_> = (0..200).map(|n| (UserId::from(n), epoch(1))).chain([asked[2]]).skip(1).collect();
    let seen = b.sessions.count_live_sessions(&many, instant(14)).await?;
    holds(seen.len() == 200 && seen[199] == 3, "200 counts, the last 3", &seen)
}

pub(crate) async fn l4_a_confirmation_moves_forwards_in_an_open_session_only(b: Bench) -> Checked {
    let user = b.user(1).await?;
    let session = b.session(1, &user, instant(10)).await?;
    let confirm = |at| b.sessions.confirm_session(session.id, b.cause(EventCode::SESSION_CONFIRMED, at));
    for (at, proven) in [(20, 20), (15, 20), (30, 30), (5, 30)] {
        same("confirmed", &confirm(instant(at)).await?, &ConfirmSession::Confirmed)?;
        same("authenticated_at", &b.session_row(&session).await?.authenticated_at, &instant(proven))?;
    }
    same("at the end", &confirm(session.idle_at).await?, &ConfirmSession::NotOpen)?;
    let cause = b.cause(EventCode::SESSION_CLOSED, instant(40));
    let _ = b.sessions.revoke_session(session.id, None, RevokeReason::Logout, cause).await?;
    same("revoked", &confirm(instant(41)).await?, &ConfirmSession::NotOpen)?;
    let nowhere = SessionId::from_uuid(uuid_at(START, 77));
    let cause = b.cause(EventCode::SESSION_CONFIRMED, instant(42));
    same("gone", &b.sessions.confirm_session(nowhere, cause).await?, &ConfirmSession::NotOpen)
}

// S-41
pub(crate) async fn l9_only_what_is_over_is_purged_and_at_most_the_limit(b: Bench) -> Checked {
    let user = b.user(1).await?;
    let idle = |n, seconds| NewSession { idle_ttl: Duration::from_secs(seconds), ..new_session(n, &user, START) };
    b.open(idle(1, 100), START).await?;
    b.open(idle(2, 200), START).await?;
    let absolute = NewSession { absolute_at: instant(300), ..new_session(3, &user, START) };
    b.open(absolute, START).await?;
    let revoked = b.session(4, &user, START).await?;
    let cause = b.cause(EventCode::SESSION_CLOSED, instant(400));
    let _ = b.sessions.revoke_session(revoked.id, None, RevokeReason::Logout, cause).await?;
    let live = b.session(5, &user, START).await?;
    let purge = |before, limit| b.sessions.purge_sessions(before, limit);
    same("at the idle limit", &purge(instant(100), 100).await?, &0)?;
    same("after it", &purge(instant(100) + MICRO, 100).await?, &1)?;
    same("at most two", &purge(instant(401), 2).await?, &2)?;
    same("the last", &purge(instant(401), 2).await?, &1)?;
    same("none left", &purge(instant(401), 2).await?, &0)?;
    b.session_row(&live).await?;
    same("a week later", &purge(START + IDLE + MICRO, 1_000).await?, &1)
}
