//! Where the settings come from: the flag, the environment, the file; and what is said of a bad one.

use crate::support::{Folder, SECRET};

fn source(folder: &Folder, args: &[&str], vars: &[(&str, &str)], name: &str) -> (String, String) {
    let args = [&["config", "show", "--json"], args].concat();
    let data = folder.run_with(&args, "", vars).ends(0).data();
    let rows = data.as_array().expect("rows").clone();
    let row = rows.iter().find(|row| row["name"] == name).expect("the setting").clone();
    let line = row["line"].as_u64().map_or(String::new(), |line| format!(":{line}"));
    (format!("{}{line}", row["source"].as_str().expect("a source")), row["value"].as_str().unwrap_or("-").to_owned())
}

#[test]
fn the_flag_goes_before_the_environment_and_that_before_the_file() {
    let folder = Folder::set_up();
    let name = "AUTHKIT_BASE_URL";
    assert_eq!(source(&folder, &[], &[], name), ("file:2".into(), "https://example.com".into()));
    let vars = [("authkit_base_url", "https://other.example")];
    assert_eq!(source(&folder, &[], &vars, name), ("environment".into(), "https://other.example".into()));
    let url = "AUTHKIT_DATABASE_URL";
    assert_eq!(source(&folder, &[], &[], url), ("file:3".into(), "********".into()));
    assert_eq!(source(&folder, &["--database-url", "sqlite://b.db"], &[], url).0, "flag");
    assert_eq!(source(&folder, &[], &[], "AUTHKIT_ALGORITHM"), ("default".into(), "HS256".into()));
}

#[test]
fn another_file_is_read_where_it_is_named_and_no_other() {
    let folder = Folder::set_up();
    folder.write("other.env", &format!("AUTHKIT_SECRET_KEY={SECRET}\nAUTHKIT_BASE_URL=https://b.example\n"));
    let (source, value) = source(&folder, &["--config", "other.env"], &[], "AUTHKIT_BASE_URL");
    assert_eq!((source.as_str(), value.as_str()), ("file:2", "https://b.example"));
    let run = folder.run(&["config", "show", "--config", "gone.env"]).ends(1);
    assert!(run.err.contains("error[AK0201]") && run.err.contains("gone.env"), "{}", run.err);
}

// S-96
#[test]
fn a_line_that_makes_no_sense_is_named_with_file_and_line_and_not_shown() {
    let folder = Folder::new();
    folder.write(".env", "# settings\n\nAUTHKIT_ALGORITHM=HS256\ncanary-without-equals\n");
    let run = folder.run(&["user", "list"]).ends(1);
    assert!(run.err.contains("error[AK0202]") && run.err.contains(".env, line 4 has no `=`"), "{}", run.err);
    assert!(!run.err.contains("canary"), "{}", run.err);
    let error = folder.run(&["user", "list", "--json"]).ends(1).error();
    assert_eq!((&error["code"], error["fix"].is_string()), (&"AK0202".into(), true));
}

#[test]
fn a_file_that_is_not_utf8_is_named_with_its_line() {
    let folder = Folder::new();
    std::fs::write(folder.path(".env"), b"A=1\nB=\xff\n").expect("written");
    let run = folder.run(&["routes"]).ends(1);
    assert!(run.err.contains(".env, line 2 is not UTF-8"), "{}", run.err);
}

// S-94
#[test]
fn a_bad_setting_is_told_with_its_code_its_place_the_mend_and_the_page() {
    let folder = Folder::migrated();
    folder.settings(&[("AUTHKIT_SECRET_KEY", "only-24-bytes-canary-abc")]);
    let run = folder.run(&["user", "list"]).ends(1);
    let expected = "error[AK0102]: the secret key is too short
  AUTHKIT_SECRET_KEY (from .env, line 4) has 24 bytes; at least 32 are needed
  fix:  authkit secret generate --write .env      (signs everyone out)
  more: guide, \"Errors\", AK0102
";
    assert_eq!(run.err, expected);
}

#[test]
fn an_unknown_name_is_told_with_the_nearest_and_its_place() {
    let folder = Folder::set_up();
    folder.settings(&[("AUTHKIT_COOKIE_SECURED", "true")]);
    let run = folder.run(&["routes"]).ends(1);
    assert!(run.err.contains("error[AK0101]"), "{}", run.err);
    assert!(run.err.contains("AUTHKIT_COOKIE_SECURED (from .env, line 5)"), "{}", run.err);
    assert!(run.err.contains("did you mean AUTHKIT_COOKIE_SECURE?"), "{}", run.err);
}

#[test]
fn all_that_is_wrong_is_told_at_once() {
    let folder = Folder::migrated();
    folder.settings(&[("AUTHKIT_BASE_URL", "http://example.com"), ("AUTHKIT_ALGORITHM", "none")]);
    let run = folder.run(&["user", "list"]).ends(1);
    assert!(run.err.contains("error[AK0114]") && run.err.contains("error[AK0108]"), "{}", run.err);
}

#[test]
fn without_a_database_or_with_one_in_memory_the_way_on_is_told() {
    let folder = Folder::set_up();
    folder.settings(&[("AUTHKIT_DATABASE_URL", "")]);
    assert!(folder.run(&["user", "list"]).ends(1).err.contains("error[AK0203]"));
    assert!(folder.run(&["user", "list", "--database-url", "memory:"]).ends(1).err.contains("error[AK0204]"));
    let run = folder.run(&["user", "list", "--database-url", "sqlite://gone.db"]).ends(1);
    assert!(run.err.contains("error[AK0205]") && run.err.contains("authkit migrate up"), "{}", run.err);
    assert!(!folder.path("gone.db").exists(), "a misspelt name makes no file");
}

#[test]
fn a_file_that_is_no_database_is_refused_by_name() {
    let folder = Folder::set_up();
    folder.write("auth.db", &"no database ".repeat(1_000));
    let run = folder.run(&["user", "list"]).ends(1);
    assert!(run.err.contains("error[AK0206]") && run.err.contains("auth.db"), "{}", run.err);
}
