//! Values that travel to the server beside a statement, each with its type.

use std::error::Error;

use authkit_core::{Digest, Epoch, Timestamp, UserId};
use bytes::{BufMut as _, BytesMut};
use tokio_postgres::types::{IsNull, ToSql, Type, to_sql_checked};
use uuid::Uuid;

/// Microseconds between 1970, where the core's instants begin, and 2000, where the server's do.
pub(crate) const YEAR_2000: i64 = 946_684_800_000_000;

/// One value of a statement. Its type is fixed here, so that a statement reads the same named or unnamed.
#[derive(Debug, Clone)]
pub(crate) enum Value<'a> {
    Text(Option<&'a str>),
    OwnedText(String),
    /// JSON as text; the statement casts it where it is used, so that the server parses only what it needs.
    Json(Option<String>),
    Bytes(&'a [u8]),
    Uuid(Option<Uuid>),
    Long(i64),
    OptionalLong(Option<i64>),
    Flag(bool),
    Time(Option<Timestamp>),
    /// Microseconds.
    Interval(i64),
    Texts(Vec<&'a str>),
    Uuids(Vec<Uuid>),
    Longs(Vec<i64>),
    ByteArrays(Vec<&'a [u8]>),
    Intervals(Vec<i64>),
}

impl Value<'_> {
    pub(crate) fn ty(&self) -> Type {
        match self {
            Self::Text(_) | Self::OwnedText(_) | Self::Json(_) => Type::TEXT,
            Self::Bytes(_) => Type::BYTEA,
            Self::Uuid(_) => Type::UUID,
            Self::Long(_) | Self::OptionalLong(_) => Type::INT8,
            Self::Flag(_) => Type::BOOL,
            Self::Time(_) => Type::TIMESTAMPTZ,
            Self::Interval(_) => Type::INTERVAL,
            Self::Texts(_) => Type::TEXT_ARRAY,
            Self::Uuids(_) => Type::UUID_ARRAY,
            Self::Longs(_) => Type::INT8_ARRAY,
            Self::ByteArrays(_) => Type::BYTEA_ARRAY,
            Self::Intervals(_) => Type::INTERVAL_ARRAY,
        }
    }
}

impl<'a> From<&'a str> for Value<'a> {
    fn from(text: &'a str) -> Self {
        Self::Text(Some(text))
    }
}

impl<'a> From<Option<&'a str>> for Value<'a> {
    fn from(text: Option<&'a str>) -> Self {
        Self::Text(text)
    }
}

impl From<Timestamp> for Value<'_> {
    fn from(at: Timestamp) -> Self {
        Self::Time(Some(at))
    }
}

impl From<Option<Timestamp>> for Value<'_> {
    fn from(at: Option<Timestamp>) -> Self {
        Self::Time(at)
    }
}

impl From<Uuid> for Value<'_> {
    fn from(id: Uuid) -> Self {
        Self::Uuid(Some(id))
    }
}

impl From<bool> for Value<'_> {
    fn from(flag: bool) -> Self {
        Self::Flag(flag)
    }
}

impl From<i64> for Value<'_> {
    fn from(number: i64) -> Self {
        Self::Long(number)
    }
}

impl<'a> From<&'a Epoch> for Value<'a> {
    fn from(epoch: &'a Epoch) -> Self {
        Self::Bytes(epoch.as_bytes())
    }
}

impl<'a> From<&'a Digest> for Value<'a> {
    fn from(digest: &'a Digest) -> Self {
        Self::Bytes(digest.as_bytes())
    }
}

/// An id in the audit trail and in the sessions of users who are elsewhere: text, whatever key the users have.
impl<'a> From<&'a UserId> for Value<'a> {
    fn from(id: &'a UserId) -> Self {
        Self::Text(Some(id.as_str()))
    }
}

impl ToSql for Value<'_> {
    fn to_sql(&self, ty: &Type, out: &mut BytesMut) -> Result<IsNull, Box<dyn Error + Sync + Send>> {
        match self {
            Self::Text(text) => text.to_sql(ty, out),
            Self::OwnedText(text) => text.to_sql(ty, out),
            Self::Json(text) => text.to_sql(ty, out),
            Self::Bytes(bytes) => bytes.to_sql(ty, out),
            Self::Uuid(id) => id.to_sql(ty, out),
            Self::Long(number) => number.to_sql(ty, out),
            Self::OptionalLong(number) => number.to_sql(ty, out),
            Self::Flag(flag) => flag.to_sql(ty, out),
            Self::Time(None) => Ok(IsNull::Yes),
            Self::Time(Some(at)) => {
                out.put_i64(at.as_micros() - YEAR_2000);
                Ok(IsNull::No)
            }
            Self::Interval(micros) => Interval(*micros).to_sql(ty, out),
            Self::Texts(texts) => texts.to_sql(ty, out),
            Self::Uuids(ids) => ids.to_sql(ty, out),
            Self::Longs(numbers) => numbers.to_sql(ty, out),
            Self::ByteArrays(arrays) => arrays.to_sql(ty, out),
            Self::Intervals(all) => all.iter().copied().map(Interval).collect::<Vec<_>>().to_sql(ty, out),
        }
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    to_sql_checked!();
}

/// A length of time in microseconds.
#[derive(Debug, Clone, Copy)]
struct Interval(i64);

impl ToSql for Interval {
    fn to_sql(&self, _: &Type, out: &mut BytesMut) -> Result<IsNull, Box<dyn Error + Sync + Send>> {
        out.put_i64(self.0);
        // No days, no months: only microseconds have one length.
        out.put_i64(0);
        Ok(IsNull::No)
    }

    fn accepts(ty: &Type) -> bool {
        *ty == Type::INTERVAL
    }

    to_sql_checked!();
}
