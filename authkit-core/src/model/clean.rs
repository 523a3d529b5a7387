//! Text from outside on its way into the audit trail.

use std::fmt::Write as _;

use serde_json::Value;

/// `text` cut to at most `max_bytes` bytes, with every character that could forge a line, move a cursor or turn the
/// reading direction written as `\u{…}`.
///
/// Source: CWE-117; OWASP Logging.
pub fn printable(text: &str, max_bytes: usize) -> String {
    let mut out = String::with_capacity(text.len().min(max_bytes));
    for c in text.chars() {
        let before = out.len();
        if is_unsafe(c) {
            // Writing to a `String` cannot fail.
            let _ = write!(out, "\\u{{{:04x}}}", u32::from(c));
        } else {
            out.push(c);
        }
        if out.len() > max_bytes {
            out.truncate(before);
            break;
        }
    }
    out
}

/// Whether [`printable`] would change the text for another reason than its length.
pub fn is_printable(text: &str) -> bool {
    !text.chars().any(is_unsafe)
}

/// JSON whose texts and names are all as [`printable`] writes them, at their full length.
pub(crate) fn printable_json(value: Value) -> Value {
    match value {
        Value::String(text) if !is_printable(&text) => Value::String(printable(&text, usize::MAX)),
        Value::Array(items) => items.into_iter().map(printable_json).collect(),
        Value::Object(fields) => {
            fields.into_iter().map(|(name, value)| (printable(&name, usize::MAX), printable_json(value))).collect()
        }
        other => other,
    }
}

fn is_unsafe(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}')
}

#[cfg(test)]
mod tests {
    use super::*;

    // S-77
    #[test]
    fn no_character_forges_a_line() {
        let text = printable("a\r\nb\u{1b}[31m\0\u{2028}\u{202e}\u{85}z", 256);
        assert_eq!(text, "a\\u{000d}\\u{000a}b\\u{001b}[31m\\u{0000}\\u{2028}\\u{202e}\\u{0085}z");
    }

    // S-77
    #[test]
    fn no_text_in_json_forges_a_line_either() {
        let json = serde_json::json!({"a\n": ["b\u{2028}", {"c": "d\u{202e}"}, 1, null, "\u{e9}"]});
        let clean = serde_json::json!({"a\\u{000a}": ["b\\u{2028}", {"c": "d\\u{202e}"}, 1, null, "\u{e9}"]});
        assert_eq!(printable_json(json), clean);
    }

    #[test]
    fn text_is_cut_between_characters_and_never_inside_an_escape() {
        assert_eq!(printable("äöü", 5), "äö");
        assert_eq!(printable("ab\n", 5), "ab");
    }
}
