//! `cargo xtask seed`: a store filled by the million, always by a release build.

use crate::cargo;
use crate::workspace::Workspace;

/// # Errors
/// The arguments are not understood, or the store is not filled.
pub fn run(args: &[String]) -> Result<(), String> {
    let mut command: Vec<String> =
        ["run", "--release", "--package", "authkit-seed", "--"].into_iter().map(str::to_owned).collect();
    let mut is_file = false;
    for arg in args {
        // Where the caller is, not where the workspace is.
        let path = is_file.then(|| std::path::absolute(arg).ok()).flatten();
        command.push(path.map_or_else(|| arg.clone(), |path| path.to_string_lossy().into_owned()));
        is_file = arg == "--file";
    }
    let command: Vec<&str> = command.iter().map(String::as_str).collect();
    cargo::run(&Workspace::open()?.root, &command, &[])
}
