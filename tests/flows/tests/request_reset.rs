//! Somebody asks for a reset link.

use std::time::Duration;

use authkit_core::testing::Outbox;
use authkit_core::{AuthError, EventCode, EventOutcome, MailKind, Note, Operator, ThrottleMode};
use authkit_flows::on_every_store;
use authkit_flows::world::{World, client, client_from, code};

/// An active user, a disabled one and a deleted one; nobody@example.com is unknown.
async fn people(world: &World) {
    let (operator, note) = (Operator::system(), Note::default());
    world.register("Ada@Example.com").await;
    let off = world.register("off@example.com").await;
    world.kit.set_active(&operator, &off.id, false, note.clone(), &client()).await.expect("disabled");
    let gone = world.register("gone@example.com").await;
    world.kit.delete_user(&operator, &gone.id, note, &client()).await.expect("deleted");
}

on_every_store! {
    // S-54
    async fn the_answer_and_the_work_are_the_same_for_every_address(world: World) {
        people(&world).await;
        let world = world.with(|config| config.throttle(ThrottleMode::Shared));
        for (email, mails) in [("ada", 1), ("nobody", 0), ("off", 0), ("gone", 0)] {
            let before = world.mailbox.all().len();
            world.kit.request_reset(&format!("{email}@example.com"), &client()).await.expect("the same answer");
            assert_eq!(world.calls.take(), ["take", "find_user_by_email", "take", "record"], "{email}");
            assert_eq!(world.mailbox.all().len() - before, mails, "{email}");
        }
        let events = world.events_of(EventCode::PASSWORD_RESET_REQUESTED).await;
        let refused = events.iter().filter(|event| event.outcome == EventOutcome::Refused);
        assert_eq!((events.len(), refused.count()), (4, 3));
    }

    // S-54
    async fn a_mailer_that_fails_changes_no_answer(world: World) {
        people(&world).await;
        let deaf = world.built(world.config.clone(), |builder| builder.mailer(Outbox::broken()));
        for email in ["ada@example.com", "nobody@example.com"] {
            deaf.kit.request_reset(email, &client()).await.expect("the same answer");
        }
        let [event] = &world.events_of(EventCode::MAIL_FAILED).await[..] else { panic!("one event") };
        assert_eq!(event.outcome, EventOutcome::Failure);
    }

    // S-14
    async fn mail_goes_to_the_address_on_the_row(world: World) {
        people(&world).await;
        world.kit.request_reset("\u{ff21}DA@EXAMPLE.COM", &client()).await.expect("an answer");
        let [mail] = &world.mailbox.all()[..] else { panic!("one mail") };
        assert_eq!(mail.to, "Ada@Example.com");
    }

    // S-55
    async fn the_link_is_made_of_the_configured_address_and_the_token(world: World) {
        people(&world).await;
        world.kit.request_reset("ada@example.com", &client()).await.expect("an answer");
        let [mail] = &world.mailbox.all()[..] else { panic!("one mail") };
        let MailKind::PasswordReset { link, token } = &mail.kind else { panic!("another mail") };
        assert_eq!(*link, world.kit.settings().reset_url.replace("{token}", token.expose()));
        assert!(mail.text.contains(link.as_str()) && mail.text.contains("15 minutes"));
    }

    // S-58
    async fn asking_changes_nothing_about_the_account(world: World) {
        let here = world.signed_in("ada@example.com").await;
        let before = world.rows().await;
        world.kit.request_reset("ada@example.com", &client()).await.expect("an answer");
        let after = world.rows().await;
        assert_eq!((before.users, before.sessions), (after.users, after.sessions));
        world.current(&here).await;
        world.login("ada@example.com").await;
    }

    async fn past_the_limit_of_an_account_the_answer_is_the_same_and_no_mail_goes_out(world: World) {
        people(&world).await;
        for n in 0..3 {
            world.kit.request_reset("ada@example.com", &client_from(n)).await.expect("the same answer");
        }
        assert_eq!(world.mailbox.all().len(), 1, "one a minute");
        for n in 3..20 {
            world.clock.advance(Duration::from_secs(61));
            world.kit.request_reset("ADA@example.com", &client_from(n)).await.expect("the same answer");
        }
        assert_eq!(world.mailbox.all().len(), 5, "five an hour");
        world.clock.advance(Duration::from_secs(3_600));
        world.kit.request_reset("ada@example.com", &client_from(20)).await.expect("the same answer");
        assert_eq!(world.mailbox.all().len(), 6);
    }

    async fn an_address_of_the_network_is_throttled_whatever_it_asks_for(world: World) {
        people(&world).await;
        for n in 0..20 {
            world.kit.request_reset(&format!("nobody{n}@example.com"), &client()).await.expect("an answer");
        }
        for email in ["ada@example.com", "nobody@example.com"] {
            let answer = world.kit.request_reset(email, &client()).await;
            assert!(matches!(answer, Err(AuthError::Throttled { .. })), "{email}: {answer:?}");
        }
        world.kit.request_reset("ada@example.com", &client_from(1)).await.expect("an answer");
    }

    async fn what_is_no_address_is_told_so(world: World) {
        for text in ["", "ada", "ada@example.com, eve@example.com", "ada@example.com\r\nBcc: eve@example.com"] {
            assert_eq!(code(&world.kit.request_reset(text, &client()).await), "validation_failed");
        }
        assert!(world.rows().await.events.is_empty());
    }

    // S-54
    async fn a_store_that_does_not_answer_tells_nothing_either(world: World) {
        people(&world).await;
        for method in ["find_user_by_email", "record"] {
            world.tap.refuse(method);
            for email in ["ada@example.com", "nobody@example.com"] {
                assert_eq!(code(&world.kit.request_reset(email, &client_from(9)).await), "unavailable");
            }
            world.tap.mend();
        }
        assert!(world.mailbox.all().is_empty());
    }
}
