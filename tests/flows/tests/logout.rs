//! Somebody signs out on one device.

use std::time::Duration;

use authkit_core::{Actor, EventCode, RevokeReason};
use authkit_flows::on_every_store;
use authkit_flows::world::{World, client, code};

on_every_store! {
    // S-39
    async fn signing_out_ends_the_session_at_once_and_no_other(world: World) {
        let (ended, kept) = (world.signed_in("ada@example.com").await, world.login("ada@example.com").await);
        world.kit.logout(ended.tokens.refresh.expose(), &client()).await.expect("signed out");
        assert_eq!(code(&world.kit.current_user(&ended.tokens.access).await), "session_revoked");
        assert_eq!(code(&world.kit.refresh(&ended.tokens.refresh, &client()).await), "session_revoked");
        world.current(&kept).await;
        let row = world.session(&ended).await;
        assert_eq!((row.revoked_at, row.revoked_reason), (Some(world.kit.now()), Some(RevokeReason::Logout)));
        let [event] = &world.events_of(EventCode::SESSION_CLOSED).await[..] else { panic!("one event") };
        assert_eq!((&event.actor, event.session_id), (&Actor::User(ended.user.id), Some(ended.session.id)));
        assert_eq!((event.subject, &event.client), (Some(ended.user.id), &client()));
    }

    // S-39 I3
    async fn signing_out_twice_is_signing_out_once(world: World) {
        let sign_in = world.signed_in("ada@example.com").await;
        world.kit.logout(sign_in.tokens.refresh.expose(), &client()).await.expect("signed out");
        let row = world.session(&sign_in).await;
        world.clock.advance(Duration::from_secs(5));
        world.kit.logout(sign_in.tokens.refresh.expose(), &client()).await.expect("signed out");
        world.kit.logout(sign_in.tokens.access.expose(), &client()).await.expect("signed out");
        assert_eq!(world.session(&sign_in).await, row);
        assert_eq!(world.events_of(EventCode::SESSION_CLOSED).await.len(), 1);
    }

    // S-39
    async fn an_expired_access_token_signs_out(world: World) {
        let sign_in = world.signed_in("ada@example.com").await;
        world.clock.advance(Duration::from_secs(3_600));
        assert_eq!(code(&world.kit.current_user(&sign_in.tokens.access).await), "session_expired");
        world.kit.logout(sign_in.tokens.access.expose(), &client()).await.expect("signed out");
        assert_eq!(code(&world.kit.refresh(&sign_in.tokens.refresh, &client()).await), "session_revoked");
    }

    // S-39
    async fn a_rotated_refresh_token_signs_out(world: World) {
        let first = world.signed_in("ada@example.com").await;
        let second = world.kit.refresh(&first.tokens.refresh, &client()).await.expect("the next pair");
        world.clock.advance(Duration::from_secs(3_600));
        world.kit.logout(first.tokens.refresh.expose(), &client()).await.expect("signed out");
        assert_eq!(code(&world.kit.refresh(&second.tokens.refresh, &client()).await), "session_revoked");
        assert_eq!(world.session(&first).await.revoked_reason, Some(RevokeReason::Logout), "no reuse was detected");
    }

    // S-39 S-20
    async fn what_is_no_token_of_a_session_reaches_no_store(world: World) {
        let sign_in = world.signed_in("ada@example.com").await;
        let reset = world.reset_token("ada@example.com").await;
        let cut = &sign_in.tokens.refresh.expose()[..60];
        world.calls.take();
        for token in ["", "not.a.token", cut, reset.expose()] {
            world.kit.logout(token, &client()).await.expect("an answer as good as any");
        }
        assert!(world.calls.take().is_empty());
        world.current(&sign_in).await;
    }

    async fn a_session_that_is_gone_is_signed_out(world: World) {
        let sign_in = world.signed_in("ada@example.com").await;
        world.clock.advance(Duration::from_secs(90 * 86_400));
        world.kit.tidy(Default::default()).await.expect("tidied");
        world.kit.logout(sign_in.tokens.refresh.expose(), &client()).await.expect("signed out");
        assert!(world.events_of(EventCode::SESSION_CLOSED).await.is_empty());
    }

    async fn a_store_that_does_not_answer_is_no_sign_out(world: World) {
        let sign_in = world.signed_in("ada@example.com").await;
        world.tap.refuse("revoke_session");
        let answer = world.kit.logout(sign_in.tokens.refresh.expose(), &client()).await;
        assert_eq!(code(&answer), "unavailable");
        world.current(&sign_in).await;
    }
}
