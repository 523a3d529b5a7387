//! Who makes a request, as the stores have it now: the strict guard.

use std::time::Duration;

use authkit_core::{AuthError, Note, Operator};
use authkit_flows::on_every_store;
use authkit_flows::world::{World, client, code};

const SECOND: Duration = Duration::from_secs(1);

on_every_store! {
    // S-22
    async fn an_access_token_lasts_fifteen_minutes_and_five_seconds(world: World) {
        let here = world.signed_in("ada@example.com").await;
        world.clock.set(here.tokens.access_expires_at + SECOND * 4);
        world.current(&here).await;
        world.clock.set(here.tokens.access_expires_at + SECOND * 6);
        assert_eq!(code(&world.kit.current_user(&here.tokens.access).await), "session_expired");
        world.kit.refresh(&here.tokens.refresh, &client()).await.expect("the session itself lives");
    }

    // S-22 I11
    async fn a_token_from_the_future_is_not_valid_yet_and_nothing_is_lost(world: World) {
        world.clock.advance(SECOND * 3_600);
        let here = world.signed_in("ada@example.com").await;
        world.clock.step_back(SECOND * 4);
        world.current(&here).await;
        world.clock.step_back(SECOND * 2);
        for answer in [
            world.kit.current_user(&here.tokens.access).await.err(),
            world.kit.refresh(&here.tokens.refresh, &client()).await.err(),
        ] {
            assert!(matches!(answer, Some(AuthError::TokenNotYetValid)), "{answer:?}");
        }
        world.clock.advance(SECOND * 6);
        world.current(&here).await;
    }

    // S-20
    async fn each_kind_of_token_opens_its_own_door_only(world: World) {
        let here = world.signed_in("ada@example.com").await;
        let reset = world.reset_token("ada@example.com").await;
        let (access, refresh) = (here.tokens.access.expose(), here.tokens.refresh.expose());
        for token in [refresh, reset.expose()] {
            assert_eq!(code(&world.kit.current_user(&token.into()).await), "invalid_token");
            assert_eq!(code(&world.kit.claims(&token.into())), "invalid_token");
        }
        for token in [access, reset.expose()] {
            assert_eq!(code(&world.kit.refresh(&token.into(), &client()).await), "invalid_token");
        }
        for token in [access, refresh] {
            let answer = world.kit.reset_password(&token.into(), "a third one, for nobody".into(), &client()).await;
            assert_eq!(code(&answer), "invalid_reset_token");
        }
    }

    // S-68
    async fn a_role_counts_from_the_next_request_on_in_every_open_session(world: World) {
        let (here, there) =
            (world.with_role("ada@example.com", "support").await, world.login("ada@example.com").await);
        world.with_role("root@example.com", "admin").await;
        for sign_in in [&here, &there] {
            world.kit.operator(&world.current(sign_in).await).expect("let in");
        }
        let (operator, note) = (Operator::system(), Note::default());
        world.kit.set_role(&operator, &here.user.id, "user", note.clone(), &client()).await.expect("a role");
        for sign_in in [&here, &there] {
            let current = world.current(sign_in).await;
            assert_eq!(current.user.role.as_str(), "user");
            assert_eq!(code(&world.kit.operator(&current)), "forbidden");
        }
        world.kit.set_role(&operator, &here.user.id, "admin", note, &client()).await.expect("a role");
        assert!(world.kit.operator(&world.current(&there).await).expect("let in").permissions().allows(
            authkit_core::Permission::UsersDelete
        ));
    }

    async fn a_disabled_user_is_told_so_and_a_deleted_one_is_unknown(world: World) {
        let (off, gone) = (world.signed_in("off@example.com").await, world.signed_in("gone@example.com").await);
        let (operator, note) = (Operator::system(), Note::default());
        world.kit.set_active(&operator, &off.user.id, false, note.clone(), &client()).await.expect("disabled");
        world.kit.delete_user(&operator, &gone.user.id, note.clone(), &client()).await.expect("deleted");
        assert_eq!(code(&world.kit.current_user(&off.tokens.access).await), "account_disabled");
        assert_eq!(code(&world.kit.current_user(&gone.tokens.access).await), "session_revoked");
        world.kit.purge_user(&operator, &gone.user.id, note, &client()).await.expect("purged");
        assert_eq!(code(&world.kit.current_user(&gone.tokens.access).await), "session_revoked");
        assert_eq!(code(&world.kit.refresh(&gone.tokens.refresh, &client()).await), "session_revoked");
    }

    async fn a_store_that_does_not_answer_lets_nobody_through(world: World) {
        let here = world.signed_in("ada@example.com").await;
        for method in ["find_user", "find_session"] {
            world.tap.refuse(method);
            assert_eq!(code(&world.kit.current_user(&here.tokens.access).await), "unavailable", "{method}");
            world.tap.mend();
        }
        world.current(&here).await;
    }

    // S-36
    async fn claims_ask_no_store_and_lag_behind_it(world: World) {
        let here = world.signed_in("ada@example.com").await;
        world.kit.logout(here.tokens.refresh.expose(), &client()).await.expect("signed out");
        world.calls.take();
        let claims = world.kit.claims(&here.tokens.access).expect("signed and in time");
        assert!(world.calls.take().is_empty());
        assert_eq!((claims.user, claims.session), (here.user.id, here.session.id));
        assert_eq!((claims.epoch, claims.role), (here.user.session_epoch, here.user.role));
        assert_eq!(claims.issued_at, here.tokens.issued_at);
        assert_eq!(claims.expires_at, here.tokens.access_expires_at);
        world.clock.set(here.tokens.access_expires_at + SECOND * 6);
        assert_eq!(code(&world.kit.claims(&here.tokens.access)), "session_expired");
    }
}
