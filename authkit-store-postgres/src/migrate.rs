//! Brings a database to the newest schema, or says why not. One step is one plain SQL file.

use authkit_core::{Clock, SystemClock, Timestamp};
use authkit_sql::{MigrationScript, MigrationStatus, index_names, qualified, quote};
use sha2::{Digest, Sha256};
use tokio_postgres::{Client, Row, Transaction};

use crate::open_error::OpenError;
use crate::refusal::refusal;
use crate::tables::{Tables, Users};
use crate::value::Value;

/// One file of `migrations/`, for ever as it was published.
pub(crate) struct Migration {
    pub(crate) version: i64,
    pub(crate) name: &'static str,
    pub(crate) sql: &'static str,
}

/// The steps for a store's users. Where they are is part of the first step, so a database that was made for others is known
/// by it.
pub(crate) fn steps(users: &Users) -> Vec<Migration> {
    let (name, sql) = match users {
        Users::Own => ("users", include_str!("../migrations/0001_users.sql")),
        Users::Mapped(_) => ("users_mapped", include_str!("../migrations/0001_users_mapped.sql")),
        Users::Elsewhere => ("users_elsewhere", include_str!("../migrations/0001_users_elsewhere.sql")),
    };
    let tables = include_str!("../migrations/0002_sessions_and_audit.sql");
    let mut steps =
        vec![Migration { version: 1, name, sql }, Migration { version: 2, name: "sessions_and_audit", sql: tables }];
    // The indexes of a table that exists already are the application's.
    if *users == Users::Own {
        let sql = include_str!("../migrations/0003_users_domain.sql");
        steps.push(Migration { version: 3, name: "users_domain", sql });
    }
    let sql = include_str!("../migrations/0004_failed_sign_ins.sql");
    let version = if *users == Users::Own { 4 } else { 3 };
    steps.push(Migration { version, name: "failed_sign_ins", sql });
    steps
}

const VERSIONS: &str = "
CREATE TABLE {schema}.schema_version (
    version    integer PRIMARY KEY,
    name       text NOT NULL,
    digest     bytea NOT NULL CHECK (octet_length(digest) = 32),
    applied_at timestamptz NOT NULL
)";

/// Of several nodes that start at once one migrates and the others wait for it, however long it takes. Both hold for this
/// transaction only.
pub(crate) const ALONE: &str = "
SET LOCAL lock_timeout = 0;
SET LOCAL statement_timeout = 0;
SELECT pg_advisory_xact_lock(hashtextextended('authkit:' || current_database(), 0))";

/// Runs the steps that are missing, all in one transaction that holds the lock: what fails leaves nothing behind. Answers
/// how many steps it ran.
pub(crate) async fn migrate(client: &mut Client, tables: &Tables, target: &str) -> Result<usize, OpenError> {
    let refused = |error| refusal(target, error);
    // Most starts find all done and wait for no lock.
    if status(client, tables, target).await?.missing.is_empty() {
        return Ok(0);
    }
    let tx = client.transaction().await.map_err(refused)?;
    tx.batch_execute(ALONE).await.map_err(refused)?;
    // Asked again, since the lock was waited for.
    let done = applied(&tx, tables, target).await?;
    if done.is_empty() {
        create_schema(&tx, tables, target).await?;
        tx.batch_execute(&tables.render(VERSIONS)).await.map_err(refused)?;
    }
    let missing = steps(tables.users()).into_iter().skip(done.len());
    let mut ran = 0;
    for step in missing {
        tx.batch_execute(&tables.render(step.sql)).await.map_err(refused)?;
        let digest = digest_of(&step);
        let sql = tables.render(
            "INSERT INTO {schema}.schema_version (version, name, digest, applied_at) VALUES ($1::bigint, $2, $3, $4)",
        );
        let values = [step.version.into(), step.name.into(), Value::Bytes(&digest), SystemClock.now().into()];
        tx.query_typed(&sql, &crate::run::typed(&values)).await.map_err(refused)?;
        ran += 1;
    }
    tx.commit().await.map_err(refused)?;
    Ok(ran)
}

/// Which steps are done and which are missing.
pub(crate) async fn status(client: &mut Client, tables: &Tables, target: &str) -> Result<MigrationStatus, OpenError> {
    let refused = |error| refusal(target, error);
    // One state is looked at, and through a pooler one server.
    let tx = client.build_transaction().read_only(true).start().await.map_err(refused)?;
    let applied = applied(&tx, tables, target).await?;
    tx.commit().await.map_err(refused)?;
    let missing = steps(tables.users()).iter().skip(applied.len()).map(Migration::label).collect();
    Ok(MigrationStatus { applied, missing })
}

/// The indexes that the steps make and the database lacks, or has in a state that no query uses.
pub(crate) async fn missing_indexes(client: &Client, tables: &Tables, target: &str) -> Result<Vec<String>, OpenError> {
    let rows = client.query_typed(INDEXES, &crate::run::typed(&[tables.schema().into()])).await;
    let there = rows.and_then(|rows| rows.iter().map(|row| row.try_get::<_, String>(0)).collect::<Result<Vec<_>, _>>());
    let there = there.map_err(|error| refusal(target, error))?;
    let steps = steps(tables.users());
    let made = steps.iter().flat_map(|step| index_names(&tables.render(step.sql)));
    Ok(made.filter(|name| !there.contains(name)).collect())
}

/// An index stands in the schema of its table, which of users elsewhere may be another one.
const INDEXES: &str = "
SELECT c.relname::text
FROM pg_catalog.pg_index AS i
JOIN pg_catalog.pg_class AS c ON c.oid = i.indexrelid
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
WHERE n.nspname = $1 AND i.indisvalid";

/// How far the server's clock is ahead of an instant, in microseconds; behind: less than zero.
pub(crate) async fn clock_ahead(client: &Client, at: Timestamp, target: &str) -> Result<i64, OpenError> {
    let rows = client.query_typed(CLOCK, &[]).await;
    let micros = rows.and_then(|rows| rows.first().map_or(Ok(0), |row| row.try_get::<_, i64>(0)));
    Ok(micros.map_err(|error| refusal(target, error))?.saturating_sub(at.as_micros()))
}

const CLOCK: &str = "SELECT (extract(epoch FROM pg_catalog.clock_timestamp()) * 1000000)::bigint";

/// The steps as texts, each with the lines that record it; the first makes the schema and the table that they are recorded in.
pub(crate) fn scripts(tables: &Tables) -> Vec<MigrationScript> {
    let script = |step: Migration| {
        let digest = data_encoding::HEXLOWER.encode(&digest_of(&step));
        let (version, name) = (step.version, step.name);
        let before = if version == 1 {
            tables.render(&format!("CREATE SCHEMA IF NOT EXISTS {{schema}};\n\n{};\n\n", VERSIONS.trim()))
        } else {
            String::new()
        };
        let sql = tables.render(&step.sql.replace('\r', ""));
        let done = tables.render("INSERT INTO {schema}.schema_version (version, name, digest, applied_at)");
        let sql =
            format!("{before}{}\n\n{done}\nVALUES ({version}, '{name}', '\\x{digest}', now());\n", sql.trim_end());
        MigrationScript { name: step.label(), sql }
    };
    steps(tables.users()).into_iter().map(script).collect()
}

/// All steps as one text.
pub(crate) fn print(tables: &Tables) -> String {
    let mut parts = vec!["-- AuthKit's tables. Run it whole, as the role that is to own them.\nBEGIN;".to_owned()];
    parts.extend(scripts(tables).into_iter().map(|script| format!("-- {}\n{}", script.name, script.sql.trim_end())));
    parts.push("COMMIT;".to_owned());
    if let Users::Mapped(_) = tables.users() {
        parts.push(BACKFILL.to_owned());
    }
    parts.push(LIMITS.to_owned());
    parts.join("\n\n") + "\n"
}

const BACKFILL: &str = "\
-- The canonical addresses of the rows that are there are made by AuthKit's own rules, not by SQL: run `migrate()` once after
-- this. It fills them in, names rows that have one address, and makes them unique.";

const LIMITS: &str = "\
-- Behind a pooler the limits cannot be given at the start of a connection; the role carries them:
-- ALTER ROLE <role> SET synchronous_commit = 'on';
-- ALTER ROLE <role> SET statement_timeout = '5s';
-- ALTER ROLE <role> SET lock_timeout = '2s';";

/// Indexes that not every application wants: each costs a little at every event, or at every user.
pub(crate) fn optional(tables: &Tables) -> String {
    let mut text = tables.render(OPTIONAL);
    if let Users::Mapped(_) = tables.users() {
        text += &tables.render(OPTIONAL_FOR_USERS);
    }
    text
}

const OPTIONAL_FOR_USERS: &str = "
-- For lists of users by the domain of their address.
CREATE INDEX CONCURRENTLY IF NOT EXISTS authkit_users_domain ON {users} (split_part({email_key}, '@', 2));
";

const OPTIONAL: &str = "
-- For lists of events by session and by address.
CREATE INDEX CONCURRENTLY IF NOT EXISTS audit_events_session ON {schema}.audit_events (session_id, id);
CREATE INDEX CONCURRENTLY IF NOT EXISTS audit_events_ip ON {schema}.audit_events (ip, id);
";

impl Migration {
    fn label(&self) -> String {
        format!("{:04}_{}", self.version, self.name)
    }
}

/// The labels of the steps that the database has gone through, all of them known and unchanged.
async fn applied(tx: &Transaction<'_>, tables: &Tables, target: &str) -> Result<Vec<String>, OpenError> {
    let refused = |error| refusal(target, error);
    let found = tx.query_typed(OURS, &crate::run::typed(&[tables.schema().into()])).await.map_err(refused)?;
    let names: Vec<&str> = found.iter().filter_map(|row| row.try_get(0).ok()).collect();
    if !names.contains(&"schema_version") {
        return match names.first() {
            Some(name) => {
                let table = format!("{}.{}", quote(tables.schema()), quote(name));
                Err(OpenError::NotOurs { target: target.to_owned(), table })
            }
            None => Ok(Vec::new()),
        };
    }
    let sql = tables.render("SELECT version::bigint, digest, name FROM {schema}.schema_version ORDER BY version");
    let rows = tx.query_typed(&sql, &[]).await.map_err(refused)?;
    let steps = steps(tables.users());
    let known = steps.last().map_or(0, |step| step.version);
    let read = |row: &Row| Ok((row.try_get::<_, i64>(0)?, row.try_get::<_, Vec<u8>>(1)?, row.try_get(2)?));
    let done = rows.iter().map(read).collect::<Result<Vec<(_, _, String)>, _>>().map_err(refused)?;
    // First, since which steps there are depends on where the users are.
    if let Some((.., first)) = done.first() {
        check_users(tx, tables, first, target).await?;
    }
    if let Some((found, ..)) = done.last().filter(|(found, ..)| *found > known) {
        return Err(OpenError::NewerSchema { target: target.to_owned(), found: *found, known });
    }
    for (step, (version, digest, _)) in steps.iter().zip(&done) {
        if step.version != *version || digest_of(step) != digest.as_slice() {
            return Err(OpenError::ChangedStep { target: target.to_owned(), version: *version });
        }
    }
    Ok(steps.iter().take(done.len()).map(Migration::label).collect())
}

/// A database stays with the users that it was made for: its sessions refer to them.
async fn check_users(tx: &Transaction<'_>, tables: &Tables, first_step: &str, target: &str) -> Result<(), OpenError> {
    let (own, elsewhere) = ("users of AuthKit's own", "users in another database");
    let refused = |error| refusal(target, error);
    let (now, mapped) = match tables.users() {
        Users::Own => (own.to_owned(), None),
        Users::Elsewhere => (elsewhere.to_owned(), None),
        Users::Mapped(users) => (format!("users in the table {}", qualified(users)), Some(qualified(users))),
    };
    let was = match first_step {
        "users" => own.to_owned(),
        "users_elsewhere" => elsewhere.to_owned(),
        "users_mapped" => {
            let values = [tables.schema().into(), mapped.map_or(Value::Text(None), Value::OwnedText)];
            let rows = tx.query_typed(REFERRED, &crate::run::typed(&values)).await.map_err(refused)?;
            // Nothing refers to them before the second step.
            let Some(row) = rows.first() else { return Ok(()) };
            // A table that is not there is told with all else that does not fit.
            if row.try_get::<_, Option<bool>>(1).map_err(refused)?.unwrap_or(matches!(tables.users(), Users::Mapped(_)))
            {
                return Ok(());
            }
            format!("users in the table {}", row.try_get::<_, String>(0).map_err(refused)?)
        }
        _ => return Ok(()),
    };
    if was == now { Ok(()) } else { Err(OpenError::OtherUsers { target: target.to_owned(), was, now }) }
}

/// The table that the sessions refer to, and whether it is the one that is named.
const REFERRED: &str = "
SELECT format('%I.%I', n.nspname, t.relname), t.oid = to_regclass($2)
FROM pg_catalog.pg_constraint AS c
JOIN pg_catalog.pg_class AS s ON s.oid = c.conrelid AND s.relname = 'sessions'
JOIN pg_catalog.pg_namespace AS ours ON ours.oid = s.relnamespace AND ours.nspname = $1
JOIN pg_catalog.pg_class AS t ON t.oid = c.confrelid
JOIN pg_catalog.pg_namespace AS n ON n.oid = t.relnamespace
WHERE c.contype = 'f'";

/// What there is under our names in the schema.
const OURS: &str = "
SELECT c.relname::text
FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
WHERE n.nspname = $1 AND c.relkind IN ('r', 'p', 'v', 'm', 'f') AND c.relname IN
    ('schema_version', 'users', 'sessions', 'audit_events', 'attempts', 'stats_hourly', 'meta')
ORDER BY 1";

/// A schema that is there already needs no right to create one.
async fn create_schema(tx: &Transaction<'_>, tables: &Tables, target: &str) -> Result<(), OpenError> {
    let refused = |error| refusal(target, error);
    let there = "SELECT 1 FROM pg_catalog.pg_namespace WHERE nspname = $1";
    let rows = tx.query_typed(there, &crate::run::typed(&[tables.schema().into()])).await.map_err(refused)?;
    if rows.is_empty() {
        tx.batch_execute(&tables.render("CREATE SCHEMA {schema}")).await.map_err(refused)?;
    }
    Ok(())
}

/// SHA-256 of the file, whatever line ends the checkout gave it.
fn digest_of(step: &Migration) -> [u8; 32] {
    Sha256::digest(step.sql.replace('\r', "")).into()
}
