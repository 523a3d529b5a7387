//! Running cargo: shown before it runs, with the environment that a user's own shell would give it.

use std::env;
use std::ffi::OsString;
use std::path::Path;
use std::process::Command;

/// Runs `cargo ARGS` in the workspace and lets it speak to the terminal.
///
/// # Errors
/// The command line and how it ended.
pub fn run(root: &Path, args: &[&str], variables: &[(&str, &str)]) -> Result<(), String> {
    let line = shown(args, variables);
    println!("$ {line}");
    let status = command(root)
        .args(args)
        .envs(variables.iter().copied())
        .status()
        .map_err(|error| format!("`{line}` did not start: {error}"))?;
    if status.success() { Ok(()) } else { Err(format!("`{line}` failed ({status})")) }
}

/// Runs `cargo ARGS` in the workspace and returns what it wrote to standard output.
///
/// # Errors
/// The command line, how it ended, and what it wrote to standard error.
pub fn read(root: &Path, args: &[&str]) -> Result<String, String> {
    let line = shown(args, &[]);
    let output = command(root).args(args).output().map_err(|error| format!("`{line}` did not start: {error}"))?;
    if !output.status.success() {
        return Err(format!("`{line}` failed ({})\n{}", output.status, String::from_utf8_lossy(&output.stderr)));
    }
    String::from_utf8(output.stdout).map_err(|error| format!("`{line}` wrote something else than UTF-8: {error}"))
}

/// Whether `cargo NAME` is there.
pub fn has(root: &Path, name: &str) -> bool {
    command(root).args([name, "--version"]).output().is_ok_and(|output| output.status.success())
}

/// What `cargo run` tells this process about its own package would otherwise reach the build scripts of all others.
fn command(root: &Path) -> Command {
    let mut command = Command::new(env::var_os("CARGO").unwrap_or_else(|| OsString::from("cargo")));
    command.current_dir(root);
    for (name, _) in env::vars_os() {
        let text = name.to_string_lossy();
        if text == "OUT_DIR" || ["CARGO_PKG_", "CARGO_MANIFEST_", "CARGO_BIN_"].iter().any(|own| text.starts_with(own))
        {
            command.env_remove(&name);
        }
    }
    command
}

/// A URL of a database is not shown: it holds a password, and logs are kept.
fn shown(args: &[&str], variables: &[(&str, &str)]) -> String {
    let is_url = |text: &str| text.starts_with("postgres://") || text.starts_with("postgresql://");
    let value = |text: &str| if is_url(text) { "…".to_owned() } else { quoted(text) };
    let variables = variables.iter().map(|(name, text)| format!("{name}={}", value(text)));
    let args = args.iter().map(|arg| value(arg));
    variables.chain(["cargo".to_owned()]).chain(args).collect::<Vec<_>>().join(" ")
}

fn quoted(word: &str) -> String {
    if word.contains([' ', '{']) { format!("'{word}'") } else { word.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_is_shown_as_one_would_type_it() {
        assert_eq!(
            shown(&["doc", "--no-deps"], &[("RUSTDOCFLAGS", "-D warnings")]),
            "RUSTDOCFLAGS='-D warnings' cargo doc --no-deps"
        );
    }

    #[test]
    fn the_password_of_a_database_is_not_shown() {
        assert_eq!(shown(&["test"], &[("X_URL", "postgres://u:secret@h/d")]), "X_URL=… cargo test");
        assert_eq!(shown(&["run", "--url", "postgresql://u:secret@h/d"], &[]), "cargo run --url …");
    }

    #[test]
    fn a_failing_command_is_named() {
        let error = read(Path::new("."), &["no-such-verb-of-cargo"]).unwrap_err();
        assert!(error.starts_with("`cargo no-such-verb-of-cargo` failed"), "{error}");
    }
}
