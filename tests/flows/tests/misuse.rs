//! What must not compile does not, and the compiler says why in our own words.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

/// A program of `misuse/`, and what the compiler must say about it.
const CASES: [(&str, &[&str]); 8] = [
    (
        "no_ports",
        &[
            "AuthKit has no user store yet",
            "AuthKit has no session store yet",
            "AuthKit has no audit sink yet",
            "or `.store(..)` for one object that fills several ports",
        ],
    ),
    ("no_audit", &["AuthKit has no audit sink yet", "or `.audit(NoAudit)` to keep no trail"]),
    ("not_a_store", &["`Mine` does not say which of AuthKit's ports it fills", "impl Store for Mine"]),
    ("not_a_user_store", &["`Mine` is not a user store", "over your users table"]),
    ("not_a_session_store", &["`Mine` is not a session store", "implement `authkit_core::SessionStore`"]),
    ("not_an_audit_sink", &["`Mine` is not an audit sink", "say `.audit(NoAudit)` to keep no trail"]),
    ("not_a_mailer", &["`Mine` does not send mail", "one method that puts the mail into a queue of yours"]),
    ("printed_secret", &["Password` doesn't implement", "Display"]),
];

/// The folder of the libraries that this test was linked with.
fn libraries() -> PathBuf {
    env::current_exe().expect("a test has a file").parent().expect("in a folder").to_owned()
}

/// The library that was built last: this test was linked with it, or with one of the same source.
fn newest(name: &str) -> PathBuf {
    let prefix = format!("lib{name}-");
    let files = fs::read_dir(libraries()).expect("a folder").map(|entry| entry.expect("an entry").path());
    let fits = |file: &PathBuf| {
        let file = file.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        file.starts_with(&prefix) && file.ends_with(".rlib")
    };
    let built = |file: &PathBuf| file.metadata().and_then(|data| data.modified()).expect("a time");
    files.filter(fits).max_by_key(built).expect("a library")
}

/// What the compiler says of a program; `None`: it takes it.
fn refusal(source: &Path, out: &Path) -> Option<String> {
    let compiler = env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let mut command = Command::new(compiler);
    command.args(["--edition", "2024", "--crate-type", "lib", "--emit", "metadata", "--color", "never"]);
    command.arg("--out-dir").arg(out).arg("-L").arg(format!("dependency={}", libraries().display()));
    for name in ["authkit_core", "authkit_store_memory"] {
        command.arg("--extern").arg(format!("{name}={}", newest(name).display()));
    }
    let output = command.arg(source).output().expect("rustc runs");
    (!output.status.success()).then(|| String::from_utf8_lossy(&output.stderr).into_owned())
}

#[test]
fn misuse_is_refused_in_our_own_words() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("misuse");
    let out = env::temp_dir().join(format!("authkit-misuse-{}", std::process::id()));
    fs::create_dir_all(&out).expect("a folder of our own");
    let good = refusal(&folder.join("good.rs"), &out);
    let told: Vec<_> = CASES.map(|(name, _)| refusal(&folder.join(name).with_extension("rs"), &out)).into();
    fs::remove_dir_all(&out).expect("removed");
    // Else every refusal below could have another reason.
    assert_eq!(good, None, "the program that is right is taken");
    for ((name, words), told) in CASES.iter().zip(told) {
        let told = told.unwrap_or_else(|| panic!("{name} compiles"));
        // The terminal's margin may stand within a line.
        let plain = told.split_whitespace().collect::<Vec<_>>().join(" ");
        for word in *words {
            assert!(plain.contains(word), "{name}: not said: {word}\n{told}");
        }
    }
    let files = fs::read_dir(&folder).expect("a folder").count();
    assert_eq!(files, CASES.len() + 1, "every program of the folder is a case");
}
