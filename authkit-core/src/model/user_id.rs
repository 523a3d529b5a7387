//! The id of a user: opaque text, so that any key of any users table fits.

use std::borrow::Borrow;

use uuid::Uuid;

use crate::model::inline::{Inline, text_traits};

/// The id of a user: 1 to 64 bytes of text without control characters, compared byte for byte.
///
/// A uuid, a number and a text key all fit, without an allocation. There is no order: "10" would come before "9", so the
/// order of a list belongs to the store.
///
/// ```
/// use authkit_core::UserId;
///
/// let id = UserId::from(42_i64);
/// assert_eq!(id.as_str(), "42");
/// assert_eq!(id.as_i64(), Some(42));
/// assert_eq!(id.as_uuid(), None); // a store answers "not found", never an error
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct UserId(Inline<64>);

impl UserId {
    /// The longest id in bytes.
    pub const MAX_BYTES: usize = 64;

    /// `None` when the text is empty, longer than 64 bytes, or holds a control character.
    pub fn new(id: &str) -> Option<Self> {
        Inline::new(id).filter(|_| !id.chars().any(char::is_control)).map(Self)
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }

    /// The id as a uuid, when it is one in the hyphenated lower-case form that this type prints.
    pub fn as_uuid(&self) -> Option<Uuid> {
        let uuid = Uuid::try_parse(self.as_str()).ok()?;
        // Upper case, braces and the like name no other row: one id has one spelling.
        (uuid.hyphenated().encode_lower(&mut Uuid::encode_buffer()) == self.as_str()).then_some(uuid)
    }

    /// The id as a whole number, when it is one in the form that `i64` prints (no sign `+`, no leading zero).
    pub fn as_i64(&self) -> Option<i64> {
        let text = self.as_str();
        let digits = text.strip_prefix('-').unwrap_or(text);
        let one_spelling = !text.starts_with('+') && (digits == "0" || !digits.starts_with('0')) && text != "-0";
        text.parse().ok().filter(|_| one_spelling)
    }

    fn from_short(text: &str) -> Self {
        // A uuid has 36 bytes and an `i64` at most 20: both always fit.
        Self(Inline::new(text).unwrap_or_else(|| unreachable!("a key of at most 36 bytes fits")))
    }
}

impl From<Uuid> for UserId {
    fn from(uuid: Uuid) -> Self {
        Self::from_short(uuid.hyphenated().encode_lower(&mut Uuid::encode_buffer()))
    }
}

impl From<i64> for UserId {
    fn from(number: i64) -> Self {
        Self::from_short(&number.to_string())
    }
}

impl Borrow<str> for UserId {
    fn borrow(&self) -> &str {
        self.as_str()
    }
}

text_traits!(UserId, "a user id of 1 to 64 bytes");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_print_as_the_standard_library_prints_them() {
        for number in [0, 1, -1, 9, 10, 4_711, i64::MAX, i64::MIN] {
            assert_eq!(UserId::from(number).as_str(), number.to_string());
            assert_eq!(UserId::from(number).as_i64(), Some(number));
        }
    }

    #[test]
    fn one_row_has_one_spelling() {
        assert_eq!(UserId::new("007").and_then(|id| id.as_i64()), None);
        assert_eq!(UserId::new("+7").and_then(|id| id.as_i64()), None);
        let upper = UserId::new("0192F0C1-2D3E-7F40-8A5B-6C7D8E9F0A1B");
        assert_eq!(upper.and_then(|id| id.as_uuid()), None);
    }

    #[test]
    fn what_no_column_would_hold_is_no_id() {
        assert!(UserId::new("").is_none());
        assert!(UserId::new("a\0b").is_none());
        assert!(UserId::new(&"x".repeat(65)).is_none());
        assert!(UserId::new(&"x".repeat(64)).is_some());
    }
}
