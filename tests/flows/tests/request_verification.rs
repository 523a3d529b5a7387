//! Somebody asks for another link that proves an address.

use std::time::Duration;

use authkit_core::testing::Outbox;
use authkit_core::{AuthError, EventCode, EventOutcome, MailKind, Note, Operator, ThrottleMode};
use authkit_flows::on_every_store;
use authkit_flows::world::{World, client, client_from, code};

/// Somebody who waits, one who is verified, a disabled one and a deleted one; nobody@example.com is unknown.
async fn people(world: &World) {
    let (operator, note) = (Operator::system(), Note::default());
    world.register("Ada@Example.com").await;
    world.register("done@example.com").await;
    world.kit.request_verification("done@example.com", &client_from(99)).await.expect("an answer");
    let token = world.last_verification_token().expect("a link");
    world.kit.verify_email(&token, &client()).await.expect("verified");
    let off = world.register("off@example.com").await;
    world.kit.set_active(&operator, &off.id, false, note.clone(), &client()).await.expect("disabled");
    let gone = world.register("gone@example.com").await;
    world.kit.delete_user(&operator, &gone.id, note, &client()).await.expect("deleted");
}

fn links(world: &World) -> usize {
    world.mailbox.all().iter().filter(|mail| mail.to == "Ada@Example.com").count()
}

on_every_store! {
    async fn the_answer_and_the_work_are_the_same_for_every_address(world: World) {
        people(&world).await;
        let world = world.with(|config| config.throttle(ThrottleMode::Shared));
        for (email, mails) in [("ada", 1), ("nobody", 0), ("done", 0), ("off", 0), ("gone", 0)] {
            let before = world.mailbox.all().len();
            world.kit.request_verification(&format!("{email}@example.com"), &client()).await.expect("the same answer");
            assert_eq!(world.calls.take(), ["take", "find_user_by_email", "take", "record"], "{email}");
            assert_eq!(world.mailbox.all().len() - before, mails, "{email}");
        }
        let events = world.events_of(EventCode::EMAIL_VERIFICATION_SENT).await;
        let refused = events.iter().filter(|event| event.outcome == EventOutcome::Refused);
        assert_eq!((events.len(), refused.count()), (6, 4));
    }

    // S-14 S-55
    async fn the_mail_goes_to_the_address_on_the_row_with_a_link_of_the_configured_address(world: World) {
        people(&world).await;
        world.kit.request_verification("\u{ff21}DA@EXAMPLE.COM", &client()).await.expect("an answer");
        let mail = world.mailbox.all().pop().expect("a mail");
        let MailKind::Verification { link, token } = &mail.kind else { panic!("another mail") };
        assert_eq!(mail.to, "Ada@Example.com");
        assert_eq!(*link, world.kit.settings().verify_url.replace("{token}", token.expose()));
        assert!(mail.text.contains(link.as_str()) && mail.text.contains("24 hours"), "{}", mail.text);
        assert!(!format!("{mail:?}").contains(token.expose()));
    }

    async fn a_mailer_that_fails_changes_no_answer(world: World) {
        people(&world).await;
        let deaf = world.built(world.config.clone(), |builder| builder.mailer(Outbox::broken()));
        for email in ["ada@example.com", "nobody@example.com"] {
            deaf.kit.request_verification(email, &client()).await.expect("the same answer");
        }
        let [event] = &world.events_of(EventCode::MAIL_FAILED).await[..] else { panic!("one event") };
        assert_eq!(event.outcome, EventOutcome::Failure);
    }

    async fn past_the_limit_of_an_account_the_answer_is_the_same_and_no_mail_goes_out(world: World) {
        people(&world).await;
        for n in 0..3 {
            world.kit.request_verification("ada@example.com", &client_from(n)).await.expect("the same answer");
        }
        assert_eq!(links(&world), 1, "one a minute");
        for n in 3..20 {
            world.clock.advance(Duration::from_secs(61));
            world.kit.request_verification("ADA@example.com", &client_from(n)).await.expect("the same answer");
        }
        assert_eq!(links(&world), 5, "five an hour");
        world.clock.advance(Duration::from_secs(3_600));
        world.kit.request_verification("ada@example.com", &client_from(20)).await.expect("the same answer");
        assert_eq!(links(&world), 6);
    }

    async fn an_address_of_the_network_is_throttled_whatever_it_asks_for(world: World) {
        people(&world).await;
        for n in 0..20 {
            world.kit.request_verification(&format!("nobody{n}@example.com"), &client()).await.expect("an answer");
        }
        for email in ["ada@example.com", "nobody@example.com"] {
            let answer = world.kit.request_verification(email, &client()).await;
            assert!(matches!(answer, Err(AuthError::Throttled { .. })), "{email}: {answer:?}");
        }
        world.kit.request_verification("ada@example.com", &client_from(1)).await.expect("an answer");
    }

    // S-62
    async fn what_is_no_address_is_told_so(world: World) {
        for text in ["", " ", "null", "ada", "ada@example.com, eve@example.com", "ada@example.com\r\nBcc: eve@example.com"] {
            assert_eq!(code(&world.kit.request_verification(text, &client()).await), "validation_failed");
        }
        assert!(world.rows().await.events.is_empty());
    }
}
