//! The small fixed-size values that rows are keyed and compared by.

use std::fmt;
use std::str::FromStr;

use data_encoding::BASE64URL_NOPAD;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use uuid::Uuid;

macro_rules! uuid_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(Uuid);

        impl $name {
            /// Wraps a uuid that core or a store's row holds.
            pub const fn from_uuid(uuid: Uuid) -> Self {
                Self(uuid)
            }

            /// The uuid, for a store to keep.
            pub const fn as_uuid(&self) -> Uuid {
                self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(&self.0, f)
            }
        }

        impl FromStr for $name {
            type Err = uuid::Error;

            /// # Errors
            /// The text is not a uuid.
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Uuid::try_parse(text).map(Self)
            }
        }
    };
}

uuid_id! {
    /// The id of a session: a UUIDv7 made in core, so ids are in the order of time.
    SessionId
}
uuid_id! {
    /// The id of an audit event: a UUIDv7 made in core, so ids are in the order of time.
    EventId
}

macro_rules! bytes_id {
    ($(#[$doc:meta])* $name:ident, $len:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash)]
        pub struct $name([u8; $len]);

        impl $name {
            /// Wraps bytes that core made or a store's row holds.
            pub const fn from_bytes(bytes: [u8; $len]) -> Self {
                Self(bytes)
            }

            /// `None` when the slice has another length.
            pub fn from_slice(bytes: &[u8]) -> Option<Self> {
                bytes.try_into().ok().map(Self)
            }

            /// The bytes, for a store to keep.
            pub const fn as_bytes(&self) -> &[u8; $len] {
                &self.0
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), BASE64URL_NOPAD.encode(&self.0))
            }
        }
    };
}

bytes_id! {
    /// Sixteen random bytes that every session of a user must share with the user's row, or be dead.
    ///
    /// Compared for equality only; core draws a new one at insert and at every move. In a token it is 22 characters of
    /// base64url.
    Epoch, 16
}
bytes_id! {
    /// A SHA-256 digest: all that a store ever sees of a token.
    Digest, 32
}
bytes_id! {
    /// The key of a throttle's counter: a keyed hash of what is counted, so that no address or email can be read back.
    AttemptKey, 32
}

/// The name of a signing key (`kid`): 1 to 64 characters of `A-Z a-z 0-9 _ -`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct KeyId {
    len: u8,
    text: [u8; Self::MAX_BYTES],
}

impl KeyId {
    /// The longest name in bytes.
    pub const MAX_BYTES: usize = 64;

    /// `None` when the text is empty, too long, or holds another character.
    pub fn new(id: &str) -> Option<Self> {
        let fits = !id.is_empty() && id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-');
        let mut text = [0; Self::MAX_BYTES];
        text.get_mut(..id.len()).filter(|_| fits)?.copy_from_slice(id.as_bytes());
        Some(Self { len: u8::try_from(id.len()).ok()?, text })
    }

    /// The name as text.
    pub fn as_str(&self) -> &str {
        self.text.get(..usize::from(self.len)).and_then(|bytes| std::str::from_utf8(bytes).ok()).unwrap_or_default()
    }
}

impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Serialize for KeyId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for KeyId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::new(&text).ok_or_else(|| serde::de::Error::custom("expected the name of a key"))
    }
}
