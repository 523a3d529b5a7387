//! The project that AuthKit comes into.

use std::fs;
use std::path::{Path, PathBuf};

use toml_edit::DocumentMut;

use crate::codes::CliCode;
use crate::failure::Failure;

/// What `cargo new` writes.
const HELLO: &str = "fn main() {\n    println!(\"Hello, world!\");\n}\n";

#[derive(Debug)]
pub(super) struct Project {
    pub(super) root: PathBuf,
    pub(super) name: String,
    pub(super) manifest: DocumentMut,
    /// Below the root.
    pub(super) main: PathBuf,
    /// Nobody has written anything into `main.rs` yet.
    pub(super) is_new: bool,
}

impl Project {
    /// The project whose `Cargo.toml` is in a folder.
    pub(super) fn find(root: &Path) -> Result<Self, Failure> {
        let file = root.join("Cargo.toml");
        if !file.exists() {
            return Err(Failure::new(CliCode::NotFound, "there is no Cargo.toml in this folder")
                .fix("cargo new my-app && cd my-app && authkit init"));
        }
        let text = read(&file)?;
        let manifest: DocumentMut = text.parse().map_err(|error: toml_edit::TomlError| {
            Failure::new(CliCode::NotTaken, format!("Cargo.toml is no TOML: {}", error.message()))
        })?;
        let name = manifest.get("package").and_then(|package| package.get("name")).and_then(|name| name.as_str());
        let Some(name) = name.map(str::to_owned) else {
            return Err(Failure::new(CliCode::NotTaken, "Cargo.toml has no package: it is that of a workspace alone")
                .fix("run it in the folder of the package that is to have accounts"));
        };
        let main = PathBuf::from("src/main.rs");
        let is_new = root.join(&main).exists() && read(&root.join(&main))?.replace("\r\n", "\n") == HELLO;
        Ok(Self { root: root.to_owned(), name, manifest, main, is_new })
    }

    /// What a file of the project says; `None`: there is none.
    pub(super) fn text(&self, path: &Path) -> Result<Option<String>, Failure> {
        let file = self.root.join(path);
        if file.exists() { read(&file).map(Some) } else { Ok(None) }
    }
}

/// The name of the module in a folder, such as `auth`.
pub(super) fn module_of(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

fn read(file: &Path) -> Result<String, Failure> {
    fs::read_to_string(file).map_err(|error| Failure::system(&file.display().to_string(), &error))
}
