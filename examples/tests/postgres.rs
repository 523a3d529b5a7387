//! Runs the examples that need Postgres.

use std::process::Command;

use authkit_test_postgres::shared;

#[tokio::test(flavor = "multi_thread")]
async fn an_account_is_registered_in_a_postgres_table_that_was_there_before() {
    let database = shared().create_database().await;
    let mut example = Command::new(env!("CARGO_BIN_EXE_existing_users_table_postgres"));
    let run = example.arg(database.url()).output().expect("the example runs");
    let said = String::from_utf8_lossy(&run.stdout);
    assert!(run.status.success(), "{said}{}", String::from_utf8_lossy(&run.stderr));
    let lines = [
        "signed in as Ada@Example.com",
        "Grace@Example.com, found as grace@example.com, Navy",
        "Ada@Example.com, found as ada@example.com, Acme",
    ];
    assert_eq!(said.lines().collect::<Vec<_>>(), lines);
}

#[tokio::test(flavor = "multi_thread")]
async fn accounts_live_in_the_pool_that_the_application_has_in_postgres() {
    let database = shared().create_database().await;
    let mut example = Command::new(env!("CARGO_BIN_EXE_own_postgres_pool"));
    let run = example.arg(database.url()).output().expect("the example runs");
    let said = String::from_utf8_lossy(&run.stdout);
    assert!(run.status.success(), "{said}{}", String::from_utf8_lossy(&run.stderr));
    assert_eq!(said.trim(), "sessions: 1");
}
