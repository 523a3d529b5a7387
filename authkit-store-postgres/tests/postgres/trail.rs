//! What the tables themselves refuse: a trail that is rewritten, and rows that fit no state.

use authkit_conformance::fixtures::{START, cause, event, instant, new_session, new_user};
use authkit_core::{
    AuditLog as _, AuditSink as _, Cause, EventCode, EventFilter, InsertUser, PageRequest, SessionStore as _,
    UserStore as _,
};
use authkit_store_postgres::PostgresStore;
use authkit_test_postgres::{Database, shared};
use tokio_postgres::Client;
use tokio_postgres::error::SqlState;

async fn with_events(seconds: &[u64]) -> (Database, PostgresStore, Client) {
    let database = shared().create_database().await;
    let builder = PostgresStore::builder(database.url());
    builder.migrate().await.unwrap();
    let store = builder.connect().await.unwrap();
    for at in seconds {
        store.record(event(*at, EventCode::SYSTEM_STARTED, instant(*at))).await.unwrap();
    }
    let client = database.connect().await;
    (database, store, client)
}

async fn refused(client: &Client, sql: &str) {
    let Err(error) = client.batch_execute(sql).await else { panic!("{sql} was done") };
    let text = error.as_db_error().map(|error| error.message().to_owned()).unwrap_or_default();
    assert!(text.contains("append-only"), "{sql}: {error:?}");
}

// S-79
#[tokio::test]
async fn plain_sql_changes_and_removes_no_event() {
    let (_database, store, client) = with_events(&[1, 2]).await;
    let before = store.list_events(&EventFilter::default(), &PageRequest::first(10)).await.unwrap();
    for sql in [
        "UPDATE authkit.audit_events SET code = 'user.created'",
        "UPDATE authkit.audit_events SET id = id",
        "DELETE FROM authkit.audit_events",
        "DELETE FROM authkit.audit_events WHERE at < '9999-01-01'",
        "TRUNCATE authkit.audit_events",
        "TRUNCATE authkit.meta, authkit.audit_events CASCADE",
        "INSERT INTO authkit.audit_events SELECT * FROM authkit.audit_events
         ON CONFLICT (id) DO UPDATE SET code = 'user.created'",
        "MERGE INTO authkit.audit_events AS a USING authkit.audit_events AS b ON a.id = b.id WHEN MATCHED THEN DELETE",
    ] {
        refused(&client, sql).await;
    }
    let after = store.list_events(&EventFilter::default(), &PageRequest::first(10)).await.unwrap();
    assert_eq!(before, after);
    assert_eq!(after.items.len(), 2);
}

// S-82
#[tokio::test]
async fn retention_removes_what_is_older_in_batches_and_logs_itself() {
    let (_database, store, _client) = with_events(&[1, 2, 3, 4, 5]).await;
    let purge = |n, limit| store.purge_events(instant(4), limit, cause(n, EventCode::AUDIT_PURGED, instant(100 + n)));
    assert_eq!(purge(1, 2).await.unwrap(), 2);
    assert_eq!(purge(2, 2).await.unwrap(), 1);
    assert_eq!(purge(3, 2).await.unwrap(), 0);
    let left = store.list_events(&EventFilter::default(), &PageRequest::first(10)).await.unwrap().items;
    let seen: Vec<_> = left.iter().map(|event| (event.at, event.details.get("count").cloned())).collect();
    let expected =
        [(instant(102), Some(1.into())), (instant(101), Some(2.into())), (instant(5), None), (instant(4), None)];
    assert_eq!(seen, expected);
}

// S-79
#[tokio::test]
async fn the_floor_of_retention_stands_only_inside_its_step() {
    let (_database, store, client) = with_events(&[1, 2]).await;
    assert_eq!(store.purge_events(instant(2), 10, Cause::silent(START)).await.unwrap(), 1);
    let sql = "SELECT value FROM authkit.meta WHERE name = 'retention_floor'";
    let floor: String = client.query_one(sql, &[]).await.unwrap().get(0);
    assert_eq!(floor, "");
    refused(&client, "DELETE FROM authkit.audit_events").await;
}

// S-100
#[tokio::test]
async fn the_tables_refuse_what_fits_no_state() {
    let (_database, store, client) = with_events(&[]).await;
    let inserted = store.insert_user(new_user(1), Cause::silent(START)).await.unwrap();
    let InsertUser::Inserted(user) = inserted else { panic!("{inserted:?}") };
    let _ = store.insert_session(new_session(1, &user, START), 10, Cause::silent(START), None).await.unwrap();
    for (state, changes) in [
        (
            SqlState::CHECK_VIOLATION,
            &[
                "UPDATE authkit.sessions SET token_hash = '\\x00'",
                "UPDATE authkit.sessions SET epoch = decode(repeat('00', 15), 'hex')",
                "UPDATE authkit.sessions SET idle_at = absolute_at + interval '1 us'",
                "UPDATE authkit.sessions SET absolute_at = idle_at - interval '1 us'",
                "UPDATE authkit.sessions SET revoked_at = now()",
                "UPDATE authkit.sessions SET revoked_reason = 'logout'",
                "UPDATE authkit.sessions SET revoked_at = now(), revoked_reason = 'because'",
                "UPDATE authkit.sessions SET generation = -1",
                "UPDATE authkit.sessions SET via = 'telnet'",
                "UPDATE authkit.sessions SET kid = ''",
                "UPDATE authkit.users SET session_epoch = decode(repeat('00', 17), 'hex')",
                "UPDATE authkit.users SET role = ''",
                "UPDATE authkit.users SET email_key = ''",
                "UPDATE authkit.users SET profile = '[1]'",
                "INSERT INTO authkit.attempts VALUES ('\\x00', now(), 1, 1, NULL, now())",
                "INSERT INTO authkit.attempts VALUES (decode(repeat('00', 32), 'hex'), now(), -1, 1, NULL, now())",
            ][..],
        ),
        (
            SqlState::NOT_NULL_VIOLATION,
            &[
                "UPDATE authkit.users SET email_key = NULL",
                "UPDATE authkit.users SET session_epoch = NULL",
                "UPDATE authkit.sessions SET absolute_at = NULL",
                "INSERT INTO authkit.users (id) VALUES ('x')",
            ][..],
        ),
        (SqlState::FOREIGN_KEY_VIOLATION, &["UPDATE authkit.sessions SET user_id = 'nobody'"][..]),
        (
            SqlState::UNIQUE_VIOLATION,
            &[
                "INSERT INTO authkit.users SELECT 'other', email, email_key, password_hash, role, is_active, is_verified, \
               session_epoch, profile, created_at, updated_at, last_sign_in_at, deleted_at FROM authkit.users",
            ][..],
        ),
    ] {
        for change in changes {
            let Err(error) = client.batch_execute(change).await else { panic!("{change} was done") };
            assert_eq!(error.code(), Some(&state), "{change}: {error:?}");
        }
    }
    client.batch_execute("DELETE FROM authkit.users").await.unwrap();
    let sessions: i64 = client.query_one("SELECT count(*) FROM authkit.sessions", &[]).await.unwrap().get(0);
    assert_eq!(sessions, 0);
}
