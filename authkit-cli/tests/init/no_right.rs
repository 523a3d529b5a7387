//! Folders and files that may not be written. Permission bits do not bind root, so where root runs the tests the command runs as
//! an account without any right, on files that are its own.

use std::fs;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, chown};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::project::{AUTHKIT, Project};

/// `nobody`, by the number that it has everywhere.
const NOBODY: u32 = 65534;

/// A project, and the command for it, run by somebody whom permission bits bind.
struct Bound {
    project: Project,
    /// A copy of the command that the account can reach, where one is needed.
    copy: Option<PathBuf>,
}

impl Bound {
    fn new() -> Self {
        let project = Project::empty();
        let is_root = fs::metadata(&project.0).expect("a folder").uid() == 0;
        let copy = is_root.then(|| {
            let copy = project.0.with_extension("authkit");
            fs::copy(AUTHKIT, &copy).expect("a copy");
            fs::set_permissions(&copy, fs::Permissions::from_mode(0o755)).expect("a mode");
            copy
        });
        Self { project, copy }
    }

    fn command(&self) -> Command {
        let mut command = Command::new(self.copy.as_deref().unwrap_or(Path::new(AUTHKIT)));
        if self.copy.is_some() {
            give(&self.project.0);
            command.uid(NOBODY).gid(NOBODY);
        }
        command.arg("init");
        command
    }

    #[track_caller]
    fn refused(&self, code: i32) -> String {
        self.project.refused_as(self.command(), code)
    }

    fn mode(&self, path: &str, mode: u32) {
        let path = self.project.0.join(path);
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).expect("a mode");
    }
}

impl Drop for Bound {
    fn drop(&mut self) {
        let _ = self.copy.as_ref().map(fs::remove_file);
    }
}

/// Makes the account the owner of all of it.
fn give(path: &Path) {
    chown(path, Some(NOBODY), Some(NOBODY)).expect("an owner");
    if path.is_dir() {
        fs::read_dir(path).expect("a folder").flatten().for_each(|entry| give(&entry.path()));
    }
}

#[test]
fn a_folder_that_may_not_be_written_leaves_everything_as_it_was() {
    for (folder, named) in [("src", "src/auth/mod.rs"), ("requests", "requests/auth.http"), (".", "Cargo.toml")] {
        let bound = Bound::new();
        bound.project.write("requests/theirs.http", "GET /\n");
        bound.mode(folder, 0o555);
        let told = bound.refused(1);
        assert!(told.contains("AK0217") && told.contains(&format!("{named}: Permission denied")), "{told}");
        assert!(told.contains("give the right to write"), "{told}");
        // The same account with the right has done it all.
        bound.mode(folder, 0o755);
        assert!(bound.project.output(bound.command()).status.success());
    }
}

/// Here root is bound, too: the bit is looked at.
#[test]
fn a_file_that_may_not_be_written_is_not_replaced_either() {
    for file in ["Cargo.toml", "src/main.rs", ".env", ".gitignore"] {
        let project = Project::empty();
        if file.starts_with('.') {
            project.write(file, "PORT=80\n");
        }
        fs::set_permissions(project.0.join(file), fs::Permissions::from_mode(0o444)).expect("a mode");
        let told = project.refused(&[], 1);
        assert!(told.contains("AK0217") && told.contains(&format!("{file}: it is read-only")), "{told}");
    }
}

#[test]
fn settings_that_may_not_be_read_are_not_taken_for_none() {
    let bound = Bound::new();
    bound.project.write(".env", "AUTHKIT_SECRET_KEY='kept as it is'\n");
    bound.mode(".env", 0o000);
    let told = bound.refused(1);
    assert!(told.contains(".env: Permission denied"), "{told}");
}
