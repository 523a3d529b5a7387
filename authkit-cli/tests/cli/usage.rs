//! Wrong usage: one line, a hint, exit code 2.

use crate::support::Folder;

/// The words, the line and the hint.
const WRONG: [(&[&str], &str, &str); 13] = [
    (&["usr"], "unrecognized subcommand 'usr'", "did you mean `user`?"),
    (&["user", "lst"], "unrecognized subcommand 'lst'", "did you mean `list`?"),
    (&["sesion", "list"], "unrecognized subcommand 'sesion'", "did you mean `session`?"),
    (&["doctr"], "unrecognized subcommand 'doctr'", "did you mean `doctor`?"),
    (&["user", "list", "--jsn"], "unexpected argument '--jsn' found", "did you mean `--json`?"),
    (&["user", "list", "--status", "activ"], "invalid value 'activ' for '--status <STATUS>'", "did you mean `active`?"),
    (&["completions", "bsh"], "invalid value 'bsh' for '<SHELL>'", "did you mean `bash`?"),
    (&["user", "export", "--format", "xml"], "invalid value 'xml' for '--format <FORMAT>'", "one of csv, jsonl"),
    (&["user", "show"], "the following required arguments were not provided: <USER>", "authkit user show <USER>"),
    (
        &["user", "set-role", "ada@example.com"],
        "the following required arguments were not provided: <ROLE>",
        "authkit user set-role <USER> <ROLE>",
    ),
    (
        &["user", "list", "--limit", "201"],
        "invalid value '201' for '--limit <N>': 201 is not in 1..=200",
        "authkit --help",
    ),
    (
        &["audit", "list", "--from", "yesterday"],
        "invalid value 'yesterday' for '--from <TIME>': a time is written like 2026-01-31T12:00:00Z or 2026-01-31",
        "authkit --help",
    ),
    (&["session", "end", "no-id"], "invalid value 'no-id' for '<ID>'", "authkit --help"),
];

#[test]
fn wrong_usage_is_one_line_and_a_hint() {
    let folder = Folder::new();
    for (args, line, hint) in WRONG {
        let run = folder.run(args).ends(2);
        assert_eq!(run.out, "", "{args:?}");
        let lines: Vec<&str> = run.err.lines().collect();
        let [error, help] = lines[..] else { panic!("{args:?}: two lines: {}", run.err) };
        assert!(error.starts_with(&format!("error: {line}")), "{args:?}: {error}");
        assert_eq!(help, format!("hint:  {hint}"), "{args:?}");
    }
}

#[test]
fn wrong_usage_is_an_envelope_where_json_is_asked_for() {
    let folder = Folder::new();
    for (args, line, hint) in WRONG {
        let args = [args, &["--json"]].concat();
        let error = folder.run(&args).ends(2).error();
        assert_eq!(
            (&error["code"], &error["fix"]),
            (
                &"AK0215".into(),
                &hint.replace("user show", "user show --json").replace("set-role", "set-role --json").into()
            ),
            "{args:?}"
        );
        assert!(error["why"].as_str().expect("a text").starts_with(line), "{args:?}");
    }
}

#[test]
fn without_a_word_the_help_is_shown_and_it_is_wrong_usage() {
    let folder = Folder::new();
    for args in [&[][..], &["user"], &["session"], &["audit"], &["secret"], &["config"]] {
        let run = folder.run(args).ends(2);
        assert!(run.out.is_empty() && run.err.contains("Usage: authkit"), "{args:?}: {}", run.err);
    }
}

#[test]
fn help_and_version_are_data() {
    let folder = Folder::new();
    let help = folder.run(&["--help"]).ends(0);
    assert!(help.out.contains("Exit codes: 0 ok, 1 failed, 2 usage, 3 refused") && help.err.is_empty());
    let version = folder.run(&["--version"]).ends(0);
    assert_eq!(version.out, format!("authkit {}\n", env!("CARGO_PKG_VERSION")));
}

#[test]
fn a_misspelt_role_or_code_is_told_with_the_nearest_one() {
    let folder = Folder::installed();
    for (args, hint) in [
        (&["user", "set-role", "root@example.com", "editr"][..], "did you mean `editor`?"),
        (&["user", "set-role", "root@example.com", "x"], "one of user, moderator, editor, admin"),
        (&["user", "list", "--role", "admn"], "did you mean `admin`?"),
        (&["user", "create", "ada@example.com", "--no-mail", "--role", "usr"], "did you mean `user`?"),
        (&["audit", "list", "--code", "session.opend"], "did you mean `session.opened`?"),
    ] {
        let run = folder.run(args).ends(2);
        assert!(run.err.contains("error[AK0215]") && run.err.contains(hint), "{args:?}: {}", run.err);
    }
}

#[test]
fn whatever_comes_last_of_two_equal_flags_is_no_riddle() {
    let folder = Folder::new();
    let run = folder.run(&["routes", "--config", "a", "--config", "b"]).ends(2);
    assert!(run.err.contains("cannot be used multiple times"), "{}", run.err);
}
