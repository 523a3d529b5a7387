//! `cargo xtask audit`: what the dependencies bring with them. Apart from `check`, since its tool takes long to build.

mod unused;

use crate::cargo;
use crate::workspace::Workspace;

const INSTALL: &str = "cargo install cargo-deny --locked";

/// # Errors
/// What was found, or the command that installs the tool that is missing: an audit that did not run has not passed.
pub fn run(args: &[String]) -> Result<(), String> {
    if !args.is_empty() {
        return Err(format!("takes no arguments, not: {}", args.join(" ")));
    }
    let workspace = Workspace::open()?;
    println!("=== audit 1 of 2: unused dependencies");
    let mut problems = unused::check(&workspace)?;
    println!("=== audit 2 of 2: licences, advisories, duplicates, sources (deny.toml)");
    if cargo::has(&workspace.root, "deny") {
        problems.extend(cargo::run(&workspace.root, &["deny", "check"], &[]).err());
    } else {
        problems.push(format!("cargo-deny is not installed: {INSTALL}"));
    }
    if problems.is_empty() { Ok(()) } else { Err(problems.join("\n  ")) }
}
