//! The id of a user: opaque text, so that any key of any users table fits.

use std::borrow::Borrow;
use std::fmt;
use std::hash::{Hash, Hasher};

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use uuid::Uuid;

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
#[derive(Clone, Copy)]
pub struct UserId {
    len: u8,
    text: [u8; Self::MAX_BYTES],
}

impl UserId {
    /// The longest id in bytes.
    pub const MAX_BYTES: usize = 64;

    /// `None` when the text is empty, longer than 64 bytes, or holds a control character.
    pub fn new(id: &str) -> Option<Self> {
        if id.is_empty() || id.len() > Self::MAX_BYTES || id.chars().any(char::is_control) {
            return None;
        }
        let mut text = [0; Self::MAX_BYTES];
        text.get_mut(..id.len())?.copy_from_slice(id.as_bytes());
        Some(Self { len: u8::try_from(id.len()).ok()?, text })
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        // Only `new` fills the bytes, from a `str`, so they are UTF-8.
        self.text.get(..usize::from(self.len)).and_then(|bytes| std::str::from_utf8(bytes).ok()).unwrap_or_default()
    }

    /// The id as a uuid, when it is one in the hyphenated form that this type prints.
    pub fn as_uuid(&self) -> Option<Uuid> {
        let uuid = Uuid::try_parse(self.as_str()).ok()?;
        // Upper case, braces and the like name no other row: one id has one spelling.
        (Self::from(uuid) == *self).then_some(uuid)
    }

    /// The id as a whole number, when it is one in the form that this type prints (no sign `+`, no leading zero).
    pub fn as_i64(&self) -> Option<i64> {
        let number = self.as_str().parse::<i64>().ok()?;
        (Self::from(number) == *self).then_some(number)
    }
}

impl From<Uuid> for UserId {
    fn from(uuid: Uuid) -> Self {
        let mut text = [0; Self::MAX_BYTES];
        let len = uuid.hyphenated().encode_lower(&mut text).len();
        Self { len: u8::try_from(len).unwrap_or_default(), text }
    }
}

impl From<i64> for UserId {
    fn from(number: i64) -> Self {
        let mut text = [0; Self::MAX_BYTES];
        let mut at = Self::MAX_BYTES;
        let mut rest = number.unsigned_abs();
        // Written from the right, then moved to the left: 20 digits at the most.
        loop {
            at -= 1;
            if let Some(slot) = text.get_mut(at) {
                *slot = b'0' + u8::try_from(rest % 10).unwrap_or_default();
            }
            rest /= 10;
            if rest == 0 {
                break;
            }
        }
        if number < 0 {
            at -= 1;
            if let Some(slot) = text.get_mut(at) {
                *slot = b'-';
            }
        }
        let len = Self::MAX_BYTES - at;
        text.copy_within(at.., 0);
        Self { len: u8::try_from(len).unwrap_or_default(), text }
    }
}

impl PartialEq for UserId {
    fn eq(&self, other: &Self) -> bool {
        self.as_str() == other.as_str()
    }
}

impl Eq for UserId {}

impl Hash for UserId {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.as_str().hash(state);
    }
}

impl Borrow<str> for UserId {
    fn borrow(&self) -> &str {
        self.as_str()
    }
}

impl fmt::Debug for UserId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "UserId({:?})", self.as_str())
    }
}

impl fmt::Display for UserId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Serialize for UserId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for UserId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;

        impl serde::de::Visitor<'_> for Visitor {
            type Value = UserId;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a user id of 1 to 64 bytes")
            }

            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<UserId, E> {
                UserId::new(text).ok_or_else(|| E::invalid_value(serde::de::Unexpected::Other("text"), &self))
            }
        }

        deserializer.deserialize_str(Visitor)
    }
}

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
