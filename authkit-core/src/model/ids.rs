//! The small fixed-size values that rows are keyed and compared by.

use std::fmt;
use std::str::FromStr;

use data_encoding::BASE64URL_NOPAD;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::model::inline::{Inline, text_traits};

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
pub struct KeyId(Inline<64>);

impl KeyId {
    /// `None` when the text is empty, too long, or holds another character.
    pub fn new(id: &str) -> Option<Self> {
        let fits = id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-');
        Inline::new(id).filter(|_| fits).map(Self)
    }

    /// The name as text.
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }
}

text_traits!(KeyId, "the name of a key");
