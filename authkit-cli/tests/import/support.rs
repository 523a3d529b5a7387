//! An installation in a folder of its own, and the command run over it.

use std::fs;
use std::io::Write as _;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::Value;

/// A hash that the old system wrote, of `a lantern over the quay`.
pub(crate) const HASH: &str = "$2b$12$R9h/cIPz0gi.URNNX3kh2OVhNTxhs/.HV7pH2tuyfor8bIcIttNYm";

pub(crate) struct Folder(pub(crate) PathBuf);

impl Folder {
    pub(crate) fn new() -> Self {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let name = format!("authkit-import-{}-{}", std::process::id(), COUNT.fetch_add(1, Ordering::SeqCst));
        let path = std::env::temp_dir().join(name);
        fs::create_dir_all(&path).expect("a folder");
        Self(path)
    }

    /// Runs the command on a database in this folder, or on another.
    pub(crate) fn authkit(&self, database: &str, args: &[&str]) -> Output {
        self.authkit_with(database, args, "", &[])
    }

    /// With something on standard input and in the environment.
    pub(crate) fn authkit_with(&self, database: &str, args: &[&str], input: &str, vars: &[(&str, &str)]) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_authkit"));
        command.args(args).current_dir(&self.0).env_clear();
        command.env("AUTHKIT_ENV", "development").env("AUTHKIT_SECRET_KEY", "q7Vd2mXz9LhT4bRk8WnYc3FsJp6GaUe5");
        command.env("AUTHKIT_DATABASE_URL", database).envs(vars.iter().copied());
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("it starts");
        // It may end without reading.
        let _ = child.stdin.take().expect("a pipe").write_all(input.as_bytes());
        child.wait_with_output().expect("it ends")
    }

    /// The same with `--json`; what it answered.
    #[track_caller]
    pub(crate) fn json(&self, database: &str, args: &[&str]) -> Value {
        let output = self.authkit(database, &[args, &["--json"]].concat());
        let told = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{args:?}: {told}");
        let answer: Value = serde_json::from_slice(&output.stdout).expect("JSON");
        answer["data"].clone()
    }

    #[track_caller]
    pub(crate) fn import(&self, database: &str, from: &str, more: &[&str]) -> Value {
        self.json(database, &[&["import", "fast-authkit", "--from", from], more].concat())
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// Counts of one list: read, imported, here already, not taken.
pub(crate) fn counts(report: &Value, list: &str) -> [u64; 4] {
    ["read", "imported", "present", "refused"].map(|name| report[list][name].as_u64().expect("a count"))
}
