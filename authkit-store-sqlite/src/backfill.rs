//! What a users table that exists already gets: two columns, canonical addresses by the core's own rules, their index.

use std::path::Path;

use authkit_core::Email;
use authkit_sql::{TableProblem, UserColumn, UsersTable, quote};
use rusqlite::types::Value;
use rusqlite::{Connection, OptionalExtension, Row, Transaction, params};

use crate::connection::refusal;
use crate::layout::Layout;
use crate::open_error::OpenError;
use crate::table_check::{find, has};

/// Rows that are read at once.
const BATCH: usize = 1_000;

/// Rows or groups that an error names.
const NAMED: usize = 50;

/// Whether the table lacks a column, the index or a canonical address.
pub(crate) fn is_due(conn: &Connection, users: &UsersTable) -> rusqlite::Result<bool> {
    if lacks(conn, users)?.is_some() {
        return Ok(true);
    }
    let sql = "SELECT EXISTS (SELECT 1 FROM {users} WHERE {email_key} IS NULL)";
    conn.query_row(&Layout::mapped(users.clone()).render(sql), (), |row| row.get(0))
}

/// Adds what the table lacks and fills in the canonical addresses; stops at rows that have one address, or none, and names
/// them. The caller's transaction is then rolled back.
pub(crate) fn prepare(tx: &Transaction<'_>, users: &UsersTable, path: &Path) -> Result<(), OpenError> {
    let refused = |error| refusal(path, error);
    let misfit = |problems| OpenError::UsersTable { path: path.to_owned(), problems };
    let layout = Layout::mapped(users.clone());
    let run = |sql: &str| tx.execute_batch(&layout.render(sql)).map_err(refused);
    let lacking = lacks(tx, users).map_err(refused)?.unwrap_or_default();
    if lacking.key {
        run("ALTER TABLE {users} ADD COLUMN {email_key} TEXT")?;
    }
    if lacking.epoch {
        run("ALTER TABLE {users} ADD COLUMN {session_epoch} BLOB")?;
    }
    let mut filling = Filling {
        tx,
        layout: &layout,
        indexed: !lacking.index,
        other: layout.render("SELECT {id} FROM {users} WHERE {email_key} = ?1"),
        fill: layout.render("UPDATE {users} SET {email_key} = ?2 WHERE {id} = ?1"),
        twins: Vec::new(),
        bad: Vec::new(),
    };
    filling.fill().map_err(refused)?;
    if lacking.index {
        filling.find_twins().map_err(refused)?;
    }
    let problems = filling.problems();
    if !problems.is_empty() {
        return Err(misfit(problems));
    }
    if lacking.index {
        let name = quote(&format!("ak_{}_email_key", users.table()));
        let index = if users.schema().is_some() { format!("\"main\".{name}") } else { name };
        let table = quote(users.table());
        let key = quote(users.column(UserColumn::EmailKey).unwrap_or_default());
        tx.execute_batch(&format!("CREATE UNIQUE INDEX {index} ON {table} ({key})")).map_err(refused)?;
    }
    Ok(())
}

/// What the table has to get.
#[derive(Debug, Clone, Copy, Default)]
struct Lacking {
    key: bool,
    epoch: bool,
    index: bool,
}

fn lacks(conn: &Connection, users: &UsersTable) -> rusqlite::Result<Option<Lacking>> {
    let Some(found) = find(conn, users.table())? else {
        return Ok(None);
    };
    let name = |column| users.column(column).unwrap_or_default();
    let lacking = Lacking {
        key: !has(&found, name(UserColumn::EmailKey)),
        epoch: !has(&found, name(UserColumn::SessionEpoch)),
        index: !found.unique.iter().any(|column| column == name(UserColumn::EmailKey)),
    };
    Ok((lacking.key || lacking.epoch || lacking.index).then_some(lacking))
}

struct Filling<'t> {
    tx: &'t Transaction<'t>,
    layout: &'t Layout,
    /// The canonical addresses are unique already.
    indexed: bool,
    other: String,
    fill: String,
    twins: Vec<String>,
    bad: Vec<String>,
}

impl Filling<'_> {
    /// In the order of the keys, so that rows that cannot be filled in are passed by.
    fn fill(&mut self) -> rusqlite::Result<()> {
        let select = "SELECT {id}, {email} FROM {users} WHERE {email_key} IS NULL";
        let first = self.layout.render(&format!("{select} ORDER BY {{id}} LIMIT {BATCH}"));
        let next = self.layout.render(&format!("{select} AND {{id}} > ?1 ORDER BY {{id}} LIMIT {BATCH}"));
        let read = |row: &Row<'_>| Ok((row.get(0)?, row.get(1)?));
        let mut rows: Vec<(Value, Value)> =
            self.tx.prepare(&first)?.query_map((), read)?.collect::<rusqlite::Result<_>>()?;
        let mut statement = self.tx.prepare(&next)?;
        while let Some((last, _)) = rows.last().cloned() {
            for (id, email) in &rows {
                self.fill_row(id, email)?;
            }
            rows = statement.query_map(params![last], read)?.collect::<rusqlite::Result<_>>()?;
        }
        Ok(())
    }

    fn fill_row(&mut self, id: &Value, email: &Value) -> rusqlite::Result<()> {
        let parsed = if let Value::Text(text) = email { Email::parse(text).ok() } else { None };
        let Some(parsed) = parsed else {
            self.bad.push(shown(id));
            return Ok(());
        };
        let key = parsed.key().as_str();
        if self.indexed {
            let other: Option<Value> =
                self.tx.prepare_cached(&self.other)?.query_row(params![key], |row| row.get(0)).optional()?;
            if let Some(other) = other {
                self.twins.push(format!("{} and {}", shown(&other), shown(id)));
                return Ok(());
            }
        }
        self.tx.prepare_cached(&self.fill)?.execute(params![id, key]).map(drop)
    }

    fn find_twins(&mut self) -> rusqlite::Result<()> {
        let sql = "SELECT group_concat({id}, ' and ' ORDER BY {id}) FROM {users} WHERE {email_key} IS NOT NULL \
                   GROUP BY {email_key} HAVING count(*) > 1 ORDER BY min({id})";
        let mut statement = self.tx.prepare(&self.layout.render(sql))?;
        for group in statement.query_map((), |row| row.get(0))? {
            self.twins.push(group?);
        }
        Ok(())
    }

    fn problems(mut self) -> Vec<TableProblem> {
        let mut problems = Vec::new();
        if !self.twins.is_empty() {
            self.twins.truncate(NAMED);
            problems.push(TableProblem::Twins { ids: self.twins.join("; ") });
        }
        if !self.bad.is_empty() {
            self.bad.truncate(NAMED);
            problems.push(TableProblem::BadAddresses { ids: self.bad.join(", ") });
        }
        problems
    }
}

/// A key as an error names it.
fn shown(id: &Value) -> String {
    match id {
        Value::Integer(number) => number.to_string(),
        Value::Text(text) => text.clone(),
        other => format!("{other:?}"),
    }
}
