//! At a terminal: what would change is shown before it is asked for.

use std::process::Command;

use rexpect::session::{PtySession, spawn_command};

use crate::project::{AUTHKIT, HELLO, MANIFEST, Project};

/// How long an answer may take.
const PATIENCE: Option<u64> = Some(20_000);

fn at_terminal(project: &Project, args: &[&str]) -> PtySession {
    let mut command = Command::new(AUTHKIT);
    command.arg("init").args(args).current_dir(&project.0).env("NO_COLOR", "1");
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("AUTHKIT_") {
            command.env_remove(name);
        }
    }
    spawn_command(command, PATIENCE).expect("a terminal")
}

#[test]
fn nothing_is_written_until_the_changes_are_wanted() {
    let project = Project::empty();
    let before = project.files();
    let mut session = at_terminal(&project, &[]);
    session.exp_string("Where are users and sessions kept").expect("the first question");
    session.send_line("memory").expect("an answer");
    session.exp_string("+++ b/Cargo.toml").expect("the diff");
    session.exp_string("+authkit-store-memory").expect("a new line");
    let shown = session.exp_string("[Y/n]").expect("the second question");
    assert!(!shown.contains("src/auth/mod.rs"), "a file that is new: {shown}");
    session.send_line("n").expect("an answer");
    let told = session.exp_eof().expect("an end");
    assert!(told.contains("AK0208"), "{told}");
    project.assert_is(&before, &told);

    let mut session = at_terminal(&project, &["--store", "memory"]);
    session.exp_string("[Y/n]").expect("the question");
    session.send_control('d').expect("the end of the input");
    let told = session.exp_eof().expect("an end");
    assert!(told.contains("AK0208"), "{told}");
    project.assert_is(&before, &told);
}

#[test]
fn the_changes_are_written_when_they_are_wanted_and_nobody_is_asked_twice() {
    let project = Project::empty();
    let mut session = at_terminal(&project, &["--store", "sqlite"]);
    session.exp_string("[Y/n]").expect("the question");
    session.send_line("").expect("an answer");
    session.exp_string("cargo run").expect("what is next");
    session.exp_eof().expect("an end");
    assert!(project.text("Cargo.toml").contains("authkit-store-sqlite"));

    // All is there: nothing is asked.
    let mut session = at_terminal(&project, &["--store", "sqlite"]);
    session.exp_string("nothing was left to do").expect("the second run");
    session.exp_eof().expect("an end");

    let project = Project::new(&[("Cargo.toml", MANIFEST), ("src/main.rs", HELLO)]);
    let mut session = at_terminal(&project, &["--store", "sqlite", "--yes"]);
    session.exp_string("cargo run").expect("no question");
    session.exp_eof().expect("an end");
    assert!(project.text("Cargo.toml").contains("authkit-store-sqlite"));
}
