//! `authkit migrate`.

use serde_json::json;

use crate::support::{Folder, SECRET};

const STEPS: [&str; 4] = ["0001_init", "0002_users_domain", "0003_failed_sign_ins", "0004_counts"];

/// The table of all steps in one state.
fn table(state: &str) -> String {
    let rows = STEPS.map(|step| format!("{step:20}  {state}\n"));
    format!("{:20}  STATE\n{}", "MIGRATION", rows.concat())
}

// S-103
#[test]
fn the_state_is_told_and_only_up_changes_it() {
    let folder = Folder::set_up();
    for args in [&["migrate"][..], &["migrate", "status"]] {
        let run = folder.run(args).ends(0);
        assert_eq!(run.out, table("missing"));
        assert_eq!(run.err, "Run the missing ones: authkit migrate up\n");
        assert!(!folder.path("auth.db").exists());
    }
    let dry = folder.run(&["migrate", "up", "--dry-run"]).ends(0);
    assert_eq!(dry.err, format!("dry run  4 migrations would be run: {}\n", STEPS.join(", ")));
    assert!(!folder.path("auth.db").exists());

    let run = folder.run(&["migrate", "up"]).ends(0);
    assert_eq!((run.out, run.err), (String::new(), format!("done  4 migrations run: {}\n", STEPS.join(", "))));
    assert_eq!(folder.mode_of("auth.db"), 0o600);
    folder.was_recorded("system.migrated");

    assert_eq!(folder.run(&["migrate"]).ends(0).out, table("done"));
    let again = folder.run(&["migrate", "up"]).ends(0);
    assert_eq!(again.err, "done  nothing to do, all migrations are done\n");
    assert_eq!(folder.trail().len(), 1, "nothing was changed");
}

#[test]
fn the_same_as_json() {
    let folder = Folder::set_up();
    let missing = json!({"database": "sqlite", "applied": [], "missing": STEPS});
    assert_eq!(folder.run(&["migrate", "--json"]).ends(0).data(), missing);
    let done = json!({"database": "sqlite", "applied": STEPS, "missing": []});
    assert_eq!(folder.run(&["migrate", "up", "--json"]).ends(0).data(), done);
    assert_eq!(folder.run(&["migrate", "status", "--json"]).ends(0).data(), done);
    assert!(folder.run(&["migrate", "up", "--json", "-n"]).ends(0).out.contains("\"dry_run\":true"));
}

#[test]
fn the_sql_needs_no_database_and_makes_the_same_one() {
    let folder = Folder::set_up();
    let sql = folder.run(&["migrate", "print"]).ends(0).out;
    assert!(!folder.path("auth.db").exists());
    rusqlite::Connection::open(folder.path("auth.db")).expect("a file").execute_batch(&sql).expect("it is SQL");
    assert_eq!(folder.run(&["migrate", "up"]).ends(0).err, "done  nothing to do, all migrations are done\n");
    let printed = folder.run(&["migrate", "print", "--database-url", "postgres://nobody@127.0.0.1:1/x"]).ends(0).out;
    assert!(printed.contains("CREATE SCHEMA IF NOT EXISTS"), "no server is asked");
}

#[test]
fn a_newer_schema_is_refused_and_nothing_is_changed() {
    let folder = Folder::migrated();
    let conn = rusqlite::Connection::open(folder.path("auth.db")).expect("a file");
    conn.execute_batch("INSERT INTO ak_schema_version VALUES (99, 'later', zeroblob(32), 1)").expect("it writes");
    for args in [&["migrate"][..], &["migrate", "up"], &["user", "list"]] {
        let run = folder.run(args).ends(1);
        assert!(run.err.contains("error[AK0206]") && run.err.contains("has schema 99"), "{}", run.err);
    }
}

#[test]
fn bad_settings_stop_it_before_anything_is_changed() {
    let folder = Folder::set_up();
    folder.settings(&[("AUTHKIT_ALGORITHM", "none")]);
    assert!(folder.run(&["migrate", "up"]).ends(1).err.contains("error[AK0108]"));
    assert!(!folder.path("auth.db").exists());
}

#[test]
fn the_url_alone_is_enough() {
    let folder = Folder::new();
    folder.run(&["migrate", "up", "--database-url", "sqlite://auth.db"]).ends(0);
    folder.settings(&[]);
    folder.was_recorded("system.migrated");
    assert!(folder.read(".env").contains(SECRET));
}
