//! Runs the example of the same name.

use std::process::Command;

#[test]
fn the_worker_signs_in_refreshes_and_is_signed_out() {
    let run = Command::new(env!("CARGO_BIN_EXE_worker_without_http")).output().expect("the example runs");
    let said = String::from_utf8_lossy(&run.stdout);
    assert!(run.status.success(), "{said}{}", String::from_utf8_lossy(&run.stderr));
    let lines = [
        "signed in as worker@example.com",
        "working with the role user",
        "refreshed, generation 1",
        "the session was ended",
    ];
    assert_eq!(said.lines().collect::<Vec<_>>(), lines);
}
