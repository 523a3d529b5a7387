//! What the machine does without AuthKit.

pub mod argon2id;
pub mod hello;
pub mod reads;
pub mod rotations;

use std::path::Path;

use rusqlite::Connection;
use rusqlite::config::DbConfig;

use crate::failure::Failure;

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
