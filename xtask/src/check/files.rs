//! Source files: each says what it holds, and one that has grown long is about to hold a second concern.

use super::Report;
use crate::workspace::Workspace;

const WORTH_A_LOOK: usize = 300;
const TOO_LONG: usize = 450;

pub fn check(workspace: &Workspace) -> Result<Report, String> {
    let mut sources = Vec::new();
    for file in workspace.ending(".rs") {
        sources.push((file, workspace.text(file)?));
    }
    Ok(judge(&sources))
}

fn judge(sources: &[(&str, String)]) -> Report {
    let mut report = Report::default();
    for (file, text) in sources {
        let lines = text.lines().count();
        if lines > TOO_LONG {
            report.problems.push(format!("{file} has {lines} lines, more than {TOO_LONG}"));
        } else if lines > WORTH_A_LOOK {
            report.notes.push(format!("{file} has {lines} lines"));
        }
        // A README that is the documentation of its crate says it, too.
        if !text.starts_with("//!") && !text.starts_with("#![doc = include_str!(") {
            report.problems.push(format!("{file} must open with //! and what it holds"));
        }
    }
    report
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judged(lines: usize) -> Report {
        judge(&[("a.rs", "//! x\n".repeat(lines))])
    }

    #[test]
    fn long_files_are_told_and_too_long_ones_fail() {
        assert!(judged(300).problems.is_empty() && judged(300).notes.is_empty());
        assert_eq!(judged(301).notes, ["a.rs has 301 lines"]);
        assert!(judged(450).problems.is_empty());
        assert_eq!(judged(451).problems, ["a.rs has 451 lines, more than 450"]);
    }

    #[test]
    fn a_file_that_does_not_say_what_it_holds_fails() {
        let report = judge(&[("a.rs", "use std::fmt;\n//! late\n".to_owned())]);
        assert_eq!(report.problems, ["a.rs must open with //! and what it holds"]);
    }
}
