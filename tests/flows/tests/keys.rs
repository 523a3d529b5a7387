//! Keys change while the service runs.

use std::time::Duration;

use authkit_core::{Algorithm, EventCode, SignIn, ThrottleMode};
use authkit_flows::on_every_store;
use authkit_flows::race::race;
use authkit_flows::world::{OTHER_PASSWORD, SECRET, World, client, code};
use serde_json::json;

const NEXT: &str = "Zp7vXq2LmW9sKd4RfT6yHb8NcJ1gQe3UaO5iVx-0";

/// The four steps of a change of keys: old alone, new known, new signs, old gone.
fn steps(world: &World) -> [World; 4] {
    let world = world.with(|config| config.throttle(ThrottleMode::Off).session_cap(1_000));
    [
        world.with(|config| config.secret_key(SECRET)),
        world.with(|config| config.secret_key(SECRET).previous_secret_keys([NEXT])),
        world.with(|config| config.secret_key(NEXT).previous_secret_keys([SECRET])),
        world.with(|config| config.secret_key(NEXT)),
    ]
}

async fn next(world: &World, sign_in: &SignIn) -> SignIn {
    world.kit.refresh(&sign_in.tokens.refresh, &client()).await.expect("the next pair")
}

on_every_store! {
    // S-95
    async fn no_session_is_lost_while_nodes_change_keys_one_after_the_other(world: World) {
        let [old, known, new, _] = steps(&world);
        old.register("ada@example.com").await;
        // Two nodes; at every moment they are at most one step apart.
        for (one, other) in [(&old, &known), (&known, &known), (&known, &new), (&new, &new)] {
            let answers = race(16, |n| {
                let nodes = [one.clone(), other.clone()];
                async move {
                    let mut sign_in = nodes[n % 2].try_login("ada@example.com", authkit_flows::world::PASSWORD).await?;
                    for step in 0..6 {
                        nodes[step % 2].kit.current_user(&sign_in.tokens.access).await?;
                        sign_in = nodes[(n + step) % 2].kit.refresh(&sign_in.tokens.refresh, &client()).await?;
                    }
                    Ok::<_, authkit_core::AuthError>(())
                }
            })
            .await;
            let failed: Vec<_> = answers.iter().filter(|answer| answer.is_err()).collect();
            assert!(failed.is_empty(), "{failed:?}");
        }
    }

    // S-95
    async fn a_session_of_the_old_key_moves_to_the_new_one_with_its_next_refresh(world: World) {
        let [old, known, new, gone] = steps(&world);
        let first = old.signed_in("ada@example.com").await;
        known.current(&first).await;
        new.current(&first).await;
        let second = next(&new, &first).await;
        assert!(second.session.kid != first.session.kid);
        gone.current(&second).await;
        next(&gone, &second).await;
    }

    // S-95
    async fn a_key_that_is_gone_takes_its_tokens_along(world: World) {
        let [old, _, _, gone] = steps(&world);
        let first = old.signed_in("ada@example.com").await;
        let link = old.reset_token("ada@example.com").await;
        let row = world.session(&first).await;
        world.calls.take();
        assert_eq!(code(&gone.kit.current_user(&first.tokens.access).await), "invalid_token");
        assert_eq!(code(&gone.kit.refresh(&first.tokens.refresh, &client()).await), "invalid_token");
        let reset = gone.kit.reset_password(&link, OTHER_PASSWORD.into(), &client()).await;
        assert_eq!(code(&reset), "invalid_reset_token");
        gone.kit.logout(first.tokens.refresh.expose(), &client()).await.expect("an answer as good as any");
        assert!(world.calls.take().is_empty(), "no store was asked");
        assert_eq!(world.session(&first).await, row);
    }

    // S-28 S-95 I1
    async fn nodes_with_different_signing_keys_give_one_and_the_same_successor(world: World) {
        let [old, known, new, _] = steps(&world);
        let first = old.signed_in("ada@example.com").await;
        let answers = race(32, |n| {
            let (node, first) = (if n % 2 == 0 { known.clone() } else { new.clone() }, first.clone());
            async move { next(&node, &first).await.tokens.refresh }
        })
        .await;
        assert!(answers.iter().all(|token| *token == answers[0]), "byte for byte");
        world.clock.advance(Duration::from_secs(9));
        assert_eq!(next(&known, &first).await.tokens.refresh, answers[0]);
        assert_eq!(world.session(&first).await.generation, 1);
    }

    // S-95
    async fn a_link_lives_through_a_change_of_keys(world: World) {
        let [old, _, new, _] = steps(&world);
        old.register("ada@example.com").await;
        let link = old.reset_token("ada@example.com").await;
        new.kit.reset_password(&link, OTHER_PASSWORD.into(), &client()).await.expect("reset");
    }

    // S-95
    async fn a_change_of_algorithm_is_a_change_of_keys(world: World) {
        let world = world.with(|config| config.throttle(ThrottleMode::Off));
        let first = world.signed_in("ada@example.com").await;
        for algorithm in [Algorithm::HS384, Algorithm::HS512, Algorithm::EdDSA] {
            let other = world.with(|config| config.algorithm(algorithm));
            assert_eq!(code(&other.kit.current_user(&first.tokens.access).await), "invalid_token", "{algorithm:?}");
            let here = other.login("ada@example.com").await;
            other.current(&next(&other, &here).await).await;
            assert_eq!(code(&world.kit.current_user(&here.tokens.access).await), "invalid_token", "{algorithm:?}");
        }
    }

    // S-75
    async fn a_change_of_keys_is_recorded_at_the_start(world: World) {
        let [old, known, new, _] = steps(&world);
        for (node, changes) in [(&old, 0), (&old, 0), (&known, 1), (&known, 1), (&new, 2)] {
            world.clock.tick();
            node.kit.record_started().await.expect("recorded");
            assert_eq!(world.events_of(EventCode::KEYS_CHANGED).await.len(), changes);
        }
        assert_eq!(world.events_of(EventCode::SYSTEM_STARTED).await.len(), 5);
        let event = world.events_of(EventCode::KEYS_CHANGED).await.remove(0);
        let text = serde_json::to_string(&event.details).expect("JSON");
        assert!(!text.contains(SECRET) && !text.contains(NEXT));
        assert_eq!(event.details.get("before").and_then(serde_json::Value::as_array).map(Vec::len), Some(2));
        assert!(event.details.get("keys") != event.details.get("before") && event.details.get("keys") != Some(&json!(null)));
    }
}
