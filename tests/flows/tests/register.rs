//! A stranger makes an account.

use authkit_core::{Actor, AuthError, EventCode, EventOutcome, Registration, Role, ThrottleMode};
use authkit_flows::on_every_store;
use authkit_flows::race::race;
use authkit_flows::world::{OTHER_PASSWORD, PASSWORD, World, client, client_from, code, registration};
use serde_json::{Value, json};

fn with_profile(email: &str, profile: Value) -> Registration {
    let Value::Object(profile) = profile else { panic!("not an object") };
    Registration { profile, ..registration(email) }
}

async fn refused_fields(world: &World, registration: Registration) -> Vec<(String, &'static str)> {
    match world.kit.register(registration, &client()).await {
        Err(AuthError::Validation(errors)) => errors.into_iter().map(|error| (error.field, error.code)).collect(),
        other => panic!("{other:?}"),
    }
}

on_every_store! {
    async fn an_account_begins_active_unverified_and_with_the_default_role(world: World) {
        let user = world.kit.register(with_profile("Ada@Example.com", json!({"company": "Acme"})), &client()).await;
        let user = user.expect("an account").into_user().expect("no proof of the address is asked for");
        assert_eq!((user.email.as_str(), user.email.key().as_str()), ("Ada@Example.com", "ada@example.com"));
        assert_eq!((user.role, user.is_active, user.is_verified), (Role::new("user").expect("a role"), true, false));
        assert_eq!((user.created_at, user.updated_at, user.deleted_at), (world.kit.now(), world.kit.now(), None));
        assert_eq!(user.profile.fields().get("company"), Some(&json!("Acme")));
        assert_eq!(world.user(&user.id).await, user);

        let [event] = &world.events().await[..] else { panic!("one event") };
        assert_eq!((&event.code, event.outcome), (&EventCode::USER_REGISTERED, EventOutcome::Success));
        assert_eq!((&event.actor, event.subject, &event.client), (&Actor::Anonymous, Some(user.id), &client()));
        assert!(world.mailbox.all().is_empty());
    }

    // S-15
    async fn of_fifty_registrations_of_one_mailbox_exactly_one_succeeds(world: World) {
        let spellings =
            ["ada@example.com", "Ada@Example.COM", "ADA@EXAMPLE.com", "\u{ff41}da@example.com", "ada@ex\u{ff41}mple.com"];
        let kit = world.with(|config| config.throttle(ThrottleMode::Off)).kit;
        let answers = race(50, |n| {
            let kit = kit.clone();
            async move { kit.register(registration(spellings[n % spellings.len()]), &client()).await }
        })
        .await;
        let codes: Vec<_> = answers.iter().map(code).collect();
        assert_eq!(codes.iter().filter(|code| **code == "ok").count(), 1, "{codes:?}");
        assert_eq!(codes.iter().filter(|code| **code == "email_taken").count(), 49, "{codes:?}");
        let rows = world.rows().await;
        assert_eq!((rows.users.len(), rows.events.len()), (1, 1));
    }

    // S-16
    async fn a_taken_address_costs_what_a_new_one_costs(world: World) {
        world.register("ada@example.com").await;
        let new = world.calls.take();
        let taken = world.kit.register(registration("ADA@example.com"), &client()).await;
        assert_eq!(code(&taken), "email_taken");
        assert_eq!(world.calls.take(), new);
        assert_eq!(new, ["hash", "insert_user"], "hashed before anything is looked up");
    }

    // S-17
    async fn no_field_that_was_not_opened_is_taken(world: World) {
        for field in ["role", "roles", "is_admin", "active", "is_active", "email_verified", "is_verified", "id"] {
            let errors = refused_fields(&world, with_profile("ada@example.com", json!({field: true}))).await;
            assert_eq!(errors, [(field.to_owned(), "unknown_field")]);
        }
        // Known to the application, and not to be given by strangers.
        for field in ["internal", "seats"] {
            let errors = refused_fields(&world, with_profile("ada@example.com", json!({field: 1}))).await;
            assert_eq!(errors, [(field.to_owned(), "unknown_field")]);
        }
        assert!(world.rows().await.users.is_empty());
    }

    async fn all_that_is_wrong_is_told_at_once(world: World) {
        let wrong = json!({"company": "a name of more than twenty characters", "x": 1});
        let errors = refused_fields(&world, with_profile("not an address", wrong)).await;
        let expected = [("email", "invalid"), ("company", "too_long"), ("x", "unknown_field")];
        assert_eq!(errors, expected.map(|(field, code)| (field.to_owned(), code)));
        let errors = refused_fields(&world, with_profile("ada@example.com", json!({"company": 5}))).await;
        assert_eq!(errors, [("company".to_owned(), "invalid")]);
    }

    // S-1
    async fn a_password_of_twelve_to_two_hundred_and_fifty_six_code_points_is_taken(world: World) {
        let world = world.with(|config| config.throttle(ThrottleMode::Off));
        let of = |length| "kdj\u{1f6a4}zcnbqtyl\u{e9}v".chars().cycle().take(length).collect::<String>();
        for (length, expected) in
            [(11, "weak_password"), (12, "ok"), (64, "ok"), (256, "ok"), (257, "weak_password"), (9_999, "weak_password")]
        {
            let email = format!("ada{length}@example.com");
            let given = Registration { password: of(length).into(), ..registration(&email) };
            assert_eq!(code(&world.kit.register(given, &client()).await), expected, "{length}");
            if expected == "ok" {
                assert_eq!(code(&world.try_login(&email, &of(length)).await), "ok");
                assert_eq!(code(&world.try_login(&email, &of(length - 1)).await), "invalid_credentials");
            }
        }
    }

    // S-2
    async fn nothing_is_asked_of_what_a_password_is_composed_of(world: World) {
        let fine = ["kdjwhzcnbqtylmv", "KDJWHZCNBQTYLMV", "802467135913579", "a  b  c  d  e  f", "\u{1f6a4}\u{1f6f6}\u{26f5}\u{1f6a2}\u{1f30a}\u{2693}\u{1f41f}\u{1f420}\u{1f980}\u{1f419}\u{1f42c}\u{1f40b}", "nul\0byte\0inside"];
        for (n, password) in fine.into_iter().enumerate() {
            let email = format!("ada{n}@example.com");
            let given = Registration { password: password.into(), ..registration(&email) };
            assert_eq!(code(&world.kit.register(given, &client()).await), "ok", "{n}");
            assert_eq!(code(&world.try_login(&email, password).await), "ok", "{n}");
        }
    }

    // S-3
    async fn every_byte_of_a_password_counts(world: World) {
        let world = world.with(|config| config.throttle(ThrottleMode::Off));
        let long = format!(" {}x{} ", "Kdjwhzcnbqtylmv".repeat(5), "tail");
        let given = Registration { password: long.as_str().into(), ..registration("ada@example.com") };
        world.kit.register(given, &client()).await.expect("an account");
        let flipped = [long.trim_end(), long.trim_start(), &long.to_lowercase(), &long.replace('x', "y")];
        for other in flipped {
            assert_eq!(code(&world.try_login("ada@example.com", other).await), "invalid_credentials", "{other}");
        }
        assert_eq!(code(&world.try_login("ada@example.com", &long).await), "ok");
    }

    // S-4
    async fn common_passwords_and_those_built_on_the_address_are_refused(world: World) {
        for password in ["password1234", "PASSWORD1234", "shelley-2026", "example.com!!", "qwertyuiop123"] {
            let given = Registration { password: password.into(), ..registration("mary.shelley@example.com") };
            assert_eq!(code(&world.kit.register(given, &client()).await), "weak_password", "{password}");
        }
        assert!(world.rows().await.users.is_empty());
    }

    async fn nobody_registers_where_registration_is_closed(world: World) {
        let closed = world.with(|config| config.registration(false));
        let answer = closed.kit.register(registration("ada@example.com"), &client()).await;
        assert_eq!(code(&answer), "registration_disabled");
        assert!(world.calls.take().is_empty(), "nothing was hashed and no store was asked");
    }

    async fn the_address_of_a_deleted_user_stays_taken(world: World) {
        let user = world.register("ada@example.com").await;
        let note = authkit_core::Note::default();
        world.kit.delete_user(&authkit_core::Operator::system(), &user.id, note, &client()).await.expect("deleted");
        assert_eq!(code(&world.kit.register(registration("ada@example.com"), &client()).await), "email_taken");
    }

    async fn the_twenty_first_registration_of_a_minute_from_one_address_is_throttled(world: World) {
        for n in 0..20 {
            world.register(&format!("ada{n}@example.com")).await;
        }
        let hashed = world.hasher.hashed();
        let answer = world.kit.register(registration("one-more@example.com"), &client()).await;
        assert!(matches!(answer, Err(AuthError::Throttled { .. })));
        assert_eq!(world.hasher.hashed(), hashed);
        assert_eq!(code(&world.kit.register(registration("one-more@example.com"), &client_from(1)).await), "ok");
    }

    async fn two_users_with_one_password_have_different_hashes(world: World) {
        let (ada, eve) = (world.register("ada@example.com").await, world.register("eve@example.com").await);
        assert!(ada.password_hash.is_some() && ada.password_hash != eve.password_hash);
        assert!(ada.session_epoch != eve.session_epoch && ada.id != eve.id);
    }
}

#[tokio::test]
async fn registering_again_does_not_change_the_password() {
    let world = World::in_memory(authkit_flows::world::config());
    world.register("ada@example.com").await;
    let again = Registration { password: OTHER_PASSWORD.into(), ..registration("ada@example.com") };
    assert_eq!(code(&world.kit.register(again, &client()).await), "email_taken");
    assert_eq!(code(&world.try_login("ada@example.com", PASSWORD).await), "ok");
    assert_eq!(code(&world.try_login("ada@example.com", OTHER_PASSWORD).await), "invalid_credentials");
}
