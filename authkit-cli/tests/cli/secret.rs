//! `authkit secret`.

use authkit_core::ClientInfo;

use crate::support::{Folder, SECRET, signed_in};

/// The value of a name in the file.
fn value(folder: &Folder, name: &str) -> String {
    let text = folder.read(".env");
    let line = text.lines().find_map(|line| line.strip_prefix(&format!("{name}=")));
    line.expect("the name is set").to_owned()
}

// S-94
#[test]
fn a_key_that_is_printed_is_long_random_and_alone_on_its_line() {
    let folder = Folder::new();
    let keys: Vec<String> = (0..2).map(|_| folder.run(&["secret", "generate"]).ends(0).out).collect();
    assert_ne!(keys[0], keys[1]);
    assert!(keys.iter().all(|key| key.len() == 65 && key.ends_with('\n')));
    let data = folder.run(&["secret", "generate", "--json"]).ends(0).data();
    assert_eq!(data["secret"].as_str().map(str::len), Some(64));
}

// S-99
#[test]
fn a_key_that_is_written_is_its_owners_alone_and_never_printed() {
    let folder = Folder::new();
    let run = folder.run(&["secret", "generate", "--write", ".env"]).ends(0);
    let key = value(&folder, "AUTHKIT_SECRET_KEY");
    assert_eq!((key.len(), folder.mode_of(".env")), (64, 0o600));
    assert!(!format!("{}{}", run.out, run.err).contains(&key));
    let json = folder.run(&["secret", "rotate", "--json"]).ends(0);
    let keys = [key, value(&folder, "AUTHKIT_SECRET_KEY")];
    assert!(keys.iter().all(|key| !format!("{}{}", json.out, json.err).contains(key)));
}

// S-99
#[test]
fn everything_else_in_the_file_stays_and_its_mode_is_mended() {
    let folder = Folder::new();
    let text = "# mine\r\nPORT=80\r\nAUTHKIT_SECRET_KEY=too-short # why\r\nNAME='x y'";
    folder.write(".env", text);
    folder.mode(".env", 0o644);
    folder.run(&["secret", "generate", "--write", ".env"]).ends(0);
    let key = value(&folder, "AUTHKIT_SECRET_KEY");
    let expected = format!("# mine\r\nPORT=80\r\nAUTHKIT_SECRET_KEY={}\r\nNAME='x y'", key.trim());
    assert_eq!((folder.read(".env"), folder.mode_of(".env")), (expected, 0o600));
}

// S-99
#[test]
fn a_good_key_is_not_overwritten_unless_that_is_asked_for_and_confirmed() {
    let folder = Folder::installed();
    let run = folder.run(&["secret", "generate", "--write", ".env"]).ends(3);
    assert!(run.err.contains("error[AK0218]") && run.err.contains("authkit secret rotate"), "{}", run.err);
    let run = folder.run(&["secret", "generate", "--write", ".env", "--replace"]).ends(3);
    assert!(run.err.contains("error[AK0207]"), "{}", run.err);
    folder.run(&["secret", "generate", "--write", ".env", "--replace", "--dry-run"]).ends(0);
    assert_eq!(value(&folder, "AUTHKIT_SECRET_KEY"), SECRET);
    folder.run(&["secret", "generate", "--write", ".env", "--replace", "--yes"]).ends(0);
    assert_ne!(value(&folder, "AUTHKIT_SECRET_KEY"), SECRET);
    folder.was_recorded("keys.changed");
}

// S-95
#[tokio::test]
async fn a_rotation_keeps_everybody_signed_in_and_the_trail_says_who_did_it() {
    let folder = Folder::installed();
    let ada = signed_in(&folder.kit().await, "ada@example.com").await;
    let dry = folder.run(&["secret", "rotate", "-n"]).ends(0);
    assert!(dry.err.starts_with("dry run  "));
    assert_eq!(value(&folder, "AUTHKIT_SECRET_KEY"), SECRET);

    folder.run(&["secret", "rotate"]).ends(0);
    let (new, previous) = (value(&folder, "AUTHKIT_SECRET_KEY"), value(&folder, "AUTHKIT_PREVIOUS_SECRET_KEYS"));
    assert!(new != SECRET && previous == SECRET);
    folder.was_recorded("keys.changed");
    let kit = folder
        .kit_with(|builder| {
            let config = authkit_core::Config::development().secret_key(new.as_str()).previous_secret_keys([SECRET]);
            builder.config(config)
        })
        .await;
    kit.current_user(&ada.tokens.access).await.expect("still signed in");
    kit.refresh(&ada.tokens.refresh, &ClientInfo::none()).await.expect("and refreshed");

    folder.run(&["secret", "rotate"]).ends(0);
    assert_eq!(value(&folder, "AUTHKIT_PREVIOUS_SECRET_KEYS"), format!("{new},{SECRET}"));
}

#[test]
fn what_cannot_be_rotated_is_said_with_what_to_do() {
    let folder = Folder::new();
    folder.write(".env", "AUTHKIT_ENV=development\n");
    let run = folder.run(&["secret", "rotate"]).ends(4);
    assert!(run.err.contains("authkit secret generate --write .env"), "{}", run.err);
    folder.write(".env", "AUTHKIT_SECRET_KEY=short\n");
    assert!(folder.run(&["secret", "rotate"]).ends(1).err.contains("error[AK0212]"));
    folder.write("comma.env", &format!("AUTHKIT_SECRET_KEY={SECRET},x\n"));
    assert!(folder.run(&["secret", "rotate", "--write", "comma.env"]).ends(1).err.contains("comma"));
}

#[test]
fn a_file_that_may_not_be_written_keeps_all_that_is_in_it() {
    let folder = Folder::new();
    folder.write(".env", "AUTHKIT_SECRET_KEY=short\n");
    folder.mode(".env", 0o400);
    let run = folder.run(&["secret", "generate", "--write", ".env"]).ends(1);
    assert!(run.err.contains("error[AK0217]"), "{}", run.err);
    assert_eq!(folder.read(".env"), "AUTHKIT_SECRET_KEY=short\n");
    let run = folder.run(&["secret", "generate", "--write", "gone/.env"]).ends(1);
    assert!(run.err.contains("error[AK0217]"), "{}", run.err);
    let left: Vec<_> = std::fs::read_dir(folder.folder()).expect("a folder").filter_map(Result::ok).collect();
    assert_eq!(left.len(), 1, "no half-written file is left: {left:?}");
}

#[test]
fn a_link_is_followed_and_stays_a_link() {
    let folder = Folder::new();
    folder.write("real.env", "A=1\n");
    std::os::unix::fs::symlink("real.env", folder.path(".env")).expect("a link");
    folder.run(&["secret", "generate", "--write", ".env"]).ends(0);
    assert!(std::fs::symlink_metadata(folder.path(".env")).expect("it is there").is_symlink());
    assert!(folder.read("real.env").contains("AUTHKIT_SECRET_KEY="));
}

#[test]
fn the_environment_goes_before_the_file_and_that_is_said() {
    let folder = Folder::new();
    let vars = [("AUTHKIT_SECRET_KEY", SECRET)];
    let run = folder.run_with(&["secret", "generate", "--write", ".env"], "", &vars).ends(0);
    assert!(run.err.contains("warning: the environment sets AUTHKIT_SECRET_KEY"), "{}", run.err);
}
