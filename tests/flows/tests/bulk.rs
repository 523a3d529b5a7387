//! One thing is done to many users.

use std::time::Duration;

use authkit_core::{
    AuthError, BulkAction, BulkItem, BulkOutcome, BulkResult, BulkStep, Cause, Email, Epoch, EventCode, InsertUser,
    ListRequest, NewUser, Note, Operator, PageRequest, Profile, Role, ThrottleMode, User, UserFilter, UserId,
    UserQuery, UserSort, UserStatus,
};
use authkit_flows::on_every_store;
use authkit_flows::race::race;
use authkit_flows::world::{PASSWORD, World, client, code};
use serde_json::json;

use BulkResult::{Done, Refused, Unchanged};

/// Users straight into the store, a microsecond apart: no password is hashed.
async fn crowd(world: &World, prefix: &str, number: usize) -> Vec<User> {
    let mut users = Vec::with_capacity(number);
    for n in 0..number {
        world.clock.tick();
        let email = format!("{prefix}{n:04}@example.com");
        let user = NewUser {
            suggested_id: UserId::from(uuid::Uuid::from_u64_pair(world.kit.now().as_micros().unsigned_abs(), 1 << 63)),
            email: Email::parse(&email).expect("an address"),
            password_hash: None,
            role: Role::new("user").expect("a role"),
            is_active: true,
            is_verified: false,
            session_epoch: Epoch::from_bytes([7; 16]),
            profile: Profile::default(),
        };
        let cause = Cause::silent(world.kit.now());
        match world.ports.insert_user(user, cause).await.expect("an answer") {
            InsertUser::Inserted(user) => users.push(*user),
            other => panic!("{other:?}"),
        }
    }
    users
}

fn results(outcome: &BulkOutcome) -> Vec<BulkResult> {
    assert!(outcome.stopped.is_none(), "{:?}", outcome.stopped);
    outcome.items.iter().map(|item| item.result).collect()
}

async fn bulk(world: &World, action: BulkAction, ids: &[UserId]) -> Result<BulkOutcome, AuthError> {
    world.kit.bulk(&Operator::system(), action, ids, Note::default(), &client()).await
}

fn named(prefix: &str) -> UserQuery {
    UserQuery { query: Some(prefix.into()), ..UserQuery::default() }
}

async fn step(world: &World, action: BulkAction, query: &UserQuery, ticket: &str) -> Result<BulkStep, AuthError> {
    world.kit.bulk_matching(&Operator::system(), action, query, ticket, Note::default(), &client()).await
}

/// All steps to the end.
async fn walk(world: &World, action: BulkAction, query: &UserQuery) -> Vec<BulkItem> {
    let (mut items, mut ticket) = (Vec::new(), world.kit.begin_bulk(&Operator::system(), action, query).ok());
    while let Some(now) = ticket {
        let step = step(world, action, query, &now).await.expect("a step");
        assert!(step.outcome.stopped.is_none() && step.outcome.items.len() <= 200 && !step.limited);
        items.extend(step.outcome.items);
        assert_eq!(step.reached as usize, items.len());
        ticket = step.next;
    }
    items
}

on_every_store! {
    async fn every_action_does_what_it_does_to_one_user_with_an_event_for_each(world: World) {
        let root = world.operator("root@example.com", "admin").await;
        let ada = world.signed_in("ada@example.com").await;
        let eve = world.signed_in("eve@example.com").await;
        let ids = [ada.user.id, eve.user.id, ada.user.id];
        let editor = Role::new("editor").expect("a role");
        for (action, event, change) in [
            (BulkAction::EndSessions, EventCode::SESSION_REVOKED, None),
            (BulkAction::Disable, EventCode::USER_DISABLED, Some(json!({"is_active": [true, false]}))),
            (BulkAction::Enable, EventCode::USER_ENABLED, Some(json!({"is_active": [false, true]}))),
            (BulkAction::SetRole(editor), EventCode::USER_ROLE_CHANGED, Some(json!({"role": ["user", "editor"]}))),
            (BulkAction::Delete, EventCode::USER_DELETED, None),
        ] {
            let before = world.events_of(event.clone()).await.len();
            let note = Note { reason: Some("spring cleaning".into()), if_updated_at: Some(ada.user.created_at) };
            let outcome = world.kit.bulk(&root, action, &ids, note, &client()).await.expect("an outcome");
            assert_eq!(results(&outcome), [Done, Done], "{action:?}");
            assert_eq!(outcome.items.iter().map(|item| item.id).collect::<Vec<_>>(), &ids[..2]);
            let events = world.events_of(event).await;
            assert_eq!(events.len() - before, 2, "{action:?}");
            for event in events.iter().filter(|event| event.subject == Some(ada.user.id)) {
                assert_eq!((&event.actor, event.session_id), (root.actor(), root.session()));
                assert_eq!(event.details.get("reason"), Some(&json!("spring cleaning")));
                assert!(change.is_none() || event.change.to_json() == change, "{action:?}");
            }
        }
        assert_eq!(code(&world.kit.current_user(&ada.tokens.access).await), "session_revoked");
        assert_eq!(code(&world.try_login("eve@example.com", PASSWORD).await), "invalid_credentials");
    }

    async fn what_is_so_already_is_unchanged_and_writes_nothing(world: World) {
        let ids: Vec<_> = crowd(&world, "a", 3).await.iter().map(|user| user.id).collect();
        bulk(&world, BulkAction::Disable, &ids[..1]).await.expect("an outcome");
        let before = world.rows().await.events.len();
        let outcome = bulk(&world, BulkAction::Disable, &ids).await.expect("an outcome");
        assert_eq!(results(&outcome), [Unchanged, Done, Done]);
        assert_eq!(world.rows().await.events.len(), before + 2);
        let again = world.rows().await;
        assert_eq!(results(&bulk(&world, BulkAction::Disable, &ids).await.expect("an outcome")), [Unchanged; 3]);
        assert!(results(&bulk(&world, BulkAction::Enable, &[]).await.expect("an outcome")).is_empty());
        assert_eq!(world.rows().await, again);
    }

    // S-69 S-70
    async fn a_refusal_stops_nobody_else(world: World) {
        let support = world.with_role("support@example.com", "support").await;
        let operator = world.kit.operator(&world.current(&support).await).expect("let in");
        let boss = world.with_role("boss@example.com", "admin").await.user.id;
        let crowd = crowd(&world, "a", 2).await;
        let gone = UserId::from(uuid::Uuid::nil());
        let ids = [crowd[0].id, support.user.id, boss, gone, crowd[1].id];
        let outcome = world.kit.bulk(&operator, BulkAction::Disable, &ids, Note::default(), &client()).await;
        let expected = [Done, Refused("self_forbidden"), Refused("forbidden"), Refused("not_found"), Done];
        assert_eq!(results(&outcome.expect("an outcome")), expected);
        for id in [&support.user.id, &boss] {
            assert!(world.user(id).await.is_active);
        }
        let last = bulk(&world, BulkAction::Delete, &[boss, crowd[0].id]).await.expect("an outcome");
        assert_eq!(results(&last), [Refused("last_admin"), Done]);
        let refusals = world.events_of(EventCode::ACCESS_REFUSED).await;
        let mut reasons: Vec<_> = refusals.iter().filter_map(|event| event.details.get("reason")?.as_str()).collect();
        reasons.sort_unstable();
        assert_eq!(reasons, ["forbidden", "last_admin"]);
        assert!(refusals.iter().all(|event| event.subject == Some(boss)));
    }

    // S-42 S-67
    async fn what_one_may_not_do_at_all_is_refused_before_anything_is_done(world: World) {
        let world = world.with(|config| config.throttle(ThrottleMode::Off));
        let auditor = world.operator("auditor@example.com", "auditor").await;
        let support = world.operator("support@example.com", "support").await;
        let root = world.operator("root@example.com", "admin").await;
        let ids = [crowd(&world, "a", 1).await[0].id];
        let (editor, owner) = (Role::new("editor").expect("a role"), Role::new("owner").expect("a role"));
        let before = world.rows().await;
        world.clock.advance(Duration::from_secs(301));
        let query = UserQuery::default();
        let system = Operator::system();
        for (operator, action, expected) in [
            (&auditor, BulkAction::Disable, "forbidden"),
            (&auditor, BulkAction::EndSessions, "forbidden"),
            (&support, BulkAction::SetRole(editor), "forbidden"),
            (&support, BulkAction::Delete, "forbidden"),
            (&root, BulkAction::SetRole(editor), "reauthentication_required"),
            (&root, BulkAction::Delete, "reauthentication_required"),
            (&system, BulkAction::SetRole(owner), "unknown_role"),
        ] {
            let note = Note::default;
            assert_eq!(code(&world.kit.bulk(operator, action, &ids, note(), &client()).await), expected, "{action:?}");
            assert_eq!(code(&world.kit.begin_bulk(operator, action, &query)), expected, "{action:?}");
            let step = world.kit.bulk_matching(operator, action, &query, "", note(), &client()).await;
            assert_eq!(code(&step), expected, "{action:?}");
        }
        let many: Vec<_> = (0..201).map(|_| ids[0]).collect();
        assert_eq!(code(&bulk(&world, BulkAction::Disable, &many).await), "validation_failed");
        let long = Note { reason: Some("x".repeat(201)), ..Note::default() };
        assert_eq!(code(&world.kit.bulk(&system, BulkAction::Disable, &ids, long, &client()).await), "validation_failed");
        assert_eq!(world.rows().await, before);
    }

    async fn a_store_that_does_not_answer_stops_it_and_it_says_how_far_it_came(world: World) {
        let ids: Vec<_> = crowd(&world, "a", 4).await.iter().map(|user| user.id).collect();
        let gate = world.tap.hold_after("set_active");
        let running = {
            let (world, ids) = (world.clone(), ids.clone());
            tokio::spawn(async move { bulk(&world, BulkAction::Disable, &ids).await })
        };
        gate.reached().await;
        world.tap.refuse("set_active");
        gate.open();
        let outcome = running.await.expect("no panic").expect("an outcome");
        assert_eq!(outcome.items, [BulkItem { id: ids[0], result: Done }]);
        let stop = outcome.stopped.expect("stopped");
        assert_eq!((stop.at, stop.error.code()), (ids[1], "unavailable"));
        world.tap.mend();
        let mut active = Vec::new();
        for id in &ids {
            active.push(world.user(id).await.is_active);
        }
        assert_eq!(active, [false, true, true, true]);
        assert_eq!(world.events_of(EventCode::USER_DISABLED).await.len(), 1);
    }

    async fn sixteen_at_once_change_each_user_once(world: World) {
        let ids: Vec<_> = crowd(&world, "a", 10).await.iter().map(|user| user.id).collect();
        let answers = race(16, |_| {
            let (world, ids) = (world.clone(), ids.clone());
            async move { bulk(&world, BulkAction::Disable, &ids).await }
        })
        .await;
        let all: Vec<_> = answers.iter().flat_map(|answer| results(answer.as_ref().expect("an outcome"))).collect();
        assert_eq!(all.iter().filter(|result| **result == Done).count(), 10);
        assert_eq!(all.iter().filter(|result| **result == Unchanged).count(), 150);
        assert_eq!(world.events_of(EventCode::USER_DISABLED).await.len(), 10);
    }

    async fn all_that_match_are_reached_once_though_the_work_changes_what_matches(world: World) {
        let crowd = crowd(&world, "a", 230).await;
        let bystander = world.register("zoe@example.com").await;
        let active = UserQuery { status: Some(UserStatus::Active), sort: Some(UserSort::Email), ..named("a") };
        let items = walk(&world, BulkAction::Disable, &active).await;
        assert!(items.iter().all(|item| item.result == Done));
        let mut newest = crowd.iter().rev().map(|user| user.id);
        assert!(items.len() == 230 && items.iter().all(|item| newest.next() == Some(item.id)));
        assert!(world.user(&bystander.id).await.is_active);
        let filter = UserFilter { status: Some(UserStatus::Active), ..UserFilter::default() };
        let left = world.ports.list_users(&filter, &PageRequest::first(200)).await.expect("a page");
        assert_eq!(left.items.len(), 1);
        let disabled = UserQuery { status: Some(UserStatus::Disabled), ..named("a") };
        assert_eq!(walk(&world, BulkAction::Delete, &disabled).await.len(), 230);
        assert!(walk(&world, BulkAction::Disable, &active).await.is_empty());
    }

    async fn who_comes_after_the_beginning_is_not_touched(world: World) {
        crowd(&world, "a", 3).await;
        let query = named("a");
        let ticket = world.kit.begin_bulk(&Operator::system(), BulkAction::Disable, &query).expect("a ticket");
        let late = crowd(&world, "ab", 2).await;
        let step = step(&world, BulkAction::Disable, &query, &ticket).await.expect("a step");
        assert_eq!((step.outcome.items.len(), step.reached, step.next.as_ref()), (3, 3, None));
        for user in late {
            assert!(world.user(&user.id).await.is_active);
        }
    }

    async fn a_ticket_is_good_for_its_own_work_only(world: World) {
        let root = world.operator("root@example.com", "admin").await;
        crowd(&world, "a", 2).await;
        let query = named("a");
        let (kit, system, action) = (&world.kit, Operator::system(), BulkAction::Disable);
        let ticket = kit.begin_bulk(&system, action, &query).expect("a ticket");
        let cursor = kit.list_users(&system, &query, &ListRequest { limit: Some(1), cursor: None }).await.expect("a page");
        let before = world.rows().await;
        let flipped: String = ticket.chars().rev().collect();
        for (what, operator, action, query, ticket) in [
            ("operator", &root, action, &query, ticket.as_str()),
            ("action", &system, BulkAction::EndSessions, &query, &ticket),
            ("query", &system, action, &named("b"), &ticket),
            ("forged", &system, action, &query, &flipped),
            ("empty", &system, action, &query, ""),
            ("cut", &system, action, &query, &ticket[..8]),
            ("a cursor", &system, action, &query, cursor.next_cursor.as_deref().expect("a second page")),
        ] {
            let answer = kit.bulk_matching(operator, action, query, ticket, Note::default(), &client()).await;
            assert_eq!(code(&answer), "invalid_cursor", "{what}");
        }
        let request = ListRequest { cursor: Some(ticket.clone()), limit: None };
        assert_eq!(code(&kit.list_users(&system, &query, &request).await), "invalid_cursor");
        world.clock.advance(Duration::from_secs(3_600) + Duration::from_micros(1));
        assert_eq!(code(&step(&world, action, &query, &ticket).await), "invalid_cursor");
        assert_eq!(world.rows().await, before);
    }

    async fn a_step_that_stopped_is_asked_for_again(world: World) {
        crowd(&world, "a", 3).await;
        let query = named("a");
        let ticket = world.kit.begin_bulk(&Operator::system(), BulkAction::Disable, &query).expect("a ticket");
        world.tap.lose("set_active");
        let lost = step(&world, BulkAction::Disable, &query, &ticket).await.expect("a step");
        assert!(lost.outcome.stopped.is_some() && lost.outcome.items.is_empty());
        world.tap.mend();
        let next = lost.next.expect("the same step");
        let done = step(&world, BulkAction::Disable, &query, &next).await.expect("a step");
        // The answer to the first was lost, the write was not.
        assert_eq!(results(&done.outcome), [Unchanged, Done, Done]);
        assert_eq!((done.reached, done.next), (3, None));
        assert_eq!(world.events_of(EventCode::USER_DISABLED).await.len(), 3);
    }
}

#[tokio::test]
async fn one_ticket_reaches_ten_thousand_users_and_says_that_more_were_left() {
    let world = authkit_flows::stores::memory();
    crowd(&world, "a", 10_001).await;
    let (query, action) = (UserQuery::default(), BulkAction::Enable);
    let mut ticket = world.kit.begin_bulk(&Operator::system(), action, &query).expect("a ticket");
    for n in 1..=50 {
        let step = step(&world, action, &query, &ticket).await.expect("a step");
        assert_eq!((step.reached, step.limited), (n * 200, n == 50));
        match step.next {
            Some(next) => ticket = next,
            None => assert_eq!(n, 50),
        }
    }
}
