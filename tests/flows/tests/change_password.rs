//! A user replaces the password by proving the current one.

use authkit_core::testing::Outbox;
use authkit_core::{
    AuthError, Cause, EventCode, MailKind, Note, Operator, PasswordSwap, ReplacePassword, RevokeReason, SignIn,
    ThrottleMode,
};
use authkit_flows::hasher::QuickHasher;
use authkit_flows::on_every_store;
use authkit_flows::race::race;
use authkit_flows::world::{OTHER_PASSWORD, PASSWORD, World, client, code};
use tokio::task::JoinHandle;

async fn change(world: &World, sign_in: &SignIn, current: &str, new: &str) -> Result<SignIn, AuthError> {
    let who = world.current(sign_in).await;
    world.kit.change_password(&who, current.into(), new.into(), &client()).await
}

/// A change that was let in and runs on its own.
async fn begin(world: &World, sign_in: &SignIn) -> JoinHandle<Result<SignIn, AuthError>> {
    let (kit, who) = (world.kit.clone(), world.current(sign_in).await);
    tokio::spawn(async move { kit.change_password(&who, PASSWORD.into(), OTHER_PASSWORD.into(), &client()).await })
}

on_every_store! {
    // S-7 S-37
    async fn the_new_password_stands_and_only_a_new_session_lives(world: World) {
        let (here, there) = (world.signed_in("ada@example.com").await, world.login("ada@example.com").await);
        world.clock.tick();
        let fresh = change(&world, &here, PASSWORD, OTHER_PASSWORD).await.expect("changed");
        for sign_in in [&here, &there] {
            assert_eq!(code(&world.kit.current_user(&sign_in.tokens.access).await), "session_revoked");
            assert_eq!(code(&world.kit.refresh(&sign_in.tokens.refresh, &client()).await), "session_revoked");
            assert_eq!(world.session(sign_in).await.revoked_reason, Some(RevokeReason::Password));
        }
        assert!(fresh.session.id != here.session.id);
        assert_eq!((fresh.session.via, fresh.session.authenticated_at), (here.session.via, world.kit.now()));
        world.current(&fresh).await;
        world.kit.refresh(&fresh.tokens.refresh, &client()).await.expect("the next pair");
        assert_eq!(code(&world.try_login("ada@example.com", PASSWORD).await), "invalid_credentials");
        assert_eq!(code(&world.try_login("ada@example.com", OTHER_PASSWORD).await), "ok");
        let [event] = &world.events_of(EventCode::PASSWORD_CHANGED).await[..] else { panic!("one event") };
        assert_eq!((event.subject, event.session_id), (Some(here.user.id), Some(here.session.id)));
        assert!(event.change.is_empty() && event.details.is_empty(), "no hash, no epoch: {event:?}");
        let [mail] = &world.mailbox.all()[..] else { panic!("one notice") };
        assert!(matches!(mail.kind, MailKind::PasswordChanged) && mail.to == "ada@example.com");
    }

    // S-7
    async fn a_wrong_current_password_counts_as_a_failed_sign_in(world: World) {
        let here = world.signed_in("ada@example.com").await;
        let hash = world.user(&here.user.id).await.password_hash;
        for _ in 0..5 {
            assert_eq!(code(&change(&world, &here, "not the password", OTHER_PASSWORD).await), "invalid_credentials");
        }
        assert_eq!(world.events_of(EventCode::SESSION_OPEN_FAILED).await.len(), 5);
        // Blocked for everybody who has no session yet, and for this flow and the step-up.
        let verified = world.hasher.verified();
        assert_eq!(code(&change(&world, &here, PASSWORD, OTHER_PASSWORD).await), "throttled");
        assert_eq!(code(&world.try_login("ada@example.com", PASSWORD).await), "throttled");
        let who = world.current(&here).await;
        assert_eq!(code(&world.kit.reauthenticate(&who, PASSWORD.into(), &client()).await), "throttled");
        assert_eq!(world.hasher.verified(), verified);
        assert_eq!(world.user(&here.user.id).await.password_hash, hash);
        world.current(&here).await;
    }

    // S-1 S-4
    async fn a_weak_new_password_is_refused_before_anything_is_counted(world: World) {
        let here = world.signed_in("ada@example.com").await;
        let verified = world.hasher.verified();
        for weak in ["elevenchars", "password1234", &"x".repeat(257), "example.com!!"] {
            assert_eq!(code(&change(&world, &here, PASSWORD, weak).await), "weak_password", "{weak}");
        }
        assert_eq!(world.hasher.verified(), verified);
        world.current(&here).await;
    }

    // I13
    async fn of_sixteen_changes_at_once_exactly_one_succeeds(world: World) {
        let world = world.with(|config| config.throttle(ThrottleMode::Off));
        let here = world.signed_in("ada@example.com").await;
        let who = world.current(&here).await;
        let answers = race(16, |n| {
            let (kit, who) = (world.kit.clone(), who.clone());
            let new = format!("{OTHER_PASSWORD} {n}");
            async move { kit.change_password(&who, PASSWORD.into(), new.into(), &client()).await }
        })
        .await;
        let codes: Vec<_> = answers.iter().map(code).collect();
        assert_eq!(codes.iter().filter(|code| **code == "ok").count(), 1, "{codes:?}");
        assert_eq!(codes.iter().filter(|code| **code == "session_revoked").count(), 15, "{codes:?}");
        assert_eq!(world.events_of(EventCode::PASSWORD_CHANGED).await.len(), 1);
        let winner = codes.iter().position(|code| *code == "ok").expect("a winner");
        assert_eq!(code(&world.try_login("ada@example.com", &format!("{OTHER_PASSWORD} {winner}")).await), "ok");
        world.current(answers[winner].as_ref().expect("a session")).await;
    }

    async fn a_rehash_in_between_does_not_lose_the_change(world: World) {
        let here = world.signed_in("ada@example.com").await;
        let gate = world.tap.hold_before("replace_password");
        let racing = begin(&world, &here).await;
        gate.reached().await;
        let old_hash = world.user(&here.user.id).await.password_hash;
        let new_hash = QuickHasher::stored("quick", "another salt", PASSWORD);
        let swap = PasswordSwap { id: here.user.id, old_hash, new_hash, epochs: None };
        let swapped = world.ports.replace_password(swap, Cause::silent(world.kit.now())).await.expect("an answer");
        assert!(matches!(swapped, ReplacePassword::Replaced(_)));
        gate.open();
        let fresh = racing.await.expect("no panic").expect("changed at the second try");
        world.current(&fresh).await;
        assert_eq!(code(&world.try_login("ada@example.com", OTHER_PASSWORD).await), "ok");
        assert_eq!(world.events_of(EventCode::PASSWORD_CHANGED).await.len(), 1);
    }

    // I4
    async fn a_change_in_flight_survives_no_sign_out_everywhere(world: World) {
        let here = world.signed_in("ada@example.com").await;
        let gate = world.tap.hold_before("replace_password");
        let racing = begin(&world, &here).await;
        gate.reached().await;
        world.kit.sign_out_everywhere(&world.current(&here).await, &client()).await.expect("signed out");
        gate.open();
        assert_eq!(code(&racing.await.expect("no panic")), "session_revoked");
        assert_eq!(code(&world.try_login("ada@example.com", PASSWORD).await), "ok", "the password is as it was");
        assert!(world.events_of(EventCode::PASSWORD_CHANGED).await.is_empty());
    }

    // I4
    async fn a_change_in_flight_survives_no_reset(world: World) {
        let here = world.signed_in("ada@example.com").await;
        let token = world.reset_token("ada@example.com").await;
        let gate = world.tap.hold_before("replace_password");
        let racing = begin(&world, &here).await;
        gate.reached().await;
        world.kit.reset_password(&token, "a third one, by the owner".into(), &client()).await.expect("reset");
        gate.open();
        assert_eq!(code(&racing.await.expect("no panic")), "session_revoked");
        assert_eq!(code(&world.try_login("ada@example.com", "a third one, by the owner").await), "ok");
    }

    // I4
    async fn a_change_in_flight_survives_no_deactivation(world: World) {
        let here = world.signed_in("ada@example.com").await;
        let gate = world.tap.hold_before("replace_password");
        let racing = begin(&world, &here).await;
        gate.reached().await;
        let (operator, note) = (Operator::system(), Note::default());
        world.kit.set_active(&operator, &here.user.id, false, note.clone(), &client()).await.expect("disabled");
        gate.open();
        assert_eq!(code(&racing.await.expect("no panic")), "account_disabled");
        world.kit.set_active(&operator, &here.user.id, true, note, &client()).await.expect("enabled");
        assert_eq!(code(&world.try_login("ada@example.com", PASSWORD).await), "ok");
    }

    // I4
    async fn the_new_session_carries_the_epoch_that_the_change_made_and_no_later_one(world: World) {
        let here = world.signed_in("ada@example.com").await;
        let gate = world.tap.hold_before("insert_session");
        let racing = begin(&world, &here).await;
        gate.reached().await;
        // Changed, and not yet signed in again: a sign-out now must reach the session that is about to be opened.
        let again = world.kit.login(authkit_core::Login::new("ada@example.com", OTHER_PASSWORD), &client()).await;
        let who = world.current(&again.expect("a session")).await;
        world.kit.sign_out_everywhere(&who, &client()).await.expect("signed out");
        gate.open();
        let fresh = racing.await.expect("no panic").expect("changed");
        assert_eq!(code(&world.kit.current_user(&fresh.tokens.access).await), "session_revoked");
    }

    async fn a_mailer_that_fails_changes_no_answer(world: World) {
        let deaf = world.built(world.config.clone(), |builder| builder.mailer(Outbox::broken()));
        let here = world.signed_in("ada@example.com").await;
        let fresh = change(&deaf, &here, PASSWORD, OTHER_PASSWORD).await.expect("changed");
        world.current(&fresh).await;
        assert_eq!(world.events_of(EventCode::MAIL_FAILED).await.len(), 1);
    }
}
