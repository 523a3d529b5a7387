//! The name of what a user may do.

use crate::model::inline::{Inline, text_traits};

/// A role: 1 to 50 characters of `a-z 0-9 _ -`.
///
/// A row may hold a name that the configuration does not know; it is shown as it is and grants nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Role(Inline<50>);

impl Role {
    /// `None` when the text is empty, too long, or holds another character.
    pub fn new(name: &str) -> Option<Self> {
        let fits = name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_' || b == b'-');
        Inline::new(name).filter(|_| fits).map(Self)
    }

    /// A role as a store's row holds it, in whatever spelling. `None` when it is empty or longer than 50 bytes.
    pub fn from_stored(name: &str) -> Option<Self> {
        Inline::new(name).map(Self)
    }

    /// The name as text.
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }
}

text_traits!(Role, "a role of 1 to 50 characters of a-z, 0-9, _ and -");
