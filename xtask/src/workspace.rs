//! The checkout: its root, the files that belong to it, and what cargo says of its crates.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use crate::cargo;

/// A checkout and the paths of its files, relative to its root, with `/` between the parts.
#[derive(Debug)]
pub struct Workspace {
    pub root: PathBuf,
    pub files: Vec<String>,
}

/// One crate of the workspace, as its manifest declares it.
#[derive(Debug, PartialEq, Eq)]
pub struct Member {
    pub name: String,
    /// Relative to the root.
    pub folder: String,
    pub published: bool,
    pub dependencies: Vec<Dependency>,
}

#[derive(Debug, PartialEq, Eq)]
pub struct Dependency {
    /// The package.
    pub name: String,
    /// What the code calls it, with `_` for `-`.
    pub in_code: String,
    /// For tests and examples only.
    pub dev: bool,
}

impl Workspace {
    /// The workspace that this xtask belongs to.
    ///
    /// # Errors
    /// The folder cannot be read.
    pub fn open() -> Result<Self, String> {
        let xtask = env::var_os("CARGO_MANIFEST_DIR").map_or_else(|| env!("CARGO_MANIFEST_DIR").into(), PathBuf::from);
        let root = xtask.parent().ok_or("xtask has no folder above it")?.to_owned();
        let mut files = match tracked(&root) {
            Some(files) => files,
            None => on_disk(&root)?,
        };
        // A file that is deleted but not yet committed is still listed.
        files.retain(|file| root.join(file).is_file());
        files.sort();
        Ok(Self { root, files })
    }

    /// # Errors
    /// The file cannot be read as text.
    pub fn text(&self, file: &str) -> Result<String, String> {
        fs::read_to_string(self.root.join(file)).map_err(|error| format!("{file}: {error}"))
    }

    /// The paths that end in `suffix`.
    pub fn ending(&self, suffix: &str) -> impl Iterator<Item = &str> {
        self.files.iter().map(String::as_str).filter(move |file| file.ends_with(suffix))
    }

    pub fn has(&self, file: &str) -> bool {
        self.files.binary_search_by(|probe| probe.as_str().cmp(file)).is_ok()
    }

    /// # Errors
    /// Cargo cannot read the manifests.
    pub fn members(&self) -> Result<Vec<Member>, String> {
        let text = cargo::read(&self.root, &["metadata", "--no-deps", "--format-version", "1"])?;
        let metadata: Value = serde_json::from_str(&text).map_err(|error| format!("cargo metadata: {error}"))?;
        Ok(members_of(&metadata, &self.root))
    }
}

fn members_of(metadata: &Value, root: &Path) -> Vec<Member> {
    let packages = metadata["packages"].as_array().into_iter().flatten();
    packages.map(|package| member(package, root)).collect()
}

fn member(package: &Value, root: &Path) -> Member {
    let manifest = Path::new(text(&package["manifest_path"]));
    let folder = manifest.parent().unwrap_or(root);
    let dependencies = package["dependencies"].as_array().into_iter().flatten().map(|dependency| {
        let name = text(&dependency["name"]).to_owned();
        let in_code = dependency["rename"].as_str().unwrap_or(&name).replace('-', "_");
        Dependency { in_code, dev: dependency["kind"] == "dev", name }
    });
    Member {
        name: text(&package["name"]).to_owned(),
        folder: folder.strip_prefix(root).unwrap_or(folder).to_string_lossy().replace('\\', "/"),
        // `publish = false` is an empty list of registries, absence is null.
        published: package["publish"].as_array().is_none_or(|registries| !registries.is_empty()),
        dependencies: dependencies.collect(),
    }
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

/// `None` where there is no git or the folder is not a checkout, as in an unpacked archive.
fn tracked(root: &Path) -> Option<Vec<String>> {
    if !root.join(".git").exists() {
        return None;
    }
    let output = Command::new("git").args(["ls-files", "-z"]).current_dir(root).output().ok()?;
    let list = String::from_utf8(output.stdout).ok().filter(|_| output.status.success())?;
    Some(list.split_terminator('\0').map(str::to_owned).collect())
}

fn on_disk(root: &Path) -> Result<Vec<String>, String> {
    println!("git does not list this folder: taking every file outside target/ as tracked");
    let mut files = Vec::new();
    let mut folders = vec![String::new()];
    while let Some(folder) = folders.pop() {
        let entries = fs::read_dir(root.join(&folder)).map_err(|error| format!("{folder}: {error}"))?;
        for entry in entries {
            let entry = entry.map_err(|error| format!("{folder}: {error}"))?;
            let name = entry.file_name().to_string_lossy().into_owned();
            let path = if folder.is_empty() { name.clone() } else { format!("{folder}/{name}") };
            if !entry.path().is_dir() {
                files.push(path);
            } else if name != ".git" && name != "target" {
                folders.push(path);
            }
        }
    }
    Ok(files)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_member_is_read_with_its_dependencies_and_whether_it_is_published() {
        let metadata = serde_json::json!({ "packages": [{
            "name": "authkit-x", "manifest_path": "/w/tests/x/Cargo.toml", "publish": [],
            "dependencies": [
                { "name": "hyper-util", "kind": null, "rename": null },
                { "name": "tokio", "kind": "dev", "rename": "rt" },
            ],
        }, { "name": "authkit-y", "manifest_path": "/w/authkit-y/Cargo.toml", "publish": null, "dependencies": [] }] });
        let members = members_of(&metadata, Path::new("/w"));
        assert_eq!((members[0].folder.as_str(), members[0].published), ("tests/x", false));
        assert_eq!((members[1].folder.as_str(), members[1].published), ("authkit-y", true));
        let seen: Vec<_> = members[0].dependencies.iter().map(|d| (&*d.name, &*d.in_code, d.dev)).collect();
        assert_eq!(seen, [("hyper-util", "hyper_util", false), ("tokio", "rt", true)]);
    }

    #[test]
    fn the_files_of_this_checkout_are_found_with_and_without_git() {
        let workspace = Workspace::open().unwrap();
        assert!(workspace.has("xtask/src/main.rs") && !workspace.has("xtask/src/nothing.rs"));
        let walked = on_disk(&workspace.root).unwrap();
        assert!(walked.contains(&"xtask/src/main.rs".to_owned()) && walked.iter().all(|f| !f.starts_with("target/")));
    }
}
