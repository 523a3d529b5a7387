//! Whether a users table that exists already fits its mapping, asked of SQLite's own catalogue.

use authkit_sql::{
    ColumnType, Dialect, FoundColumn, FoundTable, KeyType, TableProblem, TimeFormat, UserColumn, UsersTable, Wanted,
    check_table, quote,
};
use rusqlite::{Connection, OptionalExtension, params};

/// All that keeps the table from fitting. What a migration adds is not missed: it is added at every start.
pub(crate) fn problems(conn: &Connection, users: &UsersTable) -> rusqlite::Result<Vec<TableProblem>> {
    let found = find(conn, users.table())?;
    let mut problems = check_table(users, found.as_ref(), false, &Sqlite { times: users.time_format() });
    if let Some(schema) = users.schema().filter(|schema| *schema != "main") {
        problems.push(TableProblem::NoSchema { schema: schema.to_owned() });
    }
    let key = users.column(UserColumn::Id).unwrap_or_default();
    if found.is_some_and(|found| has(&found, key) && !found.unique.iter().any(|column| column == key)) {
        let mend = format!("CREATE UNIQUE INDEX {} ON {} ({});", quote("users_key"), quote(users.table()), quote(key));
        problems.push(TableProblem::KeyNotUnique { column: key.to_owned(), mend });
    }
    Ok(problems)
}

/// The table as the catalogue describes it; `None`: there is none of this name.
pub(crate) fn find(conn: &Connection, table: &str) -> rusqlite::Result<Option<FoundTable>> {
    let sql = "SELECT wr FROM pragma_table_list WHERE schema = 'main' AND type = 'table' AND name = ?1";
    let Some(without_rowid) = conn.query_row(sql, params![table], |row| row.get::<_, bool>(0)).optional()? else {
        return Ok(None);
    };
    let sql = "SELECT name, type, \"notnull\", dflt_value IS NOT NULL, pk, hidden FROM pragma_table_xinfo(?1)";
    let mut statement = conn.prepare(sql)?;
    let read = |row: &rusqlite::Row<'_>| {
        let (name, type_name): (String, String) = (row.get(0)?, row.get(1)?);
        let (not_null, has_default, key): (bool, bool, i64) = (row.get(2)?, row.get(3)?, row.get(4)?);
        let generated = row.get::<_, i64>(5)? != 0;
        Ok((name, type_name, not_null, has_default || generated, key))
    };
    let rows = statement.query_map(params![table], read)?.collect::<rusqlite::Result<Vec<_>>>()?;
    let keys: Vec<&str> = rows.iter().filter(|row| row.4 > 0).map(|row| row.0.as_str()).collect();
    // Only a lone `INTEGER PRIMARY KEY` is the row's own number, which SQLite gives; any other key would become NULL.
    let numbered = |row: &(String, String, bool, bool, i64)| {
        keys.len() == 1 && row.4 == 1 && !without_rowid && row.1.eq_ignore_ascii_case("INTEGER")
    };
    let column = |row: &(String, String, bool, bool, i64)| FoundColumn {
        name: row.0.clone(),
        type_name: row.1.clone(),
        nullable: !row.2 && row.4 == 0,
        may_be_left_out: numbered(row) || row.3 || !row.2 && row.4 == 0,
    };
    let mut unique: Vec<String> = if let [key] = keys[..] { vec![key.to_owned()] } else { Vec::new() };
    let sql = "SELECT min(i.name) FROM pragma_index_list(?1) AS l, pragma_index_info(l.name) AS i \
               WHERE l.\"unique\" AND NOT l.partial GROUP BY l.name HAVING count(*) = 1 AND min(i.name) IS NOT NULL";
    let mut indexes = conn.prepare(sql)?;
    unique.extend(indexes.query_map(params![table], |row| row.get(0))?.collect::<rusqlite::Result<Vec<String>>>()?);
    Ok(Some(FoundTable { columns: rows.iter().map(column).collect(), unique }))
}

/// Whether the table has a column of this name.
pub(crate) fn has(found: &FoundTable, column: &str) -> bool {
    found.columns.iter().any(|there| there.name == column)
}

/// How SQLite keeps the values of a column, by the name of its type (<https://www.sqlite.org/datatype3.html> §3.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Affinity {
    Integer,
    Text,
    Blob,
    Real,
    Numeric,
}

impl Affinity {
    fn of(type_name: &str) -> Self {
        let name = type_name.to_ascii_uppercase();
        let has = |part: &&str| name.contains(part);
        if name.contains("INT") {
            Self::Integer
        } else if ["CHAR", "CLOB", "TEXT"].iter().any(has) {
            Self::Text
        } else if name.is_empty() || name == "ANY" || name.contains("BLOB") {
            Self::Blob
        } else if ["REAL", "FLOA", "DOUB"].iter().any(has) {
            Self::Real
        } else {
            Self::Numeric
        }
    }
}

struct Sqlite {
    times: TimeFormat,
}

impl Dialect for Sqlite {
    fn fits(&self, wanted: Wanted, type_name: &str) -> bool {
        let affinity = Affinity::of(type_name);
        // Without a type a column keeps whatever it is given.
        let untyped = type_name.is_empty() || type_name.eq_ignore_ascii_case("ANY");
        let named = |part: &str| type_name.to_ascii_uppercase().contains(part);
        let number = matches!(affinity, Affinity::Integer | Affinity::Numeric);
        let uuid = affinity == Affinity::Text || affinity == Affinity::Numeric && (named("UUID") || named("GUID"));
        untyped
            || match wanted {
                Wanted::Key(KeyType::BigInt) => affinity == Affinity::Integer,
                Wanted::Key(KeyType::Text) | Wanted::Value(ColumnType::Text) => affinity == Affinity::Text,
                Wanted::Key(KeyType::Uuid) | Wanted::Value(ColumnType::Uuid) => uuid,
                Wanted::Epoch => affinity == Affinity::Blob || named("BINARY") || named("BYTEA"),
                Wanted::Time | Wanted::Value(ColumnType::Timestamptz) => match self.times {
                    TimeFormat::Text => {
                        affinity == Affinity::Text || affinity == Affinity::Numeric && (named("DATE") || named("TIME"))
                    }
                    TimeFormat::Seconds | TimeFormat::Micros => number,
                },
                Wanted::Value(ColumnType::Integer | ColumnType::BigInt | ColumnType::Boolean) => number,
                Wanted::Value(ColumnType::Json) => affinity == Affinity::Text || named("JSON"),
            }
    }

    fn declare(&self, wanted: Wanted) -> &'static str {
        match wanted {
            Wanted::Key(KeyType::BigInt)
            | Wanted::Value(ColumnType::Integer | ColumnType::BigInt | ColumnType::Boolean) => "INTEGER",
            Wanted::Time | Wanted::Value(ColumnType::Timestamptz) if self.times != TimeFormat::Text => "INTEGER",
            Wanted::Epoch => "BLOB",
            Wanted::Key(_) | Wanted::Time | Wanted::Value(_) => "TEXT",
        }
    }

    fn alter_type(&self, table: &str, column: &str, wanted: Wanted) -> String {
        format!(
            "SQLite cannot change the type of a column: make {table} anew with {} {} and copy its rows \
             (https://www.sqlite.org/lang_altertable.html, section 7), or map another column",
            quote(column),
            self.declare(wanted)
        )
    }

    fn allow_null(&self, table: &str, column: &str) -> String {
        format!(
            "SQLite cannot let a column be NULL afterwards: make {table} anew with {} without NOT NULL and copy its rows \
             (https://www.sqlite.org/lang_altertable.html, section 7)",
            quote(column)
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_are_taken_as_sqlite_takes_them() {
        let text = Sqlite { times: TimeFormat::Text };
        let micros = Sqlite { times: TimeFormat::Micros };
        for fits in ["DATETIME", "TIMESTAMP", "TEXT", "varchar(32)", ""] {
            assert!(text.fits(Wanted::Time, fits), "{fits}");
        }
        assert!(!text.fits(Wanted::Time, "INTEGER") && micros.fits(Wanted::Time, "INTEGER"));
        assert!(!micros.fits(Wanted::Time, "TEXT"));
        // A column whose type has no text in its name turns "007" into 7.
        assert!(!text.fits(Wanted::Value(ColumnType::Text), "STRING"));
        assert!(!text.fits(Wanted::Epoch, "TEXT") && text.fits(Wanted::Epoch, "BINARY(16)"));
        assert!(!text.fits(Wanted::Key(KeyType::Uuid), "BLOB"), "a uuid is kept as text");
        assert!(text.fits(Wanted::Value(ColumnType::Boolean), "BOOLEAN"));
    }
}
