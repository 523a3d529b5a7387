//! `authkit audit`, and `authkit cleanup`.

use authkit_core::{AppEvent, AuthKit, Clock, Config, Timestamp};
use serde_json::{Value, json};
use std::time::Duration;

use crate::support::{Folder, ROOT, SECRET, me, signed_in};

/// A clock that stands.
pub(crate) struct Stopped(pub(crate) Timestamp);

impl Clock for Stopped {
    fn now(&self) -> Timestamp {
        self.0
    }
}

/// A server of the same installation whose clock is off by some days into the past.
pub(crate) async fn days_ago(folder: &Folder, days: u64) -> AuthKit {
    let at = folder.kit().await.now() - Duration::from_secs(days * 86_400);
    folder.kit_with(|builder| builder.clock(Stopped(at)).config(Config::development().secret_key(SECRET))).await
}

#[tokio::test]
async fn events_are_listed_with_who_did_what_to_whom() {
    let folder = Folder::installed();
    signed_in(&folder.kit().await, "ada@example.com").await;
    folder.run(&["user", "disable", "ada@example.com"]).ends(0);
    let run = folder.run(&["audit", "list", "--limit", "1"]).ends(0);
    let lines: Vec<&str> = run.out.lines().collect();
    assert!(lines[0].starts_with("AT                       CODE           OUTCOME  BY"), "{}", lines[0]);
    let words: Vec<&str> = lines[1].split_whitespace().collect();
    let by = me();
    assert_eq!(words[2..7], ["UTC", "user.disabled", "success", &by, "ada@example.com"], "{words:?}");

    for (args, code) in [
        (&["--code", "session.opened"][..], "session.opened"),
        (&["--about", "ada@example.com", "--outcome", "success"], "user.disabled"),
        (&["--by", "ada@example.com"], "session.opened"),
        (&["--to", "2020-01-01"], ""),
    ] {
        let data = folder.run(&[&["audit", "list", "--json"], args].concat()).ends(0).data();
        assert_eq!(data["items"][0]["code"].as_str().unwrap_or_default(), code, "{args:?}");
    }
    let wide = folder.run(&["audit", "list", "--outcome", "refused", "--from", "2020-01-01"]).ends(1);
    assert!(wide.err.contains("error[AK0212]") && wide.err.contains("seven days"), "{}", wide.err);
}

#[test]
fn the_trail_is_taken_out_and_that_is_recorded() {
    let folder = Folder::installed();
    let csv = folder.run(&["audit", "export"]).ends(0).out;
    assert!(csv.starts_with("id,at,code,") && csv.lines().count() == 3, "the export itself is not in it: {csv}");
    folder.was_recorded("audit.exported");
    let data = folder.run(&[
        "audit",
        "export",
        "--code",
        "user.created",
        "--format",
        "jsonl",
        "--output",
        "a.jsonl",
        "--json",
    ]);
    assert_eq!(data.ends(0).data(), json!({"file": "a.jsonl", "rows": 1}));
    assert_eq!(folder.mode_of("a.jsonl"), 0o600);
    let row: Value = serde_json::from_str(&folder.read("a.jsonl")).expect("a row");
    assert_eq!(row["code"], "user.created");
    folder.run(&["audit", "export", "--output", "a.jsonl"]).ends(3);
}

// S-82
#[tokio::test]
async fn only_what_is_past_the_retention_is_removed_after_a_yes() {
    let folder = Folder::installed();
    for days in [400, 100, 50] {
        let kit = days_ago(&folder, days).await;
        kit.record(AppEvent::new(&format!("job-{days}")).expect("a code")).await.expect("recorded");
    }
    let run = folder.run(&["audit", "prune"]).ends(3);
    assert!(run.err.contains("error[AK0207]") && run.err.contains("1 event older than 365 days"), "{}", run.err);
    assert_eq!(folder.run(&["audit", "prune", "-n", "--json"]).ends(0).data(), json!({"removed": 1}));
    assert_eq!(folder.run(&["audit", "prune", "--keep", "90", "-n", "--json"]).ends(0).data(), json!({"removed": 2}));
    for keep in ["89", "0"] {
        let refused = folder.run(&["audit", "prune", "--keep", keep, "--yes"]).ends(1);
        assert!(refused.err.contains("error[AK0109]"), "{}", refused.err);
    }
    assert_eq!(folder.run(&["audit", "prune", "--yes"]).ends(0).err, "done  1 event removed\n");
    folder.was_recorded("audit.purged");
    let left: Vec<String> = folder.trail().into_iter().map(|(code, _)| code).collect();
    assert!(!left.contains(&"job-400".to_owned()) && left.contains(&"job-100".to_owned()));
    let nothing = folder.run(&["audit", "prune"]).ends(0);
    assert_eq!(nothing.err, "done  nothing to do, no event is older than 365 days\n");
}

#[tokio::test]
async fn the_housekeeping_is_done_at_once_and_recorded() {
    let folder = Folder::installed();
    signed_in(&days_ago(&folder, 60).await, "ada@example.com").await;
    let dry = folder.run(&["cleanup", "-n"]).ends(0);
    assert!(dry.err.starts_with("dry run  "), "{}", dry.err);
    let data = folder.run(&["cleanup", "--json"]).ends(0).data();
    assert_eq!((&data["sessions"], &data["users"], &data["events"]), (&json!(1), &json!(0), &json!(0)));
    folder.was_recorded("system.tidied");
    let again = folder.run(&["cleanup"]).ends(0);
    assert!(again.err.starts_with("done  removed 0 sessions, 0 deleted users"), "{}", again.err);
}

#[test]
fn without_a_trail_it_is_said_that_none_is_kept() {
    let folder = Folder::installed();
    folder.settings(&[("AUTHKIT_ENABLE_AUDIT_LOGS", "off")]);
    assert!(folder.run(&["audit", "list"]).ends(4).err.contains("does not keep that"));
    folder.run(&["user", "show", ROOT]).ends(0);
}
