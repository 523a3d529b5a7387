//! A refresh token is exchanged for the next pair.

use std::time::Duration;

use authkit_core::{Actor, AuthError, EventCode, EventOutcome, RefreshToken, RevokeReason, SignIn, ThrottleMode};
use authkit_flows::on_every_store;
use authkit_flows::race::race;
use authkit_flows::world::{World, client, code};
use serde_json::json;

const SECOND: Duration = Duration::from_secs(1);
const HOUR: Duration = Duration::from_secs(3_600);

async fn refresh(world: &World, token: &RefreshToken) -> Result<SignIn, AuthError> {
    world.kit.refresh(token, &client()).await
}

async fn next(world: &World, sign_in: &SignIn) -> SignIn {
    refresh(world, &sign_in.tokens.refresh).await.expect("the next pair")
}

on_every_store! {
    // I2
    async fn a_refresh_gives_the_next_pair(world: World) {
        let first = world.signed_in("ada@example.com").await;
        world.clock.advance(HOUR);
        let second = next(&world, &first).await;
        assert_eq!(second.session.id, first.session.id);
        assert!(second.tokens.refresh != first.tokens.refresh && second.tokens.access != first.tokens.access);
        let row = world.session(&second).await;
        assert_eq!((row.generation, row.rotated_at), (1, world.kit.now()));
        assert!(row.token_hash != first.session.token_hash);
        assert_eq!(next(&world, &second).await.session.generation, 2);
        world.current(&second).await;
        assert!(world.events_of(EventCode::SESSION_REFRESHED).await.is_empty(), "off by default");
    }

    // S-75
    async fn each_refresh_is_recorded_where_that_is_switched_on(world: World) {
        let world = world.with(|config| config.audit_refresh(true));
        let first = world.signed_in("ada@example.com").await;
        next(&world, &first).await;
        let [event] = &world.events_of(EventCode::SESSION_REFRESHED).await[..] else { panic!("one event") };
        assert_eq!((&event.actor, event.session_id), (&Actor::User(first.user.id), Some(first.session.id)));
    }

    // S-28 I1 I2
    async fn sixty_four_parallel_refreshes_of_one_token_get_one_and_the_same_successor(world: World) {
        let world = world.with(|config| config.throttle(ThrottleMode::Off));
        let first = world.signed_in("ada@example.com").await;
        let answers = race(64, |_| {
            let (kit, token) = (world.kit.clone(), first.tokens.refresh.clone());
            async move { kit.refresh(&token, &client()).await }
        })
        .await;
        let mut tokens: Vec<_> =
            answers.iter().map(|answer| answer.as_ref().expect("a pair").tokens.refresh.expose()).collect();
        tokens.sort_unstable();
        tokens.dedup();
        assert_eq!(tokens.len(), 1, "one distinct refresh token");
        let row = world.session(&first).await;
        assert_eq!((row.generation, row.revoked_at), (1, None));
        assert_eq!(world.events_of(EventCode::SESSION_REFRESH_REPLAYED).await.len(), 63);
        let second = refresh(&world, &RefreshToken::from(tokens[0])).await.expect("the session lives");
        assert_eq!(second.session.generation, 2);
    }

    // S-29 I8
    async fn the_predecessor_within_the_grace_gets_the_same_successor_and_changes_nothing(world: World) {
        let first = world.signed_in("ada@example.com").await;
        let second = next(&world, &first).await;
        let row = world.session(&first).await;
        for wait in [0, 5, 5] {
            world.clock.advance(SECOND * wait);
            let again = next(&world, &first).await;
            assert_eq!(again.tokens.refresh, second.tokens.refresh, "byte for byte");
            assert!(again.tokens.access != second.tokens.access, "and a fresh access token");
            assert_eq!(world.session(&first).await, row);
            world.current(&again).await;
        }
        let replays = world.events_of(EventCode::SESSION_REFRESH_REPLAYED).await;
        assert_eq!(replays.len(), 3);
        assert!(replays.iter().all(|event| event.session_id == Some(first.session.id)));
    }

    // S-29 I10
    async fn a_lost_answer_can_be_asked_for_again(world: World) {
        let first = world.signed_in("ada@example.com").await;
        world.tap.lose("rotate");
        assert_eq!(code(&refresh(&world, &first.tokens.refresh).await), "unavailable");
        world.tap.mend();
        assert_eq!(world.session(&first).await.generation, 1);
        world.clock.advance(SECOND * 9);
        let second = next(&world, &first).await;
        assert_eq!(next(&world, &second).await.session.generation, 2);
    }

    // S-30 I5
    async fn the_predecessor_after_the_grace_ends_the_session(world: World) {
        let first = world.signed_in("ada@example.com").await;
        let second = next(&world, &first).await;
        world.clock.advance(SECOND * 10 + Duration::from_micros(1));
        assert_eq!(code(&refresh(&world, &first.tokens.refresh).await), "session_reused");
        let row = world.session(&first).await;
        assert_eq!((row.revoked_at, row.revoked_reason), (Some(world.kit.now()), Some(RevokeReason::Reuse)));
        assert_eq!(code(&refresh(&world, &second.tokens.refresh).await), "session_revoked");
        assert_eq!(code(&world.kit.current_user(&second.tokens.access).await), "session_revoked");
        let [event] = &world.events_of(EventCode::SESSION_REUSE_DETECTED).await[..] else { panic!("one event") };
        assert_eq!((&event.actor, event.outcome), (&Actor::Anonymous, EventOutcome::Refused));
        assert_eq!((event.subject, event.session_id), (Some(first.user.id), Some(first.session.id)));
        assert_eq!(event.details.get("presented_generation"), Some(&json!(0)));
    }

    // S-30 I5
    async fn any_older_token_ends_the_session_at_any_time(world: World) {
        let first = world.signed_in("ada@example.com").await;
        let third = next(&world, &next(&world, &first).await).await;
        assert_eq!(code(&refresh(&world, &first.tokens.refresh).await), "session_reused");
        assert_eq!(code(&refresh(&world, &third.tokens.refresh).await), "session_revoked");
        assert_eq!(code(&refresh(&world, &first.tokens.refresh).await), "session_revoked", "never un-revoked");
        assert_eq!(world.events_of(EventCode::SESSION_REUSE_DETECTED).await.len(), 1);
    }

    // S-30
    async fn without_grace_the_first_repetition_ends_the_session(world: World) {
        let world = world.with(|config| config.refresh_grace(Duration::ZERO));
        let first = world.signed_in("ada@example.com").await;
        next(&world, &first).await;
        world.clock.advance(Duration::from_micros(1));
        assert_eq!(code(&refresh(&world, &first.tokens.refresh).await), "session_reused");
    }

    // S-34 I7
    async fn reuse_in_one_session_leaves_the_others_alive(world: World) {
        let (first, other) = (world.signed_in("ada@example.com").await, world.login("ada@example.com").await);
        let stranger = world.signed_in("eve@example.com").await;
        let (row, foreign) = (world.session(&other).await, world.session(&stranger).await);
        next(&world, &next(&world, &first).await).await;
        assert_eq!(code(&refresh(&world, &first.tokens.refresh).await), "session_reused");
        assert_eq!((world.session(&other).await, world.session(&stranger).await), (row, foreign));
        world.current(&other).await;
        next(&world, &other).await;
    }

    // S-31 I6
    async fn idle_rolls_with_rotation_only_and_absolute_never_moves(world: World) {
        let first = world.signed_in("ada@example.com").await;
        let absolute = first.session.absolute_at;
        world.clock.advance(HOUR);
        world.current(&next(&world, &first).await).await;
        let row = world.session(&first).await;
        assert_eq!(row.idle_at, world.kit.now() + HOUR * 24 * 7);
        world.clock.advance(SECOND * 9);
        next(&world, &first).await;
        assert_eq!(world.session(&first).await.idle_at, row.idle_at, "a replay moves nothing");

        let mut last = next(&world, &next(&world, &first).await).await;
        for _ in 0..4 {
            world.clock.advance(HOUR * 24 * 6);
            last = next(&world, &last).await;
            let row = world.session(&first).await;
            assert_eq!(row.absolute_at, absolute);
            assert!(row.idle_at <= absolute && last.tokens.refresh_expires_at <= absolute);
        }
        world.clock.set(absolute - SECOND * 30);
        last = next(&world, &last).await;
        assert_eq!(last.tokens.access_expires_at, absolute, "no access token outlives the absolute limit");
        world.clock.set(absolute + SECOND);
        assert_eq!(code(&refresh(&world, &last.tokens.refresh).await), "session_expired");
        assert_eq!(code(&world.kit.current_user(&last.tokens.access).await), "session_expired");
    }

    // S-31
    async fn an_idle_session_ends(world: World) {
        let first = world.signed_in("ada@example.com").await;
        world.clock.set(first.session.idle_at);
        assert_eq!(code(&refresh(&world, &first.tokens.refresh).await), "session_expired");
        world.clock.advance(SECOND * 6);
        assert_eq!(code(&refresh(&world, &first.tokens.refresh).await), "session_expired");
        assert_eq!(world.session(&first).await.revoked_at, None, "expired is not revoked");
    }

    // I11
    async fn steps_of_the_clock_neither_extend_nor_revive(world: World) {
        let first = world.signed_in("ada@example.com").await;
        let absolute = first.session.absolute_at;
        world.clock.advance(HOUR * 2);
        let second = next(&world, &first).await;
        // An hour back: the token was made in the future, and nothing is spent.
        world.clock.step_back(HOUR);
        let early = refresh(&world, &second.tokens.refresh).await;
        assert!(matches!(early, Err(AuthError::TokenNotYetValid)), "{early:?}");
        let behind = refresh(&world, &first.tokens.refresh).await;
        assert!(matches!(behind, Err(AuthError::ClockBehind)), "{behind:?}");
        assert_eq!(world.session(&first).await.generation, 1);
        world.clock.advance(HOUR);
        let third = next(&world, &second).await;
        assert_eq!(world.session(&first).await.absolute_at, absolute);

        // Reuse and sign-out stay, whatever the clock says.
        world.kit.logout(third.tokens.refresh.expose(), &client()).await.expect("signed out");
        let row = world.session(&first).await;
        world.clock.step_back(HOUR);
        assert!(refresh(&world, &third.tokens.refresh).await.is_err());
        world.clock.advance(HOUR * 2);
        assert_eq!(code(&refresh(&world, &third.tokens.refresh).await), "session_revoked");
        assert_eq!(world.session(&first).await, row);
    }

    // I11
    async fn a_session_that_ended_by_time_is_not_extended_by_a_clock_that_steps_back(world: World) {
        let first = world.signed_in("ada@example.com").await;
        world.clock.set(first.session.idle_at + SECOND * 60);
        assert_eq!(code(&refresh(&world, &first.tokens.refresh).await), "session_expired");
        world.clock.step_back(HOUR);
        let second = next(&world, &first).await;
        assert_eq!(second.session.absolute_at, first.session.absolute_at);
    }

    async fn refreshing_is_throttled_by_session(world: World) {
        let (first, other) = (world.signed_in("ada@example.com").await, world.login("ada@example.com").await);
        for _ in 0..120 {
            next(&world, &first).await;
        }
        let row = world.session(&first).await;
        let answer = refresh(&world, &first.tokens.refresh).await;
        assert!(matches!(answer, Err(AuthError::Throttled { .. })), "{answer:?}");
        assert_eq!(world.session(&first).await, row);
        next(&world, &other).await;
    }
}
