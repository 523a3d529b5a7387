//! Accounts in a users table that the application has already. `cargo run --bin existing_users_table`
//!
//! The mapping says which column holds what; the store adds two columns of its own and keeps its sessions beside the table.

use authkit_core::{AuthKit, ClientInfo, Config, Field, Login, Registration};
use authkit_store_sqlite::{ColumnType, KeyType, SqliteStore, UsersTable};
use rusqlite::Connection;
use serde_json::json;

/// What was there before AuthKit: keys of its own, names of its own, a column that only the application knows.
const MEMBERS: &str = "
CREATE TABLE members (
    member_id INTEGER PRIMARY KEY,
    mail      TEXT NOT NULL UNIQUE,
    secret    TEXT,
    rank      TEXT NOT NULL,
    enabled   BOOLEAN NOT NULL,
    joined    DATETIME NOT NULL,
    company   TEXT,
    newsletter BOOLEAN NOT NULL DEFAULT 0
);
INSERT INTO members (mail, rank, enabled, joined, company)
VALUES ('Grace@Example.com', 'user', 1, '2024-01-31 12:00:00', 'Navy')";

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let file = std::env::temp_dir().join(format!("authkit-existing-users-table-{}.db", std::process::id()));
    let existing = Connection::open(&file)?;
    existing.execute_batch(MEMBERS)?;

    let members = UsersTable::new("members")
        .key("member_id", KeyType::BigInt)
        .email("mail")
        .password_hash("secret")
        .role("rank")
        .is_active("enabled")
        .created_at("joined")
        .profile("company", ColumnType::Text);
    let store = SqliteStore::builder(&file).users_table(members).open().await?;
    let config = Config::development().profile_fields([Field::text("company").at_registration()]);
    let kit = AuthKit::builder().store(store).config(config).build()?;

    let ada = Registration {
        email: "Ada@Example.com".into(),
        password: "a lantern over the quay".into(),
        profile: json!({"company": "Acme"}).as_object().cloned().unwrap_or_default(),
    };
    let client = ClientInfo::none();
    kit.register(ada, &client).await?;
    let signed_in = kit.login(Login::new("ada@example.com", "a lantern over the quay"), &client).await?;
    println!("signed in as member {}", signed_in.user.id);

    let mut rows = existing.prepare("SELECT member_id, mail, email_key, company FROM members ORDER BY member_id")?;
    let mut rows = rows.query(())?;
    while let Some(row) = rows.next()? {
        let (id, mail): (i64, String) = (row.get(0)?, row.get(1)?);
        let (key, company): (String, String) = (row.get(2)?, row.get(3)?);
        println!("{id}: {mail}, found as {key}, {company}");
    }
    drop(kit);
    Ok(std::fs::remove_file(&file)?)
}
