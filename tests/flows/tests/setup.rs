//! The first run: whoever started the process makes the first administrator.

use std::time::Duration;

use authkit_core::{Actor, EventCode, Note, Operator, SetupToken, Via};
use authkit_flows::on_every_store;
use authkit_flows::race::race;
use authkit_flows::world::{PASSWORD, World, client, code};
use serde_json::json;

const ROOT: &str = "root@example.com";

async fn token(world: &World) -> SetupToken {
    world.kit.setup_token().await.expect("an answer").expect("a token")
}

fn other(text: &str) -> SetupToken {
    SetupToken::new(text)
}

on_every_store! {
    async fn the_token_makes_one_administrator_and_opens_the_console(world: World) {
        assert!(world.kit.needs_setup().await.expect("an answer"));
        let token = token(&world).await;
        assert_eq!(token.expose().len(), 43, "256 bits");
        assert!(world.kit.setup_token().await.expect("an answer") == Some(token.clone()), "one a process");
        world.kit.check_setup(&token).await.expect("good");
        let sign_in = world.kit.setup(&token, ROOT, PASSWORD.into(), &client()).await.expect("let in");
        let (user, session) = (&sign_in.user, &sign_in.session);
        assert_eq!((user.role.as_str(), user.is_active, user.is_verified), ("admin", true, true));
        assert_eq!((session.via, session.idle_ttl), (Via::Console, Duration::from_secs(3_600)));
        world.kit.operator(&world.current(&sign_in).await).expect("let in");
        assert!(!world.kit.needs_setup().await.expect("an answer"));
        assert_eq!(code(&world.kit.check_setup(&token).await), "not_found");
        assert_eq!(code(&world.kit.setup(&token, "eve@example.com", PASSWORD.into(), &client()).await), "not_found");
        assert!(world.kit.setup_token().await.expect("an answer").is_none());

        let [made] = &world.events_of(EventCode::USER_CREATED).await[..] else { panic!("one event") };
        assert_eq!((&made.actor, made.subject, &made.client), (&Actor::System, Some(user.id), &client()));
        assert_eq!(made.details.get("via"), Some(&json!("setup")));
        assert!(!format!("{:?}", world.events().await).contains(token.expose()));
        world.login(ROOT).await;
    }

    async fn another_token_reaches_no_store_and_no_hash(world: World) {
        let before = world.rows().await;
        for early in ["", "guess"] {
            assert_eq!(code(&world.kit.setup(&other(early), ROOT, PASSWORD.into(), &client()).await), "not_found");
        }
        let token = token(&world).await;
        let (hashed, mut flipped) = (world.hasher.hashed(), token.expose().to_owned());
        let last = if flipped.pop() == Some('A') { 'B' } else { 'A' };
        flipped.push(last);
        world.calls.take();
        for wrong in ["", "guess", &token.expose()[..42], &format!("{}=", token.expose()), &flipped] {
            assert_eq!(code(&world.kit.check_setup(&other(wrong)).await), "not_found", "{wrong}");
            assert_eq!(code(&world.kit.setup(&other(wrong), ROOT, PASSWORD.into(), &client()).await), "not_found", "{wrong}");
        }
        assert!(world.calls.take().is_empty());
        assert_eq!(world.hasher.hashed(), hashed);
        assert_eq!(world.rows().await, before);
        assert_eq!(format!("{token:?}"), "SetupToken([redacted])");
        world.kit.check_setup(&token).await.expect("wrong guesses do not harm it");
    }

    async fn after_half_an_hour_it_is_over_and_no_other_is_made(world: World) {
        let token = token(&world).await;
        world.clock.advance(Duration::from_secs(1_800) - Duration::from_micros(1));
        world.kit.check_setup(&token).await.expect("good");
        world.clock.tick();
        assert_eq!(code(&world.kit.check_setup(&token).await), "not_found");
        assert_eq!(code(&world.kit.setup(&token, ROOT, PASSWORD.into(), &client()).await), "not_found");
        assert!(world.kit.setup_token().await.expect("an answer").is_none());
        assert!(world.kit.needs_setup().await.expect("an answer"));
        let restarted = world.with(|config| config);
        let fresh = restarted.kit.setup_token().await.expect("an answer").expect("a token");
        assert!(fresh != token);
        restarted.kit.setup(&fresh, ROOT, PASSWORD.into(), &client()).await.expect("let in");
    }

    async fn it_is_dead_as_soon_as_there_is_an_administrator_from_elsewhere(world: World) {
        let token = token(&world).await;
        let user = world.register("ada@example.com").await;
        world.kit.check_setup(&token).await.expect("a user is no administrator");
        let note = Note::default;
        world.kit.set_role(&Operator::cli("root"), &user.id, "admin", note(), &client()).await.expect("promoted");
        let before = world.rows().await;
        assert_eq!(code(&world.kit.setup(&token, ROOT, PASSWORD.into(), &client()).await), "admin_exists");
        assert_eq!(code(&world.kit.setup(&token, ROOT, PASSWORD.into(), &client()).await), "not_found");
        assert_eq!(code(&world.kit.check_setup(&token).await), "not_found");
        assert_eq!(world.rows().await, before);
    }

    async fn a_process_that_starts_beside_an_administrator_has_none(world: World) {
        world.kit.create_first_admin(ROOT, PASSWORD.into(), Actor::System).await.expect("an administrator");
        assert!(world.kit.setup_token().await.expect("an answer").is_none());
        assert!(!world.kit.needs_setup().await.expect("an answer"));
    }

    // S-1 S-4
    async fn what_can_be_mended_leaves_it_good(world: World) {
        world.register("ada@example.com").await;
        let token = token(&world).await;
        let before = world.rows().await;
        for (email, password, expected) in [
            ("root", PASSWORD, "validation_failed"),
            (ROOT, "short", "weak_password"),
            (ROOT, "password1234", "weak_password"),
            ("ADA@example.com", PASSWORD, "email_taken"),
        ] {
            assert_eq!(code(&world.kit.setup(&token, email, password.into(), &client()).await), expected);
        }
        world.tap.refuse("insert_first_admin");
        assert_eq!(code(&world.kit.setup(&token, ROOT, PASSWORD.into(), &client()).await), "unavailable");
        world.tap.mend();
        assert_eq!(world.rows().await, before);
        world.kit.setup(&token, ROOT, PASSWORD.into(), &client()).await.expect("let in");
    }

    // S-69
    async fn of_sixteen_at_once_on_two_nodes_one_makes_the_administrator(world: World) {
        let nodes = [world.clone(), world.with(|config| config)];
        let tokens = [token(&nodes[0]).await, token(&nodes[1]).await];
        let answers = race(16, |n| {
            let (kit, token) = (nodes[n % 2].kit.clone(), tokens[n % 2].clone());
            async move { kit.setup(&token, &format!("root{n}@example.com"), PASSWORD.into(), &client()).await }
        })
        .await;
        let codes: Vec<_> = answers.iter().map(code).collect();
        assert_eq!(codes.iter().filter(|code| **code == "ok").count(), 1, "{codes:?}");
        assert!(codes.iter().all(|code| matches!(*code, "ok" | "admin_exists" | "not_found")), "{codes:?}");
        let rows = world.rows().await;
        assert_eq!((rows.users.len(), rows.sessions.len(), rows.events.len()), (1, 1, 2));
    }
}
