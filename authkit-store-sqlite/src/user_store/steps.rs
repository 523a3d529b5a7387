//! Inserting, administering and removing users, each step inside the writer's transaction with its event.

use authkit_core::{
    Cause, Email, EmailKey, Epoch, Guard, InsertFirstAdmin, InsertUser, NewUser, PurgeUser, Role, SetUser, Timestamp,
    User, UserId,
};
use authkit_sql::UserColumn;
use rusqlite::{Connection, ToSql, params};

use super::row::{execute, find, insert};
use crate::event_row::append_if_any;
use crate::tables::Tables;
use crate::trouble::SqliteTrouble;

/// Rows that one purge removes at the most, so that no write waits long behind it.
const BATCH: u32 = 1_000;

pub(super) fn insert_user(
    conn: &Connection,
    tables: &Tables,
    new: NewUser,
    cause: &Cause,
) -> Result<InsertUser, SqliteTrouble> {
    if email_taken(conn, tables, new.email.key())? {
        return Ok(InsertUser::EmailTaken);
    }
    insert_row(conn, tables, new, cause).map(InsertUser::Inserted)
}

pub(super) fn insert_first_admin(
    conn: &Connection,
    tables: &Tables,
    new: NewUser,
    cause: &Cause,
) -> Result<InsertFirstAdmin, SqliteTrouble> {
    if admin_exists(conn, tables, &new.role, None)? {
        return Ok(InsertFirstAdmin::AdminExists);
    }
    if email_taken(conn, tables, new.email.key())? {
        return Ok(InsertFirstAdmin::EmailTaken);
    }
    insert_row(conn, tables, new, cause).map(InsertFirstAdmin::Inserted)
}

pub(super) fn set_active(
    conn: &Connection,
    tables: &Tables,
    id: &UserId,
    active: bool,
    epoch: Epoch,
    guard: &Guard,
    cause: &Cause,
) -> Result<SetUser, SqliteTrouble> {
    let Some(before) = find(conn, tables, id)?.filter(User::exists) else {
        return Ok(SetUser::Missing);
    };
    if guard.is_stale(&before) {
        return Ok(SetUser::Stale);
    }
    if before.is_active == active {
        return Ok(SetUser::Unchanged);
    }
    if !active && is_last_admin(conn, tables, &before, guard)? {
        return Ok(SetUser::LastAdmin);
    }
    let updated_at = tables.layout.updated(before.updated_at, cause.at);
    let after = User { is_active: active, session_epoch: epoch, updated_at, ..before.clone() };
    let values = params![tables.layout.key(id), active, epoch.as_bytes(), tables.layout.time(cause.at)];
    done(conn, &tables.sql.set_active, values, before, after, cause)
}

pub(super) fn set_role(
    conn: &Connection,
    tables: &Tables,
    id: &UserId,
    role: Role,
    guard: &Guard,
    cause: &Cause,
) -> Result<SetUser, SqliteTrouble> {
    let Some(before) = find(conn, tables, id)?.filter(User::exists) else {
        return Ok(SetUser::Missing);
    };
    if guard.is_stale(&before) {
        return Ok(SetUser::Stale);
    }
    if before.role == role {
        return Ok(SetUser::Unchanged);
    }
    if is_last_admin(conn, tables, &before, guard)? {
        return Ok(SetUser::LastAdmin);
    }
    let updated_at = tables.layout.updated(before.updated_at, cause.at);
    let after = User { role, updated_at, ..before.clone() };
    let values = params![tables.layout.key(id), role.as_str(), tables.layout.time(cause.at)];
    done(conn, &tables.sql.set_role, values, before, after, cause)
}

pub(super) fn delete_user(
    conn: &Connection,
    tables: &Tables,
    id: &UserId,
    epoch: Epoch,
    guard: &Guard,
    cause: &Cause,
) -> Result<SetUser, SqliteTrouble> {
    let Some(before) = find(conn, tables, id)? else {
        return Ok(SetUser::Missing);
    };
    if guard.is_stale(&before) {
        return Ok(SetUser::Stale);
    }
    if !before.exists() {
        return Ok(SetUser::Unchanged);
    }
    if is_last_admin(conn, tables, &before, guard)? {
        return Ok(SetUser::LastAdmin);
    }
    let updated_at = tables.layout.updated(before.updated_at, cause.at);
    let deleted_at = Some(tables.layout.held(cause.at));
    let after = User { deleted_at, session_epoch: epoch, updated_at, ..before.clone() };
    // Without a column for the mark the row goes, and its sessions with it.
    let marks = tables.layout.has(UserColumn::DeletedAt);
    let sql = if marks { &tables.sql.delete_user } else { &tables.sql.purge_user };
    let values = params![tables.layout.key(id), epoch.as_bytes(), tables.layout.time(cause.at)];
    done(conn, sql, values, before, after, cause)
}

pub(super) fn restore_user(
    conn: &Connection,
    tables: &Tables,
    id: &UserId,
    epoch: Epoch,
    guard: &Guard,
    cause: &Cause,
) -> Result<SetUser, SqliteTrouble> {
    let Some(before) = find(conn, tables, id)? else {
        return Ok(SetUser::Missing);
    };
    if guard.is_stale(&before) {
        return Ok(SetUser::Stale);
    }
    if before.exists() {
        return Ok(SetUser::Unchanged);
    }
    let updated_at = tables.layout.updated(before.updated_at, cause.at);
    let after = User { deleted_at: None, session_epoch: epoch, updated_at, ..before.clone() };
    let values = params![tables.layout.key(id), epoch.as_bytes(), tables.layout.time(cause.at)];
    done(conn, &tables.sql.restore_user, values, before, after, cause)
}

pub(super) fn purge_deleted_users(
    conn: &Connection,
    tables: &Tables,
    before: Timestamp,
    limit: u32,
) -> Result<u64, SqliteTrouble> {
    if !tables.layout.has(UserColumn::DeletedAt) {
        return Ok(0);
    }
    let values = params![tables.layout.order_value(before), limit.min(BATCH)];
    let removed = conn.prepare_cached(&tables.sql.purge_deleted_users)?.execute(values)?;
    Ok(removed as u64)
}

pub(super) fn purge_user(
    conn: &Connection,
    tables: &Tables,
    id: &UserId,
    guard: &Guard,
    cause: &Cause,
) -> Result<PurgeUser, SqliteTrouble> {
    let Some(user) = find(conn, tables, id)? else {
        return Ok(PurgeUser::Missing);
    };
    if guard.is_stale(&user) {
        return Ok(PurgeUser::Stale);
    }
    if user.exists() {
        return Ok(PurgeUser::NotDeleted);
    }
    conn.prepare_cached(&tables.sql.purge_user)?.execute(params![tables.layout.key(id)])?;
    append_if_any(conn, cause.event.as_ref())?;
    Ok(PurgeUser::Purged)
}

/// Whether another user has the canonical address, deleted ones included.
pub(super) fn email_taken(conn: &Connection, tables: &Tables, key: &EmailKey) -> Result<bool, SqliteTrouble> {
    let taken: bool =
        conn.prepare_cached(&tables.sql.email_taken)?.query_row(params![key.as_str()], |row| row.get(0))?;
    Ok(taken || tables.layout.table().is_some() && is_taken_without_key(conn, tables, key)?)
}

/// Writes one row with what was decided on it, and the event of the change.
pub(super) fn done(
    conn: &Connection,
    sql: &str,
    values: &[&dyn ToSql],
    before: User,
    after: User,
    cause: &Cause,
) -> Result<SetUser, SqliteTrouble> {
    write(conn, sql, values)?;
    append_if_any(conn, cause.event_changing(before.changes(&after)).as_ref())?;
    Ok(SetUser::Done { before: Box::new(before), after: Box::new(after) })
}

/// Writes one row. The statement repeats what was decided on, so another number of rows is never silent.
pub(super) fn write(conn: &Connection, sql: &str, values: &[&dyn ToSql]) -> Result<(), SqliteTrouble> {
    match execute(conn, sql, values)? {
        1 => Ok(()),
        rows => Err(rusqlite::Error::StatementChangedRows(rows).into()),
    }
}

fn insert_row(conn: &Connection, tables: &Tables, new: NewUser, cause: &Cause) -> Result<Box<User>, SqliteTrouble> {
    let id = new.suggested_id;
    let mut user = new.into_user(id, tables.layout.held(cause.at));
    user.profile = tables.layout.held_profile(user.profile)?;
    user.is_verified |= !tables.layout.has(UserColumn::IsVerified);
    user.id = insert(conn, tables, &user)?;
    append_if_any(conn, cause.event_about(&user.id).as_ref())?;
    Ok(Box::new(user))
}

/// Whether a row that another program inserted has the address and waits for its key: the two would be twins.
fn is_taken_without_key(conn: &Connection, tables: &Tables, key: &EmailKey) -> Result<bool, SqliteTrouble> {
    let mut statement = conn.prepare_cached(&tables.sql.keyless_addresses)?;
    let mut rows = statement.query(())?;
    while let Some(row) = rows.next()? {
        let address = row.get_ref(0)?.as_str().ok().and_then(|text| Email::parse(text).ok());
        if address.is_some_and(|address| address.key() == key) {
            return Ok(true);
        }
    }
    Ok(false)
}

fn is_last_admin(conn: &Connection, tables: &Tables, user: &User, guard: &Guard) -> Result<bool, SqliteTrouble> {
    let counts = user.is_active && user.exists() && user.role == guard.admin_role;
    Ok(counts && !admin_exists(conn, tables, &guard.admin_role, Some(&user.id))?)
}

fn admin_exists(
    conn: &Connection,
    tables: &Tables,
    role: &Role,
    besides: Option<&UserId>,
) -> Result<bool, SqliteTrouble> {
    let values = params![role.as_str(), besides.map(|id| tables.layout.key(id))];
    Ok(conn.prepare_cached(&tables.sql.other_admin)?.query_row(values, |row| row.get(0))?)
}
