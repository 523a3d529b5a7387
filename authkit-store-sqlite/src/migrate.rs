//! Brings a database to the newest schema, or says why not. One step is one plain SQL file.

use std::path::Path;

use authkit_core::{Clock, SystemClock};
use authkit_sql::{MigrationScript, MigrationStatus, UsersTable, index_names};
use rusqlite::{Connection, Transaction, TransactionBehavior, params};
use sha2::{Digest, Sha256};

use crate::backfill;
use crate::connection::refusal;
use crate::layout::Layout;
use crate::open_error::OpenError;
use crate::table_check::problems;

/// One file of `migrations/`, for ever as it was published.
struct Step {
    version: i64,
    name: &'static str,
    sql: &'static str,
}

const STEPS: &[Step] = &[
    Step { version: 1, name: "init", sql: include_str!("../migrations/0001_init.sql") },
    Step { version: 2, name: "users_domain", sql: include_str!("../migrations/0002_users_domain.sql") },
    Step { version: 3, name: "failed_sign_ins", sql: FAILED_SIGN_INS },
    Step { version: 4, name: "counts", sql: include_str!("../migrations/0004_counts.sql") },
];

/// The same for users in a table that exists already, whose indexes are the application's. Their digests are those of the
/// files, names not filled in.
const MAPPED_STEPS: &[Step] = &[
    Step { version: 1, name: "init_mapped", sql: include_str!("../migrations/0001_init_mapped.sql") },
    Step { version: 2, name: "failed_sign_ins", sql: FAILED_SIGN_INS },
];

/// Of the trail, which is the same wherever the users are.
const FAILED_SIGN_INS: &str = include_str!("../migrations/0003_failed_sign_ins.sql");

fn steps(layout: &Layout) -> &'static [Step] {
    if layout.table().is_some() { MAPPED_STEPS } else { STEPS }
}

/// The number of the last step.
pub(crate) fn newest(layout: &Layout) -> i64 {
    steps(layout).last().map_or(0, |step| step.version)
}

/// What a database without a file has gone through: nothing.
pub(crate) fn all_missing(layout: &Layout) -> MigrationStatus {
    MigrationStatus { applied: Vec::new(), missing: steps(layout).iter().map(Step::label).collect() }
}

/// Which steps are done and which are missing, seen at once.
pub(crate) fn status(conn: &mut Connection, path: &Path, layout: &Layout) -> Result<MigrationStatus, OpenError> {
    let steps = steps(layout);
    let look = conn.transaction_with_behavior(TransactionBehavior::Deferred).map_err(|error| refusal(path, error))?;
    let missing = missing(&look, path, layout, steps)?;
    let labels = |steps: &[Step]| steps.iter().map(Step::label).collect();
    let (applied, missing) = steps.split_at(steps.len().saturating_sub(missing));
    Ok(MigrationStatus { applied: labels(applied), missing: labels(missing) })
}

/// The indexes that the steps make and the database lacks: somebody took them away.
pub(crate) fn missing_indexes(conn: &Connection, path: &Path, layout: &Layout) -> Result<Vec<String>, OpenError> {
    let there = conn.prepare("SELECT name FROM sqlite_schema WHERE type = 'index'").and_then(|mut statement| {
        statement.query_map((), |row| row.get::<_, String>(0))?.collect::<rusqlite::Result<Vec<_>>>()
    });
    let there = there.map_err(|error| refusal(path, error))?;
    let made = steps(layout).iter().flat_map(|step| index_names(&layout.render(step.sql)));
    Ok(made.filter(|name| !there.contains(name)).collect())
}

/// The steps as texts, each with the lines that record it; the first makes the table that they are recorded in.
pub(crate) fn scripts(layout: &Layout) -> Vec<MigrationScript> {
    let script = |(n, step): (usize, &Step)| {
        let digest = digest_of(step).iter().fold(String::new(), |text, byte| format!("{text}{byte:02x}"));
        let versions = if n == 0 { format!("{};\n\n", VERSIONS.trim()) } else { String::new() };
        let sql = layout.render(&step.sql.replace('\r', ""));
        let (version, name) = (step.version, step.name);
        let sql = format!(
            "{versions}{}\n\nINSERT INTO ak_schema_version (version, name, digest, applied_at)\n\
             VALUES ({version}, '{name}', X'{digest}', {NOW});\n",
            sql.trim_end()
        );
        MigrationScript { name: step.label(), sql }
    };
    steps(layout).iter().enumerate().map(script).collect()
}

/// The instant of the run, for which every version of SQLite has a word.
const NOW: &str = "CAST(strftime('%s', 'now') AS INTEGER) * 1000000";

/// All steps as one text.
pub(crate) fn print(layout: &Layout) -> String {
    let steps = scripts(layout)
        .into_iter()
        .fold(String::new(), |text, MigrationScript { name, sql }| format!("{text}-- {name}\n{sql}\n"));
    format!("-- AuthKit's tables.\nBEGIN IMMEDIATE;\n\n{steps}COMMIT;\n")
}

impl Step {
    fn label(&self) -> String {
        format!("{:04}_{}", self.version, self.name)
    }
}

/// Runs the steps that are missing, all in one transaction that holds the lock: of several processes that start at once one
/// migrates and the others find it done. Answers how many steps it ran.
pub(crate) fn migrate(conn: &mut Connection, path: &Path, layout: &Layout) -> Result<usize, OpenError> {
    let steps = steps(layout);
    let refused = |error| refusal(path, error);
    // Most starts find all done and wait for no lock. A transaction, so that it is one state that is looked at.
    let look = conn.transaction_with_behavior(TransactionBehavior::Deferred).map_err(refused)?;
    let mut due = missing(&look, path, layout, steps)? > 0;
    if let Some(users) = layout.table() {
        check(&look, users, path)?;
        due |= backfill::is_due(&look, users).map_err(refused)?;
    }
    drop(look);
    if !due {
        return Ok(0);
    }
    let tx = conn.transaction_with_behavior(TransactionBehavior::Immediate).map_err(refused)?;
    // Asked again, since the lock was waited for.
    let missing = missing(&tx, path, layout, steps)?;
    if let Some(users) = layout.table() {
        check(&tx, users, path)?;
        backfill::prepare(&tx, users, path)?;
    }
    if missing == steps.len() {
        tx.execute_batch(VERSIONS).map_err(refused)?;
    }
    for step in steps.iter().skip(steps.len() - missing) {
        run(&tx, step, layout).map_err(refused)?;
    }
    tx.commit().map_err(refused)?;
    Ok(missing)
}

const VERSIONS: &str = "
CREATE TABLE ak_schema_version (
    version    INTEGER NOT NULL PRIMARY KEY,
    name       TEXT    NOT NULL,
    digest     BLOB    NOT NULL CHECK (length(digest) = 32),
    applied_at INTEGER NOT NULL
) STRICT";

/// How many of the last steps the database lacks.
fn missing(conn: &Connection, path: &Path, layout: &Layout, steps: &[Step]) -> Result<usize, OpenError> {
    let refused = |error| refusal(path, error);
    // Asked of the schema's own table: rusqlite's `table_exists` may answer from a schema that it read before.
    let tables = tables(conn).map_err(refused)?;
    if !tables.iter().any(|name| name == "ak_schema_version") {
        return match tables.into_iter().next() {
            Some(table) => Err(OpenError::NotOurs { path: path.to_owned(), table }),
            None => Ok(steps.len()),
        };
    }
    let not_ours = || OpenError::NotOurs { path: path.to_owned(), table: "ak_schema_version".to_owned() };
    // Another error than damage here means that the table has other columns than ours.
    let read = |error| match refusal(path, error) {
        OpenError::Other { .. } => not_ours(),
        named => named,
    };
    let mut statement = conn.prepare("SELECT version, digest FROM ak_schema_version ORDER BY version").map_err(read)?;
    let done = statement
        .query_map((), |row| Ok((row.get::<_, i64>(0)?, row.get::<_, Vec<u8>>(1)?)))
        .and_then(Iterator::collect::<rusqlite::Result<Vec<_>>>)
        .map_err(read)?;
    check_users(conn, path, layout, &done)?;
    let known = steps.last().map_or(0, |step| step.version);
    if let Some((found, _)) = done.last().filter(|(found, _)| *found > known) {
        return Err(OpenError::NewerSchema { path: path.to_owned(), found: *found, known });
    }
    for (step, (version, digest)) in steps.iter().zip(&done) {
        if step.version != *version || digest_of(step) != digest.as_slice() {
            return Err(OpenError::ChangedStep { path: path.to_owned(), version: *version });
        }
    }
    Ok(steps.len() - done.len())
}

/// A database stays with the users that it was made with: its sessions refer to them.
fn check_users(conn: &Connection, path: &Path, layout: &Layout, done: &[(i64, Vec<u8>)]) -> Result<(), OpenError> {
    let was_made_by = |steps: &[Step]| {
        let first = steps.first().zip(done.first());
        first.is_some_and(|(step, (_, digest))| digest_of(step) == digest.as_slice())
    };
    let own = || "users of AuthKit's own".to_owned();
    let named = |table: &str| format!("users in the table `{table}`");
    let was = if was_made_by(MAPPED_STEPS) {
        let sql = "SELECT \"table\" FROM pragma_foreign_key_list('ak_sessions')";
        named(&conn.query_row(sql, (), |row| row.get::<_, String>(0)).map_err(|error| refusal(path, error))?)
    } else if was_made_by(STEPS) {
        own()
    } else {
        return Ok(());
    };
    let now = layout.table().map_or_else(own, |users| named(users.table()));
    if was == now { Ok(()) } else { Err(OpenError::OtherUsers { path: path.to_owned(), was, now }) }
}

/// Refuses a users table that does not fit its mapping.
fn check(conn: &Connection, users: &UsersTable, path: &Path) -> Result<(), OpenError> {
    let problems = problems(conn, users).map_err(|error| refusal(path, error))?;
    if problems.is_empty() { Ok(()) } else { Err(OpenError::UsersTable { path: path.to_owned(), problems }) }
}

/// What there is under our prefix.
fn tables(conn: &Connection) -> rusqlite::Result<Vec<String>> {
    let sql = "SELECT name FROM sqlite_schema WHERE name LIKE 'ak\\_%' ESCAPE '\\' AND type IN ('table', 'view')";
    conn.prepare(sql)?.query_map((), |row| row.get(0))?.collect()
}

fn run(tx: &Transaction<'_>, step: &Step, layout: &Layout) -> rusqlite::Result<()> {
    tx.execute_batch(&layout.render(step.sql))?;
    let applied_at = SystemClock.now().as_micros();
    tx.execute(
        "INSERT INTO ak_schema_version (version, name, digest, applied_at) VALUES (?1, ?2, ?3, ?4)",
        params![step.version, step.name, digest_of(step).as_slice(), applied_at],
    )?;
    Ok(())
}

/// SHA-256 of the file, whatever line ends the checkout gave it.
fn digest_of(step: &Step) -> [u8; 32] {
    Sha256::digest(step.sql.replace('\r', "")).into()
}
