//! Housekeeping, one bounded step at a time.

use std::time::Duration;

use authkit_core::{Actor, AppEvent, Budget, EventCode, Note, Operator, ThrottleMode, Tidied};
use authkit_flows::on_every_store;
use authkit_flows::race::race;
use authkit_flows::world::{OTHER_PASSWORD, World, client, code};
use serde_json::json;

const HOUR: Duration = Duration::from_secs(3_600);
const DAY: Duration = Duration::from_secs(86_400);

/// Steps until nothing is due, and what they did together.
async fn tidy(world: &World, budget: Budget) -> Tidied {
    let mut sum = Tidied::default();
    loop {
        let done = world.kit.tidy(budget).await.expect("tidied");
        sum.sessions += done.sessions;
        sum.users += done.users;
        sum.attempts += done.attempts;
        sum.events += done.events;
        sum.hours += done.hours;
        if !done.more {
            return sum;
        }
    }
}

on_every_store! {
    // S-41
    async fn sessions_go_an_hour_after_their_end_and_not_before(world: World) {
        let ended = world.signed_in("ada@example.com").await;
        world.kit.logout(ended.tokens.refresh.expose(), &client()).await.expect("signed out");
        let idle = world.login("ada@example.com").await;
        world.clock.advance(HOUR);
        let live = world.login("ada@example.com").await;
        assert_eq!(tidy(&world, Budget::default()).await.sessions, 0, "over for an hour, and not longer");
        world.clock.tick();
        assert_eq!(tidy(&world, Budget::default()).await.sessions, 1);
        world.clock.set(idle.session.idle_at + HOUR);
        assert_eq!(tidy(&world, Budget::default()).await.sessions, 0);
        world.clock.tick();
        assert_eq!(tidy(&world, Budget::default()).await.sessions, 1);
        let left: Vec<_> = world.rows().await.sessions.iter().map(|row| row.id).collect();
        assert_eq!(left, [live.session.id]);
        assert!(world.events_of(EventCode::AUDIT_PURGED).await.is_empty(), "the purge of sessions writes none");
    }

    async fn deleted_users_go_after_a_week_with_their_sessions(world: World) {
        let (gone, kept) = (world.signed_in("gone@example.com").await, world.signed_in("kept@example.com").await);
        world.kit.delete_user(&Operator::system(), &gone.user.id, Note::default(), &client()).await.expect("deleted");
        let before = world.events().await.len();
        world.clock.advance(DAY * 7);
        assert_eq!(tidy(&world, Budget::default()).await.users, 0);
        world.clock.tick();
        assert_eq!(tidy(&world, Budget::default()).await.users, 1);
        let rows = world.rows().await;
        assert_eq!(rows.users.iter().map(|user| user.id).collect::<Vec<_>>(), [kept.user.id]);
        assert!(rows.sessions.iter().all(|row| row.user_id == kept.user.id));
        assert_eq!(rows.events.len(), before, "the timed purge writes none");
        world.register("gone@example.com").await;
    }

    // S-82
    async fn events_go_after_the_retention_in_batches_and_that_is_recorded(world: World) {
        for n in 0..5 {
            world.clock.tick();
            world.kit.record(AppEvent::new(&format!("job-{n}")).expect("a code")).await.expect("recorded");
        }
        world.clock.advance(DAY * 365);
        world.kit.record(AppEvent::new("young").expect("a code")).await.expect("recorded");
        let budget = Budget { rows: 2, ..Budget::default() };
        let mut steps = Vec::new();
        for _ in 0..5 {
            let done = world.kit.tidy(budget).await.expect("tidied");
            steps.push(done.events);
        }
        // The last of the five is exactly as old as the retention: not older.
        assert_eq!(steps, [2, 2, 0, 0, 0]);
        world.clock.tick();
        assert_eq!(tidy(&world, budget).await.events, 1);
        let left = world.events().await;
        assert!(left.iter().all(|event| !event.code.as_str().starts_with("job-")));
        assert!(left.iter().any(|event| event.code.as_str() == "young"));
        let purges = world.events_of(EventCode::AUDIT_PURGED).await;
        let mut counts: Vec<_> = purges.iter().filter_map(|event| event.details.get("count")?.as_u64()).collect();
        counts.sort_unstable();
        assert_eq!(counts, [1, 2, 2]);
        assert!(purges.iter().all(|event| event.actor == Actor::System));
    }

    async fn events_are_counted_before_they_go(world: World) {
        let hour = world.kit.now().hour();
        world.register("ada@example.com").await;
        world.clock.advance(DAY * 400);
        while world.kit.tidy(Budget { rows: 1_000, hours: 1_000 }).await.expect("tidied").more {}
        let counts = world.kit.statistics(&Operator::system(), hour, hour + HOUR).await.expect("counts");
        assert_eq!(counts.iter().map(|count| (count.metric.as_str(), count.n)).collect::<Vec<_>>(), [("user.registered", 1)]);
        assert!(world.events_of(EventCode::USER_REGISTERED).await.is_empty());
    }

    async fn counters_that_nothing_changed_for_a_day_go(world: World) {
        let world = world.with(|config| config.throttle(ThrottleMode::Shared));
        assert_eq!(code(&world.try_login("nobody@example.com", OTHER_PASSWORD).await), "invalid_credentials");
        world.clock.advance(DAY);
        assert_eq!(tidy(&world, Budget::default()).await.attempts, 0);
        world.clock.tick();
        assert_eq!(tidy(&world, Budget::default()).await.attempts, 3, "account, failures and sign-ins of the address");
    }

    async fn a_part_that_fails_does_not_keep_the_others_from_their_turn(world: World) {
        let parts = ["purge_sessions", "purge_deleted_users", "roll_up_stats", "purge_events"];
        for part in parts {
            world.tap.refuse(part);
            world.calls.take();
            assert_eq!(code(&world.kit.tidy(Budget::default()).await), "unavailable", "{part}");
            assert_eq!(world.calls.take(), parts, "{part}");
            world.tap.mend();
        }
    }

    // I13
    async fn sixteen_at_once_do_the_work_once(world: World) {
        let world = world.with(|config| config.throttle(ThrottleMode::Off));
        world.register("ada@example.com").await;
        for _ in 0..20 {
            let here = world.login("ada@example.com").await;
            world.kit.logout(here.tokens.refresh.expose(), &client()).await.expect("signed out");
        }
        let live = world.login("ada@example.com").await;
        // An event may become durable a little after its instant, so the last hour is not counted at once.
        world.clock.advance(HOUR * 2 + HOUR / 12);
        let answers = race(16, |_| {
            let kit = world.kit.clone();
            async move { kit.tidy(Budget { rows: 7, hours: 1 }).await.expect("tidied") }
        })
        .await;
        let mut sessions: u64 = answers.iter().map(|done| done.sessions).sum();
        let mut hours: u64 = answers.iter().map(|done| done.hours).sum();
        let rest = tidy(&world, Budget::default()).await;
        sessions += rest.sessions;
        hours += rest.hours;
        assert_eq!((sessions, hours), (20, 2));
        assert_eq!(world.rows().await.sessions.len(), 1);
        world.kit.refresh(&live.tokens.refresh, &client()).await.expect("what is not over is never removed");
        let counts = world.kit.statistics(&Operator::system(), world.kit.now() - DAY, world.kit.now()).await;
        let counts = counts.expect("counts");
        let closed = counts.iter().find(|count| count.metric == "session.closed").expect("a count");
        assert_eq!(json!(closed.n), json!(20));
    }
}
