//! A file of SQLite, opened for reading.

use std::path::Path;

use rusqlite::types::ValueRef;
use rusqlite::{Connection, OpenFlags};
use serde_json::{Number, Value};

use super::super::convert::Row;
use super::read::unread;
use crate::codes::CliCode;
use crate::failure::Failure;

pub(super) struct Sqlite(Connection);

impl Sqlite {
    pub(super) fn open(path: &Path) -> Result<Self, Failure> {
        if !path.exists() {
            return Err(Failure::new(CliCode::NotFound, format!("--from: there is no file {}", path.display())));
        }
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(path, flags).map_err(|error| unread(&error))?;
        // One snapshot for all that is read.
        connection.execute_batch("BEGIN").map_err(|error| unread(&error))?;
        Ok(Self(connection))
    }

    pub(super) fn texts(&self, sql: &str) -> Result<Vec<String>, Failure> {
        let read = || {
            let mut statement = self.0.prepare(sql)?;
            statement.query_map([], |row| row.get(0))?.collect::<Result<Vec<String>, _>>()
        };
        read().map_err(|error: rusqlite::Error| unread(&error))
    }

    /// The rows behind one, which are numbered in their first column.
    pub(super) fn page(&self, sql: &str, after: &mut i64) -> Result<Vec<Row>, Failure> {
        let mut read = || {
            let mut statement = self.0.prepare_cached(sql)?;
            let names: Vec<String> = statement.column_names().map(str::to_owned).collect();
            let mut found = statement.query([*after])?;
            let mut rows = Vec::new();
            while let Some(row) = found.next()? {
                *after = row.get(0)?;
                let mut read = Row::new();
                for (n, name) in names.iter().enumerate().skip(1) {
                    read.insert(name.clone(), value(row.get_ref(n)?));
                }
                rows.push(read);
            }
            Ok(rows)
        };
        read().map_err(|error: rusqlite::Error| unread(&error))
    }
}

fn value(value: ValueRef<'_>) -> Value {
    match value {
        ValueRef::Null => Value::Null,
        ValueRef::Integer(n) => Value::from(n),
        ValueRef::Real(n) => Number::from_f64(n).map_or(Value::Null, Value::Number),
        ValueRef::Text(text) => Value::String(String::from_utf8_lossy(text).into_owned()),
        ValueRef::Blob(bytes) => Value::String(data_encoding::BASE64.encode(bytes)),
    }
}
