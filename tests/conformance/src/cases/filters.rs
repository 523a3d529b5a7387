//! Every filter of every list against the reference.

use std::collections::BTreeSet;
use std::fmt::Debug;
use std::time::Duration;

use authkit_core::{
    Actor, ClientInfo, Event, EventCode, EventFilter, EventOutcome, NewSession, NewUser, RevokeReason, RowState,
    Session, SessionFilter, SessionId, UserFilter, UserId, UserSearch, UserSort, UserStatus,
};

use crate::bench::Bench;
use crate::failure::{Checked, holds, same};
use crate::fixtures::{START, bare_client, client, email, epoch, guard, instant, new_session, new_user, role, uuid_at};
use crate::lists::{self, List};

/// The list holds exactly the rows that fit.
async fn fitting<T: Clone + PartialEq + Debug + Send + 'static>(list: &List<T>, all: &[T]) -> Checked<usize> {
    let expected: BTreeSet<String> = all.iter().filter(|row| (list.fits)(row)).map(list.key).collect();
    for limit in [3, 200] {
        let keys = list.keys(limit).await?;
        let seen: BTreeSet<String> = keys.iter().cloned().collect();
        same(&format!("the rows of {}", list.name), &seen, &expected)?;
        same(&format!("rows of {} that came twice", list.name), &(keys.len() - seen.len()), &0)?;
    }
    Ok(expected.len())
}

// S-81
pub(crate) async fn p1_a_list_of_users_holds_exactly_what_fits(b: Bench) -> Checked {
    let addresses = [
        "ada@example.com",
        "adam@example.com",
        "ad_a@example.com",
        "ad%a@example.com",
        "a-d.a@example.com",
        "Bob@Example.com",
        "jörg@bücher.example",
        "jorg@example.com",
        "zoe+tag@example.com",
        "adb@example.com",
    ];
    for (n, address) in (1_u64..).zip(addresses) {
        let user = NewUser {
            email: email(address),
            role: role(if n % 3 == 0 { "editor" } else { "user" }),
            is_active: n % 4 != 0,
            is_verified: n % 2 == 0,
            ..new_user(n)
        };
        let user = b.insert(user, instant(n)).await?;
        if n % 5 == 0 {
            let cause = b.cause(EventCode::USER_DELETED, instant(20));
            let _ = b.users.delete_user(&user.id, epoch(90), guard(), cause).await?;
        }
    }
    let all: Vec<_> = b.step.seen().await?.users.into_iter().flatten().collect();
    let first = all.first().map(|user| user.id);
    let texts =
        ["", "a", "ad", "ada", "ad_", "ad%", "ADA", "%", "_", "\\", "j", "jö", "ada@example.com", "zz", "a-", "zoe+"];
    let searches = texts.iter().map(|text| UserSearch::EmailPrefix((*text).to_owned())).chain([
        UserSearch::Email(email("ADA@example.com").key().clone()),
        UserSearch::Email(email("nobody@example.com").key().clone()),
        UserSearch::Id(first.unwrap_or_else(|| UserId::from(1))),
        UserSearch::Domain("example.com".to_owned()),
        UserSearch::Domain("le.com".to_owned()),
        UserSearch::Domain("EXAMPLE.com".to_owned()),
        UserSearch::Domain(String::new()),
        UserSearch::Contains("@exam".to_owned()),
        UserSearch::Contains("%".to_owned()),
        UserSearch::Contains("_".to_owned()),
        UserSearch::Contains("\\".to_owned()),
        UserSearch::Contains("da".to_owned()),
        UserSearch::Id(UserId::from(4_711)),
        UserSearch::Id(UserId::from(uuid_at(instant(9), 1))),
    ]);
    let searches: Vec<_> = searches.map(Some).chain([None]).collect();
    let statuses = [None, Some(UserStatus::Active), Some(UserStatus::Disabled), Some(UserStatus::Deleted)];
    let roles = [None, Some(role("editor")), Some(role("nobody"))];
    let mut found = 0;
    for (i, search) in searches.iter().enumerate() {
        for status in statuses {
            for role in roles {
                for verified in [None, Some(true), Some(false)] {
                    let sort = [UserSort::Newest, UserSort::LastSignIn, UserSort::Email][i % 3];
                    let filter =
                        UserFilter { status, role, verified, search: search.clone(), sort, ..UserFilter::default() };
                    let fit = fitting(&lists::users(&b, &filter), &all).await?;
                    let counted = [b.users.count_users(&filter, 3).await?, b.users.count_users(&filter, 500).await?];
                    same("the users that fit, counted", &counted, &[fit.min(3) as u64, fit as u64])?;
                    found += fit;
                }
            }
        }
    }
    holds(found > 100, "filters that find rows", &found)
}

// S-81
pub(crate) async fn p1_a_list_of_users_by_their_times_holds_exactly_what_fits(b: Bench) -> Checked {
    for n in 1..=9_u64 {
        let user = b.insert(new_user(n), instant(n)).await?;
        if n % 2 == 0 {
            b.users.note_sign_in(&user.id, instant(n * 10)).await?;
        }
    }
    let all: Vec<_> = b.step.seen().await?.users.into_iter().flatten().collect();
    let bounds =
        [(None, None), (Some(3), None), (None, Some(6)), (Some(3), Some(6)), (Some(6), Some(6)), (Some(40), Some(81))];
    let mut found = 0;
    for sort in [UserSort::Newest, UserSort::LastSignIn, UserSort::Email] {
        for (from, to) in bounds.map(|(from, to)| (from.map(instant), to.map(instant))) {
            for never_signed_in in [false, true] {
                let filters = [
                    UserFilter { created_from: from, created_to: to, never_signed_in, sort, ..UserFilter::default() },
                    UserFilter {
                        signed_in_from: from,
                        signed_in_to: to,
                        never_signed_in,
                        sort,
                        ..UserFilter::default()
                    },
                ];
                for filter in filters {
                    let fit = fitting(&lists::users(&b, &filter), &all).await?;
                    same("the users that fit, counted", &b.users.count_users(&filter, 500).await?, &(fit as u64))?;
                    found += fit;
                }
            }
        }
    }
    holds(found > 60, "filters that find rows", &found)
}

pub(crate) async fn p5_users_are_counted_up_to_the_cap_and_no_further(b: Bench) -> Checked {
    for n in 1..=7_u64 {
        b.insert(new_user(n), instant(n)).await?;
    }
    for created_from in [None, Some(instant(4)), Some(instant(8))] {
        let filter = UserFilter { created_from, ..UserFilter::default() };
        let fit = match created_from {
            None => 7,
            Some(from) if from == instant(4) => 4,
            Some(_) => 0,
        };
        for cap in [0, 1, 3, 4, 5, 6, 7, 8, u32::MAX] {
            let seen = b.users.count_users(&filter, cap).await?;
            same(&format!("counted up to {cap}"), &seen, &u64::from(cap.min(fit)))?;
        }
    }
    Ok(())
}

/// Sessions in every state, and filters that tell them apart.
async fn sessions_of_every_kind(b: &Bench) -> Checked<(Vec<Session>, Vec<SessionFilter>)> {
    let users = [b.user(1).await?, b.user(2).await?];
    for n in 1..=12_u64 {
        let at = instant(n * 10);
        let session = NewSession {
            epoch: if n % 4 == 0 { epoch(77) } else { users[0].session_epoch },
            idle_ttl: Duration::from_secs(if n % 3 == 0 { 20 } else { 500 }),
            client: match n % 5 {
                0 => bare_client(),
                1 => ClientInfo::none(),
                _ => ClientInfo { request_id: None, ..client(7) },
            },
            ..new_session(n, &users[usize::from(n % 2 == 0)], at)
        };
        let row = b.open(session, at).await?;
        if let Some(reason) =
            [None, Some(RevokeReason::Logout), Some(RevokeReason::Reuse)].into_iter().nth((n % 6) as usize).flatten()
        {
            let cause = b.cause(EventCode::SESSION_CLOSED, instant(200));
            let _ = b.sessions.revoke_session(row.id, None, reason, cause).await?;
        }
    }
    let owners = [None, Some(users[0].id), Some(users[1].id), Some(UserId::from(4_711))];
    let states = [None, Some(RowState::Open), Some(RowState::Expired), Some(RowState::Revoked)];
    let ips = [None, Some("192.0.2.7"), Some("2001:db8::1"), Some("192.0.2.70"), Some("")];
    let reasons = [
        vec![],
        vec![RevokeReason::Logout],
        vec![],
        vec![RevokeReason::Reuse, RevokeReason::Logout, RevokeReason::Reuse],
        vec![],
        vec![RevokeReason::Admin],
        vec![],
    ];
    let spans = [(None, None), (Some(60), None), (Some(61), Some(100)), (None, Some(90)), (Some(50), Some(50))];
    let mut filters = Vec::new();
    for user_id in owners {
        for epoch in [None, Some(users[0].session_epoch), Some(epoch(77)), Some(epoch(78))] {
            for state in states {
                for ip in ips {
                    let n = filters.len();
                    let (from, to) = spans[n % 5];
                    filters.push(SessionFilter {
                        user_id,
                        epoch,
                        state,
                        reasons: reasons[n % 7].clone(),
                        ip: ip.map(str::to_owned),
                        created_from: from.map(instant),
                        created_to: to.map(instant),
                        // At instant(50) the session that was opened at 30 for 20 seconds is over.
                        at: [instant(50), instant(49), instant(125), instant(100_000)][n % 4],
                    });
                }
            }
        }
    }
    let by_reason =
        |reasons: &Vec<RevokeReason>| SessionFilter { reasons: reasons.clone(), ..SessionFilter::all(instant(125)) };
    filters.extend(reasons.iter().map(by_reason));
    let all = b.step.seen().await?.sessions.into_iter().flatten().collect();
    Ok((all, filters))
}

// S-81
pub(crate) async fn p1_a_list_of_sessions_holds_exactly_what_fits(b: Bench) -> Checked {
    let (all, filters) = sessions_of_every_kind(&b).await?;
    let mut found = 0;
    for filter in filters {
        found += fitting(&lists::sessions(&b, &filter), &all).await?;
    }
    holds(found > 100, "filters that find rows", &found)
}

pub(crate) async fn p5_sessions_that_fit_are_counted_up_to_the_cap(b: Bench) -> Checked {
    let (all, filters) = sessions_of_every_kind(&b).await?;
    let mut found = 0;
    for filter in filters {
        let fit = all.iter().filter(|row| filter.fits(row)).count() as u64;
        for cap in [3, 500] {
            let counted = b.sessions.count_sessions(&filter, cap).await?;
            same(&format!("the count to {cap} of {filter:?}"), &counted, &fit.min(u64::from(cap)))?;
        }
        found += fit;
    }
    holds(found > 100, "filters that find rows", &found)
}

// S-81
pub(crate) async fn p1_a_list_of_events_holds_exactly_what_fits(b: Bench) -> Checked {
    let log = b.log()?;
    let (ada, bob) = (UserId::from(uuid_at(START, 1)), UserId::from(42));
    let session = |n| SessionId::from_uuid(uuid_at(START, n));
    for n in 1..=20_u64 {
        let at = instant(n * 600);
        let event = Event {
            code: [EventCode::SESSION_OPENED, EventCode::SESSION_OPEN_FAILED, EventCode::USER_CREATED]
                [usize::from(n % 3 == 0) + usize::from(n % 9 == 0)]
            .clone(),
            outcome: [EventOutcome::Success, EventOutcome::Failure, EventOutcome::Refused][(n % 3) as usize],
            actor: match n % 5 {
                0 => Actor::System,
                1 => Actor::Anonymous,
                // The name of an account at the command line is no user's id.
                2 => Actor::Cli(ada.to_string()),
                3 => Actor::User(ada),
                _ => Actor::User(bob),
            },
            subject: [None, Some(ada), Some(bob)][(n % 3) as usize],
            session_id: [None, Some(session(1)), Some(session(2))][(n / 3 % 3) as usize],
            client: if n % 4 == 0 { ClientInfo::none() } else { client(1) },
            ..b.event(EventCode::SESSION_OPENED, at)
        };
        b.sink.record(event).await?;
    }
    let all = b.step.seen().await?.events;
    let (opened, failed) = (EventCode::SESSION_OPENED, EventCode::SESSION_OPEN_FAILED);
    let never = EventCode::from_stored("no.such");
    let sets = [
        vec![],
        vec![opened.clone()],
        vec![never.clone()],
        vec![failed.clone(), EventCode::USER_CREATED],
        vec![opened.clone(), never, failed, EventCode::USER_CREATED, opened],
    ];
    let outcomes = [vec![], vec![EventOutcome::Failure], vec![EventOutcome::Refused, EventOutcome::Success]];
    let windows =
        [(None, None), (Some(1_200), Some(3_600)), (Some(3_601), None), (None, Some(6_000)), (Some(9_999), Some(10))];
    let users = [None, Some(ada), Some(bob), Some(UserId::from(4_711))];
    let (mut n, mut found) = (0, 0);
    for codes in &sets {
        for actor in users {
            for subject in [None, Some(ada), Some(UserId::from(4_711))] {
                for concerning in users {
                    // Every combination with its users alone, and with one choice of all the rest.
                    n += 1;
                    let (from, to) = windows[n % 5];
                    let plain =
                        EventFilter { codes: codes.clone(), actor, subject, concerning, ..EventFilter::default() };
                    let narrow = EventFilter {
                        outcomes: outcomes[n % 3].clone(),
                        session_id: [None, Some(session(1)), None, Some(session(9))][n % 4],
                        request_id: (n % 7 == 2).then(|| "req-ä-1".to_owned()),
                        ip: [None, client(1).ip, client(2).ip, None][n % 4],
                        from: from.map(instant),
                        to: to.map(instant),
                        ..plain.clone()
                    };
                    for filter in [plain, narrow] {
                        found += fitting(&lists::events(&log, &filter), &all).await?;
                    }
                }
            }
        }
    }
    holds(found > 200, "filters that find rows", &found)
}
