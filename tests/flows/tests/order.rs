//! In which order, and how often, stores are asked.

use authkit_core::{Login, Note, Operator};
use authkit_flows::on_every_store;
use authkit_flows::world::{PASSWORD, World, client, code};

/// The same store without the promise that reads arrive in the order sent.
fn unordered(world: &World) -> World {
    let tap = world.tap.clone();
    world.built(world.config.clone(), |builder| {
        builder.users(tap.clone()).sessions(tap.clone()).audit(tap.clone()).audit_log(tap)
    })
}

on_every_store! {
    async fn the_strict_guard_reads_the_user_and_then_the_session(world: World) {
        let here = world.signed_in("ada@example.com").await;
        for world in [world.clone(), unordered(&world)] {
            world.calls.take();
            world.current(&here).await;
            assert_eq!(world.calls.take(), ["find_user", "find_session"]);
        }
    }

    async fn without_ordered_reads_the_session_is_not_asked_for_before_the_user_is_there(world: World) {
        let here = world.signed_in("ada@example.com").await;
        for (world, begun) in
            [(world.clone(), &["find_user", "find_session"][..]), (unordered(&world), &["find_user"][..])]
        {
            world.calls.take();
            let gate = world.tap.hold_before("find_user");
            let guard = {
                let (kit, token) = (world.kit.clone(), here.tokens.access.clone());
                tokio::spawn(async move { kit.current_user(&token).await })
            };
            gate.reached().await;
            // Where order is promised both are on their way, one poll after the other.
            if begun.len() == 2 {
                world.tap.called("find_session").await;
            }
            assert_eq!(world.calls.take(), begun);
            gate.open();
            assert_eq!(code(&guard.await.expect("no panic")), "ok");
        }
    }

    async fn a_session_that_ended_between_the_two_reads_is_seen_as_ended(world: World) {
        let here = world.signed_in("ada@example.com").await;
        let unordered = unordered(&world);
        let gate = unordered.tap.hold_after("find_user");
        let guard = {
            let (kit, token) = (unordered.kit.clone(), here.tokens.access.clone());
            tokio::spawn(async move { kit.current_user(&token).await })
        };
        gate.reached().await;
        world.kit.sign_out_everywhere(&world.current(&here).await, &client()).await.expect("signed out");
        gate.open();
        assert_eq!(code(&guard.await.expect("no panic")), "session_revoked");
    }

    async fn a_refresh_reads_the_user_once_and_takes_one_step(world: World) {
        let here = world.signed_in("ada@example.com").await;
        world.calls.take();
        let second = world.kit.refresh(&here.tokens.refresh, &client()).await.expect("the next pair");
        assert_eq!(world.calls.take(), ["find_user", "rotate"]);
        world.kit.refresh(&here.tokens.refresh, &client()).await.expect("the same pair");
        assert_eq!(world.calls.take(), ["find_user", "rotate"]);
        // A user store that fails has spent nothing.
        let row = world.session(&here).await;
        world.tap.refuse("find_user");
        assert_eq!(code(&world.kit.refresh(&second.tokens.refresh, &client()).await), "unavailable");
        assert_eq!(world.calls.take(), ["find_user"]);
        assert_eq!(world.session(&here).await, row);
    }

    async fn no_rotation_for_a_user_who_may_not(world: World) {
        let (off, dead) = (world.signed_in("off@example.com").await, world.signed_in("ada@example.com").await);
        let note = Note::default();
        world.tap.refuse("tidy_epoch");
        world.kit.set_active(&Operator::system(), &off.user.id, false, note, &client()).await.expect("disabled");
        world.kit.sign_out_everywhere(&world.current(&dead).await, &client()).await.expect("signed out");
        world.calls.take();
        for (sign_in, expected) in [(&off, "account_disabled"), (&dead, "session_revoked")] {
            let row = world.session(sign_in).await;
            assert_eq!(code(&world.kit.refresh(&sign_in.tokens.refresh, &client()).await), expected);
            assert_eq!(world.calls.take(), ["find_user"]);
            assert_eq!(world.session(sign_in).await, row);
        }
    }

    // S-19
    async fn a_token_that_is_not_ours_reaches_no_store(world: World) {
        let here = world.signed_in("ada@example.com").await;
        let other_key = world.with(|config| config.secret_key("Zp7vXq2LmW9sKd4RfT6yHb8NcJ1gQe3UaO5iVx-0"));
        let elsewhere = world.with(|config| config.audience("somebody else"));
        let issuer = world.with(|config| config.issuer("somebody else"));
        world.calls.take();
        let (access, refresh) = (&here.tokens.access, &here.tokens.refresh);
        for world in [other_key, elsewhere, issuer] {
            assert_eq!(code(&world.kit.current_user(access).await), "invalid_token");
            assert_eq!(code(&world.kit.refresh(refresh, &client()).await), "invalid_token");
        }
        for text in ["", ".", "..", "null", "e30.e30.", "eyJhbGciOiJub25lIn0.e30.", &"A".repeat(10_000)] {
            assert_eq!(code(&world.kit.current_user(&text.into()).await), "invalid_token", "{text}");
            assert_eq!(code(&world.kit.refresh(&text.into(), &client()).await), "invalid_token", "{text}");
        }
        assert_eq!(world.calls.take(), [""; 0]);
    }

    async fn a_sign_in_asks_each_thing_once(world: World) {
        world.register("ada@example.com").await;
        world.calls.take();
        world.kit.login(Login::new("ada@example.com", PASSWORD), &client()).await.expect("a session");
        assert_eq!(world.calls.take(), ["find_user_by_email", "verify", "insert_session", "note_sign_in"]);
    }
}
