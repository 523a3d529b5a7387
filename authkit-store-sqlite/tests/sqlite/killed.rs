//! A process that is killed in the middle of its writes has lost nothing that was answered, and left nothing half-written.

use std::io::{BufRead, BufReader, Write};
use std::path::PathBuf;
use std::process::{Command, Stdio};

use authkit_conformance::fixtures::{START, cause, new_user};
use authkit_core::{EventCode, InsertUser, UserStore};
use authkit_store_sqlite::SqliteStore;

use crate::temp_db::TempDb;

const FILE: &str = "AUTHKIT_TEST_KILLED";
const CLIENTS: u64 = 16;

/// Not a test: what the test below starts in a process of its own. It writes until it is killed and prints what was
/// answered.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_process_that_writes_until_it_is_killed() {
    let Some(path) = std::env::var_os(FILE).map(PathBuf::from) else { return };
    let store = SqliteStore::open(path).await.expect("it opens");
    let clients = (0..CLIENTS).map(|client| {
        let store = store.clone();
        tokio::spawn(async move {
            for n in (client..).step_by(16) {
                let inserted = store.insert_user(new_user(n), cause(n, EventCode::USER_CREATED, START)).await;
                assert!(matches!(inserted, Ok(InsertUser::Inserted(_))));
                // One write, so that no line is cut.
                std::io::stdout().write_all(format!("answered {n}\n").as_bytes()).expect("somebody reads");
            }
        })
    });
    for client in clients.collect::<Vec<_>>() {
        client.await.expect("it goes on until it is killed");
    }
}

#[tokio::test]
async fn a_killed_process_loses_nothing_that_it_has_answered() {
    let db = TempDb::new();
    let mut child = Command::new(std::env::current_exe().expect("the test's own binary"))
        .args(["--exact", "--nocapture", "killed::a_process_that_writes_until_it_is_killed"])
        .env(FILE, db.path())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("the test's own binary starts");
    let lines = BufReader::new(child.stdout.take().expect("its output is piped")).lines();
    let mut lines = lines.map_while(Result::ok).filter_map(|line| line.strip_prefix("answered ").map(str::to_owned));
    let mut answered: Vec<u64> = lines.by_ref().take(200).map(|n| n.parse().expect("a number")).collect();
    child.kill().expect("it runs");
    child.wait().expect("it was killed");
    // What it had answered before the signal reached it; the last line may be cut.
    answered.extend(lines.filter_map(|n| n.parse::<u64>().ok()));
    assert!(answered.len() >= 200, "{}", answered.len());

    let store = SqliteStore::open(db.path()).await.expect("it opens after the crash");
    for n in answered {
        let user = store.find_user(&new_user(n).suggested_id).await.expect("it reads");
        assert!(user.is_some(), "user {n} was answered and is lost");
    }
    let halves = "SELECT count(*) FROM (SELECT id FROM ak_users EXCEPT SELECT subject FROM ak_audit_events)";
    let raw = db.raw();
    let silent: i64 = raw.query_row(halves, (), |row| row.get(0)).expect("it reads");
    assert_eq!(silent, 0, "no user is there without its event");
    let check: String = raw.query_row("PRAGMA integrity_check", (), |row| row.get(0)).expect("it reads");
    assert_eq!(check, "ok");
}
