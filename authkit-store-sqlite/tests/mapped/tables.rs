//! Tables of applications, and their mappings.

use authkit_store_sqlite::{ColumnType, KeyType, OpenError, SqliteStore, TimeFormat, UsersTable};

use crate::temp_db::TempDb;

/// A text key, and all that is optional, under other names.
pub(crate) const PEOPLE: &str = r#"
CREATE TABLE "the ""people""" (
    person TEXT NOT NULL PRIMARY KEY,
    mail TEXT NOT NULL,
    secret TEXT,
    rank TEXT NOT NULL,
    "on" INTEGER NOT NULL,
    confirmed INTEGER NOT NULL,
    made INTEGER NOT NULL,
    changed INTEGER NOT NULL,
    seen INTEGER,
    gone INTEGER,
    company TEXT,
    seats INTEGER,
    beta INTEGER,
    born INTEGER,
    device TEXT,
    tags TEXT,
    unknown TEXT NOT NULL DEFAULT 'left alone'
) STRICT"#;

pub(crate) fn people() -> UsersTable {
    UsersTable::new("the \"people\"")
        .key("person", KeyType::Text)
        .email("mail")
        .email_key("mail folded; DROP TABLE x")
        .password_hash("secret")
        .role("rank")
        .is_active("on")
        .is_verified("confirmed")
        .session_epoch("epoch")
        .created_at("made")
        .updated_at("changed")
        .last_sign_in_at("seen")
        .deleted_at("gone")
        .times(TimeFormat::Micros)
        .profile("company", ColumnType::Text)
        .profile("seats", ColumnType::BigInt)
        .profile("beta", ColumnType::Boolean)
        .profile("born", ColumnType::Timestamptz)
        .profile("device", ColumnType::Uuid)
        .profile("tags", ColumnType::Json)
}

/// Keys of its own and nothing that is optional.
pub(crate) const MEMBERS: &str = "
CREATE TABLE members (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    email TEXT NOT NULL,
    password_hash TEXT,
    role TEXT NOT NULL,
    is_active BOOLEAN NOT NULL,
    created_at TIMESTAMP NOT NULL,
    company TEXT
)";

pub(crate) fn members() -> UsersTable {
    UsersTable::new("members").key("id", KeyType::BigInt).profile("company", ColumnType::Text)
}

/// The users table of `fast-authkit`, with two columns of a host beside it.
pub(crate) const FAST_AUTHKIT: &str = "
CREATE TABLE {table} (
    id VARCHAR(36) NOT NULL,
    email VARCHAR(255) NOT NULL,
    hashed_password VARCHAR(255),
    role VARCHAR(50) NOT NULL,
    is_active BOOLEAN NOT NULL,
    is_verified BOOLEAN NOT NULL,
    created_at DATETIME NOT NULL,
    updated_at DATETIME NOT NULL,
    full_name VARCHAR(200),
    team_id INTEGER,
    PRIMARY KEY (id)
);
CREATE UNIQUE INDEX ix_{table}_email ON {table} (email)";

pub(crate) fn fast_authkit(table: &str) -> UsersTable {
    UsersTable::new(table)
        .password_hash("hashed_password")
        .is_verified("is_verified")
        .updated_at("updated_at")
        .profile("full_name", ColumnType::Text)
}

pub(crate) async fn open(db: &TempDb, users: UsersTable) -> Result<SqliteStore, OpenError> {
    SqliteStore::builder(db.path()).users_table(users).open().await
}
