//! A reset link is used.

use std::time::Duration;

use authkit_core::{
    AuthError, Cause, Email, EventCode, MailKind, Note, Operator, ReplaceEmail, ResetToken, RevokeReason, SignIn,
    ThrottleMode, User,
};
use authkit_flows::on_every_store;
use authkit_flows::race::race;
use authkit_flows::world::{OTHER_PASSWORD, PASSWORD, World, client, client_from, code};
use serde_json::json;

async fn reset(world: &World, token: &ResetToken) -> Result<(), AuthError> {
    world.kit.reset_password(token, OTHER_PASSWORD.into(), &client()).await
}

/// What happened to an account after a link was sent.
#[derive(Debug, Clone, Copy)]
enum Since {
    ItsOwnUse,
    AnotherUse,
    PasswordChange,
    SignOutEverywhere,
    Deactivation,
    DeactivationAndBack,
    Deletion,
    DeletionAndBack,
    AnotherAddress,
    RoleChange,
    ProfileChange,
    SignIn,
    Logout,
}

impl Since {
    async fn happen(self, world: &World, token: &ResetToken, here: &SignIn) {
        let (operator, note, id) = (Operator::system(), Note::default, &here.user.id);
        let who = world.current(here).await;
        let kit = &world.kit;
        match self {
            Self::ItsOwnUse => reset(world, token).await.expect("reset"),
            Self::AnotherUse => {
                world.clock.advance(Duration::from_secs(61));
                let another = world.reset_token(here.user.email.as_str()).await;
                reset(world, &another).await.expect("reset");
            }
            Self::PasswordChange => {
                kit.change_password(&who, PASSWORD.into(), OTHER_PASSWORD.into(), &client()).await.expect("changed");
            }
            Self::SignOutEverywhere => kit.sign_out_everywhere(&who, &client()).await.expect("signed out"),
            Self::Deactivation => set_active(world, &here.user, false).await,
            Self::DeactivationAndBack => {
                set_active(world, &here.user, false).await;
                set_active(world, &here.user, true).await;
            }
            Self::Deletion => kit.delete_user(&operator, id, note(), &client()).await.expect("deleted"),
            Self::DeletionAndBack => {
                kit.delete_user(&operator, id, note(), &client()).await.expect("deleted");
                kit.restore_user(&operator, id, note(), &client()).await.expect("restored");
            }
            Self::AnotherAddress => {
                let new = Email::parse("lovelace@example.com").expect("an address");
                let (old, epoch) = (here.user.email.key(), here.user.session_epoch);
                let replaced = world.ports.replace_email(id, old, new, epoch, Cause::silent(world.kit.now())).await;
                assert!(matches!(replaced, Ok(ReplaceEmail::Replaced(_))));
            }
            Self::RoleChange => {
                kit.set_role(&operator, id, "editor", note(), &client()).await.expect("a role");
            }
            Self::ProfileChange => {
                let fields = json!({"company": "Acme"}).as_object().cloned().expect("an object");
                kit.update_profile(&who, fields, &client()).await.expect("changed");
            }
            Self::SignIn => drop(world.login(here.user.email.as_str()).await),
            Self::Logout => kit.logout(here.tokens.refresh.expose(), &client()).await.expect("signed out"),
        }
    }
}

async fn set_active(world: &World, user: &User, active: bool) {
    let note = Note::default();
    world.kit.set_active(&Operator::system(), &user.id, active, note, &client()).await.expect("done");
}

on_every_store! {
    // S-37 S-57 S-58
    async fn the_new_password_stands_every_session_is_dead_and_none_is_opened(world: World) {
        let (here, there) = (world.signed_in("ada@example.com").await, world.login("ada@example.com").await);
        let token = world.reset_token("ada@example.com").await;
        world.calls.take();
        reset(&world, &token).await.expect("reset");
        assert!(!world.calls.take().contains(&"insert_session"), "no sign-in by a link");
        for sign_in in [&here, &there] {
            assert_eq!(code(&world.kit.current_user(&sign_in.tokens.access).await), "session_revoked");
            assert_eq!(code(&world.kit.refresh(&sign_in.tokens.refresh, &client()).await), "session_revoked");
            assert_eq!(world.session(sign_in).await.revoked_reason, Some(RevokeReason::Reset));
        }
        assert_eq!(world.rows().await.sessions.len(), 2);
        assert_eq!(code(&world.try_login("ada@example.com", PASSWORD).await), "invalid_credentials");
        assert_eq!(code(&world.try_login("ada@example.com", OTHER_PASSWORD).await), "ok");
        let notice = world.mailbox.all().pop().expect("a notice");
        assert!(matches!(notice.kind, MailKind::PasswordChanged) && notice.to == "ada@example.com");
        let [event] = &world.events_of(EventCode::PASSWORD_RESET_COMPLETED).await[..] else { panic!("one event") };
        assert_eq!(event.subject, Some(here.user.id));
        assert!(event.change.is_empty() && event.details.is_empty(), "{event:?}");
    }

    // S-53
    async fn of_sixteen_uses_of_one_link_exactly_one_succeeds(world: World) {
        world.register("ada@example.com").await;
        let token = world.reset_token("ada@example.com").await;
        let answers = race(16, |n| {
            let (kit, token, new) = (world.kit.clone(), token.clone(), format!("{OTHER_PASSWORD} {n}"));
            async move { kit.reset_password(&token, new.into(), &client()).await }
        })
        .await;
        let codes: Vec<_> = answers.iter().map(code).collect();
        assert_eq!(codes.iter().filter(|code| **code == "ok").count(), 1, "{codes:?}");
        assert_eq!(codes.iter().filter(|code| **code == "invalid_reset_token").count(), 15, "{codes:?}");
        assert_eq!(world.events_of(EventCode::PASSWORD_RESET_COMPLETED).await.len(), 1);
        let winner = codes.iter().position(|code| *code == "ok").expect("a winner");
        assert_eq!(code(&world.try_login("ada@example.com", &format!("{OTHER_PASSWORD} {winner}")).await), "ok");
    }

    // S-53
    async fn of_two_links_of_one_user_used_at_once_exactly_one_works(world: World) {
        world.register("ada@example.com").await;
        let first = world.reset_token("ada@example.com").await;
        world.clock.advance(Duration::from_secs(61));
        let second = world.reset_token("ada@example.com").await;
        let answers = race(16, |n| {
            let (kit, token) = (world.kit.clone(), if n % 2 == 0 { first.clone() } else { second.clone() });
            async move { kit.reset_password(&token, OTHER_PASSWORD.into(), &client()).await }
        })
        .await;
        assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count(), 1, "{answers:?}");
    }

    // S-52
    async fn a_link_dies_with_password_address_or_epoch_and_with_nothing_else(world: World) {
        let world = world.with(|config| config.throttle(ThrottleMode::Off));
        use Since::*;
        for (since, expected) in [
            (ItsOwnUse, "invalid_reset_token"),
            (AnotherUse, "invalid_reset_token"),
            (PasswordChange, "invalid_reset_token"),
            (SignOutEverywhere, "invalid_reset_token"),
            (Deactivation, "invalid_reset_token"),
            (DeactivationAndBack, "invalid_reset_token"),
            (Deletion, "invalid_reset_token"),
            (DeletionAndBack, "invalid_reset_token"),
            (AnotherAddress, "invalid_reset_token"),
            (RoleChange, "ok"),
            (ProfileChange, "ok"),
            (SignIn, "ok"),
            (Logout, "ok"),
        ] {
            let email = format!("{since:?}@example.com").to_lowercase();
            let here = world.signed_in(&email).await;
            let token = world.reset_token(&email).await;
            since.happen(&world, &token, &here).await;
            assert_eq!(code(&reset(&world, &token).await), expected, "{since:?}");
        }
    }

    async fn a_weak_password_leaves_the_link_usable(world: World) {
        world.register("ada@example.com").await;
        let token = world.reset_token("ada@example.com").await;
        for weak in ["elevenchars", "password1234", "example.com!!"] {
            let answer = world.kit.reset_password(&token, weak.into(), &client()).await;
            assert_eq!(code(&answer), "weak_password", "{weak}");
        }
        reset(&world, &token).await.expect("reset");
    }

    async fn a_link_lasts_fifteen_minutes(world: World) {
        world.register("ada@example.com").await;
        let token = world.reset_token("ada@example.com").await;
        world.clock.advance(Duration::from_secs(15 * 60 + 6));
        assert_eq!(code(&reset(&world, &token).await), "invalid_reset_token");
        world.clock.step_back(Duration::from_secs(2));
        reset(&world, &token).await.expect("reset");
    }

    // S-20 S-62
    async fn nothing_else_opens_the_way_and_what_is_forged_reaches_no_store(world: World) {
        let here = world.signed_in("ada@example.com").await;
        let token = world.reset_token("ada@example.com").await;
        let other_key = world.with(|config| config.secret_key("Zp7vXq2LmW9sKd4RfT6yHb8NcJ1gQe3UaO5iVx-0"));
        other_key.clock.advance(Duration::from_secs(61));
        let forged = other_key.reset_token("ada@example.com").await;
        let mut spliced = token.expose().to_owned();
        spliced.truncate(token.expose().rfind('.').expect("a signature") + 1);
        spliced.push_str(forged.expose().rsplit('.').next().expect("a signature"));
        world.calls.take();
        let cut = &token.expose()[..token.expose().len() - 1];
        for text in [
            "", " ", "null", "..", here.tokens.access.expose(), here.tokens.refresh.expose(), forged.expose(), &spliced, cut,
        ] {
            assert_eq!(code(&reset(&world, &text.into()).await), "invalid_reset_token", "{text}");
        }
        assert!(world.calls.take().is_empty());
        // And a link opens nothing else. (S-20)
        assert_eq!(code(&world.kit.current_user(&token.expose().into()).await), "invalid_token");
        assert_eq!(code(&world.kit.refresh(&token.expose().into(), &client()).await), "invalid_token");
        reset(&world, &token).await.expect("reset");
    }

    // S-86 S-58
    async fn a_reset_works_while_the_account_is_locked_and_clears_the_lock(world: World) {
        world.register("ada@example.com").await;
        for n in 0..5 {
            let guess = authkit_core::Login::new("ada@example.com", "a wrong guess");
            assert_eq!(code(&world.kit.login(guess, &client_from(n)).await), "invalid_credentials");
        }
        let locked = |n, password: &'static str| {
            let kit = world.kit.clone();
            async move { kit.login(authkit_core::Login::new("ada@example.com", password), &client_from(n)).await }
        };
        assert_eq!(code(&locked(6, PASSWORD).await), "throttled");
        let token = world.reset_token("ada@example.com").await;
        assert_eq!(code(&locked(7, PASSWORD).await), "throttled", "asking clears nothing");
        reset(&world, &token).await.expect("reset");
        assert_eq!(code(&locked(8, OTHER_PASSWORD).await), "ok");
    }

    // S-75
    async fn a_link_that_does_not_work_any_more_is_recorded(world: World) {
        let user = world.register("ada@example.com").await;
        let token = world.reset_token("ada@example.com").await;
        reset(&world, &token).await.expect("reset");
        assert_eq!(code(&reset(&world, &token).await), "invalid_reset_token");
        let [event] = &world.events_of(EventCode::PASSWORD_RESET_FAILED).await[..] else { panic!("one event") };
        assert_eq!(event.subject, Some(user.id));
    }

    // I4
    async fn a_refresh_that_raced_a_reset_leaves_nothing_alive(world: World) {
        let here = world.signed_in("ada@example.com").await;
        let token = world.reset_token("ada@example.com").await;
        world.tap.refuse("tidy_epoch");
        let gate = world.tap.hold_before("rotate");
        let racing = {
            let (kit, token) = (world.kit.clone(), here.tokens.refresh.clone());
            tokio::spawn(async move { kit.refresh(&token, &client()).await })
        };
        gate.reached().await;
        reset(&world, &token).await.expect("reset");
        gate.open();
        let pair = racing.await.expect("no panic").expect("the row itself was still open");
        assert_eq!(code(&world.kit.current_user(&pair.tokens.access).await), "session_revoked");
        assert_eq!(code(&world.kit.refresh(&pair.tokens.refresh, &client()).await), "session_revoked");
    }

    async fn a_store_that_does_not_answer_leaves_the_link_usable(world: World) {
        world.register("ada@example.com").await;
        let token = world.reset_token("ada@example.com").await;
        world.tap.refuse("replace_password");
        assert_eq!(code(&reset(&world, &token).await), "unavailable");
        world.tap.mend();
        reset(&world, &token).await.expect("reset");
    }
}
