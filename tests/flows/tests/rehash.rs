//! A hash with older parameters is replaced at the next sign-in, and no race writes an old password back.

use authkit_core::{
    Actor, Cause, PasswordHash, PasswordSwap, ReplacePassword, Role, ThrottleMode, TrustedPassword, TrustedUser, UserId,
};
use authkit_flows::hasher::QuickHasher;
use authkit_flows::on_every_store;
use authkit_flows::world::{OTHER_PASSWORD, PASSWORD, World, client, code};

/// A user whose hash has older parameters.
async fn outdated(world: &World) -> UserId {
    let user = TrustedUser {
        email: "ada@example.com".into(),
        password: TrustedPassword::Hash(QuickHasher::stored("old", "00", PASSWORD)),
        role: Role::new("user").expect("a role"),
        is_active: true,
        is_verified: true,
        profile: Default::default(),
    };
    world.kit.create_user(user, Actor::System).await.expect("a user").id
}

/// Puts a hash in place of whatever is there.
async fn store(world: &World, id: &UserId, new_hash: PasswordHash) {
    let old_hash = world.user(id).await.password_hash;
    let swap = PasswordSwap { id: *id, old_hash, new_hash, epochs: None };
    let swapped = world.ports.replace_password(swap, Cause::silent(world.kit.now())).await.expect("an answer");
    assert!(matches!(swapped, ReplacePassword::Replaced(_)));
}

on_every_store! {
    // S-6
    async fn an_outdated_hash_is_replaced_at_the_next_sign_in_without_ending_sessions(world: World) {
        let id = outdated(&world).await;
        let before = world.user(&id).await;
        let sign_in = world.login("ada@example.com").await;
        let after = world.user(&id).await;
        assert!(after.password_hash.as_ref().is_some_and(|hash| hash.expose().starts_with("quick$")));
        assert_eq!((after.session_epoch, after.updated_at), (before.session_epoch, before.updated_at));
        world.current(&sign_in).await;
        world.login("ada@example.com").await;
        assert_eq!(world.user(&id).await.password_hash, after.password_hash, "once is enough");
    }

    // S-6
    async fn a_sign_in_that_races_a_reset_does_not_write_the_old_password_back(world: World) {
        let id = outdated(&world).await;
        // The sign-in has read the old hash, or verified it, or stands before its rehash.
        for (round, stop) in ["find_user_by_email", "insert_session", "replace_password"].into_iter().enumerate() {
            let world = world.with(|config| config.throttle(ThrottleMode::Off));
            let (old, new) = (format!("{PASSWORD} {round}"), format!("{OTHER_PASSWORD} {round}"));
            store(&world, &id, QuickHasher::stored("old", "00", &old)).await;
            let token = world.reset_token("ada@example.com").await;
            let gate = match stop {
                "find_user_by_email" => world.tap.hold_after(stop),
                _ => world.tap.hold_before(stop),
            };
            let racing = {
                let (world, old) = (world.clone(), old.clone());
                tokio::spawn(async move { world.try_login("ada@example.com", &old).await })
            };
            gate.reached().await;
            world.kit.reset_password(&token, new.as_str().into(), &client()).await.expect("reset");
            gate.open();
            let sign_in = racing.await.expect("no panic").expect("it began before");
            assert_eq!(code(&world.try_login("ada@example.com", &old).await), "invalid_credentials", "{stop}");
            assert_eq!(code(&world.try_login("ada@example.com", &new).await), "ok", "{stop}");
            assert_eq!(code(&world.kit.current_user(&sign_in.tokens.access).await), "session_revoked", "{stop}");
        }
    }

    // S-6
    async fn a_rehash_that_fails_does_not_fail_the_sign_in(world: World) {
        outdated(&world).await;
        world.tap.refuse("replace_password");
        let sign_in = world.login("ada@example.com").await;
        world.current(&sign_in).await;
    }

    async fn a_rehash_that_is_lost_to_another_write_changes_nothing(world: World) {
        let id = outdated(&world).await;
        let gate = world.tap.hold_before("replace_password");
        let racing = {
            let world = world.clone();
            tokio::spawn(async move { world.try_login("ada@example.com", PASSWORD).await })
        };
        gate.reached().await;
        let stored = QuickHasher::stored("quick", "01", PASSWORD);
        store(&world, &id, stored.clone()).await;
        gate.open();
        assert_eq!(code(&racing.await.expect("no panic")), "ok");
        assert_eq!(world.user(&id).await.password_hash, Some(stored));
    }
}
