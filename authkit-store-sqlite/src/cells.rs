//! Reading the cells of a row into the model's values. A cell that fits none is trouble with the row's id, never a panic.

use authkit_core::{Timestamp, UserId};
use rusqlite::Row;
use rusqlite::types::ValueRef;
use serde_json::{Map, Value};
use uuid::Uuid;

use crate::trouble::SqliteTrouble;

/// One row of a table whose first column is its key.
pub(crate) struct Cells<'r> {
    row: &'r Row<'r>,
    table: &'static str,
}

impl<'r> Cells<'r> {
    pub(crate) fn new(table: &'static str, row: &'r Row<'r>) -> Self {
        Self { row, table }
    }

    pub(crate) fn text(&self, i: usize) -> Result<&'r str, SqliteTrouble> {
        self.row.get_ref(i)?.as_str().map_err(|_| self.unfit(i))
    }

    pub(crate) fn optional_text(&self, i: usize) -> Result<Option<&'r str>, SqliteTrouble> {
        match self.row.get_ref(i)? {
            ValueRef::Null => Ok(None),
            _ => self.text(i).map(Some),
        }
    }

    pub(crate) fn owned_text(&self, i: usize) -> Result<Option<String>, SqliteTrouble> {
        Ok(self.optional_text(i)?.map(ToOwned::to_owned))
    }

    pub(crate) fn integer(&self, i: usize) -> Result<i64, SqliteTrouble> {
        self.row.get_ref(i)?.as_i64().map_err(|_| self.unfit(i))
    }

    pub(crate) fn number<T: TryFrom<i64>>(&self, i: usize) -> Result<T, SqliteTrouble> {
        self.fitting(i, T::try_from(self.integer(i)?).ok())
    }

    pub(crate) fn flag(&self, i: usize) -> Result<bool, SqliteTrouble> {
        Ok(self.integer(i)? != 0)
    }

    pub(crate) fn time(&self, i: usize) -> Result<Timestamp, SqliteTrouble> {
        let micros = self.integer(i)?;
        let at = Timestamp::from_micros(micros);
        self.fitting(i, (at.as_micros() == micros).then_some(at))
    }

    pub(crate) fn optional_time(&self, i: usize) -> Result<Option<Timestamp>, SqliteTrouble> {
        match self.row.get_ref(i)? {
            ValueRef::Null => Ok(None),
            _ => self.time(i).map(Some),
        }
    }

    pub(crate) fn bytes<const N: usize>(&self, i: usize) -> Result<[u8; N], SqliteTrouble> {
        let bytes = self.row.get_ref(i)?.as_blob().map_err(|_| self.unfit(i))?;
        self.fitting(i, bytes.try_into().ok())
    }

    pub(crate) fn optional_bytes<const N: usize>(&self, i: usize) -> Result<Option<[u8; N]>, SqliteTrouble> {
        match self.row.get_ref(i)? {
            ValueRef::Null => Ok(None),
            _ => self.bytes(i).map(Some),
        }
    }

    pub(crate) fn object(&self, i: usize) -> Result<Map<String, Value>, SqliteTrouble> {
        self.fitting(i, serde_json::from_str(self.text(i)?).ok())
    }

    /// A user's key, text or a number.
    pub(crate) fn user_id(&self, i: usize) -> Result<UserId, SqliteTrouble> {
        match self.row.get_ref(i)? {
            ValueRef::Integer(number) => Ok(UserId::from(number)),
            _ => self.fitting(i, UserId::new(self.text(i)?)),
        }
    }

    /// What was made of a cell, or the trouble that nothing could be.
    pub(crate) fn fitting<T>(&self, i: usize, value: Option<T>) -> Result<T, SqliteTrouble> {
        value.ok_or_else(|| self.unfit(i))
    }

    fn unfit(&self, i: usize) -> SqliteTrouble {
        let column = self.row.as_ref().column_name(i).unwrap_or_default().to_owned();
        let id = match self.row.get_ref(0) {
            Ok(ValueRef::Text(text)) => String::from_utf8_lossy(text).into_owned(),
            Ok(ValueRef::Blob(bytes)) => {
                Uuid::from_slice(bytes).map_or_else(|_| format!("{bytes:02x?}"), |id| id.to_string())
            }
            Ok(ValueRef::Integer(number)) => number.to_string(),
            _ => String::new(),
        };
        SqliteTrouble::Row { table: self.table, column, id }
    }
}
