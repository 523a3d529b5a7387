//! Opening: what fits, what does not, and what is added.

use authkit_core::{AuthKit, Config, ConfigCode};
use authkit_store_sqlite::{ColumnType, KeyType, OpenError, SqliteStore, TimeFormat, UsersTable};
use rusqlite::types::Value;

use crate::tables::{FAST_AUTHKIT, MEMBERS, fast_authkit, members, open};
use crate::temp_db::TempDb;

fn with(sql: &str) -> TempDb {
    let db = TempDb::new();
    db.raw().execute_batch(sql).expect("a table");
    db
}

/// Everything that the file's schema and the users table hold, as text.
fn dump(db: &TempDb, table: &str) -> Vec<String> {
    let conn = db.raw();
    let read = |sql: &str| {
        let mut statement = conn.prepare(sql).expect("it can be read");
        let columns = statement.column_count();
        let row = |row: &rusqlite::Row<'_>| {
            (0..columns).map(|i| row.get(i).map(|cell: Value| format!("{cell:?}"))).collect::<Result<Vec<_>, _>>()
        };
        let rows = statement.query_map((), row).expect("it can be read");
        rows.map(|row| row.expect("a row").join("|")).collect::<Vec<_>>()
    };
    let mut all = read("SELECT name, sql FROM sqlite_schema ORDER BY name");
    all.extend(read(&format!("SELECT * FROM {table}")));
    all
}

fn refused(opened: Result<SqliteStore, OpenError>) -> String {
    opened.expect_err("it does not open").to_string()
}

fn insert(table: &str, id: &str, email: &str) -> String {
    format!(
        "INSERT INTO {table} (id, email, hashed_password, role, is_active, is_verified, created_at, updated_at)
         VALUES ('{id}', '{email}', 'x', 'user', 1, 1, '2024-01-31 12:00:00.000000', '2024-01-31 12:00:00.000000');"
    )
}

#[tokio::test]
async fn twins_that_differ_only_in_case_are_named_and_nothing_is_changed() {
    let db = with(&FAST_AUTHKIT.replace("{table}", "users"));
    for (id, email) in [("a", "Ada@Example.com"), ("b", "bob@example.com"), ("c", "ada@example.com")] {
        db.raw().execute_batch(&insert("users", id, email)).expect("another program's row");
    }
    let before = dump(&db, "users");
    let said = refused(open(&db, fast_authkit("users")).await);
    assert!(said.contains("one address in different spellings") && said.contains("a and c;"), "{said}");
    assert!(!said.contains("Ada@") && !said.contains("ada@"), "an error names rows, not addresses: {said}");
    assert_eq!(dump(&db, "users"), before);

    db.raw().execute_batch("UPDATE users SET email = 'eve@example.com' WHERE id = 'c'").expect("mended");
    open(&db, fast_authkit("users")).await.expect("it fits now");
    // Later on the index is there, and a twin of a row that has its key is found by it.
    db.raw().execute_batch(&insert("users", "d", "EVE@example.com")).expect("another program's row");
    let before = dump(&db, "users");
    let said = refused(open(&db, fast_authkit("users")).await);
    assert!(said.contains("c and d;"), "{said}");
    assert_eq!(dump(&db, "users"), before);
}

#[tokio::test]
async fn addresses_that_are_none_are_named_and_nothing_is_changed() {
    let db = with(&FAST_AUTHKIT.replace("{table}", "users"));
    for (id, email) in [("a", "ada"), ("b", "bob@example.com"), ("c", "a@b@c")] {
        db.raw().execute_batch(&insert("users", id, email)).expect("another program's row");
    }
    let before = dump(&db, "users");
    let said = refused(open(&db, fast_authkit("users")).await);
    assert!(said.contains("no address that can be canonical: a, c;"), "{said}");
    assert_eq!(dump(&db, "users"), before);
}

#[tokio::test]
async fn a_mapping_that_does_not_fit_is_refused_with_all_that_is_wrong_and_how_to_mend_it() {
    let db = with(
        "CREATE TABLE users (
            id BIGINT NOT NULL, mail TEXT NOT NULL, password_hash BLOB, role STRING, is_active BOOLEAN NOT NULL,
            session_epoch TEXT, created_at INTEGER NOT NULL, gone TEXT NOT NULL, tenant INTEGER NOT NULL, free TEXT
        )",
    );
    let users =
        UsersTable::new("users").key("id", KeyType::BigInt).deleted_at("gone").profile("seats", ColumnType::Integer);
    let before = dump(&db, "users");
    let said = refused(open(&db, users.clone()).await);
    for part in [
        "no column email for the address",
        "ALTER TABLE \"users\" ADD COLUMN \"email\" TEXT;",
        "password_hash for the password hash is BLOB",
        "role for the role is STRING",
        "session_epoch for the session epoch is TEXT",
        "created_at for the instant of creation is INTEGER",
        "the column gone for the mark of deletion refuses NULL",
        "tenant must be given",
        "ALTER TABLE \"users\" ADD COLUMN \"seats\" INTEGER;",
        "let the table make its keys",
        "mail must be given",
        "the key id is neither the primary key nor unique",
        "SQLite cannot change the type of a column",
    ] {
        assert!(said.contains(part), "{part}\n{said}");
    }
    assert_eq!(dump(&db, "users"), before);
    assert!(!refused(open(&db, users.times(TimeFormat::Seconds)).await).contains("instant of creation"));
    let said = refused(open(&db, UsersTable::new("nonesuch").in_schema("app")).await);
    assert!(said.contains("no table \"app\".\"nonesuch\"") && said.contains("no schema app"), "{said}");
}

#[tokio::test]
async fn what_a_table_lacks_is_added_once_and_again_where_it_was_lost() {
    let db = with(MEMBERS);
    for _ in 0..2 {
        drop(open(&db, members()).await.expect("it fits"));
        let once = dump(&db, "members");
        drop(open(&db, members()).await.expect("it fits"));
        assert_eq!(dump(&db, "members"), once);
        assert!(once.iter().any(|row| row.contains("ak_members_email_key")));
        db.raw().execute_batch("DROP INDEX ak_members_email_key").expect("lost");
    }
}

#[tokio::test]
async fn a_database_stays_with_the_users_that_it_was_made_with() {
    let db = with(MEMBERS);
    drop(SqliteStore::open(db.path()).await.expect("a table of the host's does not disturb"));
    let said = refused(open(&db, members()).await);
    assert!(
        said.contains("was made for users of AuthKit's own and is opened for users in the table `members`"),
        "{said}"
    );

    let db = with(&format!("{MEMBERS};{}", MEMBERS.replace("members", "others")));
    drop(open(&db, members()).await.expect("it fits"));
    let said = refused(SqliteStore::open(db.path()).await);
    assert!(
        said.contains("was made for users in the table `members` and is opened for users of AuthKit's own"),
        "{said}"
    );
    let said = refused(open(&db, UsersTable::new("others").key("id", KeyType::BigInt)).await);
    assert!(said.contains("is opened for users in the table `others`"), "{said}");
}

#[tokio::test]
async fn proofs_of_addresses_are_wanted_only_of_a_table_that_can_keep_them() {
    let wanted = || Config::development().require_verified_email(true);
    let kit = |store, config| AuthKit::builder().store(store).config(config).build();
    let db = with(MEMBERS);
    let store = open(&db, members()).await.expect("it fits");
    let refused = kit(store.clone(), wanted()).expect_err("no column for it");
    assert_eq!(refused.problems()[0].code(), ConfigCode::NoMarkForVerified);
    kit(store, Config::development()).expect("nobody asks for a proof");
    let db = with(&FAST_AUTHKIT.replace("{table}", "users"));
    kit(open(&db, fast_authkit("users")).await.expect("it fits"), wanted()).expect("its column keeps it");
    kit(SqliteStore::open(TempDb::new().path()).await.expect("it opens"), wanted()).expect("its own table keeps it");
}
