//! Somebody signs in with address and password.

use std::time::Duration;

use authkit_core::{
    Actor, AuthError, ClientInfo, EventCode, EventOutcome, Login, Note, Operator, Password, Role, SessionState,
    ThrottleMode, TrustedPassword, TrustedUser, UserId, Via,
};
use authkit_flows::on_every_store;
use authkit_flows::world::{OTHER_PASSWORD, PASSWORD, World, client, code};
use serde_json::json;

async fn trusted(world: &World, email: &str, password: TrustedPassword) -> UserId {
    let role = Role::new("user").expect("a role");
    let user = TrustedUser {
        email: email.into(),
        password,
        role,
        is_active: true,
        is_verified: true,
        profile: Default::default(),
    };
    world.kit.create_user(user, Actor::System).await.expect("a user").id
}

async fn set_active(world: &World, id: &UserId, active: bool) {
    let note = Note::default();
    world.kit.set_active(&Operator::system(), id, active, note, &client()).await.expect("done");
}

on_every_store! {
    async fn the_right_password_opens_a_session_of_the_right_length(world: World) {
        let user = world.register("ada@example.com").await;
        let login = Login { via: Via::Json, ..Login::new("ADA@example.com", PASSWORD) };
        let sign_in = world.kit.login(login, &client()).await.expect("a session");
        let (at, session, tokens) = (world.kit.now(), &sign_in.session, &sign_in.tokens);
        assert_eq!((session.user_id, session.epoch, session.generation), (user.id, user.session_epoch, 0));
        assert_eq!((session.idle_at, session.absolute_at), (at + days(7), at + days(30)));
        assert_eq!((session.authenticated_at, session.rotated_at, session.via), (at, at, Via::Json));
        assert_eq!(session.client, ClientInfo { request_id: None, ..client() });
        assert_eq!((tokens.issued_at, tokens.access_expires_at), (at, at + Duration::from_secs(900)));
        assert_eq!(tokens.refresh_expires_at, session.idle_at);
        assert_eq!(world.session(&sign_in).await, *session);
        assert_eq!(world.user(&user.id).await.last_sign_in_at, at);

        let current = world.current(&sign_in).await;
        assert_eq!((current.user.id, current.session.id), (user.id, session.id));
        let [event] = &world.events_of(EventCode::SESSION_OPENED).await[..] else { panic!("one event") };
        assert_eq!((&event.actor, event.subject, event.session_id), (&Actor::User(user.id), Some(user.id), Some(session.id)));
        assert_eq!((event.details.get("via"), &event.client), (Some(&json!("json")), &client()));
    }

    // S-10 S-11
    async fn every_failure_looks_and_costs_the_same(world: World) {
        world.register("ada@example.com").await;
        trusted(&world, "oauth@example.com", TrustedPassword::None).await;
        trusted(&world, "broken@example.com", TrustedPassword::Hash("$unknown$scheme".into())).await;
        let disabled = world.register("off@example.com").await;
        set_active(&world, &disabled.id, false).await;
        let gone = world.register("gone@example.com").await;
        world.kit.delete_user(&Operator::system(), &gone.id, Note::default(), &client()).await.expect("deleted");
        let world = world.with(|config| config.throttle(ThrottleMode::Shared));

        for email in ["ada", "nobody", "oauth", "off", "gone"] {
            let verified = world.hasher.verified();
            let answer = world.try_login(&format!("{email}@example.com"), "not the password at all").await;
            let error = answer.expect_err("refused");
            assert!(matches!(error, AuthError::InvalidCredentials), "{email}: {error:?}");
            assert_eq!(world.hasher.verified() - verified, 1, "{email}");
            assert_eq!(world.calls.take(), ["take", "find_user_by_email", "verify", "record"], "{email}");
        }
        // A hash that cannot be run falls back to the decoy, and the right password of a deleted user opens nothing.
        assert_eq!(code(&world.try_login("broken@example.com", PASSWORD).await), "invalid_credentials");
        assert_eq!(code(&world.try_login("gone@example.com", PASSWORD).await), "invalid_credentials");
        let outcomes: Vec<_> = world.events_of(EventCode::SESSION_OPEN_FAILED).await;
        assert_eq!(outcomes.len(), 7);
        assert!(outcomes.iter().all(|event| event.details.get("reason") == Some(&json!("credentials"))));
    }

    // S-10
    async fn that_an_account_is_disabled_is_told_after_the_right_password_only(world: World) {
        let user = world.register("ada@example.com").await;
        set_active(&world, &user.id, false).await;
        assert_eq!(code(&world.try_login("ada@example.com", OTHER_PASSWORD).await), "invalid_credentials");
        world.clock.tick();
        assert_eq!(code(&world.try_login("ada@example.com", PASSWORD).await), "account_disabled");
        let [refused, failed] = &world.events_of(EventCode::SESSION_OPEN_FAILED).await[..] else { panic!("two events") };
        assert_eq!((refused.outcome, refused.details.get("reason")), (EventOutcome::Refused, Some(&json!("disabled"))));
        assert_eq!((failed.outcome, failed.details.get("reason")), (EventOutcome::Failure, Some(&json!("credentials"))));
        assert!(world.rows().await.sessions.is_empty());
    }

    // S-13 S-10
    async fn what_is_no_address_fails_as_every_wrong_one_does(world: World) {
        for text in ["", "not an address", "ada@@example.com", "ada@example.com\r\nBcc: eve@example.com", "\0"] {
            let verified = world.hasher.verified();
            assert_eq!(code(&world.try_login(text, PASSWORD).await), "invalid_credentials");
            assert_eq!(world.hasher.verified() - verified, 1);
        }
    }

    // S-78
    async fn a_failed_sign_in_names_an_address_and_never_what_else_was_typed(world: World) {
        for text in ["Nobody@Example.com", "my secret passphrase", "my secret passphrase"] {
            world.clock.tick();
            assert_eq!(code(&world.try_login(text, PASSWORD).await), "invalid_credentials");
        }
        let names: Vec<_> = world.events().await.into_iter().map(|event| event.identifier.expect("a name")).collect();
        let [second, first, address] = &names[..] else { panic!("three events: {names:?}") };
        assert_eq!(address, "Nobody@Example.com");
        assert!(first.starts_with("not an address, 20 characters, #") && !first.contains("secret"), "{first}");
        assert_eq!(first, second, "the same text has the same hash");
    }

    // S-18
    async fn a_sign_in_takes_the_place_of_the_session_that_was_presented(world: World) {
        let old = world.signed_in("ada@example.com").await;
        let other = world.login("ada@example.com").await;
        let replaces = Some(old.tokens.refresh.clone());
        let login = Login { replaces, ..Login::new("ada@example.com", PASSWORD) };
        let new = world.kit.login(login, &client()).await.expect("a session");
        assert!(new.session.id != old.session.id && new.tokens.refresh != old.tokens.refresh);
        assert_eq!(code(&world.kit.current_user(&old.tokens.access).await), "session_revoked");
        assert_eq!(code(&world.kit.refresh(&old.tokens.refresh, &client()).await), "session_revoked");
        world.current(&new).await;
        world.current(&other).await;
        let [revoked] = &world.events_of(EventCode::SESSION_REVOKED).await[..] else { panic!("one event") };
        assert_eq!((revoked.session_id, revoked.details.get("by")), (Some(old.session.id), Some(&json!("replaced"))));
    }

    // S-18
    async fn a_failed_sign_in_leaves_the_presented_session_alone(world: World) {
        let old = world.signed_in("ada@example.com").await;
        let replaces = Some(old.tokens.refresh.clone());
        let login = Login { replaces, ..Login::new("ada@example.com", OTHER_PASSWORD) };
        assert_eq!(code(&world.kit.login(login, &client()).await), "invalid_credentials");
        world.current(&old).await;
        let forged = Login { replaces: Some("not.a.token".into()), ..Login::new("ada@example.com", PASSWORD) };
        assert_eq!(code(&world.kit.login(forged, &client()).await), "ok");
    }

    // S-40
    async fn the_fifty_first_session_ends_the_oldest(world: World) {
        let world = world.with(|config| config.throttle(ThrottleMode::Off));
        let oldest = world.signed_in("ada@example.com").await;
        let mut later = Vec::new();
        for _ in 1..50 {
            world.clock.advance(Duration::from_secs(1));
            later.push(world.login("ada@example.com").await);
        }
        world.current(&oldest).await;
        world.calls.take();
        let one_more = world.login("ada@example.com").await;
        let calls = world.calls.take();
        assert!(!calls.contains(&"revoke_session") && !calls.contains(&"revoke_sessions"), "in the insert's own step");
        assert_eq!(code(&world.kit.current_user(&oldest.tokens.access).await), "session_revoked");
        for sign_in in later.iter().chain([&one_more]) {
            assert_eq!(world.session(sign_in).await.revoked_at, None);
        }
        let [event] = &world.events_of(EventCode::SESSION_REVOKED).await[..] else { panic!("one event") };
        assert_eq!(event.details.get("by"), Some(&json!("cap")));
        assert_eq!(event.details.get("sessions"), Some(&json!([oldest.session.id.to_string()])));
    }

    // S-40
    async fn sessions_that_are_over_do_not_count(world: World) {
        let world = world.with(|config| config.throttle(ThrottleMode::Off).session_cap(2));
        let first = world.signed_in("ada@example.com").await;
        world.kit.logout(first.tokens.refresh.expose(), &client()).await.expect("signed out");
        let (second, third) = (world.login("ada@example.com").await, world.login("ada@example.com").await);
        let other = world.signed_in("eve@example.com").await;
        for sign_in in [&second, &third, &other] {
            world.current(sign_in).await;
        }
        assert!(world.events_of(EventCode::SESSION_REVOKED).await.is_empty());
    }

    // S-35 I4
    async fn a_sign_in_that_raced_a_reset_leaves_nothing_alive(world: World) {
        let user = world.register("ada@example.com").await;
        let token = world.reset_token("ada@example.com").await;
        let gate = world.tap.hold_after("find_user_by_email");
        let racing = {
            let world = world.clone();
            tokio::spawn(async move { world.try_login("ada@example.com", PASSWORD).await })
        };
        gate.reached().await;
        world.kit.reset_password(&token, OTHER_PASSWORD.into(), &client()).await.expect("reset");
        gate.open();
        let sign_in = racing.await.expect("no panic").expect("the old password was right when it was read");
        assert_eq!(code(&world.kit.current_user(&sign_in.tokens.access).await), "session_revoked");
        assert_eq!(code(&world.kit.refresh(&sign_in.tokens.refresh, &client()).await), "session_revoked");
        let row = world.session(&sign_in).await;
        assert_eq!(row.state(Some(&world.user(&user.id).await), world.kit.now()), SessionState::Dead);
    }

    // S-35 I4
    async fn a_sign_in_that_raced_a_deactivation_leaves_nothing_alive_even_after_reactivation(world: World) {
        let user = world.register("ada@example.com").await;
        let gate = world.tap.hold_before("insert_session");
        let racing = {
            let world = world.clone();
            tokio::spawn(async move { world.try_login("ada@example.com", PASSWORD).await })
        };
        gate.reached().await;
        set_active(&world, &user.id, false).await;
        gate.open();
        let sign_in = racing.await.expect("no panic").expect("active when it was read");
        assert_eq!(code(&world.kit.current_user(&sign_in.tokens.access).await), "account_disabled");
        assert_eq!(code(&world.kit.refresh(&sign_in.tokens.refresh, &client()).await), "account_disabled");
        set_active(&world, &user.id, true).await;
        assert_eq!(code(&world.kit.current_user(&sign_in.tokens.access).await), "session_revoked");
        assert_eq!(code(&world.kit.refresh(&sign_in.tokens.refresh, &client()).await), "session_revoked");
    }

    async fn a_sign_in_whose_user_was_purged_meanwhile_is_refused(world: World) {
        let user = world.register("ada@example.com").await;
        let gate = world.tap.hold_before("insert_session");
        let racing = {
            let world = world.clone();
            tokio::spawn(async move { world.try_login("ada@example.com", PASSWORD).await })
        };
        gate.reached().await;
        let (operator, note) = (Operator::system(), Note::default());
        world.kit.delete_user(&operator, &user.id, note.clone(), &client()).await.expect("deleted");
        world.kit.purge_user(&operator, &user.id, note, &client()).await.expect("purged");
        gate.open();
        assert_eq!(code(&racing.await.expect("no panic")), "invalid_credentials");
        assert!(world.rows().await.sessions.is_empty());
    }

    async fn a_sign_in_time_that_cannot_be_noted_does_not_matter(world: World) {
        world.register("ada@example.com").await;
        world.tap.refuse("note_sign_in");
        let sign_in = world.login("ada@example.com").await;
        world.current(&sign_in).await;
    }

    async fn a_store_that_does_not_answer_lets_nobody_in(world: World) {
        world.register("ada@example.com").await;
        for method in ["find_user_by_email", "insert_session"] {
            world.tap.refuse(method);
            assert_eq!(code(&world.try_login("ada@example.com", PASSWORD).await), "unavailable", "{method}");
            world.tap.mend();
        }
        assert!(world.rows().await.sessions.is_empty());
    }

    async fn an_older_weaker_password_still_signs_in(world: World) {
        trusted(&world, "ada@example.com", TrustedPassword::Plain(Password::from("short"))).await;
        assert_eq!(code(&world.try_login("ada@example.com", "short").await), "ok");
    }
}

const fn days(n: u64) -> Duration {
    Duration::from_secs(n * 86_400)
}
