//! Runs the example of the same name.

use std::process::Command;

#[test]
fn the_answer_is_there_before_the_mail_and_the_mail_arrives_at_the_second_try() {
    let run = Command::new(env!("CARGO_BIN_EXE_own_mailer")).output().expect("the example runs");
    let said = String::from_utf8_lossy(&run.stdout);
    assert!(run.status.success(), "{said}{}", String::from_utf8_lossy(&run.stderr));
    let lines = [
        "answered",
        "to ada@example.com: Lumen: choose a new password",
        "Hello ada@example.com, this link is good for a quarter of an hour:",
    ];
    assert_eq!(said.lines().collect::<Vec<_>>(), lines);
}
