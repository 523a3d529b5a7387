//! Names of tables and columns on their way into a statement.

/// The longest name that `PostgreSQL` keeps whole, in bytes.
const LONGEST: usize = 63;

/// Whether a text can name a table or a column: 1 to 63 bytes without control characters.
pub fn is_identifier(name: &str) -> bool {
    (1..=LONGEST).contains(&name.len()) && !name.chars().any(char::is_control)
}

/// A name between double quotes, so that it names exactly what it says and no sign in it has a meaning.
///
/// ```
/// assert_eq!(authkit_sql::quote("users"), "\"users\"");
/// assert_eq!(authkit_sql::quote("a\"b"), "\"a\"\"b\"");
/// ```
pub fn quote(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_short_and_printable() {
        for good in ["users", "Benutzer", "a b", "\"", &"x".repeat(63)] {
            assert!(is_identifier(good), "{good}");
        }
        for bad in ["", "a\0b", "a\nb", &"x".repeat(64)] {
            assert!(!is_identifier(bad), "{bad:?}");
        }
    }
}
