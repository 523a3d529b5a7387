//! `authkit session`.

use serde_json::{Value, json};

use crate::support::{Folder, ROOT, signed_in};

const ADA: &str = "ada@example.com";

#[tokio::test]
async fn sessions_are_listed_and_narrowed() {
    let folder = Folder::installed();
    let kit = folder.kit().await;
    let ada = signed_in(&kit, ADA).await;
    signed_in(&kit, "eve@example.com").await;
    let run = folder.run(&["session", "list"]).ends(0);
    let lines: Vec<&str> = run.out.lines().collect();
    assert!(lines[0].starts_with("EMAIL            STATE  FROM  DEVICE  LAST USED"), "{}", lines[0]);
    assert_eq!(lines.len(), 3);
    let data = folder.run(&["session", "list", "--user", ADA, "--state", "live", "--json"]).ends(0).data();
    let [row] = &data["items"].as_array().expect("rows")[..] else { panic!("one row: {data}") };
    assert_eq!((&row["id"], &row["state"]), (&json!(ada.session.id), &json!("live")));
    assert!(row.get("token_hash").is_none());
    assert_eq!(folder.run(&["session", "list", "--state", "revoked"]).ends(0).out, "No sessions.\n");
    assert_eq!(folder.run(&["session", "list", "--ip", "10.0.0.1"]).ends(0).out, "No sessions.\n");
    folder.run(&["session", "list", "--user", "nobody@example.com"]).ends(4);
}

#[tokio::test]
async fn one_session_is_ended_and_the_others_live_on() {
    let folder = Folder::installed();
    let kit = folder.kit().await;
    let (ada, eve) = (signed_in(&kit, ADA).await, signed_in(&kit, "eve@example.com").await);
    let id = ada.session.id.to_string();
    folder.run(&["session", "end", &id, "-n"]).ends(0);
    kit.current_user(&ada.tokens.access).await.expect("still there");
    let run = folder.run(&["session", "end", &id]).ends(0);
    assert_eq!(run.err, format!("done  the session {id} of {ADA} is ended\n"));
    assert!(kit.current_user(&ada.tokens.access).await.is_err());
    kit.current_user(&eve.tokens.access).await.expect("still there");
    folder.was_recorded("session.revoked");
    let data = folder.run(&["session", "end", &id, "--json"]).ends(0).data();
    assert_eq!(data["changed"], false);
    let gone = folder.run(&["session", "end", "01920000-0000-7000-8000-000000000000"]).ends(4);
    assert!(gone.err.contains("error[AK0210]"), "{}", gone.err);
}

#[tokio::test]
async fn all_sessions_of_a_user_are_ended_after_a_yes() {
    let folder = Folder::installed();
    let kit = folder.kit().await;
    let ada = signed_in(&kit, ADA).await;
    let run = folder.run(&["session", "end-all", ADA]).ends(3);
    assert!(run.err.contains("error[AK0207]") && run.err.contains("1 session of ada@example.com"), "{}", run.err);
    assert!(folder.run(&["session", "end-all", ADA, "-n"]).ends(0).err.contains("1 session of ada@example.com would"));
    let data = folder.run(&["session", "end-all", ADA, "--yes", "--json"]).ends(0).data();
    assert_eq!(data, json!({"email": ADA, "ended": 1}));
    assert!(kit.current_user(&ada.tokens.access).await.is_err());
    folder.was_recorded("session.revoked");
}

#[tokio::test]
async fn everybodys_sessions_are_ended_after_a_yes() {
    let folder = Folder::installed();
    let kit = folder.kit().await;
    let (ada, eve) = (signed_in(&kit, ADA).await, signed_in(&kit, "eve@example.com").await);
    assert!(folder.run(&["session", "end-all", "--everybody"]).ends(3).err.contains("3 users"));
    assert!(folder.run(&["session", "end-all", "--everybody", "-n"]).ends(0).err.contains("of 3 users would be ended"));
    let data = folder.run(&["session", "end-all", "--everybody", "-y", "--json"]).ends(0).data();
    assert_eq!(data, json!({"users": 3, "left": Vec::<Value>::new(), "limited": false}));
    for token in [&ada.tokens.access, &eve.tokens.access] {
        assert!(kit.current_user(token).await.is_err());
    }
    folder.was_recorded("session.revoked");
    folder.run(&["session", "end-all"]).ends(2);
    folder.run(&["session", "end-all", ROOT, "--everybody"]).ends(2);
}
