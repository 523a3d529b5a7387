//! Events without a change behind them, and what no event may hold.

use authkit_core::{
    Actor, AppEvent, AuthError, ClientInfo, Event, EventCode, EventOutcome, Note, Operator, is_printable,
};
use authkit_flows::on_every_store;
use authkit_flows::world::{PASSWORD, World, client, code};
use serde_json::{Value, json};

/// Line ends, escapes, NUL, separators and turned reading directions.
const HOSTILE: &str = "a\r\nFORGED LINE\u{1b}[31m\0\u{2028}\u{2029}\u{85}\u{202e}\u{2066}\u{200f}\u{feff}z";

/// Every text in an event.
fn texts(event: &Event) -> Vec<String> {
    let mut texts = vec![event.code.as_str().to_owned()];
    texts.extend(event.actor.name().map(str::to_owned));
    texts.extend(event.identifier.clone());
    texts.extend(
        [&event.client.user_agent, &event.client.device, &event.client.request_id].into_iter().flatten().cloned(),
    );
    let mut values = vec![Value::Object(event.details.clone()), event.change.to_json().unwrap_or_default()];
    while let Some(value) = values.pop() {
        match value {
            Value::String(text) => texts.push(text),
            Value::Array(items) => values.extend(items),
            Value::Object(fields) => fields.into_iter().for_each(|(name, value)| {
                texts.push(name);
                values.push(value);
            }),
            _ => {}
        }
    }
    texts
}

on_every_store! {
    async fn an_application_records_its_own_with_or_without_user_and_request(world: World) {
        let here = world.signed_in("ada@example.com").await;
        let who = world.current(&here).await;
        let by_user = AppEvent::new("trained_ai_model").expect("a code of its own");
        let by_user = by_user.signed_in(&who).client(client()).detail("model", "tiny").outcome(EventOutcome::Failure);
        world.kit.record(by_user).await.expect("recorded");
        world.kit.record(AppEvent::new("nightly_job").expect("a code of its own")).await.expect("recorded");

        let events = world.events().await;
        let find = |code: &str| events.iter().find(|event| event.code.as_str() == code).expect("an event");
        let event = find("trained_ai_model");
        assert_eq!((&event.actor, event.subject), (&Actor::User(who.user.id), Some(who.user.id)));
        assert_eq!((event.session_id, &event.client), (Some(who.session.id), &client()));
        assert_eq!((event.outcome, event.details.get("model")), (EventOutcome::Failure, Some(&json!("tiny"))));
        let event = find("nightly_job");
        assert_eq!((&event.actor, event.subject, event.at), (&Actor::System, None, world.kit.now()));
        assert_eq!(event.client, ClientInfo::none());
    }

    async fn a_code_of_our_own_cannot_be_forged(world: World) {
        let own = EventCode::ALL.iter().map(EventCode::as_str);
        for text in own.chain(["", "user.", "session.x", "a b", "a\nb", &"x".repeat(65)]) {
            assert!(matches!(AppEvent::new(text), Err(AuthError::Validation(_))), "{text:?}");
        }
        assert!(world.events().await.is_empty());
    }

    // S-75
    async fn refusals_start_and_stop_are_recorded(world: World) {
        let here = world.signed_in("ada@example.com").await;
        let who = world.current(&here).await;
        world.kit.record_access_refused(&who, "users.delete", &client()).await.expect("recorded");
        world.kit.record_cross_site_refused(&client()).await.expect("recorded");
        world.kit.record_started().await.expect("recorded");
        world.kit.record_stopped().await.expect("recorded");
        let [refused] = &world.events_of(EventCode::ACCESS_REFUSED).await[..] else { panic!("one event") };
        assert_eq!((refused.subject, refused.outcome), (Some(who.user.id), EventOutcome::Refused));
        assert_eq!(refused.details.get("needed"), Some(&json!("users.delete")));
        let [cross] = &world.events_of(EventCode::REQUEST_CROSS_SITE_REFUSED).await[..] else { panic!("one event") };
        assert_eq!((&cross.actor, cross.outcome, &cross.client), (&Actor::Anonymous, EventOutcome::Refused, &client()));
        for code in [EventCode::SYSTEM_STARTED, EventCode::SYSTEM_STOPPED] {
            assert_eq!(world.events_of(code).await[0].actor, Actor::System);
        }
        assert!(world.events_of(EventCode::KEYS_CHANGED).await.is_empty());
    }

    // S-76
    async fn a_sink_that_fails_is_told(world: World) {
        let here = world.signed_in("ada@example.com").await;
        let who = world.current(&here).await;
        world.tap.refuse("record");
        let kit = &world.kit;
        for answer in [
            kit.record(AppEvent::new("nightly_job").expect("a code of its own")).await,
            kit.record_access_refused(&who, "users.delete", &client()).await,
            kit.record_cross_site_refused(&client()).await,
            kit.record_started().await,
            kit.record_stopped().await,
        ] {
            assert_eq!(code(&answer), "unavailable");
        }
    }

    // S-77
    async fn no_field_of_an_event_forges_a_line_or_turns_the_text(world: World) {
        let hostile = ClientInfo::new(client().ip, Some(HOSTILE), Some(HOSTILE));
        let kit = &world.kit;
        let user = world.register("ada@example.com").await;
        let here = kit.login(authkit_core::Login::new("ada@example.com", PASSWORD), &hostile).await.expect("a session");
        let who = world.current(&here).await;
        for email in [HOSTILE, "ada@example.com\r\nx", "\u{202e}ada@example.com"] {
            assert!(kit.login(authkit_core::Login::new(email, HOSTILE), &hostile).await.is_err());
            let _ = kit.request_reset(email, &hostile).await;
        }
        let company = |text: String| json!({"company": text.chars().take(20).collect::<String>()});
        let nul = company(HOSTILE.to_owned()).as_object().cloned().expect("an object");
        assert_eq!(code(&kit.update_profile(&who, nul, &hostile).await), "validation_failed");
        let company = company(HOSTILE.replace('\0', ""));
        kit.update_profile(&who, company.as_object().cloned().expect("an object"), &hostile).await.expect("changed");
        let note = Note { reason: Some(HOSTILE.into()), ..Note::default() };
        kit.set_role(&Operator::cli(HOSTILE), &user.id, "editor", note, &hostile).await.expect("a role");
        kit.record_access_refused(&who, HOSTILE, &hostile).await.expect("recorded");
        let own = AppEvent::new("nightly_job").expect("a code of its own").client(hostile);
        let own = own.detail("note", HOSTILE).detail(HOSTILE, json!([{HOSTILE: HOSTILE}]));
        kit.record(own).await.expect("recorded");

        let events = world.events().await;
        assert!(events.len() >= 8, "{}", events.len());
        for event in &events {
            for text in texts(event) {
                assert!(is_printable(&text), "{}: {text:?}", event.code.as_str());
            }
            assert!(event.client.user_agent.as_ref().is_none_or(|text| text.len() <= 256));
        }
        let row = world.session(&here).await;
        assert!(row.client.user_agent.is_some_and(|text| is_printable(&text) && text.contains("FORGED LINE")));
    }
}
