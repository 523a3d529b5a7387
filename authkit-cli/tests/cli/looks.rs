//! What looks and changes nothing: `config show`, `routes`, `openapi`, `completions`, `man`; and what all output keeps to.

use serde_json::Value;

use crate::support::{Folder, PASSWORD, ROOT, SECRET};

// S-96
#[test]
fn the_settings_are_shown_with_their_places_and_secrets_masked() {
    let folder = Folder::set_up();
    let run = folder.run(&["config", "show"]).ends(0);
    let line = |name: &str| run.out.lines().find(|line| line.starts_with(name)).expect("a line").to_owned();
    let words = |name: &str| line(name).split_whitespace().map(str::to_owned).collect::<Vec<_>>().join(" ");
    assert_eq!(words("AUTHKIT_SECRET_KEY"), "AUTHKIT_SECRET_KEY ******** .env, line 1");
    assert_eq!(words("AUTHKIT_ALGORITHM"), "AUTHKIT_ALGORITHM HS256 default");
    assert_eq!(words("AUTHKIT_COOKIE_DOMAIN"), "AUTHKIT_COOKIE_DOMAIN not set default");
    assert!(!run.out.contains(SECRET));
    assert_eq!(run.out.lines().count(), authkit_core::config::variables().len() + 1);
}

#[test]
fn settings_that_are_refused_are_shown_all_the_same_and_it_fails() {
    let folder = Folder::set_up();
    folder.settings(&[("AUTHKIT_ALGORITHM", "none")]);
    let run = folder.run(&["config", "show"]).ends(1);
    assert!(run.out.contains("AUTHKIT_ALGORITHM") && run.err.contains("error[AK0108]"));
}

#[test]
fn every_route_is_listed_with_who_may_use_it() {
    let folder = Folder::new();
    let run = folder.run(&["routes"]).ends(0);
    let has = |row: &str| run.out.lines().any(|line| line.split_whitespace().collect::<Vec<_>>().join(" ") == row);
    for row in
        ["METHOD PATH WHO", "POST /auth/login anybody", "GET /auth/me signed in", "GET /admin/api/users administration"]
    {
        assert!(has(row), "{row}: {}", run.out);
    }
    let data = folder.run(&["routes", "--json"]).ends(0).data();
    assert_eq!(data.as_array().expect("rows").len(), run.out.lines().count() - 1);
    assert!(folder.run(&["routes", "--about"]).ends(0).out.contains("Signs in and opens a session."));
    let vars = [("AUTHKIT_AUTH_PATH", "/login-api")];
    assert!(folder.run_with(&["routes"], "", &vars).ends(0).out.contains("/login-api/login"), "as it is configured");
}

#[test]
fn the_document_is_the_one_of_the_server() {
    let folder = Folder::set_up();
    let text = folder.run(&["openapi"]).ends(0).out;
    let document: Value = serde_json::from_str(&text).expect("JSON");
    assert_eq!(
        (&document["openapi"], &document["servers"][0]["url"]),
        (&"3.1.0".into(), &"https://example.com".into())
    );
    assert!(document["paths"]["/auth/login"]["post"].is_object());
    assert_eq!(folder.run(&["openapi", "--json"]).ends(0).data(), document);
}

#[test]
fn completions_and_pages_are_made_for_every_command() {
    let folder = Folder::new();
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let run = folder.run(&["completions", shell]).ends(0);
        assert!(run.out.contains("create-admin"), "{shell}");
    }
    let page = folder.run(&["man"]).ends(0).out;
    assert!(page.contains(".TH authkit 1") && page.contains("create\\-admin"));
    let run = folder.run(&["man", "--out", "man"]).ends(0);
    assert!(run.err.starts_with("done  "), "{}", run.err);
    for name in ["man/authkit.1", "man/authkit-user-list.1", "man/authkit-doctor.1"] {
        assert!(folder.read(name).contains(".TH"), "{name}");
    }
    let n = std::fs::read_dir(folder.path("man")).expect("a folder").count();
    assert_eq!(run.err, format!("done  {n} pages written to man\n"));
}

#[test]
fn nothing_is_coloured_in_a_pipe() {
    let folder = Folder::installed();
    for args in
        [&["user", "list"][..], &["doctor"], &["config", "show"], &["--help"], &["user", "show", "nobody"], &["usr"]]
    {
        let run = folder.run(args);
        assert!(!run.out.contains('\u{1b}') && !run.err.contains('\u{1b}'), "{args:?}: {}{}", run.out, run.err);
    }
}

#[test]
fn with_quiet_only_data_and_errors_are_printed() {
    let folder = Folder::installed();
    let run = folder.run(&["user", "create", "ada@example.com", "--no-mail", "--quiet"]).ends(0);
    assert_eq!((run.out.as_str(), run.err.as_str()), ("", ""));
    assert!(folder.run(&["-q", "user", "list"]).ends(0).out.contains("ada@example.com"));
    assert!(folder.run(&["user", "show", "nobody", "-q"]).ends(4).err.contains("error[AK0210]"));
}

#[test]
fn flags_may_stand_anywhere() {
    let folder = Folder::installed();
    let outs: Vec<String> = [&["--json", "user", "list"][..], &["user", "--json", "list"], &["user", "list", "--json"]]
        .iter()
        .map(|args| folder.run(args).ends(0).out)
        .collect();
    assert!(outs.iter().all(|out| *out == outs[0]));
}

// S-96 S-99
#[test]
fn no_secret_is_ever_printed() {
    let folder = Folder::installed();
    let url = "postgres://ada:canary-in-url@127.0.0.1:1/app";
    let runs: [&[&str]; 19] = [
        &["migrate"],
        &["migrate", "up"],
        &["migrate", "print"],
        &["doctor"],
        &["user", "list"],
        &["user", "show", ROOT],
        &["user", "export", "--format", "jsonl"],
        &["session", "list"],
        &["audit", "list"],
        &["audit", "export"],
        &["config", "show"],
        &["config", "show", "--database-url", url],
        &["user", "list", "--database-url", url],
        &["migrate", "--database-url", url],
        &["doctor", "--database-url", url],
        &["routes"],
        &["openapi"],
        &["cleanup"],
        &["secret", "rotate"],
    ];
    let vars = [("RUST_LOG", "trace")];
    for args in runs {
        for json in [&[][..], &["--json"]] {
            let run = folder.run_with(&[args, json].concat(), "", &vars);
            let said = format!("{}{}", run.out, run.err);
            for canary in [SECRET, PASSWORD, "canary", "$argon2"] {
                assert!(!said.contains(canary), "{args:?} says {canary}: {said}");
            }
        }
    }
}
