//! Recording events, finding them, and their retention.

use authkit_core::{
    Actor, Cause, Change, ClientInfo, Event, EventCode, EventFilter, EventId, EventOutcome, PageRequest, UserId,
};
use serde_json::{Map, json};

use crate::bench::Bench;
use crate::failure::{Checked, Failure, holds, same};
use crate::fixtures::{START, bare_client, guard, instant, role, uuid_at};

/// Events of every form there is.
fn of_every_form(b: &Bench) -> Vec<Event> {
    let at = instant(3);
    let plain = |code| b.event(code, at);
    let details = json!({
        "text": "ä \"quoted\" \\ \u{1f512} <b>", "zero": 0, "large": 9_007_199_254_740_993_u64, "negative": -7,
        "yes": true, "nothing": null, "list": [1, "two", [3]], "object": {"a": {"b": []}}, "": "an empty name",
    });
    let change = Change::of("role", "user", "admin").and("is_active", true, false).and(
        "profile.note",
        json!(null),
        json!({"a": 1}),
    );
    let mut events = vec![
        Event {
            actor: Actor::System,
            subject: None,
            session_id: None,
            identifier: None,
            client: ClientInfo::none(),
            details: Map::new(),
            ..plain(EventCode::SYSTEM_STARTED)
        },
        Event {
            actor: Actor::Anonymous,
            outcome: EventOutcome::Failure,
            client: bare_client(),
            ..plain(EventCode::SESSION_OPEN_FAILED)
        },
        Event {
            actor: Actor::Cli("root".to_owned()),
            outcome: EventOutcome::Refused,
            ..plain(EventCode::USER_CREATED)
        },
        Event {
            actor: Actor::User(UserId::from(42)),
            subject: UserId::new("a user who never was"),
            ..plain(EventCode::ACCESS_REFUSED)
        },
        Event {
            details: details.as_object().cloned().unwrap_or_default(),
            change,
            ..plain(EventCode::USER_ROLE_CHANGED)
        },
        Event { identifier: Some("a***@e***.com (k1:9f86d081)".to_owned()), ..plain(EventCode::SESSION_OPEN_FAILED) },
    ];
    let application = EventCode::of_application("trained_ai_model").into_iter();
    events.extend(EventCode::ALL.iter().cloned().chain(application).map(plain));
    events
}

pub(crate) async fn a1_a3_an_event_is_kept_as_given_every_field(b: Bench) -> Checked {
    for event in of_every_form(&b) {
        b.sink.record(event).await?;
    }
    Ok(())
}

pub(crate) async fn a3_an_event_is_found_by_its_id(b: Bench) -> Checked {
    let log = b.log()?;
    let events = of_every_form(&b);
    for event in &events {
        b.sink.record(event.clone()).await?;
    }
    for event in &events {
        same("the event", &log.find_event(event.id).await?, &Some(event.clone()))?;
    }
    let nowhere = EventId::from_uuid(uuid_at(START, 1));
    same("an event that never was", &log.find_event(nowhere).await?, &None)
}

// S-79
pub(crate) async fn a2_a4_a_second_event_with_an_id_leaves_the_first_as_it_is(b: Bench) -> Checked {
    let first = b.event(EventCode::SESSION_OPENED, START);
    b.sink.record(first.clone()).await?;
    let second = Event { code: EventCode::SESSION_CLOSED, outcome: EventOutcome::Refused, ..first.clone() };
    // Whether it is refused or kept beside the first is the store's choice; over the first it must not go.
    let _ = b.store().sink.record(second).await;
    let events = b.step.seen().await?.events;
    holds(events.contains(&first), "the first event as it was", &events)
}

// S-82
pub(crate) async fn a4_retention_removes_the_oldest_before_the_limit_and_records_itself(b: Bench) -> Checked {
    let log = b.log()?;
    for n in [5, 3, 1, 4, 2, 6] {
        b.sink.record(b.event(EventCode::SESSION_OPENED, instant(n * 60))).await?;
    }
    let purge = |before, limit, at| log.purge_events(before, limit, b.cause(EventCode::AUDIT_PURGED, instant(at)));
    same("none so old", &purge(instant(60), 100, 1_000).await?, &0)?;
    same("no event of none", &b.count(&EventCode::AUDIT_PURGED).await?, &0)?;
    // Happened at 60, 120, 180 and 240; what happened at the instant itself is not before it.
    same("at most two", &purge(instant(300), 2, 1_001).await?, &2)?;
    same("the other two", &purge(instant(300), 2, 1_002).await?, &2)?;
    same("no more", &purge(instant(300), 2, 1_003).await?, &0)?;
    let events = b.step.seen().await?.events;
    let counts: Vec<_> = events
        .iter()
        .filter(|event| event.code == EventCode::AUDIT_PURGED)
        .map(|event| event.details.get("count").cloned())
        .collect();
    same("what the events count", &counts, &vec![Some(json!(2)), Some(json!(2))])?;
    let silent = Cause::silent(instant(1_004));
    same("without an event", &log.purge_events(instant(301), 100, silent).await?, &1)
}

pub(crate) async fn a2_an_event_outlives_what_it_is_about(b: Bench) -> Checked {
    let user = b.user(1).await?;
    let session = b.session(1, &user, instant(1)).await?;
    let cause = b.cause(EventCode::USER_DELETED, instant(2));
    let about = Event {
        subject: Some(user.id),
        session_id: Some(session.id),
        ..b.event(EventCode::SESSION_OPENED, instant(2))
    };
    b.sink.record(about).await?;
    let _ = b.users.delete_user(&user.id, user.session_epoch, guard(), cause).await?;
    // Gone with the row where deletion is final; removed here where it is not.
    let _ = b.users.purge_user(&user.id, guard(), b.cause(EventCode::USER_PURGED, instant(3))).await?;
    same("the user", &b.users.find_user(&user.id).await?, &None)?;
    same("the events of the session", &b.count(&EventCode::SESSION_OPENED).await?, &2)
}

// S-76
pub(crate) async fn a1_what_was_answered_is_read_at_once(b: Bench) -> Checked {
    let log = b.log()?;
    let user = b.user(1).await?;
    for n in 1..=20_u64 {
        let cause = b.cause(EventCode::USER_ROLE_CHANGED, instant(n));
        let id = cause.event.as_ref().map(|event| event.id);
        let name = if n % 2 == 0 { "editor" } else { "author" };
        let _ = b.store().users.set_role(&user.id, role(name), guard(), cause).await?;
        let page = log.list_events(&EventFilter::default(), &PageRequest::first(1)).await?;
        let newest = page.items.first().map(|event| event.id);
        if newest != id {
            return Err(Failure::wrong(format!("expected the event {id:?} first, seen {newest:?}")));
        }
    }
    Ok(())
}
