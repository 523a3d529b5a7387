//! The mails that flows send: whose words they have, and what is known of one that is lost.

use authkit_core::{AuthKit, Config, EventCode, EventOutcome, MailContent, MailFacts, MailKind, Note, Operator};
use authkit_flows::on_every_store;
use authkit_flows::world::{World, client};
use authkit_store_memory::MemoryStore;
use serde_json::json;

/// The mails of this world's flows: a reset, an invitation, and the notice of a new password.
async fn every_mail(world: &World) -> Vec<authkit_core::Mail> {
    world.register("ada@example.com").await;
    let root = Operator::cli("root");
    world.kit.create_user_for(&root, "eve@example.com", "user", Note::default(), &client()).await.expect("a user");
    let link = world.reset_token("ada@example.com").await;
    world.kit.reset_password(&link, authkit_flows::world::OTHER_PASSWORD.into(), &client()).await.expect("reset");
    world.mailbox.all()
}

on_every_store! {
    // S-78
    async fn a_mail_that_is_lost_later_is_recorded_about_its_user_without_link_or_token(world: World) {
        let ada = world.register("ada@example.com").await;
        world.kit.request_reset("ada@example.com", &client()).await.expect("an answer");
        let [mail] = &world.mailbox.all()[..] else { panic!("one mail") };
        let MailKind::PasswordReset { link, token } = &mail.kind else { panic!("another mail") };
        mail.record_loss(&format!("550 no <{link}> here, nor {}\r\nat all{}", token.expose(), "!".repeat(300))).await;

        let [event] = &world.events_of(EventCode::MAIL_FAILED).await[..] else { panic!("one event") };
        assert_eq!((event.subject, event.outcome), (Some(ada.id), EventOutcome::Failure));
        assert_eq!((event.identifier.as_ref(), &event.client), (None, &client()));
        assert_eq!(event.details.get("kind"), Some(&json!("password_reset")));
        let reason = event.details.get("reason").and_then(|reason| reason.as_str()).expect("a reason");
        assert!(reason.starts_with("550 no <[redacted]> here, nor [redacted]\\u{000d}"), "{reason}");
        assert!(reason.len() <= 200 && !reason.contains(token.expose()), "{reason}");
    }

    async fn a_mail_that_outlives_its_kit_is_lost_in_silence(world: World) {
        world.register("ada@example.com").await;
        world.built(world.config.clone(), |builder| builder).kit.request_reset("ada@example.com", &client()).await
            .expect("an answer");
        world.mailbox.all()[0].record_loss("gone").await;
        assert!(world.events_of(EventCode::MAIL_FAILED).await.is_empty());
    }
}

#[tokio::test]
async fn every_mail_is_text_and_html_for_the_address_on_the_row() {
    let mails = every_mail(&World::in_memory(authkit_flows::world::config())).await;
    let names: Vec<_> = mails.iter().map(|mail| (mail.kind.name(), mail.to.as_str())).collect();
    let ada = "ada@example.com";
    assert_eq!(names, [("invitation", "eve@example.com"), ("password_reset", ada), ("password_changed", ada)]);
    for mail in mails {
        let html = mail.html.expect("HTML");
        assert!(html.contains(&mail.subject) && !mail.text.contains('<'), "{html}\n{}", mail.text);
    }
}

#[tokio::test]
async fn an_application_words_the_mails_it_wants_and_leaves_the_others() {
    let world = World::in_memory(authkit_flows::world::config());
    let own = |facts: &MailFacts<'_>| match facts.kind {
        MailKind::PasswordReset { link, .. } => {
            let text = format!("{} {} {link} {:?}", facts.to, facts.product, facts.valid_for);
            Some(MailContent { subject: "Eigene\r\nWorte".to_owned(), text, html: None })
        }
        _ => None,
    };
    let world = world.built(world.config.clone(), |builder| builder.mail_templates(own));
    let [invitation, reset, changed] = &every_mail(&world).await[..] else { panic!("three mails") };
    let MailKind::PasswordReset { link, .. } = &reset.kind else { panic!("another mail") };
    assert_eq!(reset.text, format!("ada@example.com AuthKit {link} Some(900s)"));
    assert_eq!((reset.subject.as_str(), reset.html.as_ref()), ("Eigene\\u{000d}\\u{000a}Worte", None));
    for ours in [invitation, changed] {
        assert!(ours.subject.starts_with("Your AuthKit") && ours.html.is_some(), "{}", ours.subject);
    }
}

#[tokio::test]
async fn a_kit_with_the_mailbox_of_development_can_be_dropped() {
    let kit = AuthKit::builder().store(MemoryStore::new()).config(Config::development()).build().expect("a kit");
    let mailbox = kit.mailbox().expect("a mailbox").clone();
    kit.register(authkit_flows::world::registration("ada@example.com"), &client()).await.expect("an account");
    kit.request_reset("ada@example.com", &client()).await.expect("an answer");
    let mail = mailbox.mails().remove(0).mail;
    drop(kit);
    // The mails that it keeps do not keep the kit: there is nobody left to record.
    mail.record_loss("gone").await;
}
