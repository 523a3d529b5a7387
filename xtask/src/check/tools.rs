//! The checks that are cargo's own.

use super::Report;
use crate::cargo;
use crate::workspace::Workspace;

pub fn fmt(workspace: &Workspace) -> Result<Report, String> {
    component(workspace, "fmt", "rustfmt")?;
    cargo::run(&workspace.root, &["fmt", "--all", "--check"], &[]).map(|()| Report::default())
}

pub fn clippy(workspace: &Workspace) -> Result<Report, String> {
    component(workspace, "clippy", "clippy")?;
    let args = ["clippy", "--workspace", "--all-targets", "--quiet", "--", "-D", "warnings"];
    cargo::run(&workspace.root, &args, &[]).map(|()| Report::default())
}

pub fn doc(workspace: &Workspace) -> Result<Report, String> {
    let args = ["doc", "--workspace", "--no-deps", "--all-features", "--quiet"];
    cargo::run(&workspace.root, &args, &[("RUSTDOCFLAGS", "-D warnings")]).map(|()| Report::default())
}

/// A minimal Rust comes without these two.
fn component(workspace: &Workspace, verb: &str, component: &str) -> Result<(), String> {
    if cargo::has(&workspace.root, verb) {
        return Ok(());
    }
    Err(format!("`cargo {verb}` is not there: rustup component add {component}"))
}
