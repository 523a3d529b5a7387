//! `authkit create-admin`.

use authkit_core::{ClientInfo, Login};
use serde_json::json;

use crate::support::{Folder, PASSWORD, ROOT};

// S-99
#[tokio::test]
async fn the_first_administrator_is_made_with_a_password_from_standard_input_and_can_sign_in() {
    let folder = Folder::migrated();
    let run = folder.run_with(&["create-admin", ROOT, "--password-stdin"], &format!("{PASSWORD}\r\nrest"), &[]).ends(0);
    assert_eq!(run.err, "done  root@example.com is an administrator and can sign in\n");
    folder.was_recorded("user.created");
    let kit = folder.kit().await;
    let signed_in = kit.login(Login::new(ROOT, PASSWORD), &ClientInfo::none()).await.expect("signed in");
    assert_eq!((signed_in.user.role.as_str(), signed_in.user.is_verified), ("admin", true));
}

#[test]
fn again_with_the_same_address_it_finds_all_done_and_reads_no_password() {
    let folder = Folder::installed();
    let before = folder.trail();
    let run = folder.run(&["create-admin", "ROOT@example.com"]).ends(0);
    assert_eq!(run.err, "done  nothing to do, ROOT@example.com is an administrator already\n");
    let data = folder.run(&["create-admin", ROOT, "--json"]).ends(0).data();
    assert_eq!(data, json!({"email": ROOT, "changed": false}));
    assert_eq!(folder.trail(), before);
}

#[test]
fn a_second_administrator_is_made_in_another_way() {
    let folder = Folder::installed();
    let run = folder.run_with(&["create-admin", "eve@example.com", "--password-stdin"], PASSWORD, &[]).ends(3);
    assert!(run.err.contains("error[AK0211]"), "{}", run.err);
    assert!(run.err.contains("fix:  authkit user create eve@example.com --role admin"), "{}", run.err);
}

#[test]
fn a_weak_password_an_odd_address_and_an_empty_input_make_nobody() {
    let folder = Folder::migrated();
    for (address, input, code, text) in [
        (ROOT, "tiny-pw", 1, "AK0212"),
        (ROOT, "", 2, "AK0215"),
        ("root", PASSWORD, 1, "AK0212"),
        ("", PASSWORD, 1, "AK0212"),
    ] {
        let run = folder.run_with(&["create-admin", address, "--password-stdin"], input, &[]).ends(code);
        assert!(run.err.contains(text), "{address}: {}", run.err);
        assert!(input.is_empty() || !run.err.contains(input), "the password is not shown: {}", run.err);
    }
    assert_eq!(folder.run(&["user", "list"]).ends(0).out, "No users.\n");
}

// S-99
#[test]
fn a_password_is_no_argument_and_is_not_asked_for_without_a_terminal() {
    let folder = Folder::migrated();
    assert!(folder.run(&["create-admin", ROOT, PASSWORD]).ends(2).err.contains("unexpected argument"));
    assert!(folder.run(&["create-admin", ROOT, "--password", PASSWORD]).ends(2).err.contains("--password-stdin"));
    assert!(folder.run(&["create-admin", ROOT]).ends(2).err.contains("error[AK0209]"));
    assert!(folder.run(&["create-admin"]).ends(2).err.contains("error[AK0209]"));
}

#[test]
fn a_dry_run_makes_nobody() {
    let folder = Folder::migrated();
    let run = folder.run(&["create-admin", ROOT, "--dry-run"]).ends(0);
    assert_eq!(run.err, "dry run  root@example.com would be made the first administrator\n");
    assert_eq!(folder.run(&["user", "list"]).ends(0).out, "No users.\n");
}
