//! The schema as files: what the store runs, and nothing else.

use std::fs;
use std::process::Command;

use crate::project::{AUTHKIT, Project};

const SQLITE: [&str; 4] = ["0001_init.sql", "0002_users_domain.sql", "0003_failed_sign_ins.sql", "0004_counts.sql"];
const POSTGRES: [&str; 4] =
    ["0001_users.sql", "0002_sessions_and_audit.sql", "0003_users_domain.sql", "0004_failed_sign_ins.sql"];

fn names(project: &Project, folder: &str) -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(project.0.join(folder))
        .map(|entries| entries.flatten().map(|entry| entry.file_name().to_string_lossy().into_owned()).collect())
        .unwrap_or_default();
    names.sort();
    names
}

fn printed(project: &Project, args: &[&str]) -> String {
    let mut command = Command::new(AUTHKIT);
    command.args(args);
    let output = project.output(command);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("text")
}

#[test]
fn every_version_of_the_schema_is_a_file_with_the_very_sql_that_is_run() {
    for (store, files) in [("memory", &[][..]), ("sqlite", &SQLITE), ("postgres", &POSTGRES)] {
        let project = Project::empty();
        project.done(&["--store", store]);
        assert_eq!(names(&project, "migrations"), files);
        if files.is_empty() {
            continue;
        }
        // What `migrate print` gives is held to what `migrate up` runs by the tests of the stores.
        let mut rest = printed(&project, &["migrate", "print"]);
        for file in files {
            let text = project.text(&format!("migrations/{file}"));
            let (head, sql) = text.split_once("\n\n").expect("a head and the SQL");
            let who = if store == "sqlite" { "by the program" } else { "by authkit migrate up" };
            assert!(head.lines().all(|line| line.starts_with("-- ")) && head.contains(who), "{head}");
            let (_, after) = rest.split_once(sql.trim_end()).expect("it is printed, in this order");
            rest = after.to_owned();
        }
        assert!(!rest.contains("CREATE "), "what is in no file: {rest}");
    }
}

/// As a tool of the host's does it: one file after the other, each in a transaction.
#[test]
fn what_runs_the_files_by_itself_leaves_nothing_to_migrate() {
    let project = Project::empty();
    project.done(&["--store", "sqlite"]);
    let database = rusqlite::Connection::open(project.0.join("authkit.db")).expect("a database");
    for file in SQLITE {
        let sql = project.text(&format!("migrations/{file}"));
        database.execute_batch(&format!("BEGIN;\n{sql}\nCOMMIT;")).expect("it is SQL");
    }
    let status = printed(&project, &["migrate", "status", "--json"]);
    assert!(status.contains("\"missing\":[]"), "{status}");
    assert!(printed(&project, &["migrate", "up", "--json"]).contains("\"applied\":[]"));
}

#[test]
fn a_newer_version_only_adds_files() {
    let project = Project::empty();
    project.done(&["--store", "postgres"]);
    // As it was before the last version of the schema, with a remark by the team.
    fs::remove_file(project.0.join("migrations/0004_failed_sign_ins.sql")).expect("it was there");
    let remarked = project.text("migrations/0001_users.sql") + "-- seen by Ada\n";
    project.write("migrations/0001_users.sql", &remarked);
    let told = project.done(&["--store", "postgres"]);
    assert!(told.contains("created  migrations/0004_failed_sign_ins.sql"), "{told}");
    assert!(told.contains("1 file written"), "{told}");
    assert!(told.contains("kept (differs)  migrations/0001_users.sql"), "{told}");
    assert_eq!(project.text("migrations/0001_users.sql"), remarked);
    assert_eq!(names(&project, "migrations"), POSTGRES);
}

/// sqlx runs every file of `migrations` in the order of their numbers, and refuses a number that is there twice.
#[test]
fn files_of_another_tool_are_not_mixed_with_ours() {
    let project = Project::empty();
    for theirs in ["migrations/0001_init.sql", "migrations/0002_todos.sql"] {
        project.write(theirs, "CREATE TABLE todos (id INTEGER);\n");
    }
    let told = project.done(&["--store", "sqlite"]);
    assert_eq!(names(&project, "migrations"), ["0001_init.sql", "0002_todos.sql"], "{told}");
    assert_eq!(names(&project, "authkit-migrations"), SQLITE);
    assert!(project.done(&["--store", "sqlite"]).contains("nothing was left to do"));

    // Who puts theirs beside ours later has chosen so.
    let ours = Project::empty();
    ours.done(&["--store", "sqlite"]);
    ours.write("migrations/0005_todos.sql", "CREATE TABLE todos (id INTEGER);\n");
    assert!(ours.done(&["--store", "sqlite"]).contains("nothing was left to do"));
    assert!(!ours.0.join("authkit-migrations").exists());
}
