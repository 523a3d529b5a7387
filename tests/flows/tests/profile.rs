//! A user reads and changes the own profile.

use authkit_core::{AuthError, EventCode, Note, Operator, SignedIn, ThrottleMode, User};
use authkit_flows::on_every_store;
use authkit_flows::race::race;
use authkit_flows::world::{World, client, code};
use serde_json::{Map, Value, json};

fn fields(value: Value) -> Map<String, Value> {
    value.as_object().cloned().expect("an object")
}

async fn update(world: &World, who: &SignedIn, value: Value) -> Result<User, AuthError> {
    world.kit.update_profile(who, fields(value), &client()).await
}

on_every_store! {
    async fn a_change_is_kept_and_recorded_with_before_and_after(world: World) {
        let here = world.signed_in("ada@example.com").await;
        let who = world.current(&here).await;
        world.clock.tick();
        let user = update(&world, &who, json!({"company": "Acme", "seats": 3})).await.expect("changed");
        assert_eq!(user.profile.fields(), &fields(json!({"company": "Acme", "seats": 3})));
        assert_eq!((user.updated_at, user.session_epoch), (world.kit.now(), here.user.session_epoch));
        assert_eq!(world.user(&user.id).await, user);
        let shown: Vec<_> = world.kit.exposed_profile(&user).map(|(name, value)| (name, value.clone())).collect();
        assert_eq!(shown, [("company", json!("Acme")), ("seats", json!(3))]);

        let user = update(&world, &world.current(&here).await, json!({"company": null})).await.expect("cleared");
        assert_eq!(user.profile.fields().get("seats"), Some(&json!(3)), "what is not named stays");
        let events = world.events_of(EventCode::USER_PROFILE_CHANGED).await;
        let changes: Vec<_> = events.iter().filter_map(|event| event.change.to_json()).collect();
        assert_eq!(changes.len(), 2);
        assert!(changes.contains(&json!({"profile.company": [null, "Acme"], "profile.seats": [null, 3]})), "{changes:?}");
    }

    async fn setting_what_is_set_changes_nothing(world: World) {
        let here = world.signed_in("ada@example.com").await;
        update(&world, &world.current(&here).await, json!({"seats": 3})).await.expect("changed");
        let before = world.rows().await;
        let who = world.current(&here).await;
        world.clock.tick();
        update(&world, &who, json!({"seats": 3})).await.expect("as it was");
        update(&world, &who, json!({})).await.expect("as it was");
        assert_eq!(world.rows().await, before);
    }

    // S-17
    async fn no_field_that_is_not_editable_is_taken(world: World) {
        let here = world.signed_in("ada@example.com").await;
        let who = world.current(&here).await;
        let before = world.rows().await;
        for field in ["role", "roles", "is_admin", "active", "is_active", "email", "email_verified", "id", "internal"] {
            match update(&world, &who, json!({"company": "Acme", field: true})).await {
                Err(AuthError::Validation(errors)) => {
                    let [error] = &errors[..] else { panic!("{errors:?}") };
                    assert_eq!((error.field.as_str(), error.code), (field, "unknown_field"));
                }
                other => panic!("{field}: {other:?}"),
            }
        }
        for wrong in [json!({"company": 1}), json!({"seats": "3"}), json!({"seats": 1.5}), json!({"company": ["x"]})] {
            assert_eq!(code(&update(&world, &who, wrong).await), "validation_failed");
        }
        assert_eq!(world.rows().await, before);
    }

    async fn two_changes_of_different_fields_are_both_kept(world: World) {
        let here = world.signed_in("ada@example.com").await;
        let who = world.current(&here).await;
        let gate = world.tap.hold_before("replace_profile");
        let racing = {
            let (world, who) = (world.clone(), who.clone());
            tokio::spawn(async move { update(&world, &who, json!({"company": "Acme"})).await })
        };
        gate.reached().await;
        world.clock.tick();
        update(&world, &who, json!({"seats": 3})).await.expect("changed");
        gate.open();
        let user = racing.await.expect("no panic").expect("changed on top of the other");
        assert_eq!(user.profile.fields(), &fields(json!({"company": "Acme", "seats": 3})));
    }

    // I13
    async fn of_sixteen_changes_at_once_each_is_whole_or_told_stale(world: World) {
        let world = world.with(|config| config.throttle(ThrottleMode::Off));
        let here = world.signed_in("ada@example.com").await;
        let who = world.current(&here).await;
        let answers = race(16, |n| {
            let (world, who) = (world.clone(), who.clone());
            async move {
                world.clock.tick();
                update(&world, &who, json!({"company": format!("Acme {n}"), "seats": n})).await
            }
        })
        .await;
        let changed = answers.iter().filter(|answer| answer.is_ok()).count();
        assert!(answers.iter().all(|answer| matches!(code(answer), "ok" | "stale")), "{answers:?}");
        assert!(changed >= 1);
        assert_eq!(world.events_of(EventCode::USER_PROFILE_CHANGED).await.len(), changed);
        let profile = world.user(&here.user.id).await.profile;
        let seats = profile.fields().get("seats").and_then(Value::as_u64).expect("a number");
        assert_eq!(profile.fields().get("company"), Some(&json!(format!("Acme {seats}"))));
    }

    // I4
    async fn a_change_in_flight_survives_neither_sign_out_everywhere_nor_deactivation_nor_deletion(world: World) {
        for (ending, expected) in [(0, "session_revoked"), (1, "account_disabled"), (2, "session_revoked")] {
            let here = world.signed_in(&format!("ada{ending}@example.com")).await;
            let (who, operator, note) = (world.current(&here).await, Operator::system(), Note::default());
            let gate = world.tap.hold_before("replace_profile");
            let racing = {
                let (world, who) = (world.clone(), who.clone());
                tokio::spawn(async move { update(&world, &who, json!({"company": "Acme"})).await })
            };
            gate.reached().await;
            world.clock.tick();
            let id = &here.user.id;
            match ending {
                0 => world.kit.sign_out_everywhere(&who, &client()).await.expect("signed out"),
                1 => drop(world.kit.set_active(&operator, id, false, note, &client()).await.expect("disabled")),
                _ => world.kit.delete_user(&operator, id, note, &client()).await.expect("deleted"),
            }
            gate.open();
            assert_eq!(code(&racing.await.expect("no panic")), expected);
            assert!(world.user(id).await.profile.fields().is_empty());
        }
    }
}
