//! An operator looks at all accounts for what is left over.

use authkit_core::{Actor, Note, Operator, Profile, Role, TrustedPassword, TrustedUser, UserSurvey};
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
        let expected = UserSurvey { users: 3, old_hashes: 1, unknown_roles: 0, limited: false };
        assert_eq!(world.kit.survey_users(&operator, 1_000).await.expect("a survey"), expected);
        let fewer = world.with(|config| config.roles(["user", "admin"]).console_roles([("user", authkit_core::Permissions::NONE)]));
        let survey = fewer.kit.survey_users(&operator, 1_000).await.expect("a survey");
        assert_eq!(survey.unknown_roles, 1);
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
