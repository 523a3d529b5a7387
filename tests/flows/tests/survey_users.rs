//! An operator looks at all accounts for what is left over.

use std::time::Duration;

use authkit_core::password::argon2id::Argon2id;
use authkit_core::{Actor, Note, Operator, Profile, Role, TrustedPassword, TrustedUser, UserStore as _, UserSurvey};
use authkit_flows::on_every_store;
use authkit_flows::world::{World, client};

/// A user as another system left it.
async fn left(world: &World, n: u32, hash: Option<&str>, role: &str) -> authkit_core::User {
    let password = hash.map_or(TrustedPassword::None, |hash| TrustedPassword::Hash(hash.into()));
    let user = TrustedUser {
        email: format!("user-{n}@example.com"),
        password,
        role: Role::new(role).expect("a role"),
        is_active: true,
        is_verified: true,
        profile: Profile::default(),
    };
    world.kit.create_user(user, Actor::System).await.expect("a user")
}

const NEW: &str = "$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHRzb21lc2FsdA$sB1zq5mUq0M0yXqYb6l5CwQv1Gq5Tq6d9H0ZkW0P3mE";
const OLD: &str = "$2b$12$R9h/cIPz0gi.URNNX3kh2OPST9/PgBkqquzi.Ss7KIUgO2t0jWMUW";

on_every_store! {
    async fn old_hashes_and_roles_that_nobody_knows_are_counted_and_deleted_users_are_not(world: World) {
        left(&world, 0, Some(NEW), "user").await;
        left(&world, 1, Some(OLD), "user").await;
        left(&world, 2, None, "editor").await;
        let gone = left(&world, 3, Some(OLD), "user").await;
        let operator = Operator::cli("root");
        world.kit.delete_user(&operator, &gone.id, Note::default(), &client()).await.expect("deleted");
        let argon2id = Some(Argon2id::default());
        let expected = UserSurvey { users: 3, old_hashes: 1, unknown_roles: 0, argon2id, limited: false };
        assert_eq!(world.kit.survey_users(&operator, 1_000).await.expect("a survey"), expected);
        let fewer = world.with(|config| config.roles(["user", "admin"]).console_roles([("user", authkit_core::Permissions::NONE)]));
        let survey = fewer.kit.survey_users(&operator, 1_000).await.expect("a survey");
        assert_eq!(survey.unknown_roles, 1);
    }

    async fn the_parameters_in_use_are_those_of_whoever_came_last(world: World) {
        let operator = Operator::cli("root");
        let parameters = async || {
            let survey = world.kit.survey_users(&operator, 1_000).await.expect("a survey");
            survey.argon2id.map(Argon2id::parameters)
        };
        left(&world, 0, Some(OLD), "user").await;
        assert_eq!(parameters().await, None, "another scheme");
        let early = left(&world, 1, Some(&NEW.replace("t=2", "t=7")), "user").await;
        assert_eq!(parameters().await, Some((19_456, 7, 1)));
        world.clock.advance(Duration::from_secs(3_600));
        left(&world, 2, Some(NEW), "user").await;
        left(&world, 3, None, "user").await;
        assert_eq!(parameters().await, Some((19_456, 2, 1)));
        world.clock.advance(Duration::from_secs(3_600));
        world.ports.note_sign_in(&early.id, world.kit.now()).await.expect("noted");
        assert_eq!(parameters().await, Some((19_456, 7, 1)));
    }

    async fn a_survey_stops_at_its_cap_and_says_so(world: World) {
        for n in 0..201 {
            left(&world, n, Some(NEW), "user").await;
        }
        let operator = Operator::cli("root");
        let survey = world.kit.survey_users(&operator, 200).await.expect("a survey");
        assert_eq!((survey.users, survey.limited), (200, true));
        let survey = world.kit.survey_users(&operator, 201).await.expect("a survey");
        assert_eq!((survey.users, survey.limited), (201, false));
    }
}
