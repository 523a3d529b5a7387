//! Administrators who act at once.

use authkit_core::{AuthError, EventCode, Note, Operator, UserFilter, UserId};
use authkit_flows::on_every_store;
use authkit_flows::race::race;
use authkit_flows::world::{World, client, code};

/// The ways to take an administrator away.
#[derive(Debug, Clone, Copy)]
enum Removal {
    Demotion,
    Deactivation,
    Deletion,
}

use Removal::*;

impl Removal {
    async fn run(self, world: &World, operator: &Operator, id: &UserId) -> Result<(), AuthError> {
        let (kit, note) = (&world.kit, Note::default());
        match self {
            Demotion => kit.set_role(operator, id, "user", note, &client()).await.map(drop),
            Deactivation => kit.set_active(operator, id, false, note, &client()).await.map(drop),
            Deletion => kit.delete_user(operator, id, note, &client()).await,
        }
    }
}

async fn active_admins(world: &World) -> usize {
    let users = world.ports.list_users(&UserFilter::default(), &authkit_core::PageRequest::first(200)).await;
    users.expect("users").items.iter().filter(|user| user.is_active && user.role.as_str() == "admin").count()
}

on_every_store! {
    // S-69 I12
    async fn two_administrators_who_remove_each_other_leave_one(world: World) {
        let world = world.with(|config| config.throttle(authkit_core::ThrottleMode::Off));
        for (round, removals) in [[Demotion; 2], [Deactivation; 2], [Deletion; 2], [Demotion, Deletion], [Deactivation, Demotion]]
            .into_iter()
            .enumerate()
        {
            let one = world.with_role(&format!("one{round}@example.com"), "admin").await;
            let two = world.with_role(&format!("two{round}@example.com"), "admin").await;
            let operators = [
                world.kit.operator(&world.current(&one).await).expect("let in"),
                world.kit.operator(&world.current(&two).await).expect("let in"),
            ];
            let targets = [two.user.id, one.user.id];
            // Those of earlier rounds do not help.
            for user in world.rows().await.users {
                if user.role.as_str() == "admin" && user.is_active && user.exists() && !targets.contains(&user.id) {
                    Deletion.run(&world, &Operator::system(), &user.id).await.expect("two remain");
                }
            }
            let answers = race(16, |n| {
                let (world, operator, id) = (world.clone(), operators[n % 2].clone(), targets[n % 2]);
                async move { removals[n % 2].run(&world, &operator, &id).await }
            })
            .await;
            assert_eq!(active_admins(&world).await, 1, "{removals:?}: {answers:?}");
            let codes: Vec<_> = answers.iter().map(code).collect();
            assert!(codes.iter().all(|code| matches!(*code, "ok" | "last_admin" | "not_found")), "{codes:?}");
            assert!(codes.contains(&"ok") && codes.contains(&"last_admin"), "{codes:?}");
        }
    }

    // S-69 I12
    async fn sixteen_administrators_who_all_remove_the_next_leave_one_at_least(world: World) {
        let world = world.with(|config| config.throttle(authkit_core::ThrottleMode::Off));
        let mut all = Vec::new();
        for n in 0..16 {
            let sign_in = world.with_role(&format!("admin{n}@example.com"), "admin").await;
            all.push((world.kit.operator(&world.current(&sign_in).await).expect("let in"), sign_in.user.id));
        }
        let answers = race(16, |n| {
            let (world, operator, id) = (world.clone(), all[n].0.clone(), all[(n + 1) % 16].1);
            async move { [Demotion, Deactivation, Deletion][n % 3].run(&world, &operator, &id).await }
        })
        .await;
        let removed = answers.iter().filter(|answer| answer.is_ok()).count();
        assert_eq!((removed, active_admins(&world).await), (15, 1), "{answers:?}");
    }

    // S-15 I13
    async fn of_sixteen_first_administrators_one_is_made(world: World) {
        let answers = race(16, |n| {
            let kit = world.kit.clone();
            async move {
                let email = format!("root{n}@example.com");
                kit.create_first_admin(&email, "a lantern over the quay".into(), authkit_core::Actor::System).await
            }
        })
        .await;
        let codes: Vec<_> = answers.iter().map(code).collect();
        assert_eq!(codes.iter().filter(|code| **code == "ok").count(), 1, "{codes:?}");
        assert_eq!(codes.iter().filter(|code| **code == "admin_exists").count(), 15, "{codes:?}");
        assert_eq!(world.events_of(EventCode::USER_CREATED).await.len(), 1);
    }

    // I13
    async fn of_sixteen_identical_actions_one_changes_and_one_event_is_written(world: World) {
        let operator = Operator::system();
        let ada = world.signed_in("ada@example.com").await;
        for (removal, event) in [
            (Demotion, EventCode::USER_ROLE_CHANGED),
            (Deactivation, EventCode::USER_DISABLED),
            (Deletion, EventCode::USER_DELETED),
        ] {
            if matches!(removal, Demotion) {
                let note = Note::default();
                world.kit.set_role(&operator, &ada.user.id, "editor", note, &client()).await.expect("a role");
            }
            let before = world.events_of(event.clone()).await.len();
            let answers = race(16, |_| {
                let (world, operator, id) = (world.clone(), operator.clone(), ada.user.id);
                async move { removal.run(&world, &operator, &id).await }
            })
            .await;
            assert!(answers.iter().all(Result::is_ok), "{answers:?}");
            assert_eq!(world.events_of(event).await.len() - before, 1, "{removal:?}");
        }
    }

    // S-40 I13
    async fn sixteen_sign_ins_at_once_keep_to_the_cap(world: World) {
        let world = world.with(|config| config.throttle(authkit_core::ThrottleMode::Off).session_cap(3));
        let ada = world.register("ada@example.com").await;
        let answers = race(16, |_| {
            let world = world.clone();
            async move { world.try_login("ada@example.com", authkit_flows::world::PASSWORD).await }
        })
        .await;
        assert!(answers.iter().all(Result::is_ok));
        let open = world.rows().await.sessions.into_iter().filter(|row| row.is_open(world.kit.now())).count();
        assert_eq!(open, 3);
        assert_eq!(world.events_of(EventCode::SESSION_OPENED).await.len(), 16);
        let evicted = world.events_of(EventCode::SESSION_REVOKED).await.len();
        assert_eq!(evicted, 13, "one event for each insert that pushed one out");
        assert!(world.user(&ada.id).await.is_active);
    }
}
