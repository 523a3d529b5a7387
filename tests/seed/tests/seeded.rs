//! What is seeded is what the stores would have made: they read every row, find no fault and count the same.

use std::collections::HashSet;
use std::path::PathBuf;

use authkit_core::{
    AuditLog, AuditSink, AuthKit, Clock as _, Config, Event, EventFilter, ListRequest, Login, Operator, Password,
    SessionQuery, SessionStore, Store, SystemClock, ThrottleMode, Timestamp, UserQuery, UserStatus, UserStore, Via,
};
use authkit_seed::{ADMIN, PASSWORD, Plan, Progress, events, fill_postgres, fill_sqlite};
use authkit_store_postgres::PostgresStore;
use authkit_store_sqlite::SqliteStore;
use authkit_test_postgres::shared;

const USERS: u64 = 2_000;
const AUDIT: u64 = 20_000;

fn plan() -> Plan {
    Plan { users: USERS, audit: AUDIT, seed: 1, at: SystemClock.now() }
}

#[tokio::test]
async fn a_seeded_sqlite_file_is_read_in_full() {
    let folder = Folder::new("read");
    let file = folder.0.join("seeded.db");
    let plan = plan();
    fill_sqlite(&file, &plan, Progress::Hidden).await.unwrap();
    check(SqliteStore::open(&file).await.unwrap(), &plan).await;
    assert!(fill_sqlite(&file, &plan, Progress::Hidden).await.is_err(), "what is there is not filled again");
}

#[tokio::test]
async fn a_seeded_postgres_database_is_read_in_full() {
    let database = shared().create_database().await;
    let plan = plan();
    fill_postgres(database.url(), &plan, Progress::Hidden).await.unwrap();
    check(PostgresStore::builder(database.url()).connect().await.unwrap(), &plan).await;
    assert!(fill_postgres(database.url(), &plan, Progress::Hidden).await.is_err(), "what is there is not filled again");
}

#[test]
fn the_same_plan_makes_the_same_rows() {
    let plan = Plan { users: 50, audit: 500, seed: 3, at: Timestamp::from_micros(1_790_000_000_000_000) };
    let ids = |plan: &Plan| events(plan).collect::<Vec<_>>();
    assert_eq!(ids(&plan), ids(&plan));
    assert_ne!(ids(&plan), ids(&Plan { seed: 4, ..plan }));
    assert!(ids(&plan).is_sorted_by_key(|event| event.at));
}

async fn check<S>(store: S, plan: &Plan)
where
    S: Store + UserStore + SessionStore + AuditSink + AuditLog + Clone,
{
    let config = Config::development().throttle(ThrottleMode::Off);
    let kit = AuthKit::builder().store(store.clone()).config(config).build().unwrap();
    let operator = Operator::cli("test");

    let mut users = Vec::new();
    for status in [UserStatus::Active, UserStatus::Disabled, UserStatus::Deleted] {
        let query = UserQuery { status: Some(status), ..UserQuery::default() };
        let found = all(async |request| kit.list_users(&operator, &query, request).await).await;
        assert!(!found.is_empty(), "{status:?}");
        users.extend(found);
    }
    let addresses: HashSet<_> = users.iter().map(|item| item.user.email.key().as_str().to_owned()).collect();
    assert_eq!((users.len() as u64, addresses.len() as u64), (USERS, USERS));
    for item in &users {
        let parsed = authkit_core::Email::parse(item.user.email.as_str()).unwrap();
        assert_eq!(parsed, item.user.email, "canonical as the core makes it");
    }

    let sessions = all(async |request| kit.list_sessions(&operator, &SessionQuery::default(), request).await).await;
    let reasons: HashSet<_> = sessions.iter().filter_map(|item| item.session.revoked_reason).collect();
    assert!(reasons.len() > 8, "{reasons:?}");
    assert!((USERS / 4..USERS / 2).contains(&(sessions.len() as u64)), "{} sessions", sessions.len());

    let found = all(async |request| kit.list_events(&operator, &EventFilter::default(), request).await).await;
    // One more tells of the administrator.
    assert_eq!(found.len() as u64, AUDIT + 1);
    let known: Vec<Event> = events(plan).collect();
    assert!(found.iter().skip(1).rev().eq(&known), "the store reads what was meant");

    let long_ago = Timestamp::from_seconds(0);
    let before = store.list_stats(long_ago, plan.at).await.unwrap();
    let newest = before.iter().map(|count| count.hour).max().unwrap();
    let counted: u64 = before.iter().map(|count| count.n).sum();
    let hour = std::time::Duration::from_secs(3_600);
    assert_eq!(counted, known.iter().filter(|event| event.at < newest + hour).count() as u64);
    // A roll-up goes on where the counts end.
    assert!(store.roll_up_stats(plan.at, 24).await.unwrap() <= 2);
    assert_eq!(store.list_stats(long_ago, newest + hour).await.unwrap(), before);

    let login = Login { email: ADMIN.to_owned(), password: Password::from(PASSWORD), via: Via::Json, replaces: None };
    let signed_in = kit.login(login, &authkit_core::ClientInfo::none()).await.unwrap();
    let who = kit.current_user(&signed_in.tokens.access).await.unwrap();
    assert!(kit.operator(&who).is_ok());
}

/// Every page of a list.
async fn all<T>(
    page: impl AsyncFn(&ListRequest) -> Result<authkit_core::Listing<T>, authkit_core::AuthError>,
) -> Vec<T> {
    let (mut items, mut cursor) = (Vec::new(), None);
    loop {
        let listing = page(&ListRequest { cursor, limit: Some(200) }).await.unwrap();
        items.extend(listing.items);
        cursor = listing.next_cursor;
        if cursor.is_none() {
            return items;
        }
    }
}

struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("authkit-seed-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        drop(std::fs::remove_dir_all(&self.0));
    }
}
