//! Users and events of another system are taken over.

use std::time::Duration;

use authkit_core::{
    Actor, AuthError, ClientInfo, EventCode, EventOutcome, ImportEvent, ImportUser, ImportedEvent, ImportedUser,
    NoAudit, Operator, PasswordHash, Profile, Role, Timestamp, UserId,
};
use authkit_flows::hasher::QuickHasher;
use authkit_flows::on_every_store;
use authkit_flows::race::race;
use authkit_flows::world::{World, code};
use serde_json::{Map, json};

const FROM: &str = "elsewhere";
/// 2024-03-01, in seconds.
const THEN: i64 = 1_709_251_200;

fn user(id: &str, email: &str) -> ImportedUser {
    let profile = json!({"internal": "blue"});
    ImportedUser {
        id: UserId::new(id).expect("an id"),
        email: email.to_owned(),
        password_hash: Some(QuickHasher::stored("quick", "00", "from elsewhere")),
        role: Role::new("editor").expect("a role"),
        is_active: true,
        is_verified: false,
        profile: Profile::new(profile.as_object().cloned().expect("an object")),
        created_at: Timestamp::from_seconds(THEN),
        last_sign_in_at: Some(Timestamp::from_seconds(THEN + 60)),
    }
}

fn event(key: &str, subject: UserId) -> ImportedEvent {
    ImportedEvent {
        key: key.to_owned(),
        at: Timestamp::from_seconds(THEN + 5),
        code: EventCode::SESSION_OPEN_FAILED,
        outcome: EventOutcome::Failure,
        actor: Actor::Anonymous,
        subject: Some(subject),
        session_id: None,
        identifier: Some("my secret password".to_owned()),
        client: ClientInfo::new(None, Some("Old/1.0"), None),
        details: Map::from_iter([("reason".to_owned(), json!("cre\u{202e}dentials"))]),
    }
}

const ADA: &str = "6f1b2c34-0000-4000-8000-0000000000ad";
const EVE: &str = "6f1b2c34-0000-4000-8000-0000000000ee";

on_every_store! {
    async fn a_user_keeps_id_times_hash_and_fields(world: World) {
        let operator = Operator::cli("root");
        let would = world.kit.would_import_user(&user(ADA, "Ada@Example.com")).await.expect("an answer");
        assert_eq!((&would, world.rows().await.users.len()), (&ImportUser::Imported(UserId::new(ADA).expect("an id")), 0));
        let made = world.kit.import_user(&operator, user(ADA, "Ada@Example.com"), FROM).await.expect("imported");
        assert_eq!(made, ImportUser::Imported(UserId::new(ADA).expect("an id")));
        let row = world.user(&UserId::new(ADA).expect("an id")).await;
        assert_eq!((row.id.as_str(), row.email.as_str(), row.role.as_str()), (ADA, "Ada@Example.com", "editor"));
        assert_eq!((row.created_at, row.last_sign_in_at), (
            Timestamp::from_seconds(THEN),
            Timestamp::from_seconds(THEN + 60),
        ));
        assert_eq!((row.is_active, row.is_verified, json!(row.profile.fields())), (true, false, json!({"internal": "blue"})));
        let [event] = &world.events_of(EventCode::USER_CREATED).await[..] else { panic!("one event") };
        assert_eq!((&event.actor, event.subject), (&Actor::Cli("root".into()), Some(row.id)));
        assert_eq!(event.details["imported_from"], FROM);
        assert!(event.at > row.created_at, "the import happened now");
        assert_eq!(code(&world.try_login("ada@example.com", "from elsewhere").await), "ok");
    }

    async fn again_and_a_twin_change_nothing(world: World) {
        let operator = Operator::cli("root");
        let first = world.kit.import_user(&operator, user(ADA, "ada@example.com"), FROM).await.expect("an answer");
        assert!(matches!(first, ImportUser::Imported(_)), "{first:?}");
        let before = world.rows().await;
        let again = world.kit.import_user(&operator, user(ADA, "ada@example.com"), FROM).await.expect("an answer");
        assert_eq!(again, ImportUser::Present);
        let would = world.kit.would_import_user(&user(ADA, "ada@example.com")).await.expect("an answer");
        assert_eq!(would, ImportUser::Present);
        let later = ImportedUser { created_at: Timestamp::from_seconds(THEN + 9), ..user(EVE, "ADA@example.com") };
        let would = world.kit.would_import_user(&later).await.expect("an answer");
        assert_eq!(would, ImportUser::Twin(UserId::new(ADA).expect("an id")));
        let twin = world.kit.import_user(&operator, later, FROM).await.expect("an answer");
        assert_eq!(twin, ImportUser::Twin(UserId::new(ADA).expect("an id")));
        let unknown = ImportedUser { role: Role::new("wizard").expect("a role"), ..user(EVE, "eve@example.com") };
        assert!(matches!(world.kit.import_user(&operator, unknown, FROM).await, Err(AuthError::UnknownRole)));
        let nowhere = world.kit.import_user(&operator, user(EVE, "no address"), FROM).await;
        assert!(matches!(nowhere, Err(AuthError::Validation(_))));
        assert_eq!(world.rows().await, before);
    }

    // S-70
    async fn who_may_not_give_roles_imports_nobody_and_is_not_told_who_is_here(world: World) {
        let support = world.operator("support@example.com", "support").await;
        let admin = world.operator("root@example.com", "admin").await;
        world.kit.import_user(&admin, user(ADA, "ada@example.com"), FROM).await.expect("imported");
        let before = world.rows().await;
        for (id, email) in [(EVE, "eve@example.com"), (ADA, "ada@example.com"), (EVE, "ADA@example.com"), (EVE, "none")] {
            let answer = world.kit.import_user(&support, user(id, email), FROM).await;
            assert_eq!(code(&answer), "forbidden", "{id} {email}");
        }
        world.clock.advance(Duration::from_secs(301));
        let late = world.kit.import_user(&admin, user(EVE, "eve@example.com"), FROM).await;
        assert_eq!(code(&late), "reauthentication_required");
        assert_eq!(world.rows().await, before);
    }

    async fn of_imports_that_race_one_makes_the_user(world: World) {
        for together in [true, false] {
            let id = if together { ADA } else { EVE };
            // All name one id, and one address or sixteen.
            let user = |n: usize| user(id, &format!("{id}.{}@example.com", if together { 0 } else { n }));
            let answers = race(16, |n| {
                let (kit, user) = (world.kit.clone(), user(n));
                async move { kit.import_user(&Operator::cli("root"), user, FROM).await }
            });
            let answers = answers.await;
            let imported = answers.iter().filter(|answer| matches!(answer, Ok(ImportUser::Imported(_)))).count();
            let present = answers.iter().filter(|answer| matches!(answer, Ok(ImportUser::Present))).count();
            assert_eq!((imported, present), (1, 15), "{answers:?}");
        }
        assert_eq!((world.rows().await.users.len(), world.events_of(EventCode::USER_CREATED).await.len()), (2, 2));
    }

    async fn of_imports_of_one_event_that_race_one_puts_it_into_the_trail(world: World) {
        let answers = race(16, |_| {
            let kit = world.kit.clone();
            async move { kit.import_event(event("row 1", UserId::new(ADA).expect("an id"))).await }
        });
        let answers = answers.await;
        assert!(answers.iter().all(Result::is_ok), "{answers:?}");
        assert_eq!(world.events().await.len(), 1);
    }

    // S-77 S-78
    async fn an_event_is_put_at_its_place_in_time_once(world: World) {
        let id = UserId::new(ADA).expect("an id");
        world.register("eve@example.com").await;
        assert_eq!(world.kit.import_event(event("row 1", id)).await.expect("an answer"), ImportEvent::Imported);
        assert_eq!(world.kit.import_event(event("row 2", id)).await.expect("an answer"), ImportEvent::Imported);
        let before = world.rows().await;
        assert_eq!(world.kit.import_event(event("row 1", id)).await.expect("an answer"), ImportEvent::Present);
        assert_eq!(world.rows().await, before);
        let found = world.events_of(EventCode::SESSION_OPEN_FAILED).await;
        assert_eq!(found.len(), 2);
        let oldest = before.events.last().expect("events");
        assert_eq!((oldest.at, oldest.subject), (Timestamp::from_seconds(THEN + 5), Some(id)));
        assert_eq!(oldest.details["reason"], json!("cre\\u{202e}dentials"));
        let named = oldest.identifier.as_deref().expect("what was typed");
        assert!(!named.contains("secret password"), "{named}");
    }

    async fn no_event_goes_into_a_trail_that_is_off_or_cannot_be_read(world: World) {
        let id = UserId::new(ADA).expect("an id");
        let off = world.with(|config| config.audit(false));
        let unread = world.built(world.config.clone(), |builder| builder.audit(NoAudit));
        for kit in [off.kit, unread.kit] {
            assert_eq!(code(&kit.import_event(event("row 1", id)).await), "not_found");
        }
        assert!(world.events().await.is_empty());
        assert_eq!(world.kit.import_event(event("row 1", id)).await.expect("an answer"), ImportEvent::Imported);
    }
}

#[tokio::test]
async fn the_hash_is_not_printed() {
    let hash = PasswordHash::new("$2b$12$R9h/cIPz0gi".to_owned());
    let shown = format!("{:?}", ImportedUser { password_hash: Some(hash), ..user(ADA, "ada@example.com") });
    assert!(!shown.contains("2b$12") && !shown.contains("ada@"), "{shown}");
}
