//! Reading the cells of a row into the model's values. A cell that fits none is trouble with the row's id, never a panic.

use std::error::Error;

use authkit_core::{Timestamp, UserId};
use authkit_sql::KeyType;
use serde_json::{Map, Value as Json};
use tokio_postgres::Row;
use tokio_postgres::types::{FromSql, Type};
use uuid::Uuid;

use crate::trouble::PostgresTrouble;
use crate::value::YEAR_2000;

/// Some columns of a row, those from `first` on, of a table whose first column is its key.
#[derive(Clone, Copy)]
pub(crate) struct Cells<'r> {
    row: &'r Row,
    table: &'static str,
    first: usize,
}

impl<'r> Cells<'r> {
    pub(crate) fn new(table: &'static str, row: &'r Row, first: usize) -> Self {
        Self { row, table, first }
    }

    pub(crate) fn read<T: FromSql<'r>>(&self, i: usize) -> Result<T, PostgresTrouble> {
        self.row.try_get(self.first + i).map_err(|_| self.unfit(i))
    }

    pub(crate) fn text(&self, i: usize) -> Result<&'r str, PostgresTrouble> {
        self.read(i)
    }

    pub(crate) fn optional_text(&self, i: usize) -> Result<Option<&'r str>, PostgresTrouble> {
        self.read(i)
    }

    pub(crate) fn owned_text(&self, i: usize) -> Result<Option<String>, PostgresTrouble> {
        self.read(i)
    }

    pub(crate) fn number<T: TryFrom<i64>>(&self, i: usize) -> Result<T, PostgresTrouble> {
        self.fitting(i, T::try_from(self.read::<i64>(i)?).ok())
    }

    pub(crate) fn flag(&self, i: usize) -> Result<bool, PostgresTrouble> {
        self.read(i)
    }

    pub(crate) fn uuid(&self, i: usize) -> Result<Uuid, PostgresTrouble> {
        self.read(i)
    }

    pub(crate) fn time(&self, i: usize) -> Result<Timestamp, PostgresTrouble> {
        let at: Instant = self.read(i)?;
        self.fitting(i, at.0)
    }

    pub(crate) fn optional_time(&self, i: usize) -> Result<Option<Timestamp>, PostgresTrouble> {
        let at: Option<Instant> = self.read(i)?;
        at.map(|at| self.fitting(i, at.0)).transpose()
    }

    pub(crate) fn bytes<const N: usize>(&self, i: usize) -> Result<[u8; N], PostgresTrouble> {
        let bytes: &[u8] = self.read(i)?;
        self.fitting(i, bytes.try_into().ok())
    }

    pub(crate) fn json(&self, i: usize) -> Result<Option<Json>, PostgresTrouble> {
        self.read(i)
    }

    pub(crate) fn object(&self, i: usize) -> Result<Map<String, Json>, PostgresTrouble> {
        match self.json(i)? {
            Some(Json::Object(object)) => Ok(object),
            _ => Err(self.unfit(i)),
        }
    }

    /// A user's key, as the table of users keeps it.
    pub(crate) fn user_id(&self, i: usize, key: KeyType) -> Result<UserId, PostgresTrouble> {
        match key {
            KeyType::Text => self.fitting(i, UserId::new(self.text(i)?)),
            KeyType::Uuid => Ok(UserId::from(self.uuid(i)?)),
            KeyType::BigInt => Ok(UserId::from(self.read::<i64>(i)?)),
        }
    }

    /// What was made of a cell, or the trouble that nothing could be.
    pub(crate) fn fitting<T>(&self, i: usize, value: Option<T>) -> Result<T, PostgresTrouble> {
        value.ok_or_else(|| self.unfit(i))
    }

    fn unfit(&self, i: usize) -> PostgresTrouble {
        let column = self.row.columns().get(self.first + i).map(|column| column.name().to_owned());
        let key: Option<Shown> = self.row.try_get(self.first).ok();
        PostgresTrouble::Row {
            table: self.table,
            column: column.unwrap_or_default(),
            id: key.map(|key| key.0).unwrap_or_default(),
        }
    }
}

/// An instant of the server's; nothing, where the core has no such instant.
struct Instant(Option<Timestamp>);

impl<'a> FromSql<'a> for Instant {
    fn from_sql(_: &Type, raw: &'a [u8]) -> Result<Self, Box<dyn Error + Sync + Send>> {
        let micros = i64::from_be_bytes(raw.try_into()?).checked_add(YEAR_2000);
        let at = micros.map(Timestamp::from_micros);
        Ok(Self(at.filter(|at| Some(at.as_micros()) == micros)))
    }

    fn accepts(ty: &Type) -> bool {
        *ty == Type::TIMESTAMPTZ
    }
}

/// A key as text, for a message.
struct Shown(String);

impl<'a> FromSql<'a> for Shown {
    fn from_sql(ty: &Type, raw: &'a [u8]) -> Result<Self, Box<dyn Error + Sync + Send>> {
        Ok(Self(match *ty {
            Type::UUID => Uuid::from_sql(ty, raw)?.to_string(),
            Type::INT8 => i64::from_sql(ty, raw)?.to_string(),
            _ => String::from_utf8_lossy(raw).into_owned(),
        }))
    }

    fn accepts(_: &Type) -> bool {
        true
    }
}
