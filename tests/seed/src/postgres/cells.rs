//! Values as the server's binary form has them.

use authkit_core::Timestamp;
use bytes::{BufMut as _, BytesMut};
use tokio_postgres::types::{IsNull, ToSql, Type, to_sql_checked};

type Outcome = Result<IsNull, Box<dyn std::error::Error + Sync + Send>>;

/// The microseconds from 1970 to 2000, where the server begins to count.
const YEAR_2000: i64 = 946_684_800_000_000;

/// A `timestamptz`.
#[derive(Debug)]
pub struct Instant(pub Timestamp);

impl ToSql for Instant {
    fn to_sql(&self, _: &Type, out: &mut BytesMut) -> Outcome {
        out.put_i64(self.0.as_micros() - YEAR_2000);
        Ok(IsNull::No)
    }

    fn accepts(kind: &Type) -> bool {
        *kind == Type::TIMESTAMPTZ
    }

    to_sql_checked!();
}

/// A `jsonb` from its text.
#[derive(Debug)]
pub struct Json(pub String);

impl ToSql for Json {
    fn to_sql(&self, _: &Type, out: &mut BytesMut) -> Outcome {
        // The version of the form.
        out.put_u8(1);
        out.put_slice(self.0.as_bytes());
        Ok(IsNull::No)
    }

    fn accepts(kind: &Type) -> bool {
        *kind == Type::JSONB
    }

    to_sql_checked!();
}
