//! The embedded list of common passwords. It is searched where it lies, so that it costs nothing at start.

use std::cmp::Ordering;

/// Lower-case, one a line, sorted by bytes; see data/README.md for where it comes from.
const LIST: &str = include_str!("data/common.txt");

/// Whether `password`, read without regard to ASCII case, is one of the list.
pub(super) fn is_common(password: &str) -> bool {
    let mut rest = LIST.as_bytes();
    while !rest.is_empty() {
        // The line that the middle falls into, and what stands before and after it.
        let (left, right) = rest.split_at(rest.len() / 2);
        let start = left.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
        let end = right.iter().position(|byte| *byte == b'\n').map_or(rest.len(), |at| left.len() + at);
        let (before, from_line) = rest.split_at(start);
        let (line, after) = from_line.split_at(end - start);
        let folded = password.bytes().map(|byte| byte.to_ascii_lowercase());
        rest = match folded.cmp(line.iter().copied()) {
            Ordering::Equal => return true,
            Ordering::Less => before,
            Ordering::Greater => after.strip_prefix(b"\n").unwrap_or(after),
        };
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    // S-4
    #[test]
    fn the_list_is_sorted_lower_case_and_long_enough() {
        assert!(LIST.len() < 300 * 1024);
        assert!(LIST.ends_with('\n') && !LIST.contains('\r'));
        assert!(LIST.lines().is_sorted_by(|one, next| one < next), "sorted, each once");
        assert!(
            LIST.lines().all(|line| line.bytes().all(|byte| byte.is_ascii_graphic() && !byte.is_ascii_uppercase()))
        );
        assert!(LIST.lines().all(|line| line.len() >= 8));
        let long = LIST.lines().filter(|line| line.len() >= 12).count();
        assert!(long >= 3_000, "{long} entries fit the default policy");
    }

    // S-4
    #[test]
    fn every_entry_is_found_in_any_case() {
        for line in LIST.lines() {
            assert!(is_common(line), "{line}");
            assert!(is_common(&line.to_ascii_uppercase()), "{line}");
        }
    }

    #[test]
    fn nothing_else_is_found() {
        for line in LIST.lines().step_by(7) {
            assert!(!is_common(&format!("{line}\n")), "{line}");
            assert!(!is_common(&format!("{line} ~")), "{line}");
            assert!(!is_common(&format!(" {line}")), "{line}");
        }
        for other in ["", "\n", "correct horse battery staple", "~~~~~~~~~~~~~~~", "\u{e9}\u{e9}\u{e9}\u{e9}"] {
            assert!(!is_common(other), "{other}");
        }
    }
}
