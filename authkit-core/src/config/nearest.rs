//! Which known name somebody may have meant.

/// The known name with the fewest single-character edits (insert, remove, replace) from `name`, the earlier of equals.
pub(super) fn nearest(name: &str, known: impl IntoIterator<Item = &'static str>) -> Option<&'static str> {
    known.into_iter().min_by_key(|candidate| distance(name.as_bytes(), candidate.as_bytes()))
}

/// Levenshtein's distance, a row at a time.
fn distance(one: &[u8], other: &[u8]) -> usize {
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (index, byte) in one.iter().enumerate() {
        let mut diagonal = index;
        let mut left = index + 1;
        let mut next = vec![left];
        for (above, against) in row.iter().skip(1).zip(other) {
            left = (left + 1).min(above + 1).min(diagonal + usize::from(byte != against));
            diagonal = *above;
            next.push(left);
        }
        row = next;
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_distance_counts_inserted_removed_and_replaced_characters() {
        for (one, other, edits) in [
            ("", "", 0),
            ("", "abc", 3),
            ("abc", "", 3),
            ("abc", "abc", 0),
            ("kitten", "sitting", 3),
            ("flaw", "lawn", 2),
        ] {
            assert_eq!(distance(one.as_bytes(), other.as_bytes()), edits, "{one} {other}");
        }
    }

    #[test]
    fn the_nearest_is_found() {
        assert_eq!(nearest("SECRETKEY", ["ROLES", "SECRET_KEY", "COOKIE"]), Some("SECRET_KEY"));
        assert_eq!(nearest("X", []), None);
    }
}
