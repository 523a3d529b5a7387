//! `cargo xtask check`: what must hold of the text of the project, all of it reported in one run.

mod architecture;
mod crates;
mod decisions;
mod errors;
mod files;
mod kit;
mod links;
mod machine;
mod manifests;
mod modules;
mod purity;
mod readme;
mod tools;

use crate::workspace::Workspace;

/// What a check found.
#[derive(Debug, Default)]
pub struct Report {
    /// Each of them fails the check.
    pub problems: Vec<String>,
    /// Worth knowing.
    pub notes: Vec<String>,
}

impl From<Vec<String>> for Report {
    fn from(problems: Vec<String>) -> Self {
        Self { problems, notes: Vec::new() }
    }
}

struct Check {
    name: &'static str,
    what: &'static str,
    run: fn(&Workspace) -> Result<Report, String>,
}

/// The quick ones first.
const CHECKS: [Check; 14] = [
    Check {
        name: "files",
        what: "each source file says what it holds, and none has grown too long",
        run: files::check,
    },
    Check { name: "modules", what: "modules import downwards, and never in a circle", run: modules::check },
    Check { name: "crates", what: "crates depend only on those that ARCHITECTURE.md allows", run: crates::check },
    Check { name: "manifests", what: "versions and lints stand once, in the root manifest", run: manifests::check },
    Check {
        name: "purity",
        what: "no crate reaches a runtime, server or driver that it must not know",
        run: purity::check,
    },
    Check {
        name: "readme",
        what: "the README at the root is the one of authkit-poem, its quickstart that of the guide",
        run: readme::check,
    },
    Check { name: "decisions", what: "every decision has its number, title and sections", run: decisions::check },
    Check {
        name: "links",
        what: "every link between files leads somewhere, every page of the guide is in its summary",
        run: links::check,
    },
    Check {
        name: "errors",
        what: "every code of an error has its page, every page its code, everything that is logged its code",
        run: errors::check,
    },
    Check { name: "machine", what: "no file tells of the machine it was written on", run: machine::check },
    Check { name: "fmt", what: "rustfmt has nothing to change", run: tools::fmt },
    Check { name: "clippy", what: "no compiler or clippy warning in any target", run: tools::clippy },
    Check {
        name: "kit",
        what: "the test kit is reached through its feature alone, and nothing needs it",
        run: kit::check,
    },
    Check { name: "doc", what: "the documentation builds without a warning", run: tools::doc },
];

pub fn names() -> Vec<&'static str> {
    CHECKS.iter().map(|check| check.name).collect()
}

/// Runs all checks, or those that are named.
///
/// # Errors
/// The names of the checks that failed; what they found has been printed.
pub fn run(only: &[String]) -> Result<(), String> {
    if let Some(unknown) = only.iter().find(|name| !names().contains(&name.as_str())) {
        return Err(format!("no such check: {unknown}; there are: {}", names().join(" ")));
    }
    let workspace = Workspace::open()?;
    let mut failed = Vec::new();
    for check in CHECKS.iter().filter(|check| only.is_empty() || only.iter().any(|name| name == check.name)) {
        println!("=== check {}: {}", check.name, check.what);
        let report = (check.run)(&workspace).unwrap_or_else(|error| vec![error].into());
        for note in &report.notes {
            println!("    note: {note}");
        }
        for problem in &report.problems {
            println!("    FAILED: {problem}");
        }
        if !report.problems.is_empty() {
            failed.push(check.name);
        }
    }
    if failed.is_empty() {
        println!("\nAll checks passed.");
        Ok(())
    } else {
        Err(format!("failed: {}\n(one alone: cargo xtask check {})", failed.join(" "), failed[0]))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_check_is_refused_and_the_known_ones_are_named() {
        let error = run(&["nonsense".to_owned()]).unwrap_err();
        assert!(error.contains("nonsense") && error.contains("purity"), "{error}");
    }
}
