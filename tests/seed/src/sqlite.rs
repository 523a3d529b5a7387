//! A new SQLite file.
//!
//! The store makes the tables in a file of another name; one connection fills it without a journal, the indexes and the
//! triggers of the filled tables aside, and builds those when the rows are there. Only then the file has its name: one that
//! is there is whole.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

use authkit_core::{Event, RevokeReason, Session, Timestamp, User, UserId};
use authkit_store_sqlite::SqliteStore;
use rusqlite::{Connection, OptionalExtension as _, params};

use crate::admin;
use crate::events::events;
use crate::failure::Failure;
use crate::hours::Hours;
use crate::people::Person;
use crate::plan::Plan;
use crate::progress::Progress;
use crate::sessions::sessions;

const USER: &str = "INSERT INTO ak_users VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)";
const SESSION: &str = "INSERT INTO ak_sessions VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, \
                       ?15, ?16, ?17, ?18)";
const EVENT: &str = "INSERT INTO ak_audit_events VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, \
                     ?15)";

/// Fast, and no danger to a file that is thrown away when it does not get done.
const SETTINGS: &str = "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA locking_mode = EXCLUSIVE;
                        PRAGMA foreign_keys = OFF; PRAGMA cache_size = -400000; PRAGMA temp_store = FILE;";

/// Makes the file and fills it.
///
/// # Errors
/// The file exists, the disk is full, or a row does not fit its table.
pub async fn fill(file: &Path, plan: &Plan, progress: Progress) -> Result<(), Failure> {
    if file.exists() {
        return Err(Failure::new(format!("{} is there already", file.display())));
    }
    let unfinished = beside(file, ".unfinished");
    remove(&unfinished)?;
    // Dropped, and thereby closed, before another connection fills the file.
    drop(SqliteStore::open(&unfinished).await?);
    write(&unfinished, plan, progress)?;
    admin::create(SqliteStore::open(&unfinished).await?).await?;
    for mark in ["-wal", "-shm"] {
        if beside(&unfinished, mark).exists() {
            return Err(Failure::new(format!("{} is still open", unfinished.display())));
        }
    }
    fs::File::open(&unfinished)?.sync_all()?;
    Ok(fs::rename(&unfinished, file)?)
}

fn write(file: &Path, plan: &Plan, progress: Progress) -> Result<(), Failure> {
    let conn = Connection::open(file)?;
    conn.execute_batch(SETTINGS)?;
    let aside = set_aside(&conn)?;
    conn.execute_batch("BEGIN")?;
    people(&conn, plan, progress)?;
    trail(&conn, plan, progress)?;
    conn.execute_batch("COMMIT")?;
    for sql in &aside {
        let bar = progress.step(sql.split(" ON ").next().unwrap_or_default().to_lowercase());
        conn.execute_batch(sql)?;
        bar.finish();
    }
    let orphan: Option<String> = conn.query_row("PRAGMA foreign_key_check", (), |row| row.get(0)).optional()?;
    if orphan.is_some() {
        return Err(Failure::new("a session has no user"));
    }
    conn.execute_batch("PRAGMA locking_mode = NORMAL; PRAGMA journal_mode = WAL;")?;
    conn.close().map_err(|(_, error)| error)?;
    Ok(())
}

/// Drops the indexes and the triggers; answers what makes them again.
fn set_aside(conn: &Connection) -> Result<Vec<String>, Failure> {
    let mut statement = conn
        .prepare("SELECT type, name, sql FROM sqlite_schema WHERE type IN ('index', 'trigger') AND sql IS NOT NULL")?;
    let found = statement.query_map((), |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
    let found: Vec<(String, String, String)> = found.collect::<Result<_, _>>()?;
    for (kind, name, _) in &found {
        conn.execute_batch(&format!("DROP {kind} \"{name}\""))?;
    }
    Ok(found.into_iter().map(|(.., sql)| sql).collect())
}

fn people(conn: &Connection, plan: &Plan, progress: Progress) -> Result<(), Failure> {
    let (mut users, mut opened) = (conn.prepare(USER)?, conn.prepare(SESSION)?);
    let bar = progress.bar("users, sessions", plan.people());
    for n in 0..plan.people() {
        let person = Person::new(plan, n)?;
        insert_user(&mut users, &person.user)?;
        for session in sessions(plan, &person)? {
            insert_session(&mut opened, &session)?;
        }
        bar.inc(1);
    }
    bar.finish();
    Ok(())
}

fn trail(conn: &Connection, plan: &Plan, progress: Progress) -> Result<(), Failure> {
    let (mut insert, mut hours) = (conn.prepare(EVENT)?, Hours::until(plan.at));
    let bar = progress.bar("events", plan.audit);
    for event in events(plan) {
        hours.count(&event);
        insert_event(&mut insert, &event)?;
        bar.inc(1);
    }
    bar.finish();
    let mut insert = conn.prepare("INSERT INTO ak_stats_hourly (hour, metric, n) VALUES (?1, ?2, ?3)")?;
    for (hour, metric, n) in hours.rows() {
        insert.execute(params![hour.as_micros(), metric, n])?;
    }
    let mark = hours.mark().as_micros().to_string();
    conn.execute("INSERT INTO ak_meta (name, value) VALUES ('roll_up_mark', ?1)", [mark])?;
    Ok(())
}

fn insert_user(insert: &mut rusqlite::Statement<'_>, user: &User) -> Result<(), Failure> {
    insert.execute(params![
        user.id.as_str(),
        user.email.as_str(),
        user.email.key().as_str(),
        None::<&str>,
        user.role.as_str(),
        user.is_active,
        user.is_verified,
        user.session_epoch.as_bytes(),
        serde_json::to_string(user.profile.fields())?,
        user.created_at.as_micros(),
        user.updated_at.as_micros(),
        user.last_sign_in_at.as_micros(),
        user.deleted_at.map(Timestamp::as_micros),
    ])?;
    Ok(())
}

fn insert_session(insert: &mut rusqlite::Statement<'_>, session: &Session) -> Result<(), Failure> {
    insert.execute(params![
        session.id.as_uuid().as_bytes(),
        session.user_id.as_str(),
        session.epoch.as_bytes(),
        session.token_hash.as_bytes(),
        session.kid.as_str(),
        session.generation as i64,
        session.via.as_str(),
        session.idle_ttl.as_secs() as i64,
        session.created_at.as_micros(),
        session.authenticated_at.as_micros(),
        session.rotated_at.as_micros(),
        session.idle_at.as_micros(),
        session.absolute_at.as_micros(),
        session.revoked_at.map(Timestamp::as_micros),
        session.revoked_reason.map(RevokeReason::as_str),
        session.client.ip.map(|ip| ip.to_string()),
        session.client.user_agent,
        session.client.device,
    ])?;
    Ok(())
}

fn insert_event(insert: &mut rusqlite::Statement<'_>, event: &Event) -> Result<(), Failure> {
    insert.execute(params![
        event.id.as_uuid().as_bytes(),
        event.at.as_micros(),
        event.code.as_str(),
        event.outcome.as_str(),
        event.actor.kind(),
        event.actor.name(),
        event.subject.as_ref().map(UserId::as_str),
        event.session_id.map(|id| id.as_uuid().into_bytes()),
        event.identifier,
        event.client.ip.map(|ip| ip.to_string()),
        event.client.user_agent,
        event.client.device,
        event.client.request_id,
        serde_json::to_string(&event.details)?,
        event.change.to_json().map(|change| change.to_string()),
    ])?;
    Ok(())
}

fn beside(file: &Path, ending: &str) -> PathBuf {
    let mut name: OsString = file.as_os_str().to_owned();
    name.push(ending);
    PathBuf::from(name)
}

/// What an earlier call left.
fn remove(file: &Path) -> Result<(), Failure> {
    for file in [file.to_owned(), beside(file, "-wal"), beside(file, "-shm"), beside(file, "-journal")] {
        if file.exists() {
            fs::remove_file(file)?;
        }
    }
    Ok(())
}
