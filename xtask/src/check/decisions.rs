//! The pages of docs/decisions: `NNNN-title.md`, numbered without a gap, each with the same three sections.

use super::Report;
use crate::workspace::Workspace;

const FOLDER: &str = "docs/decisions/";
const SECTIONS: [&str; 3] = ["Context", "Decision", "Consequences"];

pub fn check(workspace: &Workspace) -> Result<Report, String> {
    let mut pages = Vec::new();
    for file in workspace.files.iter().filter_map(|file| file.strip_prefix(FOLDER)).filter(|file| *file != "README.md")
    {
        pages.push((file, workspace.text(&format!("{FOLDER}{file}"))?));
    }
    let mut problems = numbering(pages.iter().map(|(file, _)| *file));
    for (file, text) in &pages {
        problems.extend(page(file, text).into_iter().map(|problem| format!("{FOLDER}{file}: {problem}")));
    }
    Ok(problems.into())
}

/// `files` in the order of their names.
fn numbering<'a>(files: impl Iterator<Item = &'a str>) -> Vec<String> {
    let mut problems = Vec::new();
    for (file, expected) in files.zip(1_usize..) {
        if number(file) != Some(expected) {
            problems
                .push(format!("{FOLDER}{file}: expected {expected:04}-title.md, in small letters, digits and hyphens"));
        }
    }
    problems
}

fn number(file: &str) -> Option<usize> {
    let (number, title) = file.strip_suffix(".md")?.split_once('-')?;
    let plain = !title.is_empty() && title.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
    if number.len() == 4 && plain { number.parse().ok() } else { None }
}

fn page(file: &str, text: &str) -> Vec<String> {
    let mut problems = Vec::new();
    let heading = text.lines().next().and_then(|line| line.strip_prefix("# ")).unwrap_or_default();
    let digits = heading.bytes().take_while(u8::is_ascii_digit).count();
    let (shown, title) = heading.split_at(digits);
    if shown.parse().ok() != number(file) || title.trim_matches([' ', '.', ':', '-']).is_empty() {
        problems.push(format!("the first line must be \"# {}. Title\"", file.get(..4).unwrap_or("NNNN")));
    }
    let sections = text.split("\n## ").skip(1).map(|section| section.split_once('\n').unwrap_or((section, "")));
    let sections: Vec<_> = sections.collect();
    let mut rest = sections.as_slice();
    for name in SECTIONS {
        match rest.iter().position(|(title, _)| title.trim() == name) {
            None => {
                problems.push(format!("needs the sections {}, in this order: no \"## {name}\"", SECTIONS.join(", ")));
            }
            Some(at) => {
                if rest[at].1.trim().is_empty() {
                    problems.push(format!("nothing under \"## {name}\""));
                }
                rest = &rest[at + 1..];
            }
        }
    }
    problems
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = "# 0001. Title\n\n## Context\nc\n\n## Decision\nd\n\n## Alternatives\na\n\n## Consequences\ne\n";

    #[test]
    fn a_good_page_passes() {
        assert_eq!(page("0001-title.md", GOOD), [""; 0]);
        assert_eq!(page("0001-title.md", &GOOD.replace("0001.", "1:")), [""; 0]);
    }

    #[test]
    fn a_heading_with_another_number_or_no_title_fails() {
        assert_eq!(page("0002-title.md", GOOD).len(), 1);
        assert_eq!(page("0001-title.md", &GOOD.replace(". Title", "")).len(), 1);
    }

    #[test]
    fn a_section_that_is_missing_or_empty_or_out_of_order_fails() {
        assert_eq!(page("0001-title.md", &GOOD.replace("## Context\nc\n", "")).len(), 1);
        assert_eq!(page("0001-title.md", &GOOD.replace("\nd\n", "\n")).len(), 1);
        let swapped = GOOD.replace("Context", "X").replace("Decision", "Context").replace('X', "Decision");
        assert_eq!(page("0001-title.md", &swapped).len(), 1);
    }

    #[test]
    fn numbers_run_without_a_gap_or_a_double() {
        assert_eq!(numbering(["0001-a.md", "0002-b-2.md"].into_iter()), [""; 0]);
        assert_eq!(numbering(["0001-a.md", "0003-b.md"].into_iter()).len(), 1);
        assert_eq!(numbering(["0001-a.md", "0001-b.md"].into_iter()).len(), 1);
        for bad in ["1-a.md", "0001-A.md", "0001.md", "0001-.md", "0001-a.txt"] {
            assert_eq!(numbering([bad].into_iter()).len(), 1, "{bad}");
        }
    }
}
