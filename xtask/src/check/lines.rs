//! Lines a file: a source file that has grown long is about to hold a second concern.

use super::Report;
use crate::workspace::Workspace;

const WORTH_A_LOOK: usize = 300;
const TOO_LONG: usize = 450;

pub fn check(workspace: &Workspace) -> Result<Report, String> {
    let mut lengths = Vec::new();
    for file in workspace.ending(".rs") {
        lengths.push((file, workspace.text(file)?.lines().count()));
    }
    Ok(judge(lengths))
}

fn judge(mut lengths: Vec<(&str, usize)>) -> Report {
    lengths.sort_by_key(|&(file, lines)| (usize::MAX - lines, file));
    let mut report = Report::default();
    for (file, lines) in lengths {
        if lines > TOO_LONG {
            report.problems.push(format!("{file} has {lines} lines, more than {TOO_LONG}"));
        } else if lines > WORTH_A_LOOK {
            report.notes.push(format!("{file} has {lines} lines"));
        }
    }
    report
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_files_are_told_and_too_long_ones_fail() {
        let report = judge(vec![("a.rs", 300), ("b.rs", 301), ("c.rs", 450), ("d.rs", 451)]);
        assert_eq!(report.problems, ["d.rs has 451 lines, more than 450"]);
        assert_eq!(report.notes, ["c.rs has 450 lines", "b.rs has 301 lines"]);
    }
}
