//! What the machine does without AuthKit.

pub mod argon2id;
pub mod hello;
pub mod pgbench;
pub mod pipelined;
pub mod raw;
pub mod reads;
pub mod rotations;

use std::path::Path;

use rusqlite::Connection;
use rusqlite::config::DbConfig;

use crate::failure::Failure;

/// A statement of the SQLite store with the names filled in as the store does it for its own users.
fn statement(template: &str) -> String {
    let columns = "id, email, email_key, password_hash, role, is_active, is_verified, session_epoch, profile, created_at, \
                   updated_at, last_sign_in_at, deleted_at";
    authkit_sql::render(template, |name, _| match name {
        "columns" => Some(columns.to_owned()),
        "users" => Some("ak_users".to_owned()),
        "id" => Some("id".to_owned()),
        _ => None,
    })
}

/// The file of a store that has been closed, set up as the store sets it up.
fn open(file: &Path) -> Result<Connection, Failure> {
    let conn = Connection::open(file)?;
    conn.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    conn.pragma_update(None, "journal_mode", "WAL")?;
    conn.pragma_update(None, "synchronous", "FULL")?;
    conn.pragma_update(None, "foreign_keys", true)?;
    conn.pragma_update(None, "recursive_triggers", true)?;
    conn.pragma_update(None, "trusted_schema", false)?;
    conn.pragma_update(None, "wal_autocheckpoint", 16_000)?;
    Ok(conn)
}
