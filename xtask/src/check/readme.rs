//! The README at the root is the crate documentation of authkit-poem, whose code is a doctest and the guide's quickstart.

use super::Report;
use crate::workspace::Workspace;

const ROOT: &str = "README.md";
const CRATE: &str = "authkit-poem/README.md";
const QUICKSTART: &str = "docs/guide/quickstart.md";

pub fn check(workspace: &Workspace) -> Result<Report, String> {
    if !workspace.has(ROOT) || !workspace.has(CRATE) {
        return Ok(Report { notes: vec![format!("{ROOT} and {CRATE} are not both there yet")], ..Report::default() });
    }
    let (root, of_crate) = (workspace.text(ROOT)?, workspace.text(CRATE)?);
    let mut problems = Vec::from_iter(difference(&root, &of_crate));
    if workspace.has(QUICKSTART) && program(&root) != program(&workspace.text(QUICKSTART)?) {
        problems.push(format!("the program of {QUICKSTART} is not the one of {ROOT}"));
    }
    Ok(problems.into())
}

/// The first block of Rust.
fn program(page: &str) -> Option<&str> {
    let (_, rest) = page.split_once("```rust")?;
    rest.split_once('\n')?.1.split_once("\n```").map(|(code, _)| code)
}

fn difference(root: &str, of_crate: &str) -> Option<String> {
    if root == of_crate {
        return None;
    }
    let same = root.lines().zip(of_crate.lines()).take_while(|(left, right)| left == right).count();
    Some(format!("{ROOT} and {CRATE} differ from line {} on: cp {CRATE} {ROOT}", same + 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_line_that_differs_is_named() {
        assert_eq!(difference("a\nb\n", "a\nb\n"), None);
        assert!(difference("a\nb\n", "a\nc\n").unwrap().contains("line 2"));
        assert!(difference("a\n", "a\nb\n").unwrap().contains("line 2"));
    }

    #[test]
    fn the_program_is_what_stands_between_the_first_fences() {
        assert_eq!(program("a\n```rust,no_run\nfn main() {}\n```\n```rust\nb\n```"), Some("fn main() {}"));
        assert_eq!(program("no code"), None);
    }
}
