//! A project in a folder of its own, and the command run in it.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::atomic::{AtomicUsize, Ordering};

pub(crate) const MANIFEST: &str =
    "[package]\nname = \"theirs\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n[dependencies]\n";
pub(crate) const HELLO: &str = "fn main() {\n    println!(\"Hello, world!\");\n}\n";

/// The command under test.
pub(crate) const AUTHKIT: &str = env!("CARGO_BIN_EXE_authkit");

pub(crate) struct Project(pub(crate) PathBuf);

/// What a path is: its bytes (none of a folder, the way of a link) and its mode.
pub(crate) type Entry = (Option<Vec<u8>>, u32);

impl Project {
    pub(crate) fn new(files: &[(&str, &str)]) -> Self {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let name = format!("authkit-init-{}-{}", std::process::id(), COUNT.fetch_add(1, Ordering::SeqCst));
        let project = Self(std::env::temp_dir().join(name));
        for (path, text) in files {
            project.write(path, text);
        }
        project
    }

    /// What `cargo new` makes.
    pub(crate) fn empty() -> Self {
        Self::new(&[("Cargo.toml", MANIFEST), ("src/main.rs", HELLO)])
    }

    pub(crate) fn write(&self, path: &str, text: &str) {
        let file = self.0.join(path);
        fs::create_dir_all(file.parent().expect("a folder")).expect("a folder");
        fs::write(file, text).expect("a file");
    }

    pub(crate) fn init(&self, args: &[&str]) -> Output {
        let mut command = Command::new(AUTHKIT);
        command.arg("init").args(args);
        self.output(command)
    }

    /// Runs a command in the project, with no settings of whoever runs the tests.
    pub(crate) fn output(&self, mut command: Command) -> Output {
        for (name, _) in std::env::vars_os() {
            if name.to_string_lossy().starts_with("AUTHKIT_") {
                command.env_remove(name);
            }
        }
        command.current_dir(&self.0).env("NO_COLOR", "1").output().expect("it runs")
    }

    #[track_caller]
    pub(crate) fn done(&self, args: &[&str]) -> String {
        let output = self.init(args);
        let told = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "{told}");
        told
    }

    #[track_caller]
    pub(crate) fn refused(&self, args: &[&str], code: i32) -> String {
        let mut command = Command::new(AUTHKIT);
        command.arg("init").args(args);
        self.refused_as(command, code)
    }

    /// Runs a command that is refused, and holds it to having changed nothing.
    #[track_caller]
    pub(crate) fn refused_as(&self, command: Command, code: i32) -> String {
        let before = self.files();
        let output = self.output(command);
        let told = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(code), "{told}");
        self.assert_is(&before, &told);
        told
    }

    /// Everything is byte for byte as it was, modes and folders too, and nothing has come.
    #[track_caller]
    pub(crate) fn assert_is(&self, before: &BTreeMap<PathBuf, Entry>, told: &str) {
        let after = self.files();
        let came: Vec<_> = after.keys().filter(|path| !before.contains_key(*path)).collect();
        let changed: Vec<_> = before.iter().filter(|(path, entry)| after.get(*path) != Some(entry)).collect();
        let changed: Vec<_> = changed.into_iter().map(|(path, _)| path).collect();
        assert!(came.is_empty() && changed.is_empty(), "came: {came:?}, changed: {changed:?}, after:\n{told}");
    }

    pub(crate) fn text(&self, path: &str) -> String {
        fs::read_to_string(self.0.join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
    }

    /// Everything that is there.
    pub(crate) fn files(&self) -> BTreeMap<PathBuf, Entry> {
        let mut files = BTreeMap::new();
        let mut folders = vec![self.0.clone()];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder).expect("a folder").flatten() {
                let path = entry.path();
                let kind = fs::symlink_metadata(&path).expect("it is there");
                let bytes = if kind.is_symlink() {
                    Some(fs::read_link(&path).expect("a link").to_string_lossy().into_owned().into_bytes())
                } else if kind.is_dir() {
                    folders.push(path.clone());
                    None
                } else {
                    Some(fs::read(&path).unwrap_or_default())
                };
                files.insert(path, (bytes, mode(&kind)));
            }
        }
        files
    }
}

#[cfg(unix)]
fn mode(metadata: &fs::Metadata) -> u32 {
    std::os::unix::fs::PermissionsExt::mode(&metadata.permissions())
}

#[cfg(not(unix))]
fn mode(metadata: &fs::Metadata) -> u32 {
    metadata.permissions().readonly().into()
}

impl Drop for Project {
    fn drop(&mut self) {
        // What a test has made unwritable is to go, too.
        #[cfg(unix)]
        for path in [&self.0, &self.0.join("src"), &self.0.join("requests")] {
            let _ = fs::set_permissions(path, std::os::unix::fs::PermissionsExt::from_mode(0o755));
        }
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// A checkout of AuthKit: this one.
pub(crate) fn checkout() -> String {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("a checkout").to_string_lossy().into_owned()
}
