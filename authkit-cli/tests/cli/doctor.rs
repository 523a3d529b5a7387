//! `authkit doctor` finds each fault that is planted, and none where there is none.

use std::process::Command;
use std::sync::OnceLock;
use std::time::Duration;

use authkit_core::password::argon2id::Argon2id;
use authkit_core::{
    Actor, AppEvent, Config, HashMemory, Password, PasswordHasher as _, Profile, Role, TrustedPassword, TrustedUser,
};
use serde_json::Value;

use crate::audit::days_ago;
use crate::support::{Folder, PASSWORD, Run, SECRET, signed_in};

/// A folder that Git knows, with `.env` ignored.
fn git(folder: &Folder, args: &[&str]) {
    let mut command = Command::new("git");
    command.args(["-c", "init.defaultBranch=main", "-c", "user.name=x", "-c", "user.email=x@example.com"]);
    let status = command.args(args).current_dir(folder.folder()).env("HOME", folder.folder()).status();
    assert!(status.expect("git is there").success(), "git {args:?}");
}

/// What takes about 160 ms here, in the middle between too quick and too slow: the parameters and a hash.
pub(crate) fn argon2id() -> (Argon2id, &'static str) {
    static MADE: OnceLock<(Argon2id, String)> = OnceLock::new();
    let (argon2id, hash) = MADE.get_or_init(|| {
        let mut memory = HashMemory::new();
        let mut hash = |argon2id: Argon2id| {
            let begun = processor_time();
            let hash = argon2id.hash(&mut memory, &Password::new(PASSWORD), &[7; 16]).expect("a hash");
            (processor_time().saturating_sub(begun), hash.expose().to_owned())
        };
        let least = (0..4).map(|_| hash(Argon2id::default()).0).min().expect("four");
        let passes = Duration::from_millis(320).as_micros() / least.as_micros();
        let passes = u32::try_from(passes).expect("a number").clamp(2, 50);
        let argon2id = Argon2id::new(19_456, passes, 1).expect("strong enough");
        (argon2id, hash(argon2id).1)
    });
    (*argon2id, hash)
}

/// As the doctor counts.
fn processor_time() -> Duration {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    time.try_into().expect("the processor has worked already")
}

/// The administrator's hash is another one.
fn with_hash(folder: &Folder, hash: &str) {
    let conn = rusqlite::Connection::open(folder.path("auth.db")).expect("a file");
    assert_eq!(conn.execute("UPDATE ak_users SET password_hash = ?1", [hash]).expect("it is written"), 1);
}

/// A good installation.
fn good() -> Folder {
    let folder = Folder::installed();
    with_hash(&folder, argon2id().1);
    git(&folder, &["init", "-q"]);
    folder.write(".gitignore", ".env\n*.db*\n");
    folder
}

/// The one line that is no pass: its level, its name and what it says.
#[track_caller]
fn finding(run: &Run) -> (String, String, String) {
    let data = run.data();
    let found: Vec<&Value> =
        data["checks"].as_array().expect("checks").iter().filter(|check| check["level"] != "pass").collect();
    let [check] = found[..] else { panic!("one finding: {found:#?}") };
    assert!(check["fix"].as_str().is_some_and(|fix| !fix.is_empty()), "with a mend: {check}");
    let text = |name: &str| check[name].as_str().unwrap_or_default().to_owned();
    (text("level"), text("name"), format!("{} {}", text("code"), text("why")))
}

/// The doctor finds this one thing, in JSON and for people.
#[track_caller]
fn finds(folder: &Folder, level: &str, name: &str, why: &str) {
    let code = if level == "fail" { 5 } else { 0 };
    let found = finding(&folder.run(&["doctor", "--json"]).ends(code));
    assert_eq!((found.0.as_str(), found.1.as_str()), (level, name), "{found:?}");
    assert!(found.2.contains(why), "{found:?}");
    let text = folder.run(&["doctor", "--quiet"]).ends(code).out;
    let lines: Vec<&str> = text.lines().collect();
    assert!(lines[0].starts_with(&format!("{level}  {name}")), "{text}");
    assert!(lines.last().is_some_and(|line| line.trim_start().starts_with("fix: ")), "{text}");
}

#[tokio::test]
async fn a_good_installation_passes_and_with_quiet_nothing_is_said() {
    let folder = good();
    let (memory, passes, lanes) = argon2id().0.parameters();
    let config = Config::development().secret_key(SECRET).argon2(memory, passes, lanes);
    signed_in(&folder.kit_with(|builder| builder.config(config)).await, "ada@example.com").await;
    let run = folder.run(&["doctor"]).ends(0);
    assert!(run.out.lines().all(|line| line.starts_with("pass  ")), "{}", run.out);
    assert!(run.err.starts_with("0 errors, 0 warnings, "), "{}", run.err);
    let quiet = folder.run(&["doctor", "--quiet"]).ends(0);
    assert_eq!((quiet.out.as_str(), quiet.err.as_str()), ("", ""));
    let data = folder.run(&["doctor", "--json"]).ends(0).data();
    assert_eq!((&data["healthy"], &data["errors"], &data["warnings"]), (&true.into(), &0.into(), &0.into()));
    assert_eq!(data["passed"], run.out.lines().count());
}

#[test]
fn it_changes_nothing() {
    let folder = good();
    let before = folder.trail();
    folder.run(&["doctor"]).ends(0);
    assert_eq!(folder.trail(), before);
    let empty = Folder::set_up();
    empty.run(&["doctor"]).ends(5);
    assert!(!empty.path("auth.db").exists());
}

// S-94
#[test]
fn a_short_secret_is_found() {
    let folder = good();
    folder.settings(&[("AUTHKIT_SECRET_KEY", "short")]);
    let data = folder.run(&["doctor", "--json"]).ends(5).data();
    let found: Vec<&Value> =
        data["checks"].as_array().expect("checks").iter().filter(|check| check["level"] == "fail").collect();
    assert!(found.iter().any(|check| check["code"] == "AK0102"), "{found:?}");
    assert!(!data.to_string().contains("\"short\""));
}

// S-94
#[test]
fn cookies_that_are_not_secure_on_https_are_found() {
    let folder = good();
    folder.settings(&[("AUTHKIT_COOKIE_SECURE", "false")]);
    finds(&folder, "fail", "settings", "AK0118");
}

#[test]
fn development_on_a_public_address_is_found() {
    let folder = good();
    folder.settings(&[("AUTHKIT_ENV", "development")]);
    finds(&folder, "fail", "environment", "https://example.com");
}

// S-103
#[test]
fn a_missing_migration_is_found() {
    let folder = good();
    folder.settings(&[("AUTHKIT_DATABASE_URL", "sqlite://new.db")]);
    finds(&folder, "fail", "migrations", "0001_init");
}

// S-99
#[test]
fn a_file_that_others_can_read_is_found() {
    let folder = good();
    folder.mode(".env", 0o644);
    finds(&folder, "fail", "settings file", "mode 0644");
    folder.mode(".env", 0o600);
    folder.mode("auth.db", 0o644);
    finds(&folder, "warn", "database file", "mode 0644");
}

// S-99
#[test]
fn a_file_that_git_would_publish_or_has_is_found() {
    let folder = good();
    folder.write(".gitignore", "*.db*\n");
    finds(&folder, "warn", "git", "not ignored");
    git(&folder, &["add", ".env"]);
    finds(&folder, "fail", "git", "tracked");
}

#[test]
fn an_installation_without_an_administrator_is_found() {
    let folder = Folder::migrated();
    finds(&folder, "fail", "administrator", "no active one");
}

#[tokio::test]
async fn old_hashes_are_found() {
    let folder = good();
    let hash = "$2b$12$R9h/cIPz0gi.URNNX3kh2OPST9/PgBkqquzi.Ss7KIUgO2t0jWMUW";
    let user = TrustedUser {
        email: "ada@example.com".into(),
        password: TrustedPassword::Hash(hash.into()),
        role: Role::new("user").expect("a role"),
        is_active: true,
        is_verified: true,
        profile: Profile::default(),
    };
    folder.kit().await.create_user(user, Actor::System).await.expect("a user");
    finds(&folder, "warn", "old hashes", "1 of 2 users");
}

#[test]
fn a_hash_that_is_too_quick_is_found_with_what_to_set() {
    let folder = good();
    // Weaker than what a start takes, as another system may have left it: quick on any machine.
    let (_, tail) = argon2id().1.split_once(",p=1$").expect("a hash of ours");
    with_hash(&folder, &format!("$argon2id$v=19$m=256,t=1,p=1${tail}"));
    finds(&folder, "warn", "hashing", "m=256,t=1,p=1");
}

#[test]
fn where_no_hash_is_stored_its_cost_is_not_guessed() {
    let run = Folder::migrated().run(&["doctor"]).ends(5);
    assert!(
        run.out.lines().any(|line| line.starts_with("pass  hashing") && line.ends_with("is stored yet")),
        "{}",
        run.out
    );
}

#[test]
fn a_mail_server_that_refuses_is_found() {
    let folder = good();
    crate::mail::settings(&folder, crate::mail::closed_port());
    finds(&folder, "fail", "mail", "127.0.0.1");
    let sink = crate::mail::Sink::start(true);
    sink.settings(&folder);
    assert_eq!(folder.run(&["doctor", "-q"]).ends(0).out, "");
}

#[test]
fn a_role_that_nobody_knows_is_found() {
    let folder = good();
    folder.run(&["user", "create", "ada@example.com", "--role", "editor", "--no-mail"]).ends(0);
    folder.settings(&[("AUTHKIT_ROLES", "user,admin")]);
    finds(&folder, "warn", "roles", "1 of 2 users");
}

#[tokio::test]
async fn a_clock_that_is_off_is_found() {
    let folder = good();
    let kit = folder.kit().await;
    let ahead = kit.now() + Duration::from_secs(3_600);
    let kit = folder
        .kit_with(|builder| {
            let config = Config::development().secret_key(SECRET);
            builder.clock(crate::audit::Stopped(ahead)).config(config)
        })
        .await;
    kit.record(AppEvent::new("job").expect("a code")).await.expect("recorded");
    finds(&folder, "fail", "clock", "59 minutes ahead");
}

#[tokio::test]
async fn housekeeping_that_is_not_done_is_found() {
    let folder = good();
    signed_in(&days_ago(&folder, 9).await, "ada@example.com").await;
    // Opened nine days ago and over two days ago; the list without a user goes back a week from there.
    let kit = days_ago(&folder, 400).await;
    kit.record(AppEvent::new("job").expect("a code")).await.expect("recorded");
    finds(&folder, "warn", "housekeeping", "1 event past the retention");
}

#[test]
fn a_missing_index_is_found() {
    let folder = good();
    let conn = rusqlite::Connection::open(folder.path("auth.db")).expect("a file");
    conn.execute_batch("DROP INDEX ak_attempts_updated").expect("it is gone");
    finds(&folder, "fail", "indexes", "ak_attempts_updated");
}

#[test]
fn passwords_that_may_be_short_are_found() {
    let folder = good();
    folder.settings(&[("AUTHKIT_PASSWORD_MIN_LENGTH", "12")]);
    finds(&folder, "warn", "passwords", "NIST wants 15");
}

#[test]
fn a_trail_that_is_switched_off_is_found() {
    let folder = good();
    folder.settings(&[("AUTHKIT_ENABLE_AUDIT_LOGS", "off")]);
    finds(&folder, "warn", "audit trail", "none is kept");
}

#[test]
fn a_file_that_makes_no_sense_is_all_that_is_told() {
    let folder = good();
    folder.write(".env", "canary\n");
    finds(&folder, "fail", "settings", "AK0202");
}

#[tokio::test]
async fn a_server_of_another_version_is_found() {
    let folder = good();
    folder.kit().await.record_started().await.expect("recorded");
    assert_eq!(folder.run(&["doctor", "-q"]).ends(0).out, "");
    // Nothing can change an event: this one is a copy of it as a later version writes it.
    let conn = rusqlite::Connection::open(folder.path("auth.db")).expect("a file");
    let columns =
        "SELECT group_concat(name) FROM pragma_table_info('ak_audit_events') WHERE name NOT IN ('id', 'details')";
    let columns: String = conn.query_row(columns, (), |row| row.get(0)).expect("columns");
    let copy = format!(
        "INSERT INTO ak_audit_events (id, details, {columns})
         SELECT CAST(X'ff' || substr(id, 2) AS BLOB), replace(details, '{}', '9.9.9'), {columns}
         FROM ak_audit_events WHERE code = 'system.started'",
        env!("CARGO_PKG_VERSION")
    );
    conn.execute_batch(&copy).expect("copied");
    finds(&folder, "warn", "version", "9.9.9");
}
