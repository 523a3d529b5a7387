//! The administration looks at sessions and ends them.

use std::time::Duration;

use authkit_core::{
    AuthError, EventCode, ListRequest, Note, Operator, RevokeReason, RowState, SessionId, SessionQuery, SessionState,
    ThrottleMode,
};
use authkit_flows::on_every_store;
use authkit_flows::world::{World, client, client_from, code};
use serde_json::json;

async fn list(world: &World, query: SessionQuery) -> Vec<(SessionId, SessionState)> {
    let request = ListRequest::default();
    let listing = world.kit.list_sessions(&Operator::system(), &query, &request).await.expect("a list");
    listing.items.iter().map(|item| (item.session.id, item.state)).collect()
}

on_every_store! {
    // S-35
    async fn a_session_is_ended_at_once(world: World) {
        let support = world.operator("support@example.com", "support").await;
        let (ada, kept) = (world.signed_in("ada@example.com").await, world.login("ada@example.com").await);
        let note = Note { reason: Some("stolen laptop".into()), ..Note::default() };
        world.kit.revoke_session(&support, ada.session.id, note, &client()).await.expect("ended");
        assert_eq!(code(&world.kit.current_user(&ada.tokens.access).await), "session_revoked");
        assert_eq!(code(&world.kit.refresh(&ada.tokens.refresh, &client()).await), "session_revoked");
        world.current(&kept).await;
        assert_eq!(world.session(&ada).await.revoked_reason, Some(RevokeReason::Admin));
        world.kit.revoke_session(&support, ada.session.id, Note::default(), &client()).await.expect("ended before");
        let [event] = &world.events_of(EventCode::SESSION_REVOKED).await[..] else { panic!("one event") };
        assert_eq!((&event.actor, event.subject, event.session_id), (support.actor(), Some(ada.user.id), Some(ada.session.id)));
        assert_eq!(event.details.get("by"), Some(&json!("admin")));
        assert_eq!(event.details.get("reason"), Some(&json!("stolen laptop")));
    }

    async fn the_own_current_session_is_not_ended_here_but_another_own_one_is(world: World) {
        let here = world.with_role("support@example.com", "support").await;
        let there = world.login("support@example.com").await;
        let operator = world.kit.operator(&world.current(&here).await).expect("let in");
        let answer = world.kit.revoke_session(&operator, here.session.id, Note::default(), &client()).await;
        assert!(matches!(answer, Err(AuthError::OwnSession)), "{answer:?}");
        world.kit.revoke_session(&operator, there.session.id, Note::default(), &client()).await.expect("ended");
        world.current(&here).await;
    }

    async fn nobody_ends_a_session_of_somebody_who_may_do_more(world: World) {
        let root = world.with_role("root@example.com", "admin").await;
        let support = world.operator("support@example.com", "support").await;
        let answer = world.kit.revoke_session(&support, root.session.id, Note::default(), &client()).await;
        assert_eq!(code(&answer), "forbidden");
        world.current(&root).await;
        let unknown: SessionId = "0192f0c1-2d3e-7f40-8a5b-6c7d8e9f0a1b".parse().expect("an id");
        let answer = world.kit.revoke_session(&support, unknown, Note::default(), &client()).await;
        assert_eq!(code(&answer), "not_found");
    }

    async fn each_session_is_shown_as_what_it_is_worth(world: World) {
        let world = world.with(|config| config.throttle(ThrottleMode::Off));
        let idle = world.signed_in("idle@example.com").await;
        world.clock.advance(Duration::from_secs(6 * 86_400));
        let live = world.signed_in("ada@example.com").await;
        let revoked = world.login("ada@example.com").await;
        world.kit.logout(revoked.tokens.refresh.expose(), &client()).await.expect("signed out");
        let dead = world.signed_in("eve@example.com").await;
        world.tap.refuse("tidy_epoch");
        world.kit.sign_out_everywhere(&world.current(&dead).await, &client()).await.expect("signed out");
        let suspended = world.signed_in("off@example.com").await;
        let (operator, note) = (Operator::system(), Note::default());
        world.kit.set_active(&operator, &suspended.user.id, false, note, &client()).await.expect("disabled");
        world.clock.advance(Duration::from_secs(86_400));

        let all = list(&world, SessionQuery::default()).await;
        for (sign_in, state) in [
            (&idle, SessionState::Expired),
            (&live, SessionState::Live),
            (&revoked, SessionState::Revoked),
            (&dead, SessionState::Dead),
            (&suspended, SessionState::Suspended),
        ] {
            assert!(all.contains(&(sign_in.session.id, state)), "{state:?}: {all:?}");
        }
        assert_eq!(all.len(), 5);
        let state = |state| SessionQuery { state: Some(state), ..SessionQuery::default() };
        assert_eq!(list(&world, state(RowState::Open)).await, [(live.session.id, SessionState::Live)]);
        assert_eq!(list(&world, state(RowState::Revoked)).await, [(revoked.session.id, SessionState::Revoked)]);
        let mine = SessionQuery { user_id: Some(live.user.id), ..SessionQuery::default() };
        assert_eq!(list(&world, mine).await.len(), 2);
        world.calls.take();
        list(&world, SessionQuery::default()).await;
        assert_eq!(world.calls.take(), ["list_sessions", "find_users"], "never one call a row");
    }

    async fn a_filter_without_an_index_looks_back_seven_days(world: World) {
        let world = world.with(|config| config.throttle(ThrottleMode::Off));
        let old = world.signed_in("ada@example.com").await;
        world.clock.advance(Duration::from_secs(6 * 86_400));
        let next = world.kit.refresh(&old.tokens.refresh, &client()).await.expect("the next pair");
        world.clock.advance(Duration::from_secs(86_400 + 1));
        let login = authkit_core::Login::new("ada@example.com", authkit_flows::world::PASSWORD);
        let new = world.kit.login(login, &client_from(1)).await.expect("a session");
        let open = SessionQuery { state: Some(RowState::Open), ..SessionQuery::default() };
        assert_eq!(list(&world, open.clone()).await, [(new.session.id, SessionState::Live)]);
        let of_user = SessionQuery { user_id: Some(old.user.id), ..open };
        assert_eq!(list(&world, of_user).await.len(), 2, "{:?}", next.session.id);
        let from = |ip| SessionQuery { ip, ..SessionQuery::default() };
        assert_eq!(list(&world, from(client_from(1).ip)).await, [(new.session.id, SessionState::Live)]);
        assert!(list(&world, from(client().ip)).await.is_empty(), "opened eight days ago");
        assert_eq!(list(&world, SessionQuery::default()).await.len(), 2);
    }

    async fn sessions_are_told_apart_by_why_they_ended_and_when_they_began(world: World) {
        let world = world.with(|config| config.throttle(ThrottleMode::Off));
        let left = world.signed_in("ada@example.com").await;
        world.kit.logout(left.tokens.refresh.expose(), &client()).await.expect("signed out");
        world.clock.advance(Duration::from_secs(3_600));
        let ended = world.login("ada@example.com").await;
        let operator = Operator::system();
        world.kit.revoke_session(&operator, ended.session.id, Note::default(), &client()).await.expect("ended");
        world.clock.advance(Duration::from_secs(3_600));
        let live = world.login("ada@example.com").await;
        let none = SessionQuery::default;
        let by = |reasons: &[RevokeReason]| SessionQuery { reasons: reasons.to_vec(), ..none() };
        let ids = async |query: SessionQuery| {
            let count = world.kit.count_sessions(&operator, &query, 10).await.expect("a count");
            let ids: Vec<_> = list(&world, query).await.into_iter().map(|(id, _)| id).collect();
            assert_eq!(count, ids.len() as u64);
            ids
        };
        let (left, ended, live, at) = (left.session.id, ended.session.id, live.session.id, ended.session.created_at);
        assert_eq!(ids(by(&[RevokeReason::Logout])).await, [left]);
        assert_eq!(ids(by(&[RevokeReason::Admin, RevokeReason::Logout])).await, [ended, left]);
        assert_eq!(ids(SessionQuery { created_from: Some(at), ..none() }).await, [live, ended]);
        assert_eq!(ids(SessionQuery { created_to: Some(at), ..none() }).await, [left]);
        assert_eq!(ids(SessionQuery { state: Some(RowState::Open), ..none() }).await, [live]);
        assert_eq!(world.kit.count_sessions(&operator, &none(), 2).await.expect("a count"), 2, "capped");
    }

    async fn a_range_is_a_week_at_the_most_where_no_index_serves(world: World) {
        let at = world.kit.now();
        let day = Duration::from_secs(86_400);
        let open = SessionQuery { state: Some(RowState::Open), ..SessionQuery::default() };
        let wide = SessionQuery { created_from: Some(at - day * 8), ..open };
        let answer = world.kit.count_sessions(&Operator::system(), &wide, 10).await;
        let Err(AuthError::Validation(errors)) = answer else { panic!("{answer:?}") };
        assert_eq!((errors[0].field.as_str(), errors[0].code), ("created_from", "too_wide"));
        let earlier = SessionQuery { created_to: Some(at - day), ..wide };
        assert_eq!(list(&world, earlier).await, []);
    }

    async fn a_session_whose_user_is_gone_has_no_address(world: World) {
        let ada = world.signed_in("ada@example.com").await;
        let (operator, note) = (Operator::system(), Note::default);
        let request = ListRequest::default();
        let listing = world.kit.list_sessions(&operator, &SessionQuery::default(), &request).await.expect("a list");
        assert_eq!(listing.items[0].email.as_deref(), Some("ada@example.com"));
        world.kit.delete_user(&operator, &ada.user.id, note(), &client()).await.expect("deleted");
        assert_eq!(list(&world, SessionQuery::default()).await, [(ada.session.id, SessionState::Missing)]);
        world.kit.purge_user(&operator, &ada.user.id, note(), &client()).await.expect("purged");
        assert!(list(&world, SessionQuery::default()).await.is_empty(), "they go with their user");
    }
}
