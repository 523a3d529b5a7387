//! An address is proven by a link, and who is shut out until then.

use std::time::Duration;

use authkit_core::{
    Actor, AuthError, Cause, Email, EventCode, EventOutcome, Login, MailKind, Note, Operator, ReplaceEmail,
    RevokeReason, ThrottleMode, VerificationToken,
};
use authkit_flows::on_every_store;
use authkit_flows::race::race;
use authkit_flows::world::{OTHER_PASSWORD, PASSWORD, World, client, code, registration};

const ADA: &str = "ada@example.com";

/// The same world, where addresses must be proven.
fn strict(world: &World) -> World {
    world.with(|config| config.require_verified_email(true))
}

async fn verify(world: &World, token: &VerificationToken) -> Result<(), AuthError> {
    world.kit.verify_email(token, &client()).await
}

/// Registers where addresses must be proven, and opens the mail.
async fn waiting(world: &World, email: &str) -> VerificationToken {
    let registered = world.kit.register(registration(email), &client()).await.expect("an answer");
    assert_eq!(registered.into_user(), None, "the answer tells of nobody");
    world.last_verification_token().expect("a mail with a link")
}

on_every_store! {
    // S-60 S-10
    async fn whoever_has_proven_nothing_does_not_get_in_and_is_told_so_only_after_the_right_password(world: World) {
        let world = strict(&world);
        let token = waiting(&world, ADA).await;
        assert_eq!(code(&world.try_login(ADA, OTHER_PASSWORD).await), "invalid_credentials");
        assert_eq!(code(&world.try_login("nobody@example.com", PASSWORD).await), "invalid_credentials");
        world.calls.take();
        assert_eq!(code(&world.try_login(ADA, PASSWORD).await), "email_not_verified");
        assert!(!world.calls.take().contains(&"insert_session"));
        let failed = world.events_of(EventCode::SESSION_OPEN_FAILED).await;
        let reasons: Vec<_> = failed.iter().map(|event| event.details["reason"].as_str().expect("a text")).collect();
        assert_eq!(reasons, ["unverified", "credentials", "credentials"]);
        let ada = failed[0].subject.expect("a user");
        assert_eq!(failed[0].outcome, EventOutcome::Refused);
        let host = world.kit.open_session_for(&ada, &client()).await;
        assert_eq!(code(&host), "email_not_verified");

        verify(&world, &token).await.expect("verified");
        assert!(world.user(&ada).await.is_verified);
        world.login(ADA).await;
        let [event] = &world.events_of(EventCode::EMAIL_VERIFIED).await[..] else { panic!("one event") };
        assert_eq!((&event.actor, event.subject, event.outcome), (&Actor::User(ada), Some(ada), EventOutcome::Success));
    }

    async fn an_operator_who_has_proven_nothing_does_not_get_into_the_console(world: World) {
        let world = strict(&world);
        let token = waiting(&world, ADA).await;
        let ada = world.rows().await.users[0].id;
        world.kit.set_role(&Operator::system(), &ada, "admin", Note::default(), &client()).await.expect("a role");
        let enter = async || world.kit.console_login(Login::new(ADA, PASSWORD), &client()).await;
        assert_eq!(code(&enter().await), "email_not_verified");
        verify(&world, &token).await.expect("verified");
        enter().await.expect("let in");
    }

    // S-60
    async fn of_sixteen_uses_of_one_link_exactly_one_verifies(world: World) {
        let world = strict(&world);
        let token = waiting(&world, ADA).await;
        let answers = race(16, |_| {
            let (kit, token) = (world.kit.clone(), token.clone());
            async move { kit.verify_email(&token, &client()).await }
        })
        .await;
        let codes: Vec<_> = answers.iter().map(code).collect();
        assert_eq!(codes.iter().filter(|code| **code == "ok").count(), 1, "{codes:?}");
        assert_eq!(codes.iter().filter(|code| **code == "invalid_verification_token").count(), 15, "{codes:?}");
        assert_eq!(world.events_of(EventCode::EMAIL_VERIFIED).await.len(), 1);
        assert!(world.rows().await.users[0].is_verified);
    }

    // S-60
    async fn a_session_from_before_is_worth_nothing_until_the_address_is_proven_and_ends_then(world: World) {
        let lax = world;
        let here = lax.signed_in(ADA).await;
        let world = strict(&lax);
        let before = world.rows().await;
        let refused = [
            code(&world.kit.current_user(&here.tokens.access).await),
            code(&world.kit.refresh(&here.tokens.refresh, &client()).await),
        ];
        assert_eq!(refused, ["email_not_verified"; 2]);
        assert_eq!(world.rows().await, before, "a refused refresh changes nothing");
        lax.current(&here).await;

        world.kit.request_verification(ADA, &client()).await.expect("an answer");
        let token = world.last_verification_token().expect("a link");
        verify(&world, &token).await.expect("verified");
        assert_eq!(code(&world.kit.current_user(&here.tokens.access).await), "session_revoked");
        assert_eq!(code(&world.kit.refresh(&here.tokens.refresh, &client()).await), "session_revoked");
        assert_eq!(world.session(&here).await.revoked_reason, Some(RevokeReason::Everywhere));
        let [event] = &world.events_of(EventCode::SESSION_REVOKED).await[..] else { panic!("one event") };
        assert_eq!((event.subject, event.details["by"].as_str()), (Some(here.user.id), Some("verification")));
        let again = world.login(ADA).await;
        assert_eq!(code(&verify(&world, &token).await), "invalid_verification_token");
        world.current(&again).await;
    }

    async fn where_there_is_no_session_verifying_is_one_write(world: World) {
        let world = strict(&world);
        let token = waiting(&world, ADA).await;
        world.calls.take();
        verify(&world, &token).await.expect("verified");
        assert_eq!(world.calls.take(), ["list_sessions", "find_user", "mark_verified"]);
    }

    async fn a_link_dies_with_address_password_or_epoch(world: World) {
        let world = world.with(|config| config.require_verified_email(true).throttle(ThrottleMode::Off));
        let (operator, note) = (Operator::system(), Note::default);
        for n in 0..6 {
            let email = format!("ada{n}@example.com");
            let token = waiting(&world, &email).await;
            let ada = world.rows().await.users.into_iter().find(|user| user.email.as_str() == email).expect("a user");
            match n {
                0 => {
                    let new = Email::parse("lovelace@example.com").expect("an address");
                    let cause = Cause::silent(world.kit.now());
                    let moved = world.ports.replace_email(&ada.id, ada.email.key(), new, ada.session_epoch, cause).await;
                    assert!(matches!(moved, Ok(ReplaceEmail::Replaced(_))));
                }
                1 => {
                    let link = world.reset_token(&email).await;
                    world.kit.reset_password(&link, OTHER_PASSWORD.into(), &client()).await.expect("reset");
                }
                2 => {
                    world.kit.set_active(&operator, &ada.id, false, note(), &client()).await.expect("disabled");
                }
                3 => {
                    world.kit.set_active(&operator, &ada.id, false, note(), &client()).await.expect("disabled");
                    world.kit.set_active(&operator, &ada.id, true, note(), &client()).await.expect("enabled");
                }
                4 => world.kit.delete_user(&operator, &ada.id, note(), &client()).await.expect("deleted"),
                _ => world.kit.revoke_sessions_of(&operator, &ada.id, note(), &client()).await.map(drop).expect("ended"),
            }
            assert_eq!(code(&verify(&world, &token).await), "invalid_verification_token", "{n}");
        }
    }

    // S-60
    async fn of_two_users_each_needs_the_own_link(world: World) {
        let world = strict(&world);
        let ada = waiting(&world, ADA).await;
        let eve = waiting(&world, "eve@example.com").await;
        verify(&world, &ada).await.expect("verified");
        let rows = world.rows().await.users;
        let verified: Vec<_> = rows.iter().filter(|user| user.is_verified).map(|user| user.email.as_str()).collect();
        assert_eq!(verified, [ADA]);
        assert_eq!(code(&world.try_login("eve@example.com", PASSWORD).await), "email_not_verified");
        verify(&world, &eve).await.expect("verified");
    }

    async fn a_link_that_is_used_does_not_work_again_and_a_second_one_neither(world: World) {
        let world = strict(&world);
        let first = waiting(&world, ADA).await;
        world.clock.advance(Duration::from_secs(61));
        world.kit.request_verification(ADA, &client()).await.expect("an answer");
        let second = world.last_verification_token().expect("a link");
        assert_ne!(first, second);
        verify(&world, &second).await.expect("verified");
        for token in [&first, &second] {
            assert_eq!(code(&verify(&world, token).await), "invalid_verification_token");
        }
    }

    async fn a_link_lasts_a_day(world: World) {
        let world = strict(&world);
        let token = waiting(&world, ADA).await;
        world.clock.advance(Duration::from_secs(24 * 60 * 60 + 6));
        assert_eq!(code(&verify(&world, &token).await), "invalid_verification_token");
        world.clock.step_back(Duration::from_secs(2));
        verify(&world, &token).await.expect("verified");
    }

    // S-20 S-62
    async fn nothing_else_proves_an_address_and_what_is_forged_reaches_no_store(world: World) {
        let here = world.signed_in("eve@example.com").await;
        let reset = world.reset_token("eve@example.com").await;
        let world = strict(&world);
        let token = waiting(&world, ADA).await;
        let other = world.with(|config| config.secret_key("Zp7vXq2LmW9sKd4RfT6yHb8NcJ1gQe3UaO5iVx-0"));
        let forged = waiting(&other, "bob@example.com").await;
        let cut = &token.expose()[..token.expose().len() - 1];
        let padded = format!(" {} ", token.expose());
        world.calls.take();
        for text in [
            "", " ", "\t\r\n", "\u{a0}", "null", "undefined", "\0", ".", "..", " . . ", cut, &padded,
            here.tokens.access.expose(), here.tokens.refresh.expose(), reset.expose(), forged.expose(),
        ] {
            assert_eq!(code(&verify(&world, &text.into()).await), "invalid_verification_token", "{text:?}");
        }
        assert!(world.calls.take().is_empty());
        // And it opens nothing else.
        assert_eq!(code(&world.kit.current_user(&token.expose().into()).await), "invalid_token");
        assert_eq!(code(&world.kit.refresh(&token.expose().into(), &client()).await), "invalid_token");
        let reset = world.kit.reset_password(&token.expose().into(), OTHER_PASSWORD.into(), &client()).await;
        assert_eq!(code(&reset), "invalid_reset_token");
        verify(&world, &token).await.expect("verified");
    }

    // S-60: the owner of a mailbox in whose name somebody else has registered takes the account over.
    async fn a_reset_proves_the_address_and_leaves_nothing_of_who_registered_it(world: World) {
        let world = strict(&world);
        let theirs = waiting(&world, ADA).await;
        let again = world.kit.register(registration(ADA), &client()).await.expect("the same answer");
        assert_eq!(again.into_user(), None);
        let link = world.reset_token(ADA).await;
        world.kit.reset_password(&link, OTHER_PASSWORD.into(), &client()).await.expect("reset");
        assert_eq!(code(&world.try_login(ADA, PASSWORD).await), "invalid_credentials");
        world.try_login(ADA, OTHER_PASSWORD).await.expect("let in");
        assert_eq!(code(&verify(&world, &theirs).await), "invalid_verification_token");
        let [event] = &world.events_of(EventCode::EMAIL_VERIFIED).await[..] else { panic!("one event") };
        assert_eq!(event.outcome, EventOutcome::Success);
    }

    async fn an_invitation_proves_the_address(world: World) {
        let root = world.operator("root@example.com", "admin").await;
        let world = strict(&world);
        let eve = world.kit.create_user_for(&root, "eve@example.com", "user", Note::default(), &client()).await;
        assert!(!eve.expect("a user").is_verified);
        let link = world.last_reset_token().expect("a link");
        world.kit.reset_password(&link, PASSWORD.into(), &client()).await.expect("set");
        world.login("eve@example.com").await;
    }

    async fn a_store_that_does_not_answer_leaves_the_link_usable(world: World) {
        let here = world.signed_in(ADA).await;
        let world = strict(&world);
        world.kit.request_verification(ADA, &client()).await.expect("an answer");
        let token = world.last_verification_token().expect("a link");
        for method in ["list_sessions", "find_user", "revoke_sessions", "mark_verified"] {
            world.tap.refuse(method);
            assert_eq!(code(&verify(&world, &token).await), "unavailable", "{method}");
            world.tap.mend();
            assert!(!world.user(&here.user.id).await.is_verified, "{method}");
        }
        verify(&world, &token).await.expect("verified");
    }

    async fn where_nothing_must_be_proven_a_link_verifies_too(world: World) {
        world.register(ADA).await;
        world.login(ADA).await;
        world.kit.request_verification(ADA, &client()).await.expect("an answer");
        let MailKind::Verification { link, token } = world.mailbox.all().pop().expect("a mail").kind else {
            panic!("another mail")
        };
        assert_eq!(link, world.kit.settings().verify_url.replace("{token}", token.expose()));
        verify(&world, &token).await.expect("verified");
        assert!(world.rows().await.users[0].is_verified);
    }
}
