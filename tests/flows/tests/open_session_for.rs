//! The application has authenticated a user by itself and wants a session.

use authkit_core::{Actor, ClientInfo, EventCode, Note, Operator, TrustedPassword, TrustedUser, UserId, Via};
use authkit_flows::on_every_store;
use authkit_flows::world::{World, client, code};

on_every_store! {
    async fn a_user_gets_a_session_without_a_password(world: World) {
        let given = TrustedUser {
            email: "oauth@example.com".into(),
            password: TrustedPassword::None,
            role: authkit_core::Role::new("user").expect("a role"),
            is_active: true,
            is_verified: true,
            profile: Default::default(),
        };
        let user = world.kit.create_user(given, Actor::System).await.expect("a user");
        let sign_in = world.kit.open_session_for(&user.id, &client()).await.expect("a session");
        assert_eq!((sign_in.session.via, sign_in.session.user_id), (Via::Host, user.id));
        world.current(&sign_in).await;
        world.kit.refresh(&sign_in.tokens.refresh, &client()).await.expect("the next pair");
        let [event] = &world.events_of(EventCode::SESSION_OPENED).await[..] else { panic!("one event") };
        assert_eq!((&event.actor, event.subject), (&Actor::System, Some(user.id)));
        assert_eq!(world.hasher.verified(), 0);
    }

    async fn an_unknown_a_deleted_and_a_disabled_user_get_none(world: World) {
        let (operator, note, nobody) = (Operator::system(), Note::default, ClientInfo::none());
        let (off, gone) = (world.register("off@example.com").await, world.register("gone@example.com").await);
        world.kit.set_active(&operator, &off.id, false, note(), &client()).await.expect("disabled");
        world.kit.delete_user(&operator, &gone.id, note(), &client()).await.expect("deleted");
        assert_eq!(code(&world.kit.open_session_for(&off.id, &nobody).await), "account_disabled");
        assert_eq!(code(&world.kit.open_session_for(&gone.id, &nobody).await), "not_found");
        for unknown in ["0192f0c1-2d3e-7f40-8a5b-6c7d8e9f0a1b", "42", "no such key"] {
            let id = UserId::new(unknown).expect("an id");
            assert_eq!(code(&world.kit.open_session_for(&id, &nobody).await), "not_found");
        }
        assert!(world.rows().await.sessions.is_empty());
    }

    // I4
    async fn a_user_who_is_disabled_or_purged_meanwhile_has_nothing_alive(world: World) {
        let (operator, note) = (Operator::system(), Note::default);
        for (purge, expected) in [(false, "ok"), (true, "not_found")] {
            let user = world.register(&format!("ada{purge}@example.com")).await;
            let gate = world.tap.hold_before("insert_session");
            let racing = {
                let (kit, id) = (world.kit.clone(), user.id);
                tokio::spawn(async move { kit.open_session_for(&id, &client()).await })
            };
            gate.reached().await;
            if purge {
                world.kit.delete_user(&operator, &user.id, note(), &client()).await.expect("deleted");
                world.kit.purge_user(&operator, &user.id, note(), &client()).await.expect("purged");
            } else {
                world.kit.set_active(&operator, &user.id, false, note(), &client()).await.expect("disabled");
            }
            gate.open();
            let answer = racing.await.expect("no panic");
            assert_eq!(code(&answer), expected);
            if let Ok(sign_in) = answer {
                assert_eq!(code(&world.kit.current_user(&sign_in.tokens.access).await), "account_disabled");
            }
        }
    }
}
