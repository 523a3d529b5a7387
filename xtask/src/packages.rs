//! The system's packages: which manager there is, and installing some where this may.

use std::path::Path;
use std::process::{Command, Stdio};

use authkit_test_postgres::process::is_root;

/// Installs without a cluster or a service of the packages' own.
const SCRIPT: &str = include_str!("packages/install.sh");

/// Installs them as root on Debian and its kin; `false` where that cannot be.
///
/// # Errors
/// The installation failed.
pub fn install(packages: &[&str]) -> Result<bool, String> {
    if !is_root() || !has("apt-get") {
        return Ok(false);
    }
    println!("\n=== installing {}", packages.join(" "));
    let mut script = Command::new("sh");
    script.args(["-c", SCRIPT, "install"]).args(packages).stdin(Stdio::null());
    let status = script.status().map_err(|error| format!("`sh` did not start: {error}"))?;
    if status.success() { Ok(true) } else { Err(format!("`apt-get install {}` failed ({status})", packages.join(" "))) }
}

/// The line of the package manager that this machine has; the first where it has none of them.
pub fn line(lines: &[(&str, &'static str)], has: &dyn Fn(&str) -> bool) -> &'static str {
    lines.iter().find(|(manager, _)| has(manager)).map_or(lines[0].1, |(_, line)| line)
}

/// Whether a program of this name is on the path.
pub fn has(program: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).any(|folder| Path::new(&folder).join(program).is_file())
}
