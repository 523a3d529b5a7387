//! `cargo xtask faults`: the fault table. A development build, the same that `cargo xtask test` runs.

use crate::cargo;
use crate::postgres;
use crate::workspace::Workspace;

/// # Errors
/// PostgreSQL is missing, a scenario failed, or a value misses its target.
pub fn run(args: &[String]) -> Result<(), String> {
    postgres::provide()?;
    let mut command = vec!["run", "--package", "authkit-faults", "--"];
    command.extend(args.iter().map(String::as_str));
    cargo::run(&Workspace::open()?.root, &command, &[])
}
