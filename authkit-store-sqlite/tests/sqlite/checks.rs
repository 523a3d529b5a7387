//! What the tables themselves refuse, and what becomes of a row that got past them.

use std::error::Error;

use authkit_conformance::fixtures::{START, new_session, new_user};
use authkit_core::{Cause, InsertUser, SessionStore, StoreErrorKind, UserStore};
use authkit_store_sqlite::{SqliteStore, SqliteTrouble};

use crate::temp_db::TempDb;

async fn with_session(db: &TempDb) -> SqliteStore {
    let store = SqliteStore::open(db.path()).await.expect("it opens");
    let inserted = store.insert_user(new_user(1), Cause::silent(START)).await.expect("it writes");
    let InsertUser::Inserted(user) = inserted else { unreachable!("the store was empty") };
    let new = new_session(1, &user, START);
    let _ = store.insert_session(new, 10, Cause::silent(START), None).await.expect("it writes");
    store
}

// S-100
#[tokio::test]
async fn the_tables_refuse_what_fits_no_state() {
    let db = TempDb::new();
    let _store = with_session(&db).await;
    let raw = db.raw();
    for change in [
        "UPDATE ak_sessions SET token_hash = x'00'",
        "UPDATE ak_sessions SET token_hash = 'text'",
        "UPDATE ak_sessions SET idle_at = absolute_at + 1",
        "UPDATE ak_sessions SET revoked_at = 1",
        "UPDATE ak_sessions SET revoked_reason = 'logout'",
        "UPDATE ak_sessions SET revoked_at = 1, revoked_reason = 'because'",
        "UPDATE ak_sessions SET generation = -1",
        "UPDATE ak_sessions SET via = 'telnet'",
        "UPDATE ak_sessions SET epoch = zeroblob(15)",
        "UPDATE ak_sessions SET user_id = 'nobody'",
        "UPDATE ak_users SET session_epoch = zeroblob(17)",
        "UPDATE ak_users SET is_active = 2",
        "UPDATE ak_users SET role = ''",
        "UPDATE ak_users SET profile = '{'",
        "UPDATE ak_users SET email_key = NULL",
        "UPDATE ak_users SET created_at = 'today'",
        "INSERT INTO ak_users SELECT 'other', email, email_key, password_hash, role, is_active, is_verified, session_epoch,
         profile, created_at, updated_at, last_sign_in_at, deleted_at FROM ak_users",
        "INSERT INTO ak_attempts VALUES (x'00', 1, 1, 1, NULL, 1)",
    ] {
        let error = raw.execute_batch(change).expect_err(change);
        assert_eq!(error.sqlite_error_code(), Some(rusqlite::ErrorCode::ConstraintViolation), "{change}: {error}");
    }
}

#[tokio::test]
async fn a_row_that_fits_no_state_is_an_error_that_names_it() {
    let db = TempDb::new();
    let store = with_session(&db).await;
    let user = new_user(1).suggested_id;
    let raw = db.raw();
    raw.execute_batch("PRAGMA ignore_check_constraints = ON").expect("a setting");
    let changes = [
        ("role", "UPDATE ak_users SET role = ''"),
        ("profile", "UPDATE ak_users SET role = 'user', profile = '[1]'"),
        ("created_at", "UPDATE ak_users SET profile = '{}', created_at = -1"),
        ("session_epoch", "UPDATE ak_users SET created_at = 1, session_epoch = x'00'"),
    ];
    for (expected, change) in changes {
        raw.execute_batch(change).expect("unchecked");
        let error = store.find_user(&user).await.expect_err("the row fits no state");
        assert_eq!(error.kind(), StoreErrorKind::Inconsistent, "{change}");
        match error.source().and_then(|source| source.downcast_ref()) {
            Some(SqliteTrouble::Row { table: "ak_users", column, id }) => {
                assert_eq!((column.as_str(), id.as_str()), (expected, user.as_str()));
            }
            other => unreachable!("{other:?}"),
        }
    }
}
