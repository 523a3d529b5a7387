//! Accounts in a users table that the application has already, on Postgres.
//! `cargo run --bin existing_users_table_postgres -- postgres://user:password@host/database`
//!
//! The migration adds two columns to the table and makes the schema `authkit` beside it. The example makes the table first and
//! leaves everything in the database: give it one to play with.

use authkit_core::{AuthKit, ClientInfo, Config, Field, Login, Registration};
use authkit_store_postgres::{ColumnType, KeyType, PostgresStore, UsersTable};
use serde_json::json;
use tokio_postgres::NoTls;

/// What was there before AuthKit: keys of its own, names of its own, instants without a zone.
const MEMBERS: &str = "
CREATE SCHEMA app;
CREATE TABLE app.members (
    member_id uuid PRIMARY KEY,
    mail      varchar(255) NOT NULL UNIQUE,
    secret    varchar(255),
    rank      varchar(50) NOT NULL,
    enabled   boolean NOT NULL,
    joined    timestamp NOT NULL,
    company   text,
    newsletter boolean NOT NULL DEFAULT false
);
INSERT INTO app.members (member_id, mail, rank, enabled, joined, company)
VALUES ('018d5e1c-0000-7000-8000-000000000001', 'Grace@Example.com', 'user', true, '2024-01-31 12:00:00', 'Navy')";

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let url =
        std::env::args().nth(1).ok_or("give the URL of a database to play with: postgres://user@host/database")?;
    let (existing, connection) = tokio_postgres::connect(&url, NoTls).await?;
    tokio::spawn(connection);
    existing.batch_execute(MEMBERS).await?;

    let members = UsersTable::new("members")
        .in_schema("app")
        .key("member_id", KeyType::Uuid)
        .email("mail")
        .password_hash("secret")
        .role("rank")
        .is_active("enabled")
        .created_at("joined")
        .profile("company", ColumnType::Text);
    let postgres = PostgresStore::builder(url).users_table(members);
    postgres.migrate().await?;
    let config = Config::development().profile_fields([Field::text("company").at_registration()]);
    let kit = AuthKit::builder().store(postgres.connect().await?).config(config).build()?;

    let ada = Registration {
        email: "Ada@Example.com".into(),
        password: "a lantern over the quay".into(),
        profile: json!({"company": "Acme"}).as_object().cloned().unwrap_or_default(),
    };
    let client = ClientInfo::none();
    kit.register(ada, &client).await?;
    let signed_in = kit.login(Login::new("ada@example.com", "a lantern over the quay"), &client).await?;
    println!("signed in as {}", signed_in.user.email);

    for row in existing.query("SELECT mail, email_key, company FROM app.members ORDER BY joined", &[]).await? {
        let (mail, key, company): (&str, &str, &str) = (row.get(0), row.get(1), row.get(2));
        println!("{mail}, found as {key}, {company}");
    }
    Ok(())
}
