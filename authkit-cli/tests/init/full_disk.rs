//! A disk that is full halfway. The shell forbids the command to make any file longer than a number of blocks, so that a write
//! fails in the middle of a file as it does where there is no room.

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::process::Command;

use crate::project::{AUTHKIT, HELLO, MANIFEST, Project};

/// Of `ulimit -f`, as POSIX has it.
const BLOCK: usize = 512;

const ALL: [&str; 5] = ["init", "--store", "postgres", "--with", "tests,http,emails,docker"];

/// The files that are edited where they are there, with what is of the user's in them.
const THEIRS: [&str; 3] = ["Cargo.toml", ".env", ".gitignore"];

/// The command where no file may be longer than `blocks`. Beyond it a write fails: the signal that would end the process is
/// ignored.
fn limited(blocks: usize) -> Command {
    let mut command = Command::new("sh");
    let script = r#"trap "" XFSZ; ulimit -f "$0" && exec "$@""#;
    command.args(["-c", script, &blocks.to_string(), AUTHKIT]).args(ALL);
    command
}

/// A project with settings, ignored paths and a manifest that are longer than what is written beside them, so that theirs
/// fail when others are written already.
fn theirs() -> Project {
    let remarks = "# a remark of some length\n".repeat(2000);
    let project = Project::new(&[
        ("Cargo.toml", &format!("{remarks}{MANIFEST}")),
        ("src/main.rs", HELLO),
        (".env", &format!("{remarks}{remarks}PORT=80\nAUTHKIT_SECRET_KEY='kept as it is'\n")),
        (".gitignore", &format!("{remarks}{remarks}{remarks}/target\n")),
    ]);
    let only_mine = fs::Permissions::from_mode(0o600);
    fs::set_permissions(project.0.join(".env"), only_mine).expect("a mode");
    fs::set_permissions(project.0.join("Cargo.toml"), fs::Permissions::from_mode(0o664)).expect("a mode");
    project
}

/// Runs it under a limit that it cannot keep, and gives the file that failed.
#[track_caller]
fn fails(project: &Project, blocks: usize) -> String {
    let told = project.refused_as(limited(blocks), 1);
    assert!(told.contains("AK0217") && told.contains("nothing was changed; make room"), "{told}");
    let line = told.lines().find(|line| line.contains("File too large")).unwrap_or_else(|| panic!("{told}"));
    line.trim().split(": ").next().unwrap_or_default().to_owned()
}

/// The files that init has written into a project, with their lengths.
fn written(project: &Project, before: &Project) -> Vec<(String, usize)> {
    let old = before.files();
    let old = |name: &str| old.get(&before.0.join(name)).cloned();
    let files = project.files().into_iter().filter_map(|(path, (bytes, mode))| {
        let name = path.strip_prefix(&project.0).ok()?.to_string_lossy().into_owned();
        let bytes = bytes?;
        let length = bytes.len();
        (old(&name) != Some((Some(bytes), mode))).then_some((name, length))
    });
    files.collect()
}

#[test]
fn a_disk_that_is_full_at_any_point_leaves_everything_as_it_was() {
    for (make, least) in [(Project::empty as fn() -> Project, 4), (theirs, THEIRS.len())] {
        let full = make();
        full.done(&ALL[1..]);
        let files = written(&full, &make());
        let mut limits: BTreeSet<usize> = files.iter().map(|(_, length)| (length - 1) / BLOCK).collect();
        limits.insert(0);
        let longest = limits.last().copied().unwrap_or_default();

        let project = make();
        let failed: BTreeSet<String> = limits.into_iter().map(|blocks| fails(&project, blocks)).collect();
        assert!(failed.len() >= least, "several files have failed: {failed:?}");
        let done = project.output(limited(longest + 1));
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
        assert_eq!(written(&project, &make()).len(), files.len());
    }
}

/// What is longer than the file in question is there already, and what is shorter is written, before it and after it.
#[test]
fn each_file_is_once_the_one_that_finds_no_room() {
    let before = theirs();
    let full = theirs();
    full.done(&ALL[1..]);
    let files = written(&full, &before);
    assert!(files.len() > 14, "{files:?}");
    for (name, length) in &files {
        let project = theirs();
        project.done(&ALL[1..]);
        let blocks = (length - 1) / BLOCK;
        for (other, its) in &files {
            if other != name && *its > blocks * BLOCK {
                continue;
            }
            if THEIRS.contains(&other.as_str()) || other == "src/main.rs" {
                fs::copy(before.0.join(other), project.0.join(other)).expect("a copy");
            } else {
                fs::remove_file(project.0.join(other)).expect("it was there");
            }
        }
        assert_eq!(fails(&project, blocks), *name);
    }
}

/// The place of a file is taken, which is seen only when it is put there: by then others are in their places.
#[test]
fn what_fails_when_half_of_it_is_in_place_is_taken_back() {
    let project = theirs();
    std::os::unix::fs::symlink("nowhere", project.0.join(".env.example")).expect("a link");
    let told = project.refused(&ALL[1..], 1);
    assert!(told.contains("AK0217") && told.contains(".env.example: File exists"), "{told}");
}

/// Where a file is a link, what it leads to is changed, and the link stays.
#[test]
fn a_link_stays_a_link() {
    let project = Project::empty();
    project.write("shared/settings", "PORT=80\n");
    std::os::unix::fs::symlink("shared/settings", project.0.join(".env")).expect("a link");
    project.done(&[]);
    assert!(fs::symlink_metadata(project.0.join(".env")).expect("it is there").is_symlink());
    assert!(project.text("shared/settings").starts_with("PORT=80\nAUTHKIT_ENV=development\n"));
}
