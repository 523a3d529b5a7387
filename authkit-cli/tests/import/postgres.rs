//! From and to Postgres.

use serde_json::json;

use crate::support::{Folder, HASH, counts};

#[tokio::test]
async fn users_and_trail_are_taken_over_from_postgres_into_postgres() {
    let server = authkit_test_postgres::shared();
    let (old, new) = (server.create_database().await, server.create_database().await);
    let client = old.connect().await;
    let schema = format!(
        "CREATE TABLE authkit_users (id uuid PRIMARY KEY, email varchar(255) NOT NULL UNIQUE,
             hashed_password varchar(255) NOT NULL, role varchar(50) NOT NULL, is_active boolean NOT NULL,
             is_verified boolean NOT NULL, created_at timestamptz NOT NULL, updated_at timestamptz NOT NULL, plan text);
         CREATE TABLE authkit_audit_logs (id uuid PRIMARY KEY, user_id uuid, action varchar(255) NOT NULL, details json,
             ip_address varchar(45), user_agent varchar(500), created_at timestamp NOT NULL);
         INSERT INTO authkit_users SELECT ('6f1b2c34-0000-4000-8000-' || lpad(n::text, 12, '0'))::uuid,
             'user' || n || '@example.com', '{HASH}', 'user', true, n % 2 = 0,
             timestamptz '2024-03-01 12:00+02' + n * interval '1 minute', now(), 'gold'
             FROM generate_series(1, 1100) AS n;
         INSERT INTO authkit_audit_logs SELECT ('aaaaaaaa-0000-4000-8000-' || lpad(n::text, 12, '0'))::uuid,
             '6f1b2c34-0000-4000-8000-000000000001', 'user_logged_in', 'null', '2001:db8::7', 'curl/8',
             timestamp '2024-04-01 12:00' + n * interval '1 minute' FROM generate_series(1, 700) AS n;"
    );
    client.batch_execute(&schema).await.expect("the tables");
    let folder = Folder::new();
    folder.json(new.url(), &["migrate", "up"]);
    let from = old.url().replacen("postgres://", "postgresql+asyncpg://", 1);
    let report = folder.import(new.url(), &from, &[]);
    assert_eq!((counts(&report, "users"), counts(&report, "events")), ([1100, 1100, 0, 0], [700, 700, 0, 0]));
    assert_eq!((&report["zoneless"], &report["columns"]), (&json!(700), &json!(["plan"])));
    let again = folder.import(new.url(), &from, &[]);
    assert_eq!((counts(&again, "users"), counts(&again, "events")), ([1100, 0, 1100, 0], [700, 0, 700, 0]));
    let one = folder.json(new.url(), &["user", "show", "user1@example.com"]).to_string();
    assert!(one.contains("2024-03-01T10:01:00") && one.contains("2024-04-01T23:40:00"), "{one}");
}
