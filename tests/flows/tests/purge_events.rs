//! An operator removes the events that are past their time.

use std::time::Duration;

use authkit_core::{AppEvent, Budget, EventCode, Operator};
use authkit_flows::on_every_store;
use authkit_flows::race::race;
use authkit_flows::world::{World, client, code};

const DAY: Duration = Duration::from_secs(86_400);

async fn jobs(world: &World, n: u32) {
    for n in 0..n {
        world.clock.tick();
        world.kit.record(AppEvent::new(&format!("job-{n}")).expect("a code")).await.expect("recorded");
    }
}

on_every_store! {
    // S-82
    async fn only_what_is_past_the_retention_goes_and_the_event_names_the_operator(world: World) {
        jobs(&world, 5).await;
        world.clock.advance(DAY * 365);
        world.kit.record(AppEvent::new("young").expect("a code")).await.expect("recorded");
        let operator = Operator::cli("root");
        // The last of the five is exactly as old as the retention: not older.
        assert_eq!(world.kit.count_events_past_retention(&operator, 100).await.expect("a count"), 4);
        assert_eq!(world.kit.count_events_past_retention(&operator, 3).await.expect("a count"), 3);
        let mut steps = Vec::new();
        for _ in 0..4 {
            steps.push(world.kit.purge_events(&operator, 2, &client()).await.expect("purged"));
        }
        assert_eq!(steps, [2, 2, 0, 0]);
        let left: Vec<String> = world.events().await.iter().map(|event| event.code.as_str().to_owned()).collect();
        assert_eq!(left, ["audit.purged", "audit.purged", "young", "job-4"]);
        for event in world.events_of(EventCode::AUDIT_PURGED).await {
            assert_eq!((&event.actor, event.details["count"].as_u64()), (operator.actor(), Some(2)));
        }
    }

    // S-82
    async fn a_shorter_retention_is_a_matter_of_the_setting_and_its_bounds(world: World) {
        jobs(&world, 3).await;
        world.clock.advance(DAY * 100);
        let operator = Operator::cli("root");
        assert_eq!(world.kit.purge_events(&operator, 1_000, &client()).await.expect("purged"), 0);
        let shorter = world.with(|config| config.audit_retention(DAY * 90));
        assert_eq!(shorter.kit.purge_events(&operator, 1_000, &client()).await.expect("purged"), 3);
    }

    // S-70
    async fn only_who_may_do_everything_with_a_fresh_password_removes_events(world: World) {
        jobs(&world, 1).await;
        world.clock.advance(DAY * 366);
        let auditor = world.operator("auditor@example.com", "auditor").await;
        let support = world.operator("support@example.com", "support").await;
        let root = world.operator("root@example.com", "admin").await;
        for operator in [&auditor, &support] {
            assert_eq!(code(&world.kit.purge_events(operator, 1, &client()).await), "forbidden");
        }
        world.clock.advance(Duration::from_secs(301));
        assert_eq!(code(&world.kit.purge_events(&root, 1, &client()).await), "reauthentication_required");
        let budget = Budget::default();
        for operator in [&auditor, &support] {
            assert_eq!(code(&world.kit.tidy_for(operator, budget, &client()).await), "forbidden");
        }
        assert!(world.events_of(EventCode::AUDIT_PURGED).await.is_empty());
        let operator = Operator::cli("ada");
        assert_eq!(world.kit.tidy_for(&operator, budget, &client()).await.expect("tidied").events, 1);
        let [event] = &world.events_of(EventCode::AUDIT_PURGED).await[..] else { panic!("one event") };
        assert_eq!(&event.actor, operator.actor());
    }

    // I13
    async fn sixteen_at_once_remove_each_event_once(world: World) {
        jobs(&world, 40).await;
        world.clock.advance(DAY * 366);
        let operator = Operator::cli("root");
        let removed = race(16, |_| {
            let (kit, operator) = (world.kit.clone(), operator.clone());
            async move { kit.purge_events(&operator, 3, &client()).await.expect("purged") }
        })
        .await;
        let told = world.events_of(EventCode::AUDIT_PURGED).await;
        let told: u64 = told.iter().filter_map(|event| event.details["count"].as_u64()).sum();
        assert_eq!((removed.iter().sum::<u64>(), told), (40, 40));
    }
}
