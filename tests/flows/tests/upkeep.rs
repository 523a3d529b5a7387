//! What an operator does to the installation as a whole is in the trail.

use authkit_core::{EventCode, Operator, Upkeep};
use authkit_flows::on_every_store;
use authkit_flows::world::{World, client, code};
use serde_json::{Map, json};

on_every_store! {
    // S-75
    async fn each_kind_of_upkeep_is_recorded_under_its_code_with_who_did_it(world: World) {
        let operator = Operator::cli("ada");
        for (what, code) in [
            (Upkeep::Migrated, EventCode::SYSTEM_MIGRATED),
            (Upkeep::Tidied, EventCode::SYSTEM_TIDIED),
            (Upkeep::KeysChanged, EventCode::KEYS_CHANGED),
        ] {
            let details = Map::from_iter([("n".to_owned(), json!("a\u{1b}b"))]);
            world.kit.record_upkeep(&operator, what, details, &client()).await.expect("recorded");
            let [event] = &world.events_of(code).await[..] else { panic!("one event") };
            assert_eq!((&event.actor, event.subject, &event.client), (operator.actor(), None, &client()));
            let text = event.details["n"].as_str().expect("a text");
            assert!(!text.contains('\u{1b}'), "S-77: {text}");
        }
    }

    // S-70
    async fn only_who_may_do_everything_claims_to_have_done_it(world: World) {
        let support = world.operator("support@example.com", "support").await;
        let refused = world.kit.record_upkeep(&support, Upkeep::Tidied, Map::new(), &client()).await;
        assert_eq!(code(&refused), "forbidden");
        assert!(world.events_of(EventCode::SYSTEM_TIDIED).await.is_empty());
    }
}
