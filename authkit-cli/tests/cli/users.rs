//! `authkit user`.

use authkit_core::{ClientInfo, Login};
use serde_json::{Value, json};

use crate::support::{Folder, PASSWORD, ROOT, signed_in};

const ADA: &str = "ada@example.com";

/// With a user beside the administrator.
fn with_ada() -> Folder {
    let folder = Folder::installed();
    folder.run(&["user", "create", ADA, "--no-mail"]).ends(0);
    folder
}

fn user(folder: &Folder, name: &str) -> Value {
    folder.run(&["user", "show", name, "--json"]).ends(0).data()["user"].take()
}

#[test]
fn users_are_listed_in_columns_and_as_the_api_lists_them() {
    let folder = with_ada();
    let run = folder.run(&["user", "list"]).ends(0);
    let lines: Vec<&str> = run.out.lines().collect();
    let [heading, ada, root] = lines[..] else { panic!("three lines: {}", run.out) };
    assert!(heading.starts_with("EMAIL             ROLE   STATE   SESSIONS  LAST SIGN-IN  CREATED"), "{heading}");
    assert!(ada.starts_with("ada@example.com   user   active         0  never "), "{ada}");
    assert!(root.starts_with("root@example.com  admin  active         0  never "), "{root}");

    let data = folder.run(&["user", "list", "--json"]).ends(0).data();
    let first = &data["items"][0];
    assert_eq!((&first["email"], &first["role"], &first["sessions"]), (&json!(ADA), &json!("user"), &json!(0)));
    assert_eq!(data["next_cursor"], Value::Null);
    assert!(first.get("password_hash").is_none() && first.get("session_epoch").is_none());
}

#[test]
fn lists_are_narrowed_and_go_on_page_by_page() {
    let folder = with_ada();
    for (args, found) in [
        (&["ada@"][..], &[ADA][..]),
        (&["--role", "admin"], &[ROOT]),
        (&["--status", "disabled"], &[]),
        (&["domain:example.com"], &[ADA, ROOT]),
        (&["oot@", "--anywhere"], &[ROOT]),
        (&["--never-signed-in"], &[ADA, ROOT]),
    ] {
        let data = folder.run(&[&["user", "list", "--json"], args].concat()).ends(0).data();
        let emails: Vec<&str> =
            data["items"].as_array().expect("rows").iter().filter_map(|row| row["email"].as_str()).collect();
        assert_eq!(emails, found, "{args:?}");
    }
    assert_eq!(folder.run(&["user", "list", "nobody@"]).ends(0).out, "No users.\n");
    let first = folder.run(&["user", "list", "--limit", "1"]).ends(0);
    let cursor = first.err.split("--cursor ").nth(1).expect("a cursor").trim();
    let second = folder.run(&["user", "list", "--limit", "1", "--cursor", cursor]).ends(0);
    assert!(first.out.contains(ADA) && second.out.contains(ROOT) && second.err.is_empty());
    let wrong = folder.run(&["user", "list", "--cursor", "nonsense"]).ends(1);
    assert!(wrong.err.contains("error[AK0212]"), "{}", wrong.err);
}

#[tokio::test]
async fn a_user_is_shown_by_address_or_id_with_exact_and_relative_times() {
    let folder = Folder::installed();
    let ada = signed_in(&folder.kit().await, ADA).await;
    let run = folder.run(&["user", "show", "ADA@example.com"]).ends(0);
    for line in [
        "Email             ada@example.com",
        "State             active",
        "Live sessions     1",
        "Password          set",
    ] {
        assert!(run.out.lines().any(|found| found == line), "{line}: {}", run.out);
    }
    let created = run.out.lines().find(|line| line.starts_with("Created ")).expect("a line");
    assert!(created.contains(" UTC (") && created.ends_with(')'), "{created}");
    assert_eq!(user(&folder, ada.user.id.as_str())["email"], json!(ADA));
    let gone = folder.run(&["user", "show", "nobody@example.com"]).ends(4);
    assert!(gone.err.contains("error[AK0210]"), "{}", gone.err);
    assert_eq!(folder.run(&["user", "show", "7", "--json"]).ends(4).error()["code"], "AK0210");
}

#[tokio::test]
async fn disabling_ends_every_session_and_enabling_lets_in_again() {
    let folder = Folder::installed();
    let kit = folder.kit().await;
    let ada = signed_in(&kit, ADA).await;
    let dry = folder.run(&["user", "disable", ADA, "-n"]).ends(0);
    assert_eq!(dry.err, "dry run  ada@example.com would be disabled, and 1 session ended\n");
    kit.current_user(&ada.tokens.access).await.expect("still there");

    let run = folder.run(&["user", "disable", ADA, "--reason", "asked to"]).ends(0);
    assert_eq!(run.err, "done  ada@example.com is disabled, and 1 session is ended\n");
    assert!(kit.current_user(&ada.tokens.access).await.is_err());
    folder.was_recorded("user.disabled");
    let newest = folder.run(&["audit", "list", "--limit", "1", "--json"]).ends(0).data();
    assert_eq!(newest["items"][0]["details"]["reason"], "asked to");

    let again = folder.run(&["user", "disable", ADA]).ends(0);
    assert_eq!(again.err, "done  nothing to do, ada@example.com is disabled already\n");
    let data = folder.run(&["user", "enable", ADA, "--json"]).ends(0).data();
    assert_eq!((&data["changed"], &data["user"]["is_active"]), (&json!(true), &json!(true)));
    folder.was_recorded("user.enabled");
}

#[test]
fn a_role_is_given_and_recorded() {
    let folder = with_ada();
    folder.run(&["user", "set-role", ADA, "editor", "-n"]).ends(0);
    assert_eq!(user(&folder, ADA)["role"], "user");
    let run = folder.run(&["user", "set-role", ADA, "editor"]).ends(0);
    assert_eq!(run.err, "done  ada@example.com has the role editor\n");
    assert_eq!(user(&folder, ADA)["role"], "editor");
    folder.was_recorded("user.role_changed");
}

// S-69
#[test]
fn the_last_administrator_stays_one() {
    let folder = with_ada();
    for args in
        [&["user", "disable", ROOT][..], &["user", "set-role", ROOT, "user"], &["user", "delete", ROOT, "--yes"]]
    {
        let run = folder.run(args).ends(3);
        assert!(run.err.contains("error[AK0211]") && run.err.contains("set-role USER ROLE"), "{}", run.err);
    }
    assert_eq!(user(&folder, ROOT)["is_active"], true);
}

#[test]
fn a_user_is_deleted_only_after_a_yes_and_can_be_restored() {
    let folder = with_ada();
    let run = folder.run(&["user", "delete", ADA]).ends(3);
    assert!(run.err.contains("error[AK0207]") && run.err.contains("0 sessions"), "{}", run.err);
    folder.run(&["user", "delete", ADA, "--yes", "-n"]).ends(0);
    assert_eq!(user(&folder, ADA)["deleted_at"], Value::Null);
    let run = folder.run(&["user", "delete", ADA, "-y"]).ends(0);
    assert!(run.err.contains("take it back: authkit user restore ada@example.com"), "{}", run.err);
    folder.was_recorded("user.deleted");
    assert!(user(&folder, ADA)["deleted_at"].is_string());
    assert!(folder.run(&["user", "list", "--status", "deleted"]).ends(0).out.contains(ADA));
    let run = folder.run(&["user", "restore", ADA]).ends(0);
    assert_eq!(run.err, "done  ada@example.com is restored; every session stays ended\n");
    folder.was_recorded("user.restored");
    assert!(folder.run(&["user", "restore", ADA]).ends(1).err.contains("not deleted"));
}

#[tokio::test]
async fn an_account_that_failed_too_often_is_unlocked() {
    let folder = Folder::installed();
    folder.settings(&[("AUTHKIT_THROTTLE", "shared")]);
    let kit = folder
        .kit_with(|builder| {
            let config = authkit_core::Config::development().secret_key(crate::support::SECRET);
            builder.config(config.throttle(authkit_core::ThrottleMode::Shared))
        })
        .await;
    signed_in(&kit, ADA).await;
    let client = ClientInfo::none();
    let login = |password: &str| kit.login(Login::new(ADA, password), &client);
    for _ in 0..5 {
        assert!(login("guess").await.is_err());
    }
    assert!(login(PASSWORD).await.is_err(), "locked");
    let shown = folder.run(&["user", "show", ADA]).ends(0).out;
    assert!(shown.contains("State             locked") && shown.contains("Locked "), "{shown}");
    let state = || {
        let list = folder.run(&["user", "list"]).ends(0).out;
        list.lines().map(|line| line.split_whitespace().nth(2).unwrap_or_default().to_owned()).collect::<Vec<_>>()
    };
    let until = || {
        let data = folder.run(&["user", "list", "--json"]).ends(0).data();
        [0, 1].map(|row| data["items"][row]["locked_until"].is_string())
    };
    assert_eq!((state(), until()), (["STATE", "locked", "active"].map(str::to_owned).to_vec(), [true, false]));
    // A deleted or disabled user is that first.
    folder.run(&["user", "disable", ADA]).ends(0);
    assert_eq!(state()[1], "disabled");
    folder.run(&["user", "enable", ADA]).ends(0);
    let run = folder.run(&["user", "unlock", ADA]).ends(0);
    assert_eq!(run.err, "done  ada@example.com can try again at once\n");
    folder.was_recorded("throttle.cleared");
    assert_eq!((state()[1].as_str(), until()), ("active", [false, false]));
    login(PASSWORD).await.expect("open");
}

// S-59
#[test]
fn without_a_mail_server_nobody_is_invited_and_no_link_is_shown() {
    let folder = with_ada();
    for args in [&["user", "create", "eve@example.com"][..], &["user", "reset-link", ADA]] {
        let run = folder.run(args).ends(3);
        assert!(run.err.contains("error[AK0214]"), "{}", run.err);
        assert!(!run.err.contains("token") && run.out.is_empty());
    }
    assert!(!folder.run(&["user", "list"]).ends(0).out.contains("eve@"));
}

#[test]
fn in_development_mails_are_printed_beside_the_data() {
    let folder = Folder::installed();
    folder.settings(&[("AUTHKIT_ENV", "development"), ("AUTHKIT_BASE_URL", "")]);
    let run = folder.run(&["user", "create", ADA, "--role", "editor", "--json"]).ends(0);
    assert_eq!(run.data()["role"], "editor");
    assert!(run.err.contains("mail to ada@example.com") && run.err.contains("http://127.0.0.1:8000/"), "{}", run.err);
    folder.was_recorded("user.created");
    let run = folder.run(&["user", "reset-link", ADA]).ends(0);
    assert!(run.err.contains("a reset link for ada@example.com was printed above"), "{}", run.err);
    folder.was_recorded("password.reset_requested");
}

#[test]
fn an_address_that_is_taken_or_none_makes_nobody() {
    let folder = with_ada();
    assert!(folder.run(&["user", "create", "ADA@example.com", "--no-mail"]).ends(1).err.contains("already registered"));
    assert!(folder.run(&["user", "create", "nobody", "--no-mail"]).ends(1).err.contains("AK0212"));
    folder.run(&["user", "create", "eve@example.com", "--no-mail", "-n"]).ends(0);
    assert!(!folder.run(&["user", "list"]).ends(0).out.contains("eve@"));
}

#[test]
fn the_list_is_taken_out_as_a_file_that_is_the_owners_alone_and_never_overwritten() {
    let folder = with_ada();
    let csv = folder.run(&["user", "export"]).ends(0);
    assert!(csv.out.starts_with("id,email,role,is_active,") && csv.out.lines().count() == 3, "{}", csv.out);
    folder.was_recorded("user.exported");
    let rows = folder.run(&["user", "export", "--format", "jsonl", "--role", "admin"]).ends(0).out;
    let row: Value = serde_json::from_str(&rows).expect("one row");
    assert_eq!(row["email"], ROOT);

    let run = folder.run(&["user", "export", "--output", "users.csv", "--json"]).ends(0);
    assert_eq!(run.data(), json!({"file": "users.csv", "rows": 2}));
    assert_eq!((folder.mode_of("users.csv"), folder.read("users.csv")), (0o600, csv.out));
    let before = folder.trail().len();
    let again = folder.run(&["user", "export", "--output", "users.csv"]).ends(3);
    assert!(again.err.contains("error[AK0216]"), "{}", again.err);
    folder.run(&["user", "export", "--json"]).ends(2);
    folder.run(&["user", "export", "-n"]).ends(0);
    assert_eq!(folder.trail().len(), before, "nothing left, nothing recorded");
}
