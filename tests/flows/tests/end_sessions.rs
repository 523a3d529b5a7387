//! The administration ends every session of a user.

use authkit_core::{EventCode, Note, Operator, RevokeReason, SessionState, ThrottleMode};
use authkit_flows::on_every_store;
use authkit_flows::race::race;
use authkit_flows::world::{OTHER_PASSWORD, PASSWORD, World, client, code};
use serde_json::json;

on_every_store! {
    // S-35
    async fn all_of_them_end_at_once_and_the_event_says_how_many(world: World) {
        let support = world.operator("support@example.com", "support").await;
        let ada = world.signed_in("ada@example.com").await;
        let second = world.login("ada@example.com").await;
        let closed = world.login("ada@example.com").await;
        world.kit.logout(closed.tokens.refresh.expose(), &client()).await.expect("signed out");
        let eve = world.signed_in("eve@example.com").await;
        world.clock.tick();
        let note = Note { reason: Some("stolen laptop".into()), ..Note::default() };
        let ended = world.kit.revoke_sessions_of(&support, &ada.user.id, note, &client()).await.expect("ended");
        assert_eq!(ended, 2);
        for sign_in in [&ada, &second] {
            assert_eq!(world.session(sign_in).await.revoked_reason, Some(RevokeReason::Admin));
            assert_eq!(code(&world.kit.current_user(&sign_in.tokens.access).await), "session_revoked");
            assert_eq!(code(&world.kit.refresh(&sign_in.tokens.refresh, &client()).await), "session_revoked");
        }
        assert_eq!(world.session(&closed).await.revoked_reason, Some(RevokeReason::Logout));
        world.current(&eve).await;
        world.login("ada@example.com").await;
        let [event] = &world.events_of(EventCode::SESSION_REVOKED).await[..] else { panic!("one event") };
        assert_eq!((&event.actor, event.subject), (support.actor(), Some(ada.user.id)));
        assert_eq!((event.details.get("by"), event.details.get("count")), (Some(&json!("admin")), Some(&json!(2))));
        assert_eq!(event.details.get("reason"), Some(&json!("stolen laptop")));
    }

    // S-35 I4
    async fn a_sign_in_that_raced_it_leaves_nothing_alive(world: World) {
        let user = world.register("ada@example.com").await;
        let gate = world.tap.hold_before("insert_session");
        let racing = {
            let world = world.clone();
            tokio::spawn(async move { world.try_login("ada@example.com", PASSWORD).await })
        };
        gate.reached().await;
        let ended = world.kit.revoke_sessions_of(&Operator::system(), &user.id, Note::default(), &client()).await;
        assert_eq!(ended.expect("ended"), 0);
        gate.open();
        let sign_in = racing.await.expect("no panic").expect("the epoch stood when it was read");
        assert_eq!(code(&world.kit.current_user(&sign_in.tokens.access).await), "session_revoked");
        let row = world.session(&sign_in).await;
        assert_eq!(row.state(Some(&world.user(&user.id).await), world.kit.now()), SessionState::Dead);
    }

    // S-35 I4
    async fn a_password_change_that_moved_the_epoch_first_does_not_save_its_new_session(world: World) {
        let ada = world.signed_in("ada@example.com").await;
        let here = world.current(&ada).await;
        let gate = world.tap.hold_before("advance_epoch");
        let ending = {
            let (world, id) = (world.clone(), ada.user.id);
            tokio::spawn(async move { world.kit.revoke_sessions_of(&Operator::system(), &id, Note::default(), &client()).await })
        };
        gate.reached().await;
        let fresh = world.kit.change_password(&here, PASSWORD.into(), OTHER_PASSWORD.into(), &client()).await.expect("changed");
        gate.open();
        assert_eq!(ending.await.expect("no panic").expect("ended"), 1);
        assert_eq!(code(&world.kit.current_user(&fresh.tokens.access).await), "session_revoked");
        assert_eq!(world.events_of(EventCode::SESSION_REVOKED).await.len(), 1);
    }

    async fn marking_the_rows_may_fail(world: World) {
        let ada = world.signed_in("ada@example.com").await;
        world.tap.refuse("tidy_epoch");
        world.kit.revoke_sessions_of(&Operator::system(), &ada.user.id, Note::default(), &client()).await.expect("ended");
        assert_eq!(code(&world.kit.current_user(&ada.tokens.access).await), "session_revoked");
    }

    async fn a_deleted_user_has_none_and_a_disabled_one_keeps_none(world: World) {
        let (operator, note) = (Operator::system(), Note::default);
        let ada = world.signed_in("ada@example.com").await;
        world.kit.set_active(&operator, &ada.user.id, false, note(), &client()).await.expect("disabled");
        let ended = world.kit.revoke_sessions_of(&operator, &ada.user.id, note(), &client()).await;
        assert_eq!(ended.expect("ended"), 0);
        world.kit.delete_user(&operator, &ada.user.id, note(), &client()).await.expect("deleted");
        let before = world.rows().await;
        assert_eq!(code(&world.kit.revoke_sessions_of(&operator, &ada.user.id, note(), &client()).await), "not_found");
        assert_eq!(world.rows().await, before);
    }

    async fn sixteen_at_once_with_sign_ins_between_them_leave_nothing_that_was_there_before(world: World) {
        let world = world.with(|config| config.throttle(ThrottleMode::Off));
        let ada = world.signed_in("ada@example.com").await;
        let answers = race(16, |n| {
            let (world, id) = (world.clone(), ada.user.id);
            async move {
                if n % 4 == 0 {
                    world.try_login("ada@example.com", PASSWORD).await.map(drop)
                } else {
                    world.kit.revoke_sessions_of(&Operator::system(), &id, Note::default(), &client()).await.map(drop)
                }
            }
        })
        .await;
        assert!(answers.iter().all(Result::is_ok), "{answers:?}");
        assert_eq!(world.events_of(EventCode::SESSION_REVOKED).await.len(), 12, "each moved the epoch once");
        assert_eq!(code(&world.kit.current_user(&ada.tokens.access).await), "session_revoked");
        let ended = world.kit.revoke_sessions_of(&Operator::system(), &ada.user.id, Note::default(), &client()).await;
        ended.expect("ended");
        let user = world.user(&ada.user.id).await;
        let alive = |row: &authkit_core::Session| row.state(Some(&user), world.kit.now()) == SessionState::Live;
        assert!(!world.rows().await.sessions.iter().any(alive));
    }
}
