//! The administration makes a user and invites the owner of the address.

use std::time::Duration;

use authkit_core::testing::Outbox;
use authkit_core::{EventCode, MailKind, Note, Operator, Permissions, ThrottleMode};
use authkit_flows::on_every_store;
use authkit_flows::race::race;
use authkit_flows::world::{PASSWORD, World, client, code};
use serde_json::json;

fn because(reason: &str) -> Note {
    Note { reason: Some(reason.into()), ..Note::default() }
}

on_every_store! {
    // S-59
    async fn the_owner_of_the_address_alone_chooses_the_password(world: World) {
        let support = world.operator("support@example.com", "support").await;
        let made = world.kit.create_user_for(&support, "Ada@Example.com", "user", because("asked by phone"), &client()).await;
        let made = made.expect("a user");
        assert_eq!((made.is_active, made.is_verified, made.password_hash.as_ref()), (true, false, None));
        assert_eq!((made.role.as_str(), made.email.as_str()), ("user", "Ada@Example.com"));
        assert_eq!(world.user(&made.id).await, made);
        let [mail] = &world.mailbox.all()[..] else { panic!("one mail") };
        let MailKind::Invitation { link, token } = &mail.kind else { panic!("another mail") };
        assert_eq!(mail.to, "Ada@Example.com");
        assert!(link.starts_with(&world.kit.settings().base_url) && link.contains(token.expose()));
        assert!(mail.text.contains(link) && mail.text.contains("15 minutes"));
        assert_eq!(format!("{:?}", mail.kind), "Invitation([redacted])");

        let [event] = &world.events_of(EventCode::USER_CREATED).await[..] else { panic!("one event") };
        assert_eq!((&event.actor, event.subject, event.session_id), (support.actor(), Some(made.id), support.session()));
        assert_eq!((event.details.get("role"), event.details.get("reason")), (Some(&json!("user")), Some(&json!("asked by phone"))));
        assert_eq!(event.client, client());
        assert!(!format!("{event:?}").contains(token.expose()));

        for guess in ["", PASSWORD] {
            assert_eq!(code(&world.try_login("ada@example.com", guess).await), "invalid_credentials");
        }
        world.kit.reset_password(token, PASSWORD.into(), &client()).await.expect("set");
        world.login("ada@example.com").await;
        assert_eq!(code(&world.kit.reset_password(token, PASSWORD.into(), &client()).await), "invalid_reset_token");
    }

    async fn the_link_runs_out_as_a_reset_link_does_and_another_can_be_asked_for(world: World) {
        world.kit.create_user_for(&Operator::system(), "ada@example.com", "user", Note::default(), &client()).await.expect("a user");
        let token = world.last_reset_token().expect("a link");
        world.clock.advance(world.kit.settings().reset_ttl + Duration::from_secs(6));
        assert_eq!(code(&world.kit.reset_password(&token, PASSWORD.into(), &client()).await), "invalid_reset_token");
        let next = world.reset_token("ada@example.com").await;
        world.kit.reset_password(&next, PASSWORD.into(), &client()).await.expect("set");
    }

    // S-42 S-70
    async fn any_role_but_the_default_one_is_for_administrators_with_a_fresh_password(world: World) {
        let world = world.with(|config| config.throttle(ThrottleMode::Off));
        let support = world.operator("support@example.com", "support").await;
        let auditor = world.operator("auditor@example.com", "auditor").await;
        let root = world.operator("root@example.com", "admin").await;
        let before = world.rows().await;
        let create = |operator: &Operator, role: &'static str| {
            let (kit, operator) = (world.kit.clone(), operator.clone());
            async move { kit.create_user_for(&operator, "ada@example.com", role, Note::default(), &client()).await }
        };
        assert_eq!(code(&create(&auditor, "user").await), "forbidden");
        for role in ["editor", "support", "auditor", "admin", "owner", ""] {
            assert_eq!(code(&create(&support, role).await), "forbidden", "{role}");
        }
        world.clock.advance(Duration::from_secs(301));
        assert_eq!(code(&create(&root, "editor").await), "reauthentication_required");
        let system = Operator::system();
        for role in ["owner", "", "ADMIN"] {
            assert_eq!(code(&create(&system, role).await), "unknown_role", "{role}");
        }
        assert_eq!(world.rows().await, before);
        assert!(world.mailbox.all().is_empty());
        create(&root, "user").await.expect("the default role needs no proof");
        let editor = world.kit.create_user_for(&system, "eve@example.com", "admin", Note::default(), &client()).await;
        assert_eq!(editor.expect("a user").role.as_str(), "admin");
    }

    async fn a_default_role_that_opens_the_console_is_given_by_administrators_only(world: World) {
        let support = world.operator("support@example.com", "support").await;
        let world = world.with(|config| config.registration(false).console_roles([("user", Permissions::ADMIN), ("support", Permissions::SUPPORT)]));
        let answer = world.kit.create_user_for(&support, "ada@example.com", "user", Note::default(), &client()).await;
        assert_eq!(code(&answer), "forbidden");
    }

    async fn what_is_refused_sends_nothing(world: World) {
        world.register("ada@example.com").await;
        let gone = world.register("gone@example.com").await;
        let operator = Operator::system();
        world.kit.delete_user(&operator, &gone.id, Note::default(), &client()).await.expect("deleted");
        let before = world.rows().await;
        let create = |email: &'static str, note| world.kit.create_user_for(&operator, email, "user", note, &CLIENT);
        assert_eq!(code(&create("ADA@example.com", Note::default()).await), "email_taken");
        assert_eq!(code(&create("gone@example.com", Note::default()).await), "email_taken");
        assert_eq!(code(&create("nowhere", Note::default()).await), "validation_failed");
        assert_eq!(code(&create("eve@example.com\r\nBcc: a@b.example", Note::default()).await), "validation_failed");
        assert_eq!(code(&create("eve@example.com", because(&"x".repeat(201))).await), "validation_failed");
        world.tap.refuse("insert_user");
        assert_eq!(code(&create("eve@example.com", Note::default()).await), "unavailable");
        world.tap.mend();
        assert_eq!(world.rows().await, before);
        assert!(world.mailbox.all().is_empty());
    }

    async fn a_mailer_that_takes_nothing_leaves_the_user_and_a_line_in_the_trail(world: World) {
        let world = world.built(world.config.clone(), |builder| builder.mailer(Outbox::broken()));
        let made = world.kit.create_user_for(&Operator::system(), "ada@example.com", "user", Note::default(), &client()).await;
        let made = made.expect("a user");
        let [event] = &world.events_of(EventCode::MAIL_FAILED).await[..] else { panic!("one event") };
        assert_eq!(event.subject, Some(made.id));
    }

    // S-15
    async fn sixteen_at_once_make_one_user_and_send_one_mail(world: World) {
        let answers = race(16, |n| {
            let world = world.clone();
            let email = if n % 2 == 0 { "ada@example.com" } else { "ADA@EXAMPLE.com" };
            async move { world.kit.create_user_for(&Operator::system(), email, "user", Note::default(), &client()).await }
        })
        .await;
        let codes: Vec<_> = answers.iter().map(code).collect();
        assert_eq!(codes.iter().filter(|code| **code == "ok").count(), 1, "{codes:?}");
        assert_eq!(codes.iter().filter(|code| **code == "email_taken").count(), 15, "{codes:?}");
        assert_eq!(world.mailbox.all().len(), 1);
        assert_eq!(world.events_of(EventCode::USER_CREATED).await.len(), 1);
    }
}

static CLIENT: authkit_core::ClientInfo = authkit_core::ClientInfo::none();
