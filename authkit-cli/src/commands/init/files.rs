//! Which files are written, and what becomes of those that are there.

use std::path::{Path, PathBuf};

use super::args::{Extra, Init, StoreKind};
use super::project::{Project, module_of};
use super::{docker, env, manifest, migrations, templates};
use crate::codes::CliCode;
use crate::failure::Failure;

/// A file below the root of the project.
#[derive(Debug)]
pub(super) struct File {
    pub(super) path: PathBuf,
    pub(super) state: State,
    /// Nobody but its owner reads it.
    pub(super) is_private: bool,
}

#[derive(Debug)]
pub(super) enum State {
    /// It is not there.
    New(String),
    /// It is there, and something is added.
    Changed { before: String, after: String },
    /// It is there as it would be written.
    Same,
    /// It is there and says something else: it stays.
    Kept,
}

impl State {
    pub(super) const fn name(&self) -> &'static str {
        match self {
            Self::New(_) => "created",
            Self::Changed { .. } => "changed",
            Self::Same => "unchanged",
            Self::Kept => "kept",
        }
    }
}

impl File {
    /// Whether it is written.
    pub(super) const fn is_written(&self) -> bool {
        matches!(self.state, State::New(_) | State::Changed { .. })
    }

    /// Whether it is, or becomes, what the template says.
    pub(super) const fn is_ours(&self) -> bool {
        !matches!(self.state, State::Kept)
    }

    /// What it will say, if it is written.
    pub(super) fn text(&self) -> Option<&str> {
        match &self.state {
            State::New(text) | State::Changed { after: text, .. } => Some(text),
            State::Same | State::Kept => None,
        }
    }
}

/// Everything that is to be done, in the order in which it is told.
pub(super) fn plan(args: &Init, store: StoreKind, project: &Project) -> Result<Vec<File>, Failure> {
    let module = &args.path;
    if module.is_absolute() || module.components().any(|part| part.as_os_str() == "..") || !module.starts_with("src") {
        return Err(Failure::new(CliCode::Usage, "--path names no folder below src").fix("--path src/auth"));
    }
    let mut files = vec![edited(project, "Cargo.toml", |text| manifest::edit(text, project, args, store))?];
    files.push(fixed(project, &module.join("mod.rs"), templates::module(store, args))?);
    files.push(fixed(project, &module.join("user.rs"), templates::USER.to_owned())?);
    if args.has(Extra::Emails) {
        files.push(fixed(project, &module.join("emails.rs"), templates::EMAILS.to_owned())?);
    }
    if args.has(Extra::Tests) {
        files.push(fixed(project, &module.join("tests.rs"), templates::tests(args))?);
    }
    files.push(main(project, module)?);
    for (path, text) in migrations::files(store, project) {
        files.push(fixed(project, &path, text)?);
    }
    if args.has(Extra::Http) {
        files.push(fixed(project, Path::new("requests/auth.http"), templates::requests()?)?);
    }
    if args.has(Extra::Docker) {
        let checkout = args.authkit_path.as_deref().map(manifest::checkout).transpose()?;
        files.push(fixed(project, Path::new("Dockerfile"), docker::image(&project.name, checkout.as_deref()))?);
        files.push(fixed(project, Path::new(".dockerignore"), docker::IGNORED.to_owned())?);
        files.push(fixed(project, docker::compose_file(&project.root), docker::compose(store, checkout.as_deref()))?);
    }
    let has_server = args.has(Extra::Docker) && store == StoreKind::Postgres;
    files.push(File { is_private: true, ..edited(project, ".env", |text| env::file(text, store, has_server))? });
    files.push(fixed(project, Path::new(".env.example"), authkit_core::config::env_example())?);
    files.push(edited(project, ".gitignore", |text| Ok(env::ignored(text)))?);
    Ok(files)
}

/// The program: ours only where it is as `cargo new` wrote it.
fn main(project: &Project, module: &Path) -> Result<File, Failure> {
    let text = templates::main(&module_of(module));
    let file = fixed(project, &project.main, text.clone())?;
    match file.state {
        State::Kept if project.is_new => {
            let before = project.text(&project.main)?.unwrap_or_default();
            Ok(File { state: State::Changed { before, after: text }, ..file })
        }
        _ => Ok(file),
    }
}

/// A file with a text of ours, where there is none yet.
fn fixed(project: &Project, path: &Path, text: String) -> Result<File, Failure> {
    let state = match project.text(path)? {
        None => State::New(text),
        Some(there) if there.replace("\r\n", "\n") == text => State::Same,
        Some(_) => State::Kept,
    };
    Ok(File { path: path.to_owned(), state, is_private: false })
}

/// A file of the user's, with something added.
fn edited(project: &Project, path: &str, edit: impl FnOnce(&str) -> Result<String, Failure>) -> Result<File, Failure> {
    let path = PathBuf::from(path);
    let there = project.text(&path)?;
    let after = edit(there.as_deref().unwrap_or_default())?;
    let state = match there {
        None => State::New(after),
        Some(before) if before == after => State::Same,
        Some(before) => State::Changed { before, after },
    };
    Ok(File { path, state, is_private: false })
}
