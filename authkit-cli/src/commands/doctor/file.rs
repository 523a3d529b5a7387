//! The file with the settings: who can read it, and whether it would be published.

use std::path::Path;
use std::process::{Command, Stdio};

use super::report::Report;
use crate::settings::{Settings, Source};

pub(super) fn check(settings: &Settings, report: &mut Report) {
    let Some(file) = &settings.file else {
        report.pass("settings file", "none; the settings come from the environment");
        return;
    };
    mode(file, report);
    tracking(file, report);
    for given in &settings.given {
        if given.source == Source::Flag("--database-url") && given.value.expose().contains('@') {
            let why = "--database-url may hold a password, which everybody on this machine can see";
            report.warn("settings", why, "put the URL into the file, and leave the flag out");
        }
    }
}

#[cfg(unix)]
fn mode(file: &Path, report: &mut Report) {
    use std::os::unix::fs::MetadataExt as _;

    let shown = file.display();
    match std::fs::metadata(file) {
        Ok(data) if data.mode().trailing_zeros() >= 6 => {
            report.pass("settings file", format!("{shown} is its owner's alone"));
        }
        Ok(data) => {
            let why = format!(
                "{shown} has mode {:04o}: others on this machine can read the secrets in it",
                data.mode() & 0o7777
            );
            report.fail("settings file", why, format!("chmod 600 {shown}"));
        }
        Err(error) => report.fail("settings file", format!("{shown}: {error}"), "see the text"),
    }
}

#[cfg(not(unix))]
fn mode(_: &Path, _: &mut Report) {}

/// Where Git is not there, or the file is in no repository, there is nothing to say.
fn tracking(file: &Path, report: &mut Report) {
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let Some(name) = file.file_name() else { return };
    let git = |args: &[&str]| {
        let mut command = Command::new("git");
        command.arg("-C").arg(folder).args(args).arg(name);
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        command.status().ok().and_then(|status| status.code())
    };
    let shown = file.display();
    if git(&["ls-files", "--error-unmatch", "--"]) == Some(0) {
        let fix = format!("git rm --cached {shown}, add it to .gitignore, and draw a new key: authkit secret rotate");
        report.fail("git", format!("{shown} is tracked: whoever sees the repository has the secrets"), fix);
        return;
    }
    match git(&["check-ignore", "--quiet", "--"]) {
        Some(0) => report.pass("git", format!("{shown} is ignored")),
        Some(1) => {
            report.warn("git", format!("{shown} is not ignored: one `git add .` publishes it"), "add it to .gitignore");
        }
        _ => {}
    }
}
