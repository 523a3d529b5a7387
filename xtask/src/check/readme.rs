//! The README at the root is the crate documentation of authkit-poem, whose code is a doctest.

use super::Report;
use crate::workspace::Workspace;

const ROOT: &str = "README.md";
const CRATE: &str = "authkit-poem/README.md";

pub fn check(workspace: &Workspace) -> Result<Report, String> {
    if !workspace.has(ROOT) || !workspace.has(CRATE) {
        return Ok(Report { notes: vec![format!("{ROOT} and {CRATE} are not both there yet")], ..Report::default() });
    }
    Ok(difference(&workspace.text(ROOT)?, &workspace.text(CRATE)?).into_iter().collect::<Vec<_>>().into())
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
}
