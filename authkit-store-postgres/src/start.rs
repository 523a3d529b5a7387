//! What is asked of a server before a store works with it.

use authkit_sql::{
    ColumnType, Dialect, FoundColumn, FoundTable, KeyType, TableProblem, UserColumn, UsersTable, Wanted, check_table,
    qualified,
};
use tokio_postgres::{Client, Row};

use crate::open_error::OpenError;
use crate::refusal::refusal;
use crate::run::typed;
use crate::tables::Users;
use crate::value::Value;

/// The oldest server that is supported.
const OLDEST: i64 = 13;

const SERVER: &str = "
SELECT current_setting('server_version'), current_setting('server_version_num')::bigint,
       pg_is_in_recovery() OR current_setting('transaction_read_only')::boolean,
       current_setting('synchronous_commit'),
       (SELECT setting::bigint FROM pg_settings WHERE name = 'statement_timeout'),
       (SELECT setting::bigint FROM pg_settings WHERE name = 'lock_timeout'),
       current_setting('server_encoding'), current_setting('default_transaction_isolation')";

/// A server that will do.
#[derive(Debug, Default)]
pub(crate) struct Checked {
    /// As it calls itself, without what its packager adds.
    pub(crate) version: String,
    /// What is missing of the limits, in words.
    pub(crate) warnings: Vec<String>,
}

/// Refuses a server that is too old or only reads.
pub(crate) async fn check_server(client: &Client, target: &str) -> Result<Checked, OpenError> {
    let refused = |error| refusal(target, error);
    let rows = client.query_typed(SERVER, &[]).await.map_err(refused)?;
    let Some(row) = rows.first() else { return Ok(Checked::default()) };
    let text = |i: usize| row.try_get::<_, String>(i).map_err(refused);
    let number = |i: usize| row.try_get::<_, i64>(i).map_err(refused);
    if number(1)? / 10_000 < OLDEST {
        return Err(OpenError::TooOld {
            target: target.to_owned(),
            found: text(0)?,
            needed: u32::try_from(OLDEST).unwrap_or_default(),
        });
    }
    if row.try_get::<_, bool>(2).map_err(refused)? {
        return Err(OpenError::ReadOnly { target: target.to_owned(), source: None });
    }
    let mut warnings = Vec::new();
    let mut warn = |name: &str, value: &str, why: &str| {
        warnings.push(format!(
            "{name} is not set for this role: {why}. Behind a pooler set it once: ALTER ROLE … SET {name} = '{value}'"
        ));
    };
    if !matches!(text(3)?.as_str(), "on" | "remote_apply") {
        warn("synchronous_commit", "on", "an answered write may be lost with the server");
    }
    if number(4)? == 0 {
        warn("statement_timeout", "5s", "a statement that nobody waits for any more may run on");
    }
    if number(5)? == 0 {
        warn("lock_timeout", "2s", "a call may wait for a lock until its deadline");
    }
    if text(7)? != "read committed" {
        warn("default_transaction_isolation", "read committed", "calls that meet on one row fail instead of waiting");
    }
    if text(6)? != "UTF8" {
        warnings.push("the database's encoding is not UTF8: addresses and names beyond it are refused".to_owned());
    }
    let version = text(0)?.split(' ').next().unwrap_or_default().to_owned();
    Ok(Checked { version, warnings })
}

const COLUMNS: &str = "
SELECT a.attname::text, pg_catalog.format_type(a.atttypid, NULL), NOT a.attnotnull,
       NOT a.attnotnull OR a.atthasdef OR a.attidentity <> '' OR a.attgenerated <> ''
FROM pg_catalog.pg_attribute AS a
WHERE a.attrelid = to_regclass($1) AND a.attnum > 0 AND NOT a.attisdropped
ORDER BY a.attnum";

const UNIQUE: &str = "
SELECT a.attname::text
FROM pg_catalog.pg_index AS i
JOIN pg_catalog.pg_attribute AS a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0]
WHERE i.indrelid = to_regclass($1) AND i.indisunique AND i.indisvalid AND i.indimmediate AND i.indnkeyatts = 1
    AND i.indpred IS NULL";

/// What the catalogue says of a users table that exists already.
pub(crate) async fn find_table(
    client: &Client,
    users: &UsersTable,
    target: &str,
) -> Result<Option<FoundTable>, OpenError> {
    let refused = |error| refusal(target, error);
    let name = [Value::OwnedText(qualified(users))];
    let columns = client.query_typed(COLUMNS, &typed(&name)).await.map_err(refused)?;
    if columns.is_empty() {
        return Ok(None);
    }
    let column = |row: &Row| {
        Ok(FoundColumn {
            name: row.try_get(0)?,
            type_name: row.try_get(1)?,
            nullable: row.try_get(2)?,
            may_be_left_out: row.try_get(3)?,
        })
    };
    let columns = columns.iter().map(column).collect::<Result<_, _>>().map_err(refused)?;
    let unique = client.query_typed(UNIQUE, &typed(&name)).await.map_err(refused)?;
    let unique = unique.iter().map(|row| row.try_get(0)).collect::<Result<_, _>>().map_err(refused)?;
    Ok(Some(FoundTable { columns, unique }))
}

/// Refuses a users table that does not fit, with all that does not.
pub(crate) fn check_users(
    users: &UsersTable,
    found: Option<&FoundTable>,
    migrated: bool,
    target: &str,
) -> Result<(), OpenError> {
    let mut problems = check_table(users, found, migrated, &Postgres);
    let key = users.column(UserColumn::Id).unwrap_or_default();
    let has_key = |found: &&FoundTable| found.columns.iter().any(|column| column.name == key);
    if found.filter(has_key).is_some_and(|found| !found.unique.iter().any(|column| column == key)) {
        let mend = format!("CREATE UNIQUE INDEX ON {} ({});", qualified(users), authkit_sql::quote(key));
        problems.push(TableProblem::KeyNotUnique { column: key.to_owned(), mend });
    }
    if problems.is_empty() { Ok(()) } else { Err(misfit(target, problems)) }
}

pub(crate) fn misfit(target: &str, problems: Vec<TableProblem>) -> OpenError {
    OpenError::UsersTable { target: target.to_owned(), problems }
}

/// The columns of a table that hold instants without a zone.
pub(crate) fn zoneless(users: &Users, found: Option<&FoundTable>) -> Vec<String> {
    let Users::Mapped(_) = users else { return Vec::new() };
    let columns = found.map(|found| found.columns.as_slice()).unwrap_or_default().iter();
    columns.filter(|column| column.type_name == ZONELESS).map(|column| column.name.clone()).collect()
}

const ZONELESS: &str = "timestamp without time zone";

struct Postgres;

impl Dialect for Postgres {
    fn fits(&self, wanted: Wanted, type_name: &str) -> bool {
        let is_text = matches!(type_name, "text" | "character varying" | "citext");
        let is_time = matches!(type_name, "timestamp with time zone" | ZONELESS);
        match wanted {
            Wanted::Key(KeyType::Text) => matches!(type_name, "text" | "character varying"),
            Wanted::Value(ColumnType::Text) => is_text,
            Wanted::Key(KeyType::Uuid) | Wanted::Value(ColumnType::Uuid) => type_name == "uuid",
            Wanted::Key(KeyType::BigInt) => matches!(type_name, "bigint" | "integer"),
            Wanted::Value(ColumnType::BigInt) => matches!(type_name, "bigint" | "integer" | "smallint"),
            Wanted::Value(ColumnType::Integer) => matches!(type_name, "integer" | "smallint"),
            Wanted::Value(ColumnType::Boolean) => type_name == "boolean",
            Wanted::Time | Wanted::Value(ColumnType::Timestamptz) => is_time,
            Wanted::Epoch => type_name == "bytea",
            Wanted::Value(ColumnType::Json) => matches!(type_name, "json" | "jsonb"),
        }
    }

    fn declare(&self, wanted: Wanted) -> &'static str {
        match wanted {
            Wanted::Key(KeyType::Text) | Wanted::Value(ColumnType::Text) => "text",
            Wanted::Key(KeyType::Uuid) | Wanted::Value(ColumnType::Uuid) => "uuid",
            Wanted::Key(KeyType::BigInt) | Wanted::Value(ColumnType::BigInt) => "bigint",
            Wanted::Value(ColumnType::Integer) => "integer",
            Wanted::Value(ColumnType::Boolean) => "boolean",
            Wanted::Time | Wanted::Value(ColumnType::Timestamptz) => "timestamptz",
            Wanted::Epoch => "bytea",
            Wanted::Value(ColumnType::Json) => "jsonb",
        }
    }

    fn alter_type(&self, table: &str, column: &str, wanted: Wanted) -> String {
        let (column, declared) = (authkit_sql::quote(column), self.declare(wanted));
        format!("ALTER TABLE {table} ALTER COLUMN {column} TYPE {declared} USING {column}::{declared};")
    }

    fn allow_null(&self, table: &str, column: &str) -> String {
        format!("ALTER TABLE {table} ALTER COLUMN {} DROP NOT NULL;", authkit_sql::quote(column))
    }
}

/// Whether the table has what a migration adds.
pub(crate) fn has_added(users: &UsersTable, found: Option<&FoundTable>) -> bool {
    let there = |name: &str| found.is_some_and(|found| found.columns.iter().any(|column| column.name == name));
    UserColumn::ALL.into_iter().filter(|column| column.is_added()).all(|column| users.column(column).is_some_and(there))
}
