//! What is special to the store in memory; all else is the contract's (`conformance.rs`).

use std::sync::Arc;
use std::time::Duration;

use authkit_core::{
    Actor, AuditLog, AuditSink, Cause, Change, ClientInfo, Digest, Email, Epoch, Event, EventCode, EventFilter,
    EventOutcome, Guard, InsertSession, InsertUser, KeyId, NewSession, NewUser, PageRequest, Position, Profile,
    PurgeUser, Role, SessionId, SessionStore, SetUser, Timestamp, UserFilter, UserId, UserSort, UserStore, Via,
};
use serde_json::Map;

use crate::MemoryStore;

const START: Timestamp = Timestamp::from_seconds(1_700_000_000);
const EPOCH: Epoch = Epoch::from_bytes([1; 16]);

fn event(n: u64, at: Timestamp) -> Event {
    Event {
        id: format!("{n:032x}").parse().expect("a uuid"),
        at,
        code: EventCode::SYSTEM_STARTED,
        outcome: EventOutcome::Success,
        actor: Actor::System,
        subject: None,
        session_id: None,
        identifier: None,
        client: ClientInfo::none(),
        details: Map::default(),
        change: Change::none(),
    }
}

fn user(n: i64) -> NewUser {
    NewUser {
        suggested_id: UserId::from(n),
        email: Email::parse(&format!("user{n}@example.com")).expect("an address"),
        password_hash: None,
        role: Role::new("user").expect("a role"),
        is_active: true,
        is_verified: true,
        session_epoch: EPOCH,
        profile: Profile::default(),
    }
}

fn session_id(n: u64) -> SessionId {
    format!("{n:032x}").parse().expect("a uuid")
}

fn session(n: u64, user: i64) -> NewSession {
    NewSession {
        id: session_id(n),
        user_id: UserId::from(user),
        epoch: EPOCH,
        token_hash: Digest::from_bytes([2; 32]),
        kid: KeyId::new("k1").expect("a name"),
        via: Via::Host,
        idle_ttl: Duration::from_secs(60),
        absolute_at: START + Duration::from_secs(600),
        client: ClientInfo::none(),
    }
}

async fn insert(store: &MemoryStore, n: i64) {
    let inserted = store.insert_user(user(n), Cause::silent(START)).await.expect("memory");
    assert!(matches!(inserted, InsertUser::Inserted(_)));
}

async fn open(store: &MemoryStore, n: u64, user: i64) -> InsertSession {
    store.insert_session(session(n, user), 50, Cause::silent(START), None).await.expect("memory")
}

async fn event_ids(store: &MemoryStore) -> Vec<u128> {
    let page = store.list_events(&EventFilter::default(), &PageRequest::first(200)).await.expect("memory");
    page.items.iter().map(|event| event.id.as_uuid().as_u128()).collect()
}

#[tokio::test]
async fn the_oldest_event_gives_way_and_is_counted() {
    let store = MemoryStore::new().with_max_events(3);
    for n in 1..=5 {
        store.record(event(n, START)).await.expect("memory");
    }
    assert_eq!(event_ids(&store).await, [5, 4, 3]);
    assert_eq!(store.dropped_events(), 2);
}

// S-76
#[tokio::test]
async fn what_cannot_be_recorded_does_not_happen() {
    let store = MemoryStore::new();
    insert(&store, 1).await;
    store.record(event(1, START)).await.expect("memory");
    let cause = Cause { at: START, event: Some(event(1, START)) };
    let inserted = store.insert_user(user(2), cause.clone()).await;
    assert_eq!(inserted.expect_err("the id is taken").operation(), "insert_user");
    assert_eq!(store.find_user(&UserId::from(2)).await.expect("memory"), None);
    let opened = store.insert_session(session(1, 1), 1, cause, None).await;
    assert_eq!(opened.expect_err("the id is taken").operation(), "insert_session");
    assert_eq!(store.find_session(session_id(1)).await.expect("memory"), None);
    assert_eq!(event_ids(&store).await, [1]);
}

#[tokio::test]
async fn an_event_that_comes_after_its_hour_was_counted_is_counted_still() {
    let store = MemoryStore::new();
    store.record(event(1, START)).await.expect("memory");
    let next = START + Duration::from_secs(3_600);
    assert_eq!(store.roll_up_stats(next, 100).await.expect("memory"), 1);
    store.record(event(2, START)).await.expect("memory");
    assert_eq!(store.roll_up_stats(next, 100).await.expect("memory"), 0);
    let stats = store.list_stats(Timestamp::MIN, Timestamp::MAX).await.expect("memory");
    assert_eq!(stats.iter().map(|row| (row.hour, row.n)).collect::<Vec<_>>(), [(START.hour(), 2)]);
}

#[tokio::test]
async fn statistics_of_no_time_are_empty() {
    let store = MemoryStore::new();
    assert_eq!(store.list_stats(Timestamp::MAX, Timestamp::MIN).await.expect("memory"), []);
}

#[tokio::test]
async fn only_a_store_without_users_opens_sessions_for_strangers() {
    assert_eq!(open(&MemoryStore::new(), 1, 7).await, InsertSession::UserMissing);
    let beside = MemoryStore::without_users();
    assert_eq!(open(&beside, 1, 7).await, InsertSession::Inserted { evicted: Vec::new() });
}

#[tokio::test]
async fn a_user_is_purged_with_all_sessions_and_no_others() {
    let store = MemoryStore::new();
    let guard = Guard { admin_role: Role::new("admin").expect("a role"), if_updated_at: None, if_role: None };
    insert(&store, 1).await;
    insert(&store, 2).await;
    let _ = (open(&store, 1, 1).await, open(&store, 2, 2).await);
    let deleted = store.delete_user(&UserId::from(1), EPOCH, guard, Cause::silent(START)).await.expect("memory");
    assert!(matches!(deleted, SetUser::Done { .. }));
    let purged = store.purge_user(&UserId::from(1), guard, Cause::silent(START)).await.expect("memory");
    assert_eq!(purged, PurgeUser::Purged);
    assert_eq!(store.find_session(session_id(1)).await.expect("memory"), None);
    assert!(store.find_session(session_id(2)).await.expect("memory").is_some());
    assert_eq!(open(&store, 3, 1).await, InsertSession::UserMissing);
}

#[tokio::test]
async fn the_position_of_another_list_is_the_start_of_this_one() {
    let store = MemoryStore::new();
    for n in 1..=3 {
        insert(&store, n).await;
    }
    for sort in [UserSort::Newest, UserSort::LastSignIn, UserSort::Email] {
        let filter = UserFilter { sort, ..UserFilter::default() };
        let other = UserFilter {
            sort: if sort == UserSort::Email { UserSort::Newest } else { UserSort::Email },
            ..filter.clone()
        };
        let theirs = store.list_users(&other, &PageRequest::first(2)).await.expect("memory").next.expect("a third");
        for foreign in [theirs, Position::new(vec![]), Position::new(vec![0xff; 40])] {
            let request = PageRequest::first(2).after(foreign);
            let page = store.list_users(&filter, &request).await.expect("memory");
            assert_eq!((page.items.len(), page.previous), (2, None));
        }
    }
}

#[tokio::test]
async fn an_id_is_given_once() {
    let store = MemoryStore::new();
    insert(&store, 1).await;
    let twin = NewUser { email: Email::parse("twin@example.com").expect("an address"), ..user(1) };
    let error = store.insert_user(twin, Cause::silent(START)).await.expect_err("the id is taken");
    assert_eq!(error.operation(), "insert_user");
    let _ = open(&store, 1, 1).await;
    let again = store.insert_session(session(1, 1), 50, Cause::silent(START), None).await;
    assert_eq!(again.expect_err("the id is taken").operation(), "insert_session");
}

#[tokio::test]
async fn the_store_does_not_print_what_it_holds() {
    let store = MemoryStore::new();
    insert(&store, 1).await;
    let text = format!("{store:?}");
    assert!(text.contains("users: 1") && !text.contains("example.com"), "{text}");
}

#[test]
fn a_panic_in_one_caller_does_not_close_the_store_to_the_others() {
    let store = Arc::new(MemoryStore::new());
    let other = Arc::clone(&store);
    let panicked = std::thread::spawn(move || {
        let _state = other.write();
        panic!("on purpose");
    });
    assert!(panicked.join().is_err());
    assert_eq!(store.dropped_events(), 0);
}
