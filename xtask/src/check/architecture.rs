//! The arrows as docs/ARCHITECTURE.md lists them: fenced blocks that people read and the checks obey.

use crate::workspace::Workspace;

pub const FILE: &str = "docs/ARCHITECTURE.md";

/// The block whose fence says `text LABEL`, a trimmed line at a time, without empty lines.
///
/// # Errors
/// The file cannot be read, or it has not exactly one such block with something in it.
pub fn block(workspace: &Workspace, label: &str) -> Result<Vec<String>, String> {
    find(&workspace.text(FILE)?, label)
}

pub fn find(text: &str, label: &str) -> Result<Vec<String>, String> {
    let fence = format!("```text {label}");
    let opening = format!("{fence}\n");
    let mut blocks = text.split(opening.as_str()).skip(1);
    let (Some(block), None) = (blocks.next(), blocks.next()) else {
        return Err(format!("{FILE} must have exactly one block that begins with {fence}"));
    };
    let lines = block.lines().map(str::trim).take_while(|line| !line.starts_with("```"));
    let lines: Vec<_> = lines.filter(|line| !line.is_empty()).map(str::to_owned).collect();
    if lines.is_empty() { Err(format!("{FILE}: the block {fence} is empty")) } else { Ok(lines) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_block_ends_at_its_fence() {
        let text = "# A\n```text other\nx\n```\n```text order\n a  first\n\n b\n```\nc\n";
        assert_eq!(find(text, "order").unwrap(), ["a  first", "b"]);
    }

    #[test]
    fn a_block_that_is_missing_empty_or_there_twice_is_an_error() {
        assert!(find("# A\n", "order").is_err());
        assert!(find("```text order\n```\n", "order").is_err());
        assert!(find("```text order\na\n```\n```text order\nb\n```\n", "order").is_err());
    }
}
