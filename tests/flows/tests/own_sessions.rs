//! A user looks at the own sessions and ends them.

use std::time::Duration;

use authkit_core::{EventCode, RevokeReason, SessionId, ThrottleMode};
use authkit_flows::on_every_store;
use authkit_flows::world::{World, client, code};
use serde_json::json;

on_every_store! {
    // S-38
    async fn the_list_holds_live_sessions_of_the_user_newest_first(world: World) {
        let dead = world.signed_in("ada@example.com").await;
        world.kit.sign_out_everywhere(&world.current(&dead).await, &client()).await.expect("signed out");
        let mut expected = Vec::new();
        for _ in 0..3 {
            world.clock.tick();
            expected.insert(0, world.login("ada@example.com").await);
        }
        world.signed_in("eve@example.com").await;
        world.kit.logout(expected.remove(1).tokens.refresh.expose(), &client()).await.expect("signed out");
        let sessions = world.kit.list_own_sessions(&world.current(&expected[0]).await).await.expect("a list");
        let ids: Vec<_> = sessions.iter().map(|session| session.id).collect();
        assert_eq!(ids, [expected[0].session.id, expected[1].session.id]);
        assert_eq!(sessions[0].client.device.as_deref(), Some("Firefox on Linux"));
    }

    // S-38
    async fn sessions_that_died_with_an_epoch_are_not_listed_although_their_rows_are_open(world: World) {
        let dead = world.signed_in("ada@example.com").await;
        world.tap.refuse("tidy_epoch");
        world.kit.sign_out_everywhere(&world.current(&dead).await, &client()).await.expect("signed out");
        let here = world.login("ada@example.com").await;
        let sessions = world.kit.list_own_sessions(&world.current(&here).await).await.expect("a list");
        assert_eq!(sessions.iter().map(|session| session.id).collect::<Vec<_>>(), [here.session.id]);
    }

    // S-38 S-35
    async fn one_session_is_ended_and_no_other(world: World) {
        let (here, there) = (world.signed_in("ada@example.com").await, world.login("ada@example.com").await);
        let who = world.current(&here).await;
        world.kit.revoke_own_session(&who, there.session.id, &client()).await.expect("ended");
        assert_eq!(code(&world.kit.current_user(&there.tokens.access).await), "session_revoked");
        assert_eq!(code(&world.kit.refresh(&there.tokens.refresh, &client()).await), "session_revoked");
        world.current(&here).await;
        assert_eq!(world.session(&there).await.revoked_reason, Some(RevokeReason::Owner));
        world.kit.revoke_own_session(&who, there.session.id, &client()).await.expect("ended before");
        let [event] = &world.events_of(EventCode::SESSION_REVOKED).await[..] else { panic!("one event") };
        assert_eq!((event.session_id, event.details.get("by")), (Some(there.session.id), Some(&json!("owner"))));
        world.kit.revoke_own_session(&who, here.session.id, &client()).await.expect("the own one, too");
        assert_eq!(code(&world.kit.current_user(&here.tokens.access).await), "session_revoked");
    }

    // S-38 I7
    async fn another_users_session_is_not_found_and_not_touched(world: World) {
        let (here, foreign) = (world.signed_in("ada@example.com").await, world.signed_in("eve@example.com").await);
        let who = world.current(&here).await;
        let before = world.rows().await;
        let unknown: SessionId = "0192f0c1-2d3e-7f40-8a5b-6c7d8e9f0a1b".parse().expect("an id");
        for id in [foreign.session.id, unknown] {
            assert_eq!(code(&world.kit.revoke_own_session(&who, id, &client()).await), "not_found");
        }
        assert_eq!(world.rows().await, before);
    }

    // S-38 I13
    async fn all_others_end_with_one_event(world: World) {
        let here = world.signed_in("ada@example.com").await;
        let others = [world.login("ada@example.com").await, world.login("ada@example.com").await];
        let foreign = world.signed_in("eve@example.com").await;
        let who = world.current(&here).await;
        assert_eq!(world.kit.revoke_other_sessions(&who, &client()).await.expect("ended"), 2);
        for other in &others {
            assert_eq!(code(&world.kit.current_user(&other.tokens.access).await), "session_revoked");
            assert_eq!(code(&world.kit.refresh(&other.tokens.refresh, &client()).await), "session_revoked");
        }
        world.current(&here).await;
        world.current(&foreign).await;
        assert_eq!(world.kit.revoke_other_sessions(&who, &client()).await.expect("none is left"), 0);
        let [event] = &world.events_of(EventCode::SESSION_REVOKED).await[..] else { panic!("one event") };
        let ids = event.details.get("sessions").and_then(serde_json::Value::as_array).expect("ids");
        assert_eq!((event.details.get("count"), ids.len()), (Some(&json!(2)), 2));
        for other in &others {
            assert!(ids.contains(&json!(other.session.id.to_string())));
        }
    }

    async fn a_session_that_is_over_is_neither_listed_nor_ended_again(world: World) {
        let world = world.with(|config| config.throttle(ThrottleMode::Off));
        let old = world.signed_in("ada@example.com").await;
        world.clock.advance(Duration::from_secs(7 * 86_400));
        let here = world.login("ada@example.com").await;
        let who = world.current(&here).await;
        assert_eq!(world.kit.list_own_sessions(&who).await.expect("a list").len(), 1);
        assert_eq!(world.kit.revoke_other_sessions(&who, &client()).await.expect("none is open"), 0);
        assert_eq!(world.session(&old).await.revoked_at, None);
    }
}
