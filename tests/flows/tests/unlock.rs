//! The administration lets an account try again that failed too often.

use std::time::Duration;

use authkit_core::{EventCode, Limit, Login, Note, Operator, Throttle, ThrottleMode};
use authkit_flows::on_every_store;
use authkit_flows::world::{OTHER_PASSWORD, PASSWORD, World, client, code};
use serde_json::json;

/// Counts failures by account alone, in the store.
fn by_account(world: &World) -> World {
    let any = Limit { max: 100_000, window: Duration::from_secs(60), backoff: None };
    let limits = Throttle { login_ip: any, login_failures_ip: any, register_ip: any, ..Throttle::default() };
    world.with(|config| config.throttle(ThrottleMode::Shared).throttle_limits(limits))
}

async fn guess(world: &World, password: &str) -> &'static str {
    code(&world.kit.login(Login::new("ada@example.com", password), &client()).await)
}

on_every_store! {
    // S-85
    async fn a_locked_account_is_open_again_and_its_failures_are_forgotten(world: World) {
        let world = by_account(&world);
        let support = world.operator("support@example.com", "support").await;
        let ada = world.register("Ada@Example.com").await;
        for _ in 0..5 {
            assert_eq!(guess(&world, OTHER_PASSWORD).await, "invalid_credentials");
        }
        assert_eq!(guess(&world, PASSWORD).await, "throttled");
        let note = Note { reason: Some("called in".into()), ..Note::default() };
        world.kit.unlock(&support, &ada.id, note, &client()).await.expect("unlocked");
        for _ in 0..5 {
            assert_eq!(guess(&world, OTHER_PASSWORD).await, "invalid_credentials", "counted from the start");
        }
        assert_eq!(guess(&world, PASSWORD).await, "throttled");
        let [event] = &world.events_of(EventCode::THROTTLE_CLEARED).await[..] else { panic!("one event") };
        assert_eq!((&event.actor, event.subject, event.session_id), (support.actor(), Some(ada.id), support.session()));
        assert_eq!(event.details.get("reason"), Some(&json!("called in")));
    }

    async fn a_stop_after_a_hundred_failures_is_lifted(world: World) {
        let world = by_account(&world);
        let ada = world.register("ada@example.com").await;
        for _ in 0..100 {
            assert_eq!(guess(&world, OTHER_PASSWORD).await, "invalid_credentials");
            world.clock.advance(Duration::from_secs(900));
        }
        world.clock.advance(Duration::from_secs(86_400));
        assert_eq!(guess(&world, PASSWORD).await, "throttled");
        world.kit.unlock(&Operator::system(), &ada.id, Note::default(), &client()).await.expect("unlocked");
        assert_eq!(guess(&world, PASSWORD).await, "ok");
    }

    async fn nothing_is_cleared_without_its_line_in_the_trail(world: World) {
        let world = by_account(&world);
        let ada = world.register("ada@example.com").await;
        for _ in 0..5 {
            assert_eq!(guess(&world, OTHER_PASSWORD).await, "invalid_credentials");
        }
        world.tap.refuse("record");
        let answer = world.kit.unlock(&Operator::system(), &ada.id, Note::default(), &client()).await;
        assert_eq!(code(&answer), "unavailable");
        world.tap.mend();
        assert_eq!(guess(&world, PASSWORD).await, "throttled");
        assert!(world.events_of(EventCode::THROTTLE_CLEARED).await.is_empty());
    }

    async fn a_deleted_user_is_not_found_and_without_a_throttle_there_is_nothing_to_do(world: World) {
        let (operator, ada) = (Operator::system(), world.register("ada@example.com").await);
        let off = world.with(|config| config.throttle(ThrottleMode::Off));
        let before = world.rows().await;
        off.kit.unlock(&operator, &ada.id, Note::default(), &client()).await.expect("nothing to do");
        assert_eq!(world.rows().await, before);
        world.kit.delete_user(&operator, &ada.id, Note::default(), &client()).await.expect("deleted");
        assert_eq!(code(&world.kit.unlock(&operator, &ada.id, Note::default(), &client()).await), "not_found");
    }
}
