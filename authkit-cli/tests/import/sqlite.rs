//! From a file of SQLite, with the tables as `SQLAlchemy` makes them.

use rusqlite::Connection;
use serde_json::json;

use crate::support::{Folder, HASH, counts};

const NEW: &str = "sqlite://new.db";
const OLD: &str = "sqlite+aiosqlite:///./old.db";

fn old(folder: &Folder, prefix: &str) -> Connection {
    let database = Connection::open(folder.0.join("old.db")).expect("a file");
    let schema = format!(
        "CREATE TABLE {prefix}users (id CHAR(32) NOT NULL PRIMARY KEY, email VARCHAR(255) NOT NULL,
             hashed_password VARCHAR(255) NOT NULL, role VARCHAR(50) NOT NULL, is_active BOOLEAN NOT NULL,
             is_verified BOOLEAN NOT NULL, created_at DATETIME NOT NULL, updated_at DATETIME NOT NULL,
             full_name VARCHAR(200), seats INTEGER);
         CREATE TABLE {prefix}audit_logs (id CHAR(32) NOT NULL PRIMARY KEY, user_id CHAR(32), action VARCHAR(255) NOT NULL,
             details JSON, ip_address VARCHAR(45), user_agent VARCHAR(500), created_at DATETIME NOT NULL);
         CREATE TABLE {prefix}refresh_tokens (id CHAR(32) NOT NULL PRIMARY KEY, user_id CHAR(32) NOT NULL,
             jti VARCHAR(255) NOT NULL, token_hash VARCHAR(255) NOT NULL, expires_at DATETIME NOT NULL,
             is_revoked BOOLEAN NOT NULL, created_at DATETIME NOT NULL);
         INSERT INTO {prefix}users VALUES
             ('6f1b2c3400004000800000000000000a', 'Ada@Example.com', '{HASH}', 'admin', 1, 1, '2024-03-01 12:00:00',
              '2024-03-02 12:00:00', 'Ada L.', 7),
             ('6f1b2c3400004000800000000000000b', 'bob@example.com', '', 'user', 0, 0, '2024-03-02 12:00:00.5',
              '2024-03-02 12:00:00', NULL, NULL),
             ('6f1b2c3400004000800000000000000c', 'ADA@example.com', '{HASH}', 'user', 1, 0, '2024-03-03 12:00:00',
              '2024-03-03 12:00:00', NULL, NULL),
             ('6f1b2c3400004000800000000000000d', 'not an address', '{HASH}', 'user', 1, 0, '2024-03-03 12:00:00',
              '2024-03-03 12:00:00', NULL, NULL);
         INSERT INTO {prefix}audit_logs VALUES
             ('a1', '6f1b2c3400004000800000000000000a', 'user_registered', '{{\"email\": \"Ada@Example.com\"}}', '192.0.2.7',
              'curl/8', '2024-03-01 12:00:00'),
             ('a2', '6f1b2c3400004000800000000000000a', 'user_logged_in', 'null', '192.0.2.7', 'curl/8',
              '2024-03-01 13:00:00'),
             ('a3', NULL, 'failed_login_attempt', '{{\"email\": \"ada@example.com\"}}', 'testclient', NULL,
              '2024-03-01 14:00:00'),
             ('a4', '6f1b2c3400004000800000000000000a', 'admin_toggled_user_active',
              '{{\"target_user_id\": \"6f1b2c34-0000-4000-8000-00000000000b\", \"is_active\": false}}', NULL, NULL,
              '2024-03-02 15:00:00'),
             ('a5', '6f1b2c3400004000800000000000000a', 'trained model', '{{\"rows\": 3}}', NULL, NULL,
              '2024-03-02 16:00:00'),
             ('a6', NULL, '', NULL, NULL, NULL, '2024-03-02 16:00:00');
         INSERT INTO {prefix}refresh_tokens VALUES
             ('s1', '6f1b2c3400004000800000000000000a', 'j', 'h', '2099-01-01 00:00:00', 0, '2024-03-01 13:00:00'),
             ('s2', '6f1b2c3400004000800000000000000a', 'j', 'h', '2099-01-01 00:00:00', 1, '2024-03-01 13:00:00');"
    );
    database.execute_batch(&schema).expect("the tables");
    database
}

#[test]
fn users_and_trail_are_taken_over_and_again_is_harmless() {
    for prefix in ["authkit_", ""] {
        let folder = Folder::new();
        drop(old(&folder, prefix));
        folder.json(NEW, &["migrate", "up"]);

        let dry = folder.import(NEW, OLD, &["--dry-run"]);
        assert_eq!((counts(&dry, "users"), counts(&dry, "events")), ([4, 2, 0, 2], [6, 5, 0, 1]));
        assert_eq!(folder.json(NEW, &["user", "list"])["items"], json!([]), "a dry run writes nothing");

        let report = folder.import(NEW, OLD, &[]);
        assert_eq!((counts(&report, "users"), counts(&report, "events")), ([4, 2, 0, 2], [6, 5, 0, 1]));
        assert_eq!((&report["sessions"], &report["null_details"]), (&json!(1), &json!(1)));
        assert_eq!((&report["without_password"], &report["columns"]), (&json!(1), &json!(["full_name", "seats"])));
        assert_eq!(report["own_actions"], json!({"trained_model": 1}));
        let why = report["refused"].to_string();
        assert!(why.contains("6f1b2c34-0000-4000-8000-00000000000a") && why.contains("not an address"), "{why}");

        let again = folder.import(NEW, OLD, &[]);
        assert_eq!((counts(&again, "users"), counts(&again, "events")), ([4, 0, 2, 2], [6, 0, 5, 1]));

        let ada = folder.json(NEW, &["user", "show", "ada@example.com"]).to_string();
        for kept in ["6f1b2c34-0000-4000-8000-00000000000a", "2024-03-01T12:00:00", "2024-03-01T13:00:00", "\"admin\""]
        {
            assert!(ada.contains(kept), "{kept} in {ada}");
        }
        let bob = folder.json(NEW, &["audit", "list", "--about", "bob@example.com"]).to_string();
        assert!(bob.contains("user.disabled") && bob.contains("2024-03-02T15:00:00"), "{bob}");
    }
}

#[test]
fn a_role_that_is_not_known_stops_everything_before_it_begins() {
    let folder = Folder::new();
    old(&folder, "").execute("UPDATE users SET role = 'wizard' WHERE email = 'bob@example.com'", []).expect("a change");
    folder.json(NEW, &["migrate", "up"]);
    let output = folder.authkit(NEW, &["import", "fast-authkit", "--from", OLD]);
    let told = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(3), "{told}");
    assert!(told.contains("wizard") && told.contains("AUTHKIT_ROLES=user,moderator,editor,admin,wizard"), "{told}");
    assert_eq!(folder.json(NEW, &["user", "list"])["items"], json!([]));
}

#[test]
fn what_is_no_such_database_is_told() {
    let folder = Folder::new();
    folder.json(NEW, &["migrate", "up"]);
    let told = |from: &str| {
        let output = folder.authkit(NEW, &["import", "fast-authkit", "--from", from]);
        (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
    };
    let (code, text) = told("sqlite://nowhere.db");
    assert!(code == Some(4) && text.contains("there is no file nowhere.db"), "{text}");
    assert!(!folder.0.join("nowhere.db").exists());
    let (code, text) = told(NEW);
    assert!(code == Some(4) && text.contains("no users table of fast-authkit"), "{text}");
    let (code, text) = told("mysql://me:hunter2@host/db");
    assert!(code == Some(2) && !text.contains("hunter2"), "{text}");
    old(&folder, "");
    drop(old(&folder, "authkit_"));
    let (code, text) = told(OLD);
    assert!(code == Some(2) && text.contains("--users-table"), "{text}");
    assert_eq!(counts(&folder.import(NEW, OLD, &["--users-table", "users"]), "users")[1], 2);
}

#[test]
fn the_old_database_is_named_where_others_do_not_see_it() {
    const VARIABLE: &str = "FAST_AUTHKIT_DATABASE_URL";
    let folder = Folder::new();
    drop(old(&folder, "authkit_"));
    folder.json(NEW, &["migrate", "up"]);
    let told = |args: &[&str], input: &str, vars: &[(&str, &str)]| {
        let all = [&["import", "fast-authkit", "--dry-run", "--json"], args].concat();
        let output = folder.authkit_with(NEW, &all, input, vars);
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        (output.status.code(), text(&output.stdout), text(&output.stderr))
    };
    let elsewhere = "sqlite://nowhere.db";
    let stdin = format!("{OLD}\r\nand more\n");
    for (args, input, vars) in [
        (&["--from", OLD][..], "", &[(VARIABLE, elsewhere)][..]),
        (&["--from-stdin"], stdin.as_str(), &[(VARIABLE, elsewhere)]),
        (&[], elsewhere, &[(VARIABLE, OLD)]),
    ] {
        let (code, out, err) = told(args, input, vars);
        assert!(code == Some(0) && out.contains(r#""users":{"imported":2,"#), "{args:?}: {out}{err}");
    }
    for (args, input, vars, why) in [
        (&[][..], "", &[][..], "--from-stdin"),
        (&[], "", &[(VARIABLE, "")], VARIABLE),
        (&["--from-stdin"], "", &[], "standard input has no URL on its first line"),
        (&["--from-stdin"], "mysql://me:hunter2@host/db\n", &[], "standard input "),
        (&[], "", &[(VARIABLE, "mysql://me:hunter2@host/db")], "FAST_AUTHKIT_DATABASE_URL "),
        (&["--from-stdin", "--from", OLD], "", &[], "cannot be used with"),
    ] {
        let (code, out, err) = told(args, input, vars);
        assert!(code == Some(2) && err.contains(why) && out.is_empty(), "{args:?}: {code:?} {out}{err}");
        assert!(!err.contains("hunter2"), "{err}");
    }
}
