//! A tree under version control.

use std::process::Command;

use crate::project::{HELLO, MANIFEST, Project};

fn git(project: &Project, args: &[&str]) -> String {
    let mut command = Command::new("git");
    // No configuration of whoever runs the tests.
    command.args(args).env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_CONFIG_NOSYSTEM", "1");
    let output = project.output(command);
    assert!(output.status.success(), "git {}: {}", args.join(" "), String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).into_owned()
}

// S-99
#[test]
fn settings_that_are_under_version_control_are_warned_of() {
    let project = Project::new(&[("Cargo.toml", MANIFEST), ("src/main.rs", HELLO), (".env", "PORT=80\n")]);
    git(&project, &["init", "--quiet"]);
    git(&project, &["add", ".env"]);
    for _ in 0..2 {
        let told = project.done(&[]);
        assert!(told.contains("warning") && told.contains("git rm --cached .env"), "{told}");
    }
    let output = project.init(&["--json"]);
    let answer: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert!(
        answer["data"]["warnings"][0].as_str().is_some_and(|text| text.contains("git rm --cached .env")),
        "{answer}"
    );
}

#[test]
fn work_that_is_not_committed_stays_and_the_settings_are_ignored() {
    let project = Project::new(&[("Cargo.toml", MANIFEST), ("src/main.rs", HELLO)]);
    git(&project, &["init", "--quiet"]);
    git(&project, &["add", "."]);
    project.write("src/main.rs", "// half done\nfn main() {\n");
    project.write("notes.txt", "tracked by nobody\n");
    let told = project.done(&[]);
    assert!(!told.contains("warning"), "{told}");
    assert_eq!(project.text("src/main.rs"), "// half done\nfn main() {\n");
    assert_eq!(project.text("notes.txt"), "tracked by nobody\n");
    let seen = git(&project, &["status", "--porcelain", "--untracked-files=all"]);
    assert!(seen.contains("src/auth/mod.rs") && !seen.lines().any(|line| line.ends_with(" .env")), "{seen}");
}
