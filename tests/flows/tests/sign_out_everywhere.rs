//! A user signs out on every device.

use authkit_core::{Actor, EventCode, RevokeReason};
use authkit_flows::on_every_store;
use authkit_flows::race::race;
use authkit_flows::world::{World, client, code};

on_every_store! {
    // S-35
    async fn every_session_is_dead_at_once_and_no_other_users(world: World) {
        let (here, there) = (world.signed_in("ada@example.com").await, world.login("ada@example.com").await);
        let stranger = world.signed_in("eve@example.com").await;
        let who = world.current(&here).await;
        world.kit.sign_out_everywhere(&who, &client()).await.expect("signed out");
        for sign_in in [&here, &there] {
            assert_eq!(code(&world.kit.current_user(&sign_in.tokens.access).await), "session_revoked");
            assert_eq!(code(&world.kit.refresh(&sign_in.tokens.refresh, &client()).await), "session_revoked");
            assert_eq!(world.session(sign_in).await.revoked_reason, Some(RevokeReason::Everywhere));
        }
        world.current(&stranger).await;
        world.current(&world.login("ada@example.com").await).await;
        let [event] = &world.events_of(EventCode::SESSION_CLOSED_ALL).await[..] else { panic!("one event") };
        assert_eq!((&event.actor, event.session_id), (&Actor::User(here.user.id), Some(here.session.id)));
        assert!(world.events_of(EventCode::SESSION_REVOKED).await.is_empty(), "tidying writes no event");
    }

    // S-35
    async fn sessions_are_dead_although_marking_their_rows_fails(world: World) {
        let here = world.signed_in("ada@example.com").await;
        world.tap.refuse("tidy_epoch");
        world.kit.sign_out_everywhere(&world.current(&here).await, &client()).await.expect("signed out");
        world.tap.mend();
        assert_eq!(world.session(&here).await.revoked_at, None);
        assert_eq!(code(&world.kit.current_user(&here.tokens.access).await), "session_revoked");
        assert_eq!(code(&world.kit.refresh(&here.tokens.refresh, &client()).await), "session_revoked");
    }

    async fn a_session_of_the_new_epoch_is_not_tidied_away(world: World) {
        let here = world.signed_in("ada@example.com").await;
        let gate = world.tap.hold_before("tidy_epoch");
        let racing = {
            let (world, who) = (world.clone(), world.current(&here).await);
            tokio::spawn(async move { world.kit.sign_out_everywhere(&who, &client()).await })
        };
        gate.reached().await;
        let again = world.login("ada@example.com").await;
        gate.open();
        assert_eq!(code(&racing.await.expect("no panic")), "ok");
        world.current(&again).await;
        assert_eq!(world.session(&again).await.revoked_at, None);
    }

    // I13
    async fn of_sixteen_at_once_one_moves_the_epoch(world: World) {
        let here = world.signed_in("ada@example.com").await;
        let who = world.current(&here).await;
        let answers = race(16, |_| {
            let (kit, who) = (world.kit.clone(), who.clone());
            async move { kit.sign_out_everywhere(&who, &client()).await }
        })
        .await;
        let codes: Vec<_> = answers.iter().map(code).collect();
        assert_eq!(codes.iter().filter(|code| **code == "ok").count(), 1, "{codes:?}");
        assert_eq!(codes.iter().filter(|code| **code == "session_revoked").count(), 15, "{codes:?}");
        assert_eq!(world.events_of(EventCode::SESSION_CLOSED_ALL).await.len(), 1);
    }
}
