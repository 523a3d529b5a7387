//! The administration reads the audit trail and its statistics.

use std::time::Duration;

use authkit_core::{
    AuthError, Budget, EventCode, EventFilter, EventOutcome, ListRequest, NoAudit, Note, Operator, SessionId,
};
use authkit_flows::on_every_store;
use authkit_flows::world::{OTHER_PASSWORD, World, client, code};

const DAY: Duration = Duration::from_secs(86_400);

async fn codes(world: &World, filter: EventFilter) -> Vec<EventCode> {
    let request = ListRequest::default();
    let listing = world.kit.list_events(&Operator::system(), &filter, &request).await.expect("a list");
    listing.items.into_iter().map(|event| event.code).collect()
}

on_every_store! {
    async fn each_filter_narrows_the_trail_newest_first(world: World) {
        let ada = world.register("ada@example.com").await;
        world.clock.tick();
        let here = world.login("ada@example.com").await;
        world.clock.tick();
        assert_eq!(code(&world.try_login("ada@example.com", OTHER_PASSWORD).await), "invalid_credentials");
        world.clock.tick();
        let root = Operator::cli("root");
        world.kit.set_role(&root, &ada.id, "editor", Note::default(), &client()).await.expect("a role");
        world.clock.tick();
        world.register("eve@example.com").await;

        use EventCode as Code;
        let (none, opened, failed, role) = (
            EventFilter::default,
            Code::SESSION_OPENED,
            Code::SESSION_OPEN_FAILED,
            Code::USER_ROLE_CHANGED,
        );
        let all = [Code::USER_REGISTERED, role.clone(), failed.clone(), opened.clone(), Code::USER_REGISTERED];
        assert_eq!(codes(&world, none()).await, all);
        let about = EventFilter { subject: Some(ada.id), ..none() };
        assert_eq!(codes(&world, about).await, all[1..]);
        let by = EventFilter { actor: Some(ada.id), ..none() };
        assert_eq!(codes(&world, by).await, [Code::SESSION_OPENED]);
        let code = EventFilter { code: Some(opened.clone()), ..none() };
        assert_eq!(codes(&world, code).await, [Code::SESSION_OPENED]);
        let outcome = EventFilter { outcome: Some(EventOutcome::Failure), ..none() };
        assert_eq!(codes(&world, outcome).await, [Code::SESSION_OPEN_FAILED]);
        let session = EventFilter { session_id: Some(here.session.id), ..none() };
        assert_eq!(codes(&world, session).await, [Code::SESSION_OPENED]);
        let request = EventFilter { request_id: Some("request-1".into()), ..none() };
        assert_eq!(codes(&world, request).await.len(), 5);
        let window = EventFilter {
            from: Some(here.session.created_at),
            to: Some(here.session.created_at + Duration::from_micros(2)),
            ..none()
        };
        assert_eq!(codes(&world, window).await, [failed, opened]);
    }

    async fn what_no_index_narrows_looks_at_seven_days(world: World) {
        world.register("ada@example.com").await;
        world.clock.advance(DAY * 7 + Duration::from_secs(1));
        world.register("eve@example.com").await;
        let at = world.kit.now();
        let none = EventFilter::default;
        let success = EventFilter { outcome: Some(EventOutcome::Success), ..none() };
        assert_eq!(codes(&world, success.clone()).await.len(), 1);
        assert_eq!(codes(&world, none()).await.len(), 2, "the whole trail is in the order of its key");
        let with_code = EventFilter { code: Some(EventCode::USER_REGISTERED), ..success.clone() };
        assert_eq!(codes(&world, with_code).await.len(), 2);
        let earlier = EventFilter { from: Some(at - DAY * 14), to: Some(at - DAY * 7), ..success.clone() };
        assert_eq!(codes(&world, earlier).await.len(), 1);

        let session: SessionId = "0192f0c1-2d3e-7f40-8a5b-6c7d8e9f0a1b".parse().expect("an id");
        for wide in [
            EventFilter { from: Some(at - DAY * 8), ..success.clone() },
            EventFilter { from: Some(at - DAY * 8), session_id: Some(session), ..none() },
            EventFilter { from: Some(at - DAY * 8), request_id: Some("request-1".into()), ..none() },
        ] {
            let answer = world.kit.list_events(&Operator::system(), &wide, &ListRequest::default()).await;
            let Err(AuthError::Validation(errors)) = answer else { panic!("{answer:?}") };
            assert_eq!((errors[0].field.as_str(), errors[0].code), ("from", "too_wide"));
        }
    }

    async fn one_event_is_found_by_its_id(world: World) {
        world.register("ada@example.com").await;
        let event = world.events().await.remove(0);
        assert_eq!(world.kit.find_event(&Operator::system(), event.id).await.expect("an event"), event);
        let unknown = authkit_core::EventId::from_uuid(uuid::Uuid::nil());
        assert_eq!(code(&world.kit.find_event(&Operator::system(), unknown).await), "not_found");
    }

    async fn statistics_count_whole_hours(world: World) {
        for email in ["ada@example.com", "eve@example.com"] {
            world.signed_in(email).await;
        }
        let hour = world.kit.now().hour();
        let statistics = || world.kit.statistics(&STATISTICIAN, hour, hour + DAY);
        world.kit.tidy(Budget::default()).await.expect("tidied");
        assert!(statistics().await.expect("counts").is_empty(), "the hour is not over");
        world.clock.advance(Duration::from_secs(2 * 3_600));
        while world.kit.tidy(Budget::default()).await.expect("tidied").more {}
        world.kit.tidy(Budget::default()).await.expect("twice counts once");
        let counts = statistics().await.expect("counts");
        let counts: Vec<_> = counts.iter().map(|count| (count.hour, count.metric.as_str(), count.n)).collect();
        assert_eq!(counts, [(hour, "session.opened", 2), (hour, "user.registered", 2)]);
    }

    async fn an_installation_without_a_trail_says_so(world: World) {
        let operator = Operator::system();
        for without in [
            world.with(|config| config.audit(false)),
            world.built(world.config.clone(), |builder| builder.audit(NoAudit)),
        ] {
            let kit = &without.kit;
            assert!(!kit.has_audit_log());
            let event = authkit_core::EventId::from_uuid(uuid::Uuid::nil());
            for answer in [
                kit.list_events(&operator, &EventFilter::default(), &ListRequest::default()).await.err(),
                kit.find_event(&operator, event).await.err(),
                kit.statistics(&operator, kit.now(), kit.now()).await.err(),
            ] {
                assert!(matches!(answer, Some(AuthError::NotKept)), "{answer:?}");
            }
        }
        assert!(world.kit.has_audit_log());
    }
}

static STATISTICIAN: std::sync::LazyLock<Operator> = std::sync::LazyLock::new(Operator::system);
