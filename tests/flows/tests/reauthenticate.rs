//! A user proves the password again.

use std::time::Duration;

use authkit_core::{EventCode, Note, Operator, ThrottleMode};
use authkit_flows::on_every_store;
use authkit_flows::race::race;
use authkit_flows::world::{PASSWORD, World, client, code};
use serde_json::json;

on_every_store! {
    // S-42
    async fn the_right_password_is_noted_in_this_session_only(world: World) {
        let (here, there) = (world.signed_in("ada@example.com").await, world.login("ada@example.com").await);
        world.clock.advance(Duration::from_secs(600));
        let before = world.session(&here).await;
        let who = world.current(&here).await;
        world.kit.reauthenticate(&who, PASSWORD.into(), &client()).await.expect("proven");
        let after = world.session(&here).await;
        assert_eq!(after.authenticated_at, world.kit.now());
        assert_eq!(authkit_core::Session { authenticated_at: before.authenticated_at, ..after }, before);
        assert_eq!(world.session(&there).await.authenticated_at, there.session.authenticated_at);
        let [event] = &world.events_of(EventCode::SESSION_CONFIRMED).await[..] else { panic!("one event") };
        assert_eq!((event.subject, event.session_id), (Some(here.user.id), Some(here.session.id)));
    }

    // S-42
    async fn a_wrong_password_is_not_noted_and_counts_as_a_failed_sign_in(world: World) {
        let here = world.signed_in("ada@example.com").await;
        world.clock.advance(Duration::from_secs(600));
        let who = world.current(&here).await;
        for _ in 0..5 {
            let answer = world.kit.reauthenticate(&who, "not the password".into(), &client()).await;
            assert_eq!(code(&answer), "invalid_credentials");
        }
        assert_eq!(world.session(&here).await.authenticated_at, here.session.authenticated_at);
        assert_eq!(code(&world.kit.reauthenticate(&who, PASSWORD.into(), &client()).await), "throttled");
        assert_eq!(code(&world.try_login("ada@example.com", PASSWORD).await), "throttled");
        let events = world.events_of(EventCode::SESSION_OPEN_FAILED).await;
        let by_credentials = events.iter().filter(|event| event.details.get("reason") == Some(&json!("credentials")));
        assert_eq!(by_credentials.count(), 5);
        world.current(&here).await;
    }

    // I4
    async fn a_session_that_ended_meanwhile_is_not_confirmed(world: World) {
        let here = world.signed_in("ada@example.com").await;
        let who = world.current(&here).await;
        world.kit.logout(here.tokens.refresh.expose(), &client()).await.expect("signed out");
        world.clock.tick();
        let before = world.rows().await.sessions;
        assert_eq!(code(&world.kit.reauthenticate(&who, PASSWORD.into(), &client()).await), "session_revoked");
        assert_eq!(world.rows().await.sessions, before);
        assert!(world.events_of(EventCode::SESSION_CONFIRMED).await.is_empty());
    }

    async fn a_session_that_died_with_its_epoch_is_of_no_use_afterwards(world: World) {
        let here = world.signed_in("ada@example.com").await;
        let who = world.current(&here).await;
        let note = Note::default();
        world.kit.set_active(&Operator::system(), &here.user.id, false, note, &client()).await.expect("disabled");
        let _ = world.kit.reauthenticate(&who, PASSWORD.into(), &client()).await;
        assert_eq!(code(&world.kit.current_user(&here.tokens.access).await), "account_disabled");
    }

    async fn sixteen_proofs_at_once_leave_the_latest(world: World) {
        let world = world.with(|config| config.throttle(ThrottleMode::Off));
        let here = world.signed_in("ada@example.com").await;
        let who = world.current(&here).await;
        let answers = race(16, |_| {
            let (world, who) = (world.clone(), who.clone());
            async move {
                world.clock.advance(Duration::from_secs(1));
                world.kit.reauthenticate(&who, PASSWORD.into(), &client()).await
            }
        })
        .await;
        assert!(answers.iter().all(Result::is_ok), "{answers:?}");
        let events = world.events_of(EventCode::SESSION_CONFIRMED).await;
        assert_eq!(events.len(), 16);
        let latest = events.iter().map(|event| event.at).max();
        assert_eq!(Some(world.session(&here).await.authenticated_at), latest, "never earlier than it was");
    }
}
