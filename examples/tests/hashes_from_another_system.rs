//! Runs the example of the same name.

use std::process::Command;

#[test]
fn the_old_password_signs_in_and_its_hash_is_replaced() {
    let run = Command::new(env!("CARGO_BIN_EXE_hashes_from_another_system")).output().expect("the example runs");
    let said = String::from_utf8_lossy(&run.stdout);
    assert!(run.status.success(), "{said}{}", String::from_utf8_lossy(&run.stderr));
    assert_eq!(said.lines().collect::<Vec<_>>(), ["signed in as grace@example.com", "the hash is argon2id now"]);
}
