//! Tables of applications, their mappings, and databases that hold them.

use std::sync::Arc;

use authkit_conformance::{Feature, Subject};
use authkit_core::Profile;
use authkit_store_postgres::{ColumnType, KeyType, PostgresBuilder, PostgresStore, UsersTable};
use authkit_test_postgres::{Database, shared};
use serde_json::Value;
use tokio::sync::OnceCell;

/// A uuid key and all that is optional, under other names, in a schema of its own.
pub(crate) const PEOPLE: &str = r#"
CREATE SCHEMA "Die ""Firma""; --";
CREATE TABLE "Die ""Firma""; --"."the ""people""" (
    "Person Id" uuid PRIMARY KEY,
    "MAIL" text NOT NULL,
    secret text,
    rank varchar(50) NOT NULL,
    "on" boolean NOT NULL,
    confirmed boolean NOT NULL,
    made timestamptz NOT NULL,
    "changed's" timestamptz NOT NULL,
    seen timestamptz NOT NULL,
    gone timestamptz,
    company text,
    "Seats %" integer,
    total bigint,
    beta boolean,
    born timestamptz,
    device uuid,
    "it's {tags}" json,
    more jsonb,
    unknown text NOT NULL DEFAULT 'left alone'
)"#;

pub(crate) fn people() -> UsersTable {
    UsersTable::new("the \"people\"")
        .in_schema("Die \"Firma\"; --")
        .key("Person Id", KeyType::Uuid)
        .email("MAIL")
        .email_key("mail folded\"; DROP TABLE x")
        .password_hash("secret")
        .role("rank")
        .is_active("on")
        .is_verified("confirmed")
        .session_epoch("{epoch}")
        .created_at("made")
        .updated_at("changed's")
        .last_sign_in_at("seen")
        .deleted_at("gone")
        .profile("company", ColumnType::Text)
        .profile("Seats %", ColumnType::Integer)
        .profile("total", ColumnType::BigInt)
        .profile("beta", ColumnType::Boolean)
        .profile("born", ColumnType::Timestamptz)
        .profile("device", ColumnType::Uuid)
        .profile("it's {tags}", ColumnType::Json)
        .profile("more", ColumnType::Json)
}

/// Keys of its own and nothing that is optional.
pub(crate) const MEMBERS: &str = "
CREATE TABLE members (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    email text NOT NULL,
    password_hash text,
    role text NOT NULL,
    is_active boolean NOT NULL,
    created_at timestamptz NOT NULL,
    company text
)";

pub(crate) fn members() -> UsersTable {
    UsersTable::new("members").key("id", KeyType::BigInt).profile("company", ColumnType::Text)
}

/// The users table of `fast-authkit`, with columns of a host beside it.
pub(crate) const FAST_AUTHKIT: &str = "
CREATE TABLE {table} (
    id varchar(36) NOT NULL,
    email varchar(255) NOT NULL,
    hashed_password varchar(255),
    role varchar(50) NOT NULL,
    is_active boolean NOT NULL,
    is_verified boolean NOT NULL,
    created_at timestamp NOT NULL,
    updated_at timestamp NOT NULL,
    full_name varchar(200),
    seen_at timestamp,
    team_id integer,
    PRIMARY KEY (id)
);
CREATE UNIQUE INDEX ix_{table}_email ON {table} (email)";

pub(crate) fn fast_authkit(table: &str) -> UsersTable {
    UsersTable::new(table)
        .password_hash("hashed_password")
        .is_verified("is_verified")
        .updated_at("updated_at")
        .profile("full_name", ColumnType::Text)
        .profile("seen_at", ColumnType::Timestamptz)
}

/// An application's database: its table is there, and nothing of AuthKit's.
pub(crate) async fn database(make: &str) -> Database {
    let database = shared().create_database().await;
    database.connect().await.batch_execute(make).await.unwrap();
    database
}

/// The settings of a store on such a table.
pub(crate) fn builder(database: &Database, users: UsersTable) -> PostgresBuilder {
    PostgresStore::builder(database.url()).users_table(users).connections(8)
}

/// A fresh store for the contract: its database is a copy of one that `migrated` keeps.
pub(crate) async fn subject(
    migrated: &OnceCell<Database>,
    make: &str,
    users: UsersTable,
    profiles: [Value; 2],
    lacks: &[Feature],
) -> Subject {
    let migrated = migrated.get_or_init(|| async {
        let database = database(make).await;
        builder(&database, users.clone()).migrate().await.unwrap();
        database
    });
    let database = shared().create_database_like(migrated.await).await;
    let store = Arc::new(builder(&database, users).connect().await.unwrap());
    let [first, second] = profiles.map(|it| Profile::new(it.as_object().cloned().unwrap_or_default()));
    let subject = Subject::of(&store).audit_log(&store).attempts(&store).profiles(first, second).keep(database);
    lacks.iter().fold(subject, |subject, feature| subject.without(*feature))
}
