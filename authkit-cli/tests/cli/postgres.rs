//! The command on a real Postgres.

use serde_json::json;

use crate::support::{Folder, PASSWORD, ROOT};

/// Settings that name a new database, and the database that must outlive them.
async fn set_up() -> (Folder, authkit_test_postgres::Database) {
    let database = authkit_test_postgres::shared().create_database().await;
    let folder = Folder::new();
    folder.settings(&[("AUTHKIT_DATABASE_URL", database.url())]);
    (folder, database)
}

#[tokio::test(flavor = "multi_thread")]
async fn an_installation_is_made_looked_at_and_changed() {
    let (folder, _database) = set_up().await;
    let steps = ["0001_users", "0002_sessions_and_audit", "0003_users_domain", "0004_failed_sign_ins"];
    let missing = json!({"database": "postgres", "applied": [], "missing": steps});
    assert_eq!(folder.run(&["migrate", "--json"]).ends(0).data(), missing);
    let early = folder.run(&["user", "list"]).ends(1);
    assert!(early.err.contains("error[AK0205]") && early.err.contains("authkit migrate up"), "{}", early.err);
    assert_eq!(folder.run(&["migrate", "up"]).ends(0).err, format!("done  4 migrations run: {}\n", steps.join(", ")));
    folder.was_recorded("system.migrated");
    folder.run_with(&["create-admin", ROOT, "--password-stdin"], PASSWORD, &[]).ends(0);
    folder.was_recorded("user.created");

    folder.run(&["user", "create", "ada@example.com", "--no-mail"]).ends(0);
    folder.run(&["user", "set-role", "ada@example.com", "editor"]).ends(0);
    folder.was_recorded("user.role_changed");
    folder.run(&["user", "disable", "ada@example.com"]).ends(0);
    folder.was_recorded("user.disabled");
    folder.run(&["user", "delete", "ada@example.com", "--yes"]).ends(0);
    folder.was_recorded("user.deleted");
    folder.run(&["user", "restore", "ada@example.com"]).ends(0);
    folder.was_recorded("user.restored");
    assert!(folder.run(&["user", "list"]).ends(0).out.contains("ada@example.com   editor  disabled"));
    assert_eq!(folder.run(&["session", "list"]).ends(0).out, "No sessions.\n");
    assert_eq!(folder.run(&["session", "end-all", "--everybody", "-y", "--json"]).ends(0).data()["users"], 2);
    assert_eq!(folder.run(&["user", "export"]).ends(0).out.lines().count(), 3);
    folder.run(&["cleanup"]).ends(0);
    folder.was_recorded("system.tidied");
    assert!(folder.run(&["audit", "prune"]).ends(0).err.contains("nothing to do"));
    assert_eq!(folder.run(&["user", "set-role", ROOT, "user"]).ends(3).err.lines().count(), 4, "S-69");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_doctor_finds_a_missing_index_and_nothing_where_all_is_well() {
    let (folder, database) = set_up().await;
    folder.run(&["migrate", "up"]).ends(0);
    folder.run_with(&["create-admin", ROOT, "--password-stdin"], PASSWORD, &[]).ends(0);
    let client = authkit_test_postgres::connect(database.url()).await;
    let sql = "UPDATE authkit.users SET password_hash = $1";
    client.execute(sql, &[&crate::doctor::argon2id().1]).await.expect("a hash that takes its time");
    let run = folder.run(&["doctor", "--quiet"]).ends(0);
    assert_eq!(run.out, "", "{}", run.err);
    assert!(folder.run(&["doctor"]).ends(0).out.contains("pass  clock"));
    client.batch_execute("DROP INDEX authkit.users_created").await.expect("it is gone");
    let run = folder.run(&["doctor", "--quiet"]).ends(5);
    assert!(run.out.starts_with("fail  indexes") && run.out.contains("users_created"), "{}", run.out);
}

/// A server whose clock is off, as its databases tell the time: the function that does is another one in this database.
/// That takes a superuser, and so a server of its own.
#[tokio::test(flavor = "multi_thread")]
async fn the_doctor_finds_a_server_whose_clock_is_off() {
    let cluster = authkit_test_postgres::Cluster::start().await;
    let database = cluster.create_database().await;
    let folder = Folder::new();
    folder.settings(&[("AUTHKIT_DATABASE_URL", database.url())]);
    folder.run(&["migrate", "up"]).ends(0);
    folder.run_with(&["create-admin", ROOT, "--password-stdin"], PASSWORD, &[]).ends(0);
    let client = authkit_test_postgres::connect(database.url()).await;
    let sql = "UPDATE authkit.users SET password_hash = $1";
    client.execute(sql, &[&crate::doctor::argon2id().1]).await.expect("a hash that takes its time");
    client.batch_execute("ALTER FUNCTION pg_catalog.clock_timestamp() RENAME TO true_clock").await.expect("renamed");
    for (off, says) in [
        ("2 seconds", None),
        ("61 seconds", Some("ahead of this machine's")),
        ("-61 seconds", Some("behind this machine's")),
    ] {
        let clock = format!(
            "CREATE OR REPLACE FUNCTION pg_catalog.clock_timestamp() RETURNS timestamptz LANGUAGE sql
             AS $$ SELECT pg_catalog.true_clock() + interval '{off}' $$"
        );
        client.batch_execute(&clock).await.expect("another clock");
        let run = folder.run(&["doctor", "--quiet"]).ends(if says.is_some() { 5 } else { 0 });
        match says {
            None => assert_eq!(run.out, "", "what tokens forgive"),
            Some(says) => {
                assert!(
                    run.out.starts_with("fail  clock ") && run.out.contains("the database's is 6"),
                    "{off}: {}",
                    run.out
                );
                assert!(
                    run.out.contains(&format!(" seconds {says}")) && run.out.contains("fix:"),
                    "{off}: {}",
                    run.out
                );
                assert_eq!(run.out.lines().count(), 2, "that alone: {}", run.out);
            }
        }
    }
}

// S-96
#[test]
fn a_server_that_cannot_be_reached_is_named_without_its_password() {
    let folder = Folder::new();
    folder.settings(&[("AUTHKIT_DATABASE_URL", "postgresql+asyncpg://ada:canary@127.0.0.1:1/app?connect_timeout=1")]);
    for args in [&["user", "list"][..], &["migrate"], &["migrate", "up"]] {
        let run = folder.run(args).ends(1);
        assert!(run.err.contains("error[AK0206]") && run.err.contains("127.0.0.1:1"), "{}", run.err);
        assert!(!run.err.contains("canary"));
    }
    let run = folder.run(&["doctor"]).ends(5);
    assert!(run.out.contains("AK0206") && !run.out.contains("canary"), "{}", run.out);
}
