//! Rows that this store did not write: old passwords, missing keys, every form of an instant.

use std::sync::Arc;

use authkit_conformance::fixtures::{START, epoch, new_user};
use authkit_core::{
    AuthKit, Cause, ClientInfo, Config, Email, EmailKey, InsertUser, Login, PageRequest, Profile, SetUser, Timestamp,
    UserFilter, UserId, UserSort, UserStore,
};
use authkit_store_sqlite::{KeyType, SqliteStore, TimeFormat, UsersTable};

use crate::tables::{FAST_AUTHKIT, MEMBERS, fast_authkit, members, open};
use crate::temp_db::TempDb;

/// As the old system made it: cost 12, and only of the first 72 bytes.
fn bcrypt(password: &str) -> String {
    bcrypt::hash_with_salt(password, 12, [7; 16]).expect("a hash").to_string()
}

fn id(text: &str) -> UserId {
    UserId::new(text).expect("an id")
}

fn key(text: &str) -> EmailKey {
    Email::parse(text).expect("an address").key().clone()
}

// S-8
#[tokio::test]
async fn users_of_fast_authkit_sign_in_with_their_old_passwords_which_are_then_replaced() {
    let long = "correct horse battery staple, and so on until the old hash hears nothing of it any more";
    assert!(long.len() > 72);
    for table in ["authkit_users", "users"] {
        let db = TempDb::new();
        let conn = db.raw();
        conn.execute_batch(&FAST_AUTHKIT.replace("{table}", table)).expect("a table");
        for (id, email, password) in
            [("a", "Ada@Example.com", "a lantern over the quay"), ("b", "bob@example.com", long)]
        {
            let sql = format!(
                "INSERT INTO {table} VALUES (?1, ?2, ?3, 'admin', 1, 0, '2024-01-31 12:00:00.123456',
                 '2024-01-31 12:00:00', 'Full Name', 7)"
            );
            conn.execute(&sql, (id, email, bcrypt(password))).expect("a user of the old system");
        }
        let store = Arc::new(open(&db, fast_authkit(table)).await.expect("it fits"));
        let ada = store.find_user(&id("a")).await.expect("an answer").expect("a user");
        assert_eq!(ada.created_at, Timestamp::from_micros(1_706_702_400_123_456));
        assert_eq!(ada.updated_at, Timestamp::from_seconds(1_706_702_400));
        assert!(!ada.is_verified && ada.session_epoch.as_bytes() == &[0; 16]);
        assert_eq!(ada.profile.fields().get("full_name").and_then(|name| name.as_str()), Some("Full Name"));

        let kit = AuthKit::builder().store(Arc::clone(&store)).config(Config::development()).build().expect("a kit");
        let client = ClientInfo::none();
        for (address, password) in [("ada@example.com", "a lantern over the quay"), ("BOB@example.com", long)] {
            assert!(kit.login(Login::new(address, "another password"), &client).await.is_err());
            let signed_in = kit.login(Login::new(address, password), &client).await.expect("signed in");
            let current = kit.current_user(&signed_in.tokens.access).await.expect("a live session");
            let row = store.find_user(&current.user.id).await.expect("an answer").expect("a user");
            assert!(row.password_hash.is_some_and(|hash| hash.expose().starts_with("$argon2id$")));
            kit.login(Login::new(address, password), &client).await.expect("signed in with the new hash");
            kit.sign_out_everywhere(&current, &client).await.expect("the epoch of zeros moves");
            assert!(kit.current_user(&signed_in.tokens.access).await.is_err());
        }
        let team: i64 =
            conn.query_row(&format!("SELECT sum(team_id) FROM {table}"), (), |row| row.get(0)).expect("rows");
        assert_eq!(team, 14, "what is not mapped stays as it is");
    }
}

#[tokio::test]
async fn a_row_of_another_program_is_found_by_id_at_once_and_by_address_after_the_next_start() {
    let db = TempDb::new();
    db.raw().execute_batch(&FAST_AUTHKIT.replace("{table}", "users")).expect("a table");
    let store = open(&db, fast_authkit("users")).await.expect("it fits");
    db.raw()
        .execute_batch(
            "INSERT INTO users (id, email, role, is_active, is_verified, created_at, updated_at)
             VALUES ('x', 'Ada@Example.com', 'user', 1, 0, '2024-01-31T12:00:00Z', '2024-01-31T12:00:00Z')",
        )
        .expect("another program's row");
    let user = store.find_user(&id("x")).await.expect("an answer").expect("a user");
    assert_eq!(user.email.key().as_str(), "ada@example.com");
    assert_eq!(store.find_user_by_email(&key("ada@example.com")).await.expect("an answer"), None);
    let mut twin = new_user(1);
    twin.email = Email::parse("ADA@example.com").expect("an address");
    twin.profile = Profile::default();
    let inserted = store.insert_user(twin, Cause::silent(START)).await.expect("an answer");
    assert_eq!(inserted, InsertUser::EmailTaken, "no twin is made");
    let marked = store.mark_verified(&id("x"), &key("ada@example.com"), Cause::silent(START)).await;
    assert!(matches!(marked, Ok(SetUser::Done { .. })));
    let moved = store.advance_epoch(&id("x"), user.session_epoch, epoch(1), None, Cause::silent(START)).await;
    assert!(matches!(moved, Ok(SetUser::Done { .. })));
    for (sort, rows) in [(UserSort::Newest, 1), (UserSort::Email, 0)] {
        let filter = UserFilter { sort, ..UserFilter::default() };
        let page = store.list_users(&filter, &PageRequest::first(10)).await.expect("a page");
        assert_eq!(page.items.len(), rows, "{sort:?}");
    }
    drop(store);

    let store = open(&db, fast_authkit("users")).await.expect("it fits");
    let found = store.find_user_by_email(&key("ada@example.com")).await.expect("an answer").expect("a user");
    assert!(found.is_verified && found.session_epoch == epoch(1));
}

#[tokio::test]
async fn lists_are_in_the_order_of_the_instants_whatever_form_they_are_kept_in() {
    let text = [
        "'2024-01-31T12:00:00Z'",
        "'2024-01-31 12:00:00.000001'",
        "'2024-01-31 12:00:00.5'",
        "'2024-01-31T12:00:00.400000Z'",
        "'2024-01-31 12:00:00'",
        "'2024-01-31'",
        "'2024-01-31 14:00:00.000000+02:00'",
    ];
    // The keys of the rows, newest first; ties by key, the greater first.
    let text_order = ["3", "4", "2", "7", "5", "1", "6"];
    let numbers = ["5", "4", "9", "9", "1", "10", "9"];
    let number_order = ["6", "7", "4", "3", "1", "2", "5"];
    for (times, values, order) in [
        (TimeFormat::Text, text, text_order),
        (TimeFormat::Seconds, numbers, number_order),
        (TimeFormat::Micros, numbers, number_order),
    ] {
        let db = TempDb::new();
        db.raw().execute_batch(&format!("{MEMBERS}; ALTER TABLE members ADD COLUMN seen TIMESTAMP")).expect("a table");
        for (n, at) in values.iter().enumerate() {
            let sql = format!(
                "INSERT INTO members (email, role, is_active, created_at) VALUES ('u{n}@example.com', 'user', 1, {at})"
            );
            db.raw().execute_batch(&sql).expect("a row");
        }
        let store = open(&db, members().last_sign_in_at("seen").times(times)).await.expect("it fits");
        for sort in [UserSort::Newest, UserSort::LastSignIn] {
            assert_eq!(walk(&store, sort).await, order, "{times:?} {sort:?}");
        }
        // Noted where nothing was, and never backwards.
        for seconds in [2_000_000_000, 1_900_000_000] {
            store.note_sign_in(&id("6"), Timestamp::from_seconds(seconds)).await.expect("noted");
        }
        let user = store.find_user(&id("6")).await.expect("an answer").expect("a user");
        assert_eq!(user.last_sign_in_at, Timestamp::from_seconds(2_000_000_000));
        assert_eq!(walk(&store, UserSort::LastSignIn).await[0], "6");
    }
}

/// The ids of a list, read two a page and back again.
async fn walk(store: &SqliteStore, sort: UserSort) -> Vec<String> {
    let filter = UserFilter { sort, ..UserFilter::default() };
    let (mut ids, mut request) = (Vec::new(), PageRequest::first(2));
    loop {
        let page = store.list_users(&filter, &request).await.expect("a page");
        ids.extend(page.items.iter().map(|user| user.id.to_string()));
        match page.next {
            Some(next) => request = PageRequest::first(2).after(next),
            None => return ids,
        }
    }
}

#[tokio::test]
async fn an_id_that_no_key_can_be_is_not_found() {
    let db = TempDb::new();
    db.raw().execute_batch(MEMBERS).expect("a table");
    let store = open(&db, members()).await.expect("it fits");
    let mut user = new_user(1);
    user.profile = Profile::default();
    let inserted = store.insert_user(user, Cause::silent(START)).await.expect("an answer");
    let InsertUser::Inserted(user) = inserted else { panic!("{inserted:?}") };
    assert_eq!(user.id, id("1"));
    let all = [id("1"), id("01"), id("x"), id("+1"), id("1.0")];
    assert_eq!(store.find_users(&all).await.expect("an answer").len(), 1);
    for other in &all[1..] {
        assert_eq!(store.find_user(other).await.expect("an answer"), None, "{other}");
    }
}

#[tokio::test]
async fn a_uuid_is_kept_as_text() {
    let db = TempDb::new();
    db.raw()
        .execute_batch(&MEMBERS.replace("id INTEGER PRIMARY KEY AUTOINCREMENT", "id UUID NOT NULL PRIMARY KEY"))
        .expect("a table");
    let store = open(&db, UsersTable::new("members").key("id", KeyType::Uuid)).await.expect("it fits");
    let new = new_user(1);
    let suggested = new.suggested_id;
    store.insert_user(new, Cause::silent(START)).await.map(drop).expect("inserted");
    assert!(store.find_user(&suggested).await.expect("an answer").is_some());
    let kept: String = db.raw().query_row("SELECT id FROM members", (), |row| row.get(0)).expect("text");
    assert_eq!(kept, suggested.as_str());
}
