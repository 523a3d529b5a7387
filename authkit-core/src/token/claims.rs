//! How claims stand in a token: one spelling a value, and the check that all kinds share.

use std::borrow::Cow;
use std::fmt;
use std::time::Duration;

use data_encoding::BASE64URL_NOPAD;
use serde::de::{Error, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use zeroize::Zeroize;

use crate::model::ids::SessionId;
use crate::model::role::Role;
use crate::model::timestamp::Timestamp;
use crate::token::error::TokenError;
use crate::token::keys::KeyRing;

/// How far two clocks may be apart.
pub(crate) const LEEWAY: Duration = Duration::from_secs(5);

/// Issuer or audience.
pub(crate) type Name<'t> = Cow<'t, str>;

/// The claims that say who made a token for whom.
pub(crate) fn check_names(ring: &KeyRing, iss: &str, aud: &str) -> Result<(), TokenError> {
    if iss == ring.issuer && aud == ring.audience { Ok(()) } else { Err(TokenError::Foreign) }
}

/// The claims of time. A token is good from 5 s before `iat` and `nbf` until 5 s after `exp`, that instant not included.
pub(crate) fn check_times(iat: Seconds, nbf: Seconds, exp: Seconds, at: Timestamp) -> Result<(), TokenError> {
    if iat.0.max(nbf.0) > at + LEEWAY {
        return Err(TokenError::NotYetValid);
    }
    if at >= exp.0 + LEEWAY { Err(TokenError::Expired) } else { Ok(()) }
}

/// An instant as whole seconds since 1970: an integer, not negative, before the year 10 000.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Seconds(pub(crate) Timestamp);

impl Serialize for Seconds {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_i64(self.0.as_seconds())
    }
}

impl<'de> Deserialize<'de> for Seconds {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let seconds = i64::deserialize(deserializer)?;
        let at = Timestamp::from_seconds(seconds);
        if at.as_seconds() == seconds { Ok(Self(at)) } else { Err(D::Error::custom("no instant")) }
    }
}

/// How often a session was rotated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Generation(pub(crate) u64);

impl Serialize for Generation {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u64(self.0)
    }
}

impl<'de> Deserialize<'de> for Generation {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        // The range of a column of 64 bits with a sign.
        u64::try_from(i64::deserialize(deserializer)?).map(Self).map_err(D::Error::custom)
    }
}

/// Bytes of a fixed number as base64url, strictly. Wiped on drop.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Bytes<const N: usize>(pub(crate) [u8; N]);

impl<const N: usize> Drop for Bytes<N> {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

impl<const N: usize> Serialize for Bytes<N> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&BASE64URL_NOPAD.encode_display(&self.0))
    }
}

impl<'de, const N: usize> Deserialize<'de> for Bytes<N> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(Text(|text: &str| {
            let mut bytes = [0; N];
            let fits = BASE64URL_NOPAD.decode_len(text.len()) == Ok(N);
            (fits && BASE64URL_NOPAD.decode_mut(text.as_bytes(), &mut bytes).is_ok()).then_some(Self(bytes))
        }))
    }
}

/// A session's id in the one form that we print: hyphenated, lower case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Sid(pub(crate) SessionId);

impl Serialize for Sid {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Sid {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(Text(|text: &str| {
            let uuid = uuid::Uuid::try_parse(text).ok()?;
            let printed = uuid.hyphenated().encode_lower(&mut uuid::Uuid::encode_buffer()) == text;
            printed.then(|| Self(SessionId::from_uuid(uuid)))
        }))
    }
}

/// A role in whatever spelling the user's row has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct RoleName(pub(crate) Role);

impl Serialize for RoleName {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for RoleName {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(Text(|text: &str| Role::from_stored(text).map(Self)))
    }
}

/// Reads a value out of text where it stands.
struct Text<F>(F);

impl<T, F: Fn(&str) -> Option<T>> Visitor<'_> for Text<F> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("text in the form that a token has it")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<T, E> {
        (self.0)(text).ok_or_else(|| E::custom("not in the form that a token has it"))
    }
}
