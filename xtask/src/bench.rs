//! `cargo xtask bench`: the benchmark table, always from a release build.

use crate::cargo;
use crate::workspace::Workspace;

/// # Errors
/// The benchmark does not build or ends with an error.
pub fn run(args: &[String]) -> Result<(), String> {
    let mut command = vec!["run", "--release", "--package", "authkit-bench", "--"];
    command.extend(args.iter().map(String::as_str));
    cargo::run(&Workspace::open()?.root, &command, &[])
}
