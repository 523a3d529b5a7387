//! `authkit init` in projects that are there already: nothing of theirs is lost, and nothing is half written. What it makes of an
//! empty project is built and run by `cargo xtask scaffold`.

#![expect(clippy::expect_used, clippy::panic, reason = "what is called by tests fails as a test does")]

mod docker;
mod emails;
#[cfg(unix)]
mod full_disk;
mod migrations;
#[cfg(unix)]
mod no_right;
mod project;
#[cfg(unix)]
mod terminal;
mod tracked;

use std::fs;
use std::path::Path;

use project::{HELLO, MANIFEST, Project};

#[test]
fn a_main_of_their_own_stays_and_the_lines_to_add_are_told() {
    let main = "// mine\nfn main() {}\n";
    let project = Project::new(&[("Cargo.toml", MANIFEST), ("src/main.rs", main)]);
    let told = project.done(&[]);
    assert_eq!(project.text("src/main.rs"), main);
    assert!(told.contains("kept (differs)  src/main.rs"), "{told}");
    for line in ["mod auth;", "let auth = auth::auth().await?;", "auth::mount(&auth, app)"] {
        assert!(told.contains(line), "{told}");
    }
    let told = project.done(&[]);
    assert!(told.contains("nothing was left to do"), "{told}");
}

#[test]
fn what_they_have_changed_stays_and_what_is_missing_is_added() {
    let manifest = "# ours\n[package]\nname = \"theirs\" # good\n[dependencies]\ntokio = { version = \"1.40\", features = [\"full\"] }\n\
                    poem = \"3.0\" # pinned\nserde_json = \"1\"\n";
    let project = Project::new(&[
        ("Cargo.toml", manifest),
        ("src/main.rs", HELLO),
        ("src/auth/user.rs", "// my own users table\n"),
        (".env", "AUTHKIT_SECRET_KEY='kept as it is'\nPORT=80\n"),
        (".gitignore", "/target"),
    ]);
    project.done(&["--store", "memory"]);
    let after = project.text("Cargo.toml");
    for kept in
        ["# ours", "# good", "tokio = { version = \"1.40\", features = [\"full\"] }", "authkit-store-memory = \"0."]
    {
        assert!(after.contains(kept), "{kept} in {after}");
    }
    assert!(after.contains("poem = { version = \"3.0\", features = [\"server\"] }"), "{after}");
    assert_eq!(project.text("src/auth/user.rs"), "// my own users table\n");
    let settings = project.text(".env");
    assert!(settings.starts_with("AUTHKIT_SECRET_KEY='kept as it is'\nPORT=80\n"), "{settings}");
    assert!(settings.contains("AUTHKIT_DATABASE_URL=memory:"), "{settings}");
    assert_eq!(project.text(".gitignore"), "/target\n.env\nauthkit.db*\n");
    assert!(project.text("src/main.rs").contains("authkit_poem::serve"));
}

#[test]
fn lines_keep_the_ends_that_they_have() {
    let crlf = |text: &str| text.replace('\n', "\r\n");
    let project = Project::new(&[
        ("Cargo.toml", &crlf(MANIFEST)),
        ("src/main.rs", &crlf(HELLO)),
        (".env", "PORT=80\r\n"),
        (".gitignore", "/target\r\n"),
    ]);
    project.done(&[]);
    for file in ["Cargo.toml", ".env", ".gitignore"] {
        let text = project.text(file);
        assert_eq!(text.matches('\n').count(), text.matches("\r\n").count(), "{file}: {text:?}");
    }
    assert!(project.done(&[]).contains("nothing was left to do"));
}

// S-99
#[cfg(unix)]
#[test]
fn the_key_is_nobodys_but_the_owners_and_is_never_shown() {
    use std::os::unix::fs::PermissionsExt as _;
    let project = Project::new(&[("Cargo.toml", MANIFEST), ("src/main.rs", HELLO)]);
    let output = project.init(&["--diff"]);
    let shown = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    let settings = project.text(".env");
    let key = settings.lines().find_map(|line| line.strip_prefix("AUTHKIT_SECRET_KEY=")).expect("a key");
    assert!(key.len() >= 32 && !shown.contains(key) && shown.contains("+AUTHKIT_SECRET_KEY=…"), "{shown}");
    let mode = fs::metadata(project.0.join(".env")).expect("a file").permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
}

#[test]
fn a_dry_run_writes_nothing_and_shows_all_of_it() {
    let project = Project::new(&[("Cargo.toml", MANIFEST), ("src/main.rs", HELLO)]);
    let before = project.files();
    let output = project.init(&["--dry-run", "--diff", "--json"]);
    assert!(output.status.success());
    let answer: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert_eq!(answer["dry_run"], true);
    assert!(answer["data"]["files"].as_array().is_some_and(|files| files.len() > 7));
    assert_eq!(project.files(), before);
}

/// A folder stands where a file has to be: what was staged before is taken away again.
#[test]
fn what_cannot_be_written_leaves_nothing_behind() {
    let project = Project::new(&[
        ("Cargo.toml", MANIFEST),
        ("src/main.rs", HELLO),
        ("requests", "a file where a folder has to be\n"),
    ]);
    let told = project.refused(&[], 1);
    assert!(told.contains("AK0217") && told.contains("nothing was changed"), "{told}");
}

#[test]
fn what_does_not_fit_is_told_and_mended_in_words() {
    let empty = Project::new(&[("README.md", "nothing\n")]);
    assert!(empty.refused(&[], 4).contains("cargo new my-app"));
    let workspace = Project::new(&[("Cargo.toml", "[workspace]\nmembers = []\n")]);
    assert!(workspace.refused(&[], 1).contains("workspace alone"));
    let broken = Project::new(&[("Cargo.toml", "[package\n")]);
    assert!(broken.refused(&[], 1).contains("Cargo.toml is no TOML"));
    let other = Project::new(&[("Cargo.toml", &format!("{MANIFEST}authkit-core = \"7.1\"\n")), ("src/main.rs", HELLO)]);
    assert!(other.refused(&[], 3).contains("authkit-core 7.1"));
    let settings = Project::new(&[("Cargo.toml", MANIFEST), ("src/main.rs", HELLO), (".env", "no equals sign\n")]);
    assert!(settings.refused(&[], 1).contains(".env, line 1"));
    let good = Project::new(&[("Cargo.toml", MANIFEST), ("src/main.rs", HELLO)]);
    assert!(good.refused(&["--path", "../elsewhere"], 2).contains("--path src/auth"));
    assert!(good.refused(&["--authkit-path", "nowhere"], 4).contains("no checkout"));
    assert!(good.refused(&["--store", "sqllite"], 2).contains("did you mean `sqlite`?"));
    assert!(Path::new(&good.0).exists());
}
