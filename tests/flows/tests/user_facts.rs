//! What the administration sees of one user beside the row.

use std::time::Duration;

use authkit_core::{
    ListRequest, NoAudit, Note, Operator, ThrottleMode, Timestamp, UserFacts, UserId, UserItem, UserQuery,
};
use authkit_flows::on_every_store;
use authkit_flows::world::{OTHER_PASSWORD, PASSWORD, World, client, code};

const ADA: &str = "ada@example.com";

async fn facts(world: &World, id: &UserId) -> UserFacts {
    world.kit.user_facts(&Operator::system(), id).await.expect("facts")
}

async fn found(world: &World, id: &UserId) -> UserItem {
    world.kit.find_user_for(&Operator::system(), id).await.expect("a user")
}

on_every_store! {
    async fn the_last_use_is_that_of_the_session_used_last_and_live(world: World) {
        let first = world.signed_in(ADA).await;
        world.clock.advance(Duration::from_secs(60));
        let second = world.login(ADA).await;
        assert_eq!(facts(&world, &first.user.id).await.last_used_at, Some(second.session.created_at));
        world.clock.advance(Duration::from_secs(60));
        world.kit.refresh(&first.tokens.refresh, &client()).await.expect("refreshed");
        assert_eq!(facts(&world, &first.user.id).await.last_used_at, Some(world.kit.now()));
        let here = world.current(&second).await;
        world.kit.revoke_own_session(&here, first.session.id, &client()).await.expect("ended");
        assert_eq!(facts(&world, &first.user.id).await.last_used_at, Some(second.session.created_at));
        world.tap.refuse("tidy_epoch");
        world.kit.sign_out_everywhere(&here, &client()).await.expect("signed out");
        world.tap.mend();
        assert_eq!(facts(&world, &first.user.id).await.last_used_at, None);
    }

    async fn a_change_and_a_reset_are_both_changes_of_the_password(world: World) {
        let ada = world.signed_in(ADA).await;
        assert_eq!(facts(&world, &ada.user.id).await.password_changed_at, None);
        world.clock.advance(Duration::from_secs(60));
        let here = world.current(&ada).await;
        world.kit.change_password(&here, PASSWORD.into(), OTHER_PASSWORD.into(), &client()).await.expect("changed");
        assert_eq!(facts(&world, &ada.user.id).await.password_changed_at, Some(world.kit.now()));
        world.clock.advance(Duration::from_secs(60));
        let token = world.reset_token(ADA).await;
        world.kit.reset_password(&token, PASSWORD.into(), &client()).await.expect("reset");
        let reset_at = world.kit.now();
        world.clock.advance(Duration::from_secs(60));
        assert_eq!(facts(&world, &ada.user.id).await.password_changed_at, Some(reset_at));
    }

    async fn failures_are_counted_for_a_day_and_a_locked_account_says_until_when(world: World) {
        let ada = world.register(ADA).await;
        for _ in 0..5 {
            assert_eq!(code(&world.try_login(ADA, OTHER_PASSWORD).await), "invalid_credentials");
        }
        assert_eq!(code(&world.try_login("nobody@example.com", OTHER_PASSWORD).await), "invalid_credentials");
        let now = world.kit.now();
        let locked = facts(&world, &ada.id).await;
        assert_eq!((locked.failed_sign_ins, locked.locked_until), (Some(5), Some(now + Duration::from_secs(1))));
        assert_eq!(found(&world, &ada.id).await.locked_until, locked.locked_until);
        world.kit.unlock(&Operator::system(), &ada.id, Note::default(), &client()).await.expect("unlocked");
        assert_eq!(facts(&world, &ada.id).await.locked_until, None);
        world.clock.advance(Duration::from_secs(86_400));
        assert_eq!(facts(&world, &ada.id).await.failed_sign_ins, Some(5));
        world.clock.tick();
        assert_eq!(facts(&world, &ada.id).await.failed_sign_ins, Some(0));
        let off = world.with(|config| config.throttle(ThrottleMode::Off));
        assert_eq!(facts(&off, &ada.id).await.locked_until, None);
    }

    async fn a_hundred_failures_lock_for_good(world: World) {
        let ada = world.register(ADA).await;
        for _ in 0..100 {
            assert_eq!(code(&world.try_login(ADA, OTHER_PASSWORD).await), "invalid_credentials");
            world.clock.advance(Duration::from_secs(900));
        }
        assert_eq!(facts(&world, &ada.id).await.locked_until, Some(Timestamp::MAX));
        assert_eq!(found(&world, &ada.id).await.locked_until, Some(Timestamp::MAX));
    }

    async fn a_list_says_of_each_user_until_when_it_is_locked_in_one_call_more(world: World) {
        let world = world.with(|config| config.throttle(ThrottleMode::Shared));
        let (ada, bob, eve) = ("ada@example.com", "bob@example.com", "eve@example.com");
        for (email, failures) in [(ada, 5), (bob, 4), (eve, 7)] {
            world.register(email).await;
            for _ in 0..failures {
                assert_eq!(code(&world.try_login(email, OTHER_PASSWORD).await), "invalid_credentials");
                world.clock.advance(Duration::from_secs(10));
            }
        }
        // The same account in another spelling.
        assert_eq!(code(&world.try_login("EVE@Example.com", OTHER_PASSWORD).await), "invalid_credentials");
        world.calls.take();
        let request = ListRequest::default();
        let list = world.kit.list_users(&Operator::system(), &UserQuery::default(), &request).await.expect("a list");
        assert_eq!(world.calls.take(), ["list_users", "count_live_sessions", "blocked_each"]);
        let seen: Vec<_> = list.items.iter().map(|item| (item.user.email.as_str(), item.locked_until)).collect();
        let until = world.kit.now() + Duration::from_secs(8);
        assert_eq!(seen, [(eve, Some(until)), (bob, None), (ada, None)]);
        world.clock.advance(Duration::from_secs(8));
        let list = world.kit.list_users(&Operator::system(), &UserQuery::default(), &request).await.expect("a list");
        assert!(list.items.iter().all(|item| item.locked_until.is_none()), "over");
    }

    async fn five_reads_and_no_write(world: World) {
        let world = world.with(|config| config.throttle(ThrottleMode::Shared));
        let ada = world.signed_in(ADA).await;
        let before = world.rows().await;
        world.calls.take();
        facts(&world, &ada.user.id).await;
        let calls = world.calls.take();
        let expected = ["find_user", "list_sessions", "blocked_each", "list_events", "list_events"];
        assert_eq!(calls, expected);
        assert_eq!(world.rows().await, before);
    }

    // S-67
    async fn who_may_not_look_is_refused_and_nobody_else_is_missed(world: World) {
        let auditor = world.operator("auditor@example.com", "auditor").await;
        let ada = world.register(ADA).await;
        assert!(world.kit.user_facts(&auditor, &ada.id).await.expect("facts").failed_sign_ins.is_some());
        let unknown = UserId::from(uuid::Uuid::nil());
        assert_eq!(code(&world.kit.user_facts(&auditor, &unknown).await), "not_found");
        world.kit.delete_user(&Operator::system(), &ada.id, Note::default(), &client()).await.expect("deleted");
        let gone = facts(&world, &ada.id).await;
        assert_eq!((gone.last_used_at, gone.failed_sign_ins), (None, Some(0)));
    }

    async fn without_a_trail_that_can_be_read_the_rest_is_there(world: World) {
        let blind = world.built(world.config.clone(), |builder| builder.audit(NoAudit));
        let ada = blind.signed_in(ADA).await;
        let expected = UserFacts { last_used_at: Some(ada.session.rotated_at), ..UserFacts::default() };
        assert_eq!(facts(&blind, &ada.user.id).await, expected);
    }
}
