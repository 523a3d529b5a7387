//! What a connection of the store carries, wherever it comes from, and what becomes of statements that meet.

use std::sync::Arc;
use std::time::Duration;

use authkit_conformance::fixtures::{START, new_session, new_user};
use authkit_conformance::{Subject, cases, run_cases};
use authkit_core::{
    Cause, InsertUser, PageRequest, RevokeReason, SessionFilter, SessionStore as _, User, UserFilter, UserStore as _,
};
use authkit_store_postgres::{OpenError, Pooler, PostgresStore};
use authkit_test_postgres::{Database, shared};
use deadpool_postgres::{Manager, Pool, Runtime};
use tokio::sync::OnceCell;
use tokio_postgres::NoTls;

async fn migrated() -> Database {
    static MIGRATED: OnceCell<Database> = OnceCell::const_new();
    let migrated = MIGRATED.get_or_init(|| async {
        let database = shared().create_database().await;
        PostgresStore::builder(database.url()).migrate().await.unwrap();
        database
    });
    shared().create_database_like(migrated.await).await
}

/// A pool as an application has one.
fn pool(database: &Database, size: usize) -> Pool {
    let manager = Manager::new(database.url().parse().unwrap(), NoTls);
    Pool::builder(manager).max_size(size).runtime(Runtime::Tokio1).build().unwrap()
}

async fn insert(store: &PostgresStore, n: u64) -> User {
    let inserted = store.insert_user(new_user(n), Cause::silent(START)).await.unwrap();
    let InsertUser::Inserted(user) = inserted else { panic!("{inserted:?}") };
    *user
}

async fn sign_in(store: &PostgresStore, user: &User, n: u64) {
    let _ = store.insert_session(new_session(n, user, START), 50, Cause::silent(START), None).await.unwrap();
}

// S-102
#[tokio::test]
async fn every_write_carries_the_limits_whatever_the_database_says() {
    let database = migrated().await;
    let client = database.connect().await;
    let name = database.name();
    client
        .batch_execute(&format!(
            "ALTER DATABASE {name} SET synchronous_commit = off; ALTER DATABASE {name} SET statement_timeout = 0;
             ALTER DATABASE {name} SET default_transaction_isolation = 'serializable';
             CREATE TABLE seen (limits text);
             CREATE FUNCTION look() RETURNS trigger LANGUAGE plpgsql AS $body$
             BEGIN
                 INSERT INTO seen SELECT string_agg(current_setting(name), ' ' ORDER BY name) FROM unnest(ARRAY[
                     'synchronous_commit', 'statement_timeout', 'lock_timeout', 'transaction_isolation']) AS name;
                 RETURN new;
             END $body$;
             CREATE TRIGGER look BEFORE INSERT ON authkit.users FOR EACH ROW EXECUTE FUNCTION look();
             CREATE TRIGGER look BEFORE INSERT ON authkit.sessions FOR EACH ROW EXECUTE FUNCTION look()"
        ))
        .await
        .unwrap();
    let store = PostgresStore::connect(database.url()).await.unwrap();
    assert_eq!(store.warnings(), [""; 0]);
    let user = insert(&store, 1).await;
    sign_in(&store, &user, 1).await;
    let seen: Vec<String> =
        client.query("SELECT limits FROM seen", &[]).await.unwrap().iter().map(|row| row.get(0)).collect();
    assert_eq!(seen, ["2s 5s on read committed"; 2]);
}

// S-102
#[tokio::test]
async fn a_limit_that_is_missing_behind_a_pooler_is_a_warning() {
    let database = migrated().await;
    let open = async |database: &Database| {
        let builder = PostgresStore::builder(database.pooled_url()).pooler(Pooler::ForgetsStatements);
        builder.connect().await.unwrap()
    };
    let warnings = open(&database).await.warnings().join("\n");
    assert!(warnings.contains("statement_timeout is not set") && warnings.contains("SET lock_timeout = '2s'"));
    assert!(!warnings.contains("synchronous_commit"), "{warnings}");

    let other = migrated().await;
    let name = other.name();
    let limits = format!(
        "ALTER DATABASE {name} SET statement_timeout = '5s'; ALTER DATABASE {name} SET lock_timeout = '2s';
         ALTER DATABASE {name} SET synchronous_commit = 'local';
         ALTER DATABASE {name} SET default_transaction_isolation = 'repeatable read'"
    );
    other.connect().await.batch_execute(&limits).await.unwrap();
    let warnings = open(&other).await.warnings().join("\n");
    assert!(!warnings.contains("timeout"), "{warnings}");
    assert!(warnings.contains("synchronous_commit is not set") && warnings.contains("default_transaction_isolation"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn races_are_decided_whatever_isolation_the_database_sets() {
    const RACES: [&str; 3] = [
        "r2_i1_i2_racing_rotations_have_one_winner_and_one_successor",
        "u5_i12_racing_removals_leave_an_admin",
        "l8_racing_sign_ins_leave_as_many_sessions_as_the_cap",
    ];
    async fn subject(own_pool: bool) -> Subject {
        let database = migrated().await;
        let set = format!("ALTER DATABASE {} SET default_transaction_isolation = 'repeatable read'", database.name());
        database.connect().await.batch_execute(&set).await.unwrap();
        let store = if own_pool {
            PostgresStore::connect(database.url()).await
        } else {
            PostgresStore::from_pool(pool(&database, 16)).await
        };
        let store = Arc::new(store.unwrap());
        Subject::of(&store).audit_log(&store).attempts(&store).keep(database)
    }
    let races = |from: usize| cases().into_iter().filter(move |case| RACES[from..].contains(&case.name));
    let report = run_cases(races(0), || subject(true)).await;
    assert!(report.is_ok() && report.passed.len() == 3, "{report}");
    // With a pool of the application's, what takes more than one statement sets its own.
    let report = run_cases(races(2), || subject(false)).await;
    assert!(report.is_ok() && report.passed.len() == 1, "{report}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_statement_that_loses_in_a_deadlock_is_tried_again() {
    let database = migrated().await;
    let store = PostgresStore::connect(database.url()).await.unwrap();
    let user = insert(&store, 1).await;
    sign_in(&store, &user, 1).await;
    sign_in(&store, &user, 2).await;
    // The store locks in the order of ids; somebody else does not, and is the more patient of the two.
    let rogue = database.connect().await;
    rogue.batch_execute("SET deadlock_timeout = '60s'; BEGIN").await.unwrap();
    let lock = |order: &str| {
        format!(
            "SELECT FROM (SELECT id FROM authkit.sessions ORDER BY id {order} LIMIT 1) AS one \
                                      JOIN authkit.sessions AS s ON s.id = one.id FOR UPDATE OF s"
        )
    };
    rogue.batch_execute(&lock("DESC")).await.unwrap();
    let ending = {
        let (store, user) = (store.clone(), user.clone());
        tokio::spawn(async move {
            let cause = Cause::silent(START);
            store.revoke_sessions(&user.id, user.session_epoch, None, RevokeReason::Admin, cause).await
        })
    };
    let watcher = database.connect().await;
    let waits = async {
        let sql =
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'";
        while watcher.query_one(sql, &[]).await.unwrap().get::<_, i64>(0) == 0 {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(10), waits).await.expect("a call that waits");
    rogue.batch_execute(&lock("ASC")).await.unwrap();
    rogue.batch_execute("COMMIT").await.unwrap();
    assert_eq!(ending.await.unwrap().unwrap().len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pool_of_the_applications_is_shared_and_stays_open() {
    let database = migrated().await;
    // Room for two: one is kept for reads, and one is left for everything else.
    let pool = pool(&database, 2);
    let store = PostgresStore::from_pool(pool.clone()).await.unwrap();
    assert!(store.warnings().join("\n").contains("statement_timeout"), "{:?}", store.warnings());
    let tasks: Vec<_> = (1..=16)
        .map(|n| {
            let store = store.clone();
            tokio::spawn(async move {
                let user = insert(&store, n).await;
                sign_in(&store, &user, n).await;
                assert!(store.find_user(&user.id).await.unwrap().is_some());
                let page = store.list_users(&UserFilter::default(), &PageRequest::first(50)).await.unwrap();
                assert!(!page.items.is_empty());
                let mine = SessionFilter { user_id: Some(user.id), ..SessionFilter::all(START) };
                assert_eq!(store.list_sessions(&mine, &PageRequest::first(9)).await.unwrap().items.len(), 1);
                assert_eq!(store.count_live_sessions(&[(user.id, user.session_epoch)], START).await.unwrap(), [1]);
            })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
    store.close();
    assert!(store.find_user(&new_user(1).suggested_id).await.is_err());
    assert!(store.note_sign_in(&new_user(1).suggested_id, START).await.is_err());
    // Both connections are the application's again.
    let (one, two) = (pool.get().await.unwrap(), pool.get().await.unwrap());
    for client in [one, two] {
        let users: i64 = client.query_one("SELECT count(*) FROM authkit.users", &[]).await.unwrap().get(0);
        assert_eq!(users, 16);
    }
}

#[tokio::test]
async fn a_pool_without_room_is_refused() {
    let database = migrated().await;
    let refused = PostgresStore::from_pool(pool(&database, 1)).await.err();
    assert!(matches!(refused, Some(OpenError::Pool { .. })), "{refused:?}");
    assert!(refused.is_some_and(|error| error.to_string().contains("room for one")));
    let closed = pool(&database, 4);
    closed.close();
    let refused = PostgresStore::from_pool(closed).await.err();
    assert!(refused.as_ref().is_some_and(|error| error.to_string().contains("it is closed")), "{refused:?}");
}
