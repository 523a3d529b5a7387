//! Runs the example of the same name.

use std::process::Command;

#[test]
fn an_account_is_registered_in_a_table_that_was_there_before() {
    let run = Command::new(env!("CARGO_BIN_EXE_existing_users_table")).output().expect("the example runs");
    let said = String::from_utf8_lossy(&run.stdout);
    assert!(run.status.success(), "{said}{}", String::from_utf8_lossy(&run.stderr));
    let lines = [
        "signed in as member 2",
        "1: Grace@Example.com, found as grace@example.com, Navy",
        "2: Ada@Example.com, found as ada@example.com, Acme",
    ];
    assert_eq!(said.lines().collect::<Vec<_>>(), lines);
}
