//! Lists: their deadline, and searches whose text has signs in it.

use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

use authkit_conformance::fixtures::{START, email, instant, new_user};
use authkit_core::{
    AuditLog, Cause, EventFilter, NewUser, PageRequest, SessionFilter, SessionStore, Store, StoreErrorKind, UserFilter,
    UserSearch, UserSort, UserStatus, UserStore,
};
use authkit_store_sqlite::{Reads, SqliteStore, SqliteTrouble};

use crate::temp_db::TempDb;

// S-81
#[tokio::test]
async fn a_list_that_takes_too_long_is_broken_off() {
    let db = TempDb::new();
    let store = SqliteStore::builder(db.path()).list_deadline(Duration::ZERO).open().await.expect("it opens");
    let page = PageRequest::first(10);
    let errors = [
        store.list_users(&UserFilter::default(), &page).await.expect_err("no time at all"),
        store.list_sessions(&SessionFilter::all(START), &page).await.expect_err("no time at all"),
        store.list_events(&EventFilter::default(), &page).await.expect_err("no time at all"),
    ];
    for error in errors {
        assert_eq!(error.kind(), StoreErrorKind::Unavailable);
        let trouble = error.source().and_then(|source| source.downcast_ref());
        assert!(matches!(trouble, Some(SqliteTrouble::Deadline)), "{trouble:?}");
    }
    // Reads by key have no part in it.
    assert_eq!(store.find_user(&new_user(1).suggested_id).await.expect("it reads"), None);
}

// S-81
#[tokio::test]
async fn signs_of_a_pattern_are_ordinary_characters_of_a_prefix() {
    let db = TempDb::new();
    let store = SqliteStore::open(db.path()).await.expect("it opens");
    for (n, address) in ["a_b@example.com", "axb@example.com", "a%b@example.com", "ab@example.com"].iter().enumerate() {
        let user = NewUser { email: email(address), ..new_user(n as u64) };
        let _ = store.insert_user(user, Cause::silent(instant(n as u64))).await.expect("it writes");
    }
    for sort in [UserSort::Email, UserSort::Newest, UserSort::LastSignIn] {
        for (prefix, expected) in [("a_", "a_b@example.com"), ("a%", "a%b@example.com"), ("ab", "ab@example.com")] {
            let search = Some(UserSearch::EmailPrefix(prefix.to_owned()));
            let filter = UserFilter { search, sort, ..UserFilter::default() };
            let page = store.list_users(&filter, &PageRequest::first(10)).await.expect("it reads");
            let found: Vec<_> = page.items.iter().map(|user| user.email.as_str()).collect();
            assert_eq!(found, [expected]);
        }
    }
}

#[tokio::test]
async fn a_filter_that_many_rows_fit_pages_in_the_order_of_the_list() {
    let db = TempDb::new();
    let store = SqliteStore::open(db.path()).await.expect("it opens");
    // More rows than are sorted, half of them with equal times, and disabled.
    let fill = "WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 4999)
                INSERT INTO ak_users SELECT printf('id-%04d', (i * 7919) % 5000), i || '@example.com',
                       i || '@example.com', NULL, 'member', i % 2, 1, zeroblob(16), '{}', i / 2, 1, i % 7, NULL FROM n";
    db.raw().execute_batch(fill).expect("it writes");
    for sort in [UserSort::Newest, UserSort::LastSignIn, UserSort::Email] {
        let filter = UserFilter { status: Some(UserStatus::Disabled), sort, ..UserFilter::default() };
        let mut request = PageRequest::first(200);
        let mut seen = Vec::new();
        loop {
            let page = store.list_users(&filter, &request).await.expect("it reads");
            seen.extend(page.items.iter().map(|user| {
                (user.created_at, user.last_sign_in_at, user.id.as_str().to_owned(), user.email.key().clone())
            }));
            let Some(next) = page.next else { break };
            request = request.after(next);
        }
        let mut sorted = seen.clone();
        match sort {
            UserSort::Newest => sorted.sort_by(|a, b| (b.0, &b.2).cmp(&(a.0, &a.2))),
            UserSort::LastSignIn => sorted.sort_by(|a, b| (b.1, &b.2).cmp(&(a.1, &a.2))),
            UserSort::Email => sorted.sort_by(|a, b| a.3.cmp(&b.3)),
        }
        assert_eq!(seen.len(), 2_500);
        assert_eq!(seen, sorted);
    }
}

#[tokio::test]
async fn only_reads_inside_the_call_keep_the_order_of_their_polls() {
    for (reads, ordered) in [(Reads::Inline, true), (Reads::Threads, false)] {
        let db = TempDb::new();
        let store = SqliteStore::builder(db.path()).reads(reads).open().await.expect("it opens");
        let ports = format!("{:?}", Arc::new(store).ports());
        assert!(ports.contains(&format!("ordered_reads: {ordered}")), "{ports}");
    }
}
