//! The administration reads the audit trail and its statistics.

use std::time::Duration;

use authkit_core::{
    AuthError, Budget, EventCode, EventFilter, EventOutcome, ExportOf, ListRequest, NoAudit, Note, Operator, SessionId,
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
        let code = EventFilter::of(opened.clone());
        assert_eq!(codes(&world, code).await, [Code::SESSION_OPENED]);
        let outcome = EventFilter { outcomes: vec![EventOutcome::Failure], ..none() };
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
        let success = EventFilter { outcomes: vec![EventOutcome::Success], ..none() };
        assert_eq!(codes(&world, success.clone()).await.len(), 1);
        assert_eq!(codes(&world, none()).await.len(), 2, "the whole trail is in the order of its key");
        let with_code = EventFilter { codes: vec![EventCode::USER_REGISTERED], ..success.clone() };
        assert_eq!(codes(&world, with_code).await.len(), 2);
        let earlier = EventFilter { from: Some(at - DAY * 14), to: Some(at - DAY * 7), ..success.clone() };
        assert_eq!(codes(&world, earlier).await.len(), 1);

        let session: SessionId = "0192f0c1-2d3e-7f40-8a5b-6c7d8e9f0a1b".parse().expect("an id");
        for wide in [
            EventFilter { from: Some(at - DAY * 8), ..success.clone() },
            EventFilter { from: Some(at - DAY * 8), session_id: Some(session), ..none() },
            EventFilter { from: Some(at - DAY * 8), request_id: Some("request-1".into()), ..none() },
            EventFilter { from: Some(at - DAY * 8), ip: client().ip, ..none() },
        ] {
            let answer = world.kit.list_events(&Operator::system(), &wide, &ListRequest::default()).await;
            let Err(AuthError::Validation(errors)) = answer else { panic!("{answer:?}") };
            assert_eq!((errors[0].field.as_str(), errors[0].code), ("from", "too_wide"));
        }
    }

    async fn sets_of_codes_and_outcomes_are_told_apart_and_merged(world: World) {
        use EventCode as Code;
        world.signed_in("ada@example.com").await;
        world.clock.tick();
        assert_eq!(code(&world.try_login("ada@example.com", OTHER_PASSWORD).await), "invalid_credentials");
        let of = |codes: &[Code]| EventFilter { codes: codes.to_vec(), ..EventFilter::default() };
        let both = [Code::SESSION_OPEN_FAILED, Code::SESSION_OPENED];
        assert_eq!(codes(&world, of(&both)).await, both);
        assert_eq!(codes(&world, of(&[both[1].clone(), both[0].clone(), both[1].clone()])).await, both);
        let outcomes = vec![EventOutcome::Refused, EventOutcome::Failure];
        assert_eq!(codes(&world, EventFilter { outcomes, ..EventFilter::default() }).await, [both[0].clone()]);
        let operator = Operator::system();
        let request = ListRequest { cursor: None, limit: Some(1) };
        let page = world.kit.list_events(&operator, &of(&both), &request).await.expect("a page");
        let request = ListRequest { cursor: page.next_cursor, limit: Some(1) };
        let turned = of(&[both[1].clone(), both[0].clone()]);
        let page = world.kit.list_events(&operator, &turned, &request).await.expect("the order of a set is no other list");
        assert_eq!(page.items[0].code, both[1]);
    }

    async fn more_than_thirty_two_codes_are_refused(world: World) {
        let codes = EventCode::ALL.iter().take(33).cloned().collect();
        let filter = EventFilter { codes, ..EventFilter::default() };
        let answer = world.kit.list_events(&Operator::system(), &filter, &ListRequest::default()).await;
        let Err(AuthError::Validation(errors)) = answer else { panic!("{answer:?}") };
        assert_eq!((errors[0].field.as_str(), errors[0].code), ("code", "too_many"));
    }

    async fn a_timeline_holds_what_a_user_did_and_what_is_about_it(world: World) {
        use EventCode as Code;
        let root = world.with_role("root@example.com", "admin").await;
        let ada = world.register("ada@example.com").await;
        world.clock.tick();
        let operator = world.kit.operator(&world.current(&root).await).expect("let in");
        world.kit.set_role(&operator, &ada.id, "editor", Note::default(), &client()).await.expect("a role");
        let of = |id| EventFilter { concerning: Some(id), codes: vec![Code::USER_ROLE_CHANGED], ..EventFilter::default() };
        assert_eq!(codes(&world, of(root.user.id)).await.first(), Some(&Code::USER_ROLE_CHANGED), "done");
        assert_eq!(codes(&world, of(ada.id)).await, [Code::USER_ROLE_CHANGED], "about");
        let all = EventFilter { concerning: Some(ada.id), ..EventFilter::default() };
        assert_eq!(codes(&world, all).await, [Code::USER_ROLE_CHANGED, Code::USER_REGISTERED]);
    }

    async fn an_address_is_compared_as_it_is_kept(world: World) {
        world.register("ada@example.com").await;
        let from = |ip| EventFilter { ip, ..EventFilter::default() };
        let ip = client().ip.expect("an address");
        assert_eq!(codes(&world, from(Some(ip))).await.len(), 1);
        let std::net::IpAddr::V4(v4) = ip else { panic!("{ip}") };
        assert_eq!(codes(&world, from(Some(v4.to_ipv6_mapped().into()))).await.len(), 1);
        assert!(codes(&world, from(Some([203, 0, 113, 200].into()))).await.is_empty());
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
                kit.begin_export(&operator, ExportOf::Events, serde_json::Map::new(), &client()).await.err(),
            ] {
                assert!(matches!(answer, Some(AuthError::NotKept)), "{answer:?}");
            }
        }
        assert!(world.kit.has_audit_log());
    }
}

static STATISTICIAN: std::sync::LazyLock<Operator> = std::sync::LazyLock::new(Operator::system);
