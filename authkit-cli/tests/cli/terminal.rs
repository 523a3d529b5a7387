//! What happens at a terminal only: colour, questions, passwords that are not shown.

use std::process::Command;

use rexpect::session::{PtySession, spawn_command};

use crate::support::{Folder, PASSWORD, ROOT};

const ADA: &str = "ada@example.com";
/// Until a test gives up, in milliseconds.
const PATIENCE: u64 = 30_000;

fn at_terminal(command: Command) -> PtySession {
    spawn_command(command, Some(PATIENCE)).expect("a terminal")
}

/// All that the command says at a terminal, and what it ends with.
fn shown(command: Command) -> (String, i32) {
    let mut session = at_terminal(command);
    let text = session.exp_eof().expect("it ends");
    (text, code(&session))
}

fn code(session: &PtySession) -> i32 {
    use rexpect::process::WaitStatus;
    match session.process().wait().expect("it ends") {
        WaitStatus::Exited(_, code) => code,
        other => panic!("{other:?}"),
    }
}

#[test]
fn output_is_coloured_at_a_terminal_and_not_where_that_is_unwanted() {
    let folder = Folder::installed();
    let green = "\u{1b}[32mactive\u{1b}[0m";
    let (text, ended) = shown(folder.command(&["user", "list"]));
    assert!(ended == 0 && text.contains(green), "{text:?}");
    let (text, ended) = shown(folder.command(&["user", "show", "nobody"]));
    assert!(ended == 4 && text.contains("\u{1b}["), "{text:?}");
    let (text, _) = shown(folder.command(&["user", "list", "--no-color"]));
    assert!(text.contains("active") && !text.contains('\u{1b}'), "{text:?}");
    for (name, value) in [("NO_COLOR", "1"), ("TERM", "dumb")] {
        let mut command = folder.command(&["user", "list"]);
        command.env(name, value);
        let (text, _) = shown(command);
        assert!(text.contains("active") && !text.contains('\u{1b}'), "{name}: {text:?}");
    }
    let (text, _) = shown(folder.command(&["--help", "--no-color"]));
    assert!(!text.contains('\u{1b}'), "{text:?}");
}

// S-99
#[test]
fn an_administrator_is_made_with_a_password_that_is_typed_twice_and_not_shown() {
    let folder = Folder::migrated();
    let mut session = at_terminal(folder.command(&["create-admin"]));
    session.exp_string("Address:").expect("a question");
    session.send_line(ROOT).expect("typed");
    let before = session.exp_string("Password:").expect("a question");
    assert!(before.contains("At least 15 characters"), "{before}");
    session.send_line(PASSWORD).expect("typed");
    session.exp_string("Once more:").expect("a question");
    session.send_line(PASSWORD).expect("typed");
    let rest = session.exp_eof().expect("it ends");
    assert!(rest.contains("root@example.com is an administrator and can sign in"), "{rest}");
    assert!(!rest.contains(PASSWORD), "{rest}");
    assert_eq!(code(&session), 0);
}

#[test]
fn two_passwords_that_differ_make_nobody() {
    let folder = Folder::migrated();
    let mut session = at_terminal(folder.command(&["create-admin", ROOT]));
    session.exp_string("Password:").expect("a question");
    session.send_line(PASSWORD).expect("typed");
    session.exp_string("Once more:").expect("a question");
    session.send_line("another lantern over the quay").expect("typed");
    let rest = session.exp_eof().expect("it ends");
    assert!(rest.contains("AK0208") && rest.contains("differ"), "{rest}");
    assert_eq!(code(&session), 3);
    assert_eq!(folder.run(&["user", "list"]).ends(0).out, "No users.\n");
}

#[test]
fn what_is_destroyed_is_shown_and_the_address_must_be_typed() {
    let folder = Folder::installed();
    folder.run(&["user", "create", ADA, "--no-mail"]).ends(0);
    let mut session = at_terminal(folder.command(&["user", "delete", ADA]));
    session.exp_string("ada@example.com is deleted, and 0 sessions are ended").expect("a warning");
    session.exp_string("Type the address `ada@example.com` to go on:").expect("a question");
    session.send_line("yes").expect("typed");
    let rest = session.exp_eof().expect("it ends");
    assert!(rest.contains("AK0208") && code(&session) == 3, "{rest}");

    let mut session = at_terminal(folder.command(&["user", "delete", ADA]));
    session.exp_string("to go on:").expect("a question");
    session.send_line(ADA).expect("typed");
    let rest = session.exp_eof().expect("it ends");
    assert!(rest.contains("ada@example.com is deleted") && code(&session) == 0, "{rest}");
    folder.was_recorded("user.deleted");
}

#[test]
fn the_count_must_be_typed_where_many_are_concerned() {
    let folder = Folder::installed();
    let mut session = at_terminal(folder.command(&["session", "end-all", "--everybody"]));
    session.exp_string("every session of 1 user will be ended").expect("a warning");
    session.exp_string("Type the number of users `1` to go on:").expect("a question");
    session.send_line("2").expect("typed");
    let rest = session.exp_eof().expect("it ends");
    assert!(rest.contains("AK0208") && code(&session) == 3, "{rest}");
}

#[test]
fn the_name_of_the_file_must_be_typed_before_a_good_key_is_replaced() {
    let folder = Folder::installed();
    let before = folder.read(".env");
    let mut session = at_terminal(folder.command(&["secret", "generate", "--write", ".env", "--replace"]));
    session.exp_string("Type the file's name `.env` to go on:").expect("a question");
    session.send_line("").expect("typed");
    session.exp_eof().expect("it ends");
    assert_eq!((code(&session), folder.read(".env")), (3, before));
}
