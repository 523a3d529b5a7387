//! The old system's values in the new one's types.

use authkit_core::{Timestamp, UserId};
use serde_json::{Map, Value};

/// What the trail calls the place that rows come from.
pub(super) const FROM: &str = "fast-authkit";

/// A row by the names of its columns.
pub(super) type Row = Map<String, Value>;

/// Takes a text out of a row; nothing for `NULL`.
pub(super) fn text(row: &mut Row, name: &str) -> Option<String> {
    match row.remove(name)? {
        Value::Null => None,
        Value::String(text) => Some(text),
        other => Some(other.to_string()),
    }
}

/// Takes a flag, which SQLite keeps as a number.
pub(super) fn flag(row: &mut Row, name: &str) -> bool {
    match row.remove(name) {
        Some(Value::Bool(flag)) => flag,
        Some(Value::Number(number)) => number.as_i64() != Some(0),
        Some(Value::String(text)) => matches!(text.as_str(), "1" | "t" | "true"),
        _ => false,
    }
}

/// An id as it is written today: SQLite holds a UUID as 32 digits.
pub(super) fn id(text: &str) -> Option<UserId> {
    UserId::new(&dashed(text).unwrap_or_else(|| text.to_owned()))
}

/// A UUID with its dashes.
pub(super) fn dashed(text: &str) -> Option<String> {
    let is_bare = text.len() == 32 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    let parts = [text.get(..8)?, text.get(8..12)?, text.get(12..16)?, text.get(16..20)?, text.get(20..)?];
    is_bare.then(|| parts.join("-").to_ascii_lowercase())
}

/// An instant, and whether it said in which zone. Without one it is UTC: that is what both databases' `now()` wrote there.
pub(super) fn instant(text: &str) -> Option<(Timestamp, bool)> {
    let text = text.trim().replacen(' ', "T", 1);
    if let Some(at) = Timestamp::parse(&text) {
        return Some((at, true));
    }
    // Postgres may write an offset in hours alone.
    if let Some(at) = Timestamp::parse(&format!("{text}:00")) {
        return Some((at, true));
    }
    Timestamp::parse(&format!("{text}Z")).map(|at| (at, false))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn instants_of_both_databases_are_read_and_zoneless_ones_are_told() {
        let at = Timestamp::parse("2024-03-01T12:00:00.500000Z").expect("an instant");
        for (text, has_zone) in [
            ("2024-03-01 12:00:00.500000", false),
            ("2024-03-01T12:00:00.5", false),
            ("2024-03-01 12:00:00.5+00", true),
            ("2024-03-01T14:00:00.500000+02:00", true),
        ] {
            assert_eq!(instant(text), Some((at, has_zone)), "{text}");
        }
        for text in ["", "yesterday", "2024-02-30 12:00:00", "NULL"] {
            assert_eq!(instant(text), None, "{text}");
        }
    }

    #[test]
    fn ids_get_their_dashes_and_odd_ones_stay() {
        let id = |text| super::id(text).map(|id| id.to_string());
        assert_eq!(id("6F1B2C3400004000800000000000ABCD").as_deref(), Some("6f1b2c34-0000-4000-8000-00000000abcd"));
        assert_eq!(id("42").as_deref(), Some("42"));
        assert_eq!(id(""), None);
        assert_eq!(id(&"x".repeat(65)), None);
    }

    #[test]
    fn flags_are_read_from_numbers_and_words() {
        for (value, flag) in
            [(json!(1), true), (json!(0), false), (json!(true), true), (json!("t"), true), (json!(null), false)]
        {
            let mut row = Row::from_iter([("x".to_owned(), value.clone())]);
            assert_eq!(super::flag(&mut row, "x"), flag, "{value}");
        }
    }
}
