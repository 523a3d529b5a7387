//! A stranger makes an account where addresses must be proven: nothing tells whether an address was taken.

use std::time::Duration;

use authkit_core::{EventCode, EventOutcome, MailKind, Note, Operator, Registered, Registration, ThrottleMode};
use authkit_flows::on_every_store;
use authkit_flows::race::race;
use authkit_flows::world::{OTHER_PASSWORD, PASSWORD, World, client, client_from, code, registration};

fn strict(world: &World) -> World {
    world.with(|config| config.require_verified_email(true).throttle(ThrottleMode::Shared))
}

async fn register(world: &World, email: &str, from: u8) -> Registered {
    world.kit.register(registration(email), &client_from(from)).await.expect("the same answer")
}

on_every_store! {
    // S-16 S-60
    async fn a_new_and_a_taken_address_get_the_same_answer_at_the_same_cost(world: World) {
        let world = strict(&world);
        assert_eq!(register(&world, "Ada@example.com", 1).await, Registered::Pending);
        let new = world.calls.take();
        world.clock.advance(Duration::from_secs(61));
        assert_eq!(register(&world, "ADA@example.com", 2).await, Registered::Pending);
        let taken = world.calls.take();
        assert_eq!(new, ["take", "hash", "insert_user", "find_user_by_email", "take", "record"]);
        // The insert that was refused has written nothing: the event of the refusal stands for its write.
        assert_eq!(taken, ["take", "hash", "insert_user", "find_user_by_email", "record", "take", "record"]);
        assert_eq!(world.rows().await.users.len(), 1);

        let [notice, link] = &world.mailbox.all().into_iter().rev().collect::<Vec<_>>()[..] else { panic!("two mails") };
        assert!(matches!(link.kind, MailKind::Verification { .. }) && matches!(notice.kind, MailKind::AddressTaken));
        assert_eq!((link.to.as_str(), notice.to.as_str()), ("Ada@example.com", "Ada@example.com"));
        assert!(notice.text.contains(&world.kit.settings().base_url), "{}", notice.text);
        assert!(!notice.text.contains("token"), "{}", notice.text);
    }

    async fn the_trail_tells_an_operator_which_it_was(world: World) {
        let world = strict(&world);
        register(&world, "ada@example.com", 1).await;
        world.clock.advance(Duration::from_secs(61));
        register(&world, "ada@example.com", 2).await;
        let ada = world.rows().await.users[0].id;
        for code in [EventCode::USER_REGISTERED, EventCode::EMAIL_VERIFICATION_SENT] {
            let events = world.events_of(code).await;
            let outcomes: Vec<_> = events.iter().map(|event| (event.outcome, event.subject)).collect();
            assert_eq!(outcomes, [(EventOutcome::Refused, Some(ada)), (EventOutcome::Success, Some(ada))]);
        }
        let registered = world.events_of(EventCode::USER_REGISTERED).await;
        assert_eq!(registered[0].details["reason"], "email_taken");
    }

    // S-15
    async fn of_sixteen_registrations_of_one_mailbox_one_makes_the_account_and_all_are_answered_alike(world: World) {
        let world = world.with(|config| config.require_verified_email(true).throttle(ThrottleMode::Off));
        let answers = race(16, |_| {
            let kit = world.kit.clone();
            async move { kit.register(registration("ada@example.com"), &client()).await }
        })
        .await;
        assert!(answers.iter().all(|answer| matches!(answer, Ok(Registered::Pending))), "{answers:?}");
        assert_eq!(world.rows().await.users.len(), 1);
        let links = world.mailbox.all().iter().filter(|mail| mail.kind.verification_token().is_some()).count();
        assert_eq!(links, 1);
    }

    async fn registering_again_changes_nothing_about_the_account(world: World) {
        let ada = world.signed_in("ada@example.com").await;
        let before = (world.rows().await.users, world.rows().await.sessions);
        let world = strict(&world);
        let again = Registration { password: OTHER_PASSWORD.into(), ..registration("ada@example.com") };
        assert!(matches!(world.kit.register(again, &client_from(1)).await, Ok(Registered::Pending)));
        assert_eq!((world.rows().await.users, world.rows().await.sessions), before);
        assert_eq!(code(&world.kit.current_user(&ada.tokens.access).await), "email_not_verified");
        assert_eq!(code(&world.try_login("ada@example.com", PASSWORD).await), "email_not_verified");
    }

    async fn nobody_is_flooded_with_mails_by_registrations_in_his_name(world: World) {
        let world = strict(&world);
        register(&world, "ada@example.com", 1).await;
        for n in 2..20 {
            world.clock.advance(Duration::from_secs(20));
            register(&world, "ada@example.com", n).await;
        }
        assert_eq!(world.mailbox.all().len(), 5, "the link, and at most five an hour with it");
    }

    // Whoever asks for mails to an address before it has an account keeps nobody from the link.
    async fn a_new_account_gets_its_link_whatever_was_asked_for_before(world: World) {
        let world = strict(&world);
        for n in 0..6 {
            world.clock.advance(Duration::from_secs(61));
            world.kit.request_verification("ada@example.com", &client_from(n)).await.expect("an answer");
        }
        assert!(world.mailbox.all().is_empty());
        register(&world, "ada@example.com", 7).await;
        assert!(world.last_verification_token().is_some());
    }

    async fn the_address_of_a_deleted_user_is_told_nothing_and_nobody_is(world: World) {
        let ada = world.register("ada@example.com").await;
        let note = Note::default();
        world.kit.delete_user(&Operator::system(), &ada.id, note, &client()).await.expect("deleted");
        let world = strict(&world);
        assert_eq!(register(&world, "ada@example.com", 1).await, Registered::Pending);
        assert!(world.mailbox.all().is_empty());
    }

    // S-16
    async fn what_is_wrong_with_the_input_is_told_whatever_stands_behind_the_address(world: World) {
        let world = strict(&world);
        register(&world, "ada@example.com", 1).await;
        world.calls.take();
        for email in ["ada@example.com", "new@example.com"] {
            let weak = Registration { password: "short".into(), ..registration(email) };
            assert_eq!(code(&world.kit.register(weak, &client_from(2)).await), "weak_password");
        }
        assert_eq!(world.calls.take(), ["take", "take"]);
    }
}
