//! Inserting, administering and removing users, each step inside the writer's transaction with its event.

use authkit_core::{
    Cause, Epoch, Guard, InsertFirstAdmin, InsertUser, NewUser, PurgeUser, Role, SetUser, Timestamp, User, UserId,
};
use rusqlite::{Connection, ToSql, params};

use super::row::{find, insert};
use crate::event_row::append_if_any;
use crate::trouble::SqliteTrouble;

const EMAIL_TAKEN: &str = include_str!("../../sql/users/email_taken.sql");
const OTHER_ADMIN: &str = include_str!("../../sql/users/other_admin.sql");
const SET_ACTIVE: &str = include_str!("../../sql/users/set_active.sql");
const SET_ROLE: &str = include_str!("../../sql/users/set_role.sql");
const DELETE: &str = include_str!("../../sql/users/delete_user.sql");
const RESTORE: &str = include_str!("../../sql/users/restore_user.sql");
const PURGE_DELETED: &str = include_str!("../../sql/users/purge_deleted_users.sql");
const PURGE: &str = include_str!("../../sql/users/purge_user.sql");

/// Rows that one purge removes at the most, so that no write waits long behind it.
const BATCH: u32 = 1_000;

pub(super) fn insert_user(conn: &Connection, new: NewUser, cause: &Cause) -> Result<InsertUser, SqliteTrouble> {
    if email_taken(conn, new.email.key().as_str())? {
        return Ok(InsertUser::EmailTaken);
    }
    insert_row(conn, new, cause).map(InsertUser::Inserted)
}

pub(super) fn insert_first_admin(
    conn: &Connection,
    new: NewUser,
    cause: &Cause,
) -> Result<InsertFirstAdmin, SqliteTrouble> {
    if admin_exists(conn, &new.role, None)? {
        return Ok(InsertFirstAdmin::AdminExists);
    }
    if email_taken(conn, new.email.key().as_str())? {
        return Ok(InsertFirstAdmin::EmailTaken);
    }
    insert_row(conn, new, cause).map(InsertFirstAdmin::Inserted)
}

pub(super) fn set_active(
    conn: &Connection,
    id: &UserId,
    active: bool,
    epoch: Epoch,
    guard: &Guard,
    cause: &Cause,
) -> Result<SetUser, SqliteTrouble> {
    let Some(before) = find(conn, id)?.filter(User::exists) else {
        return Ok(SetUser::Missing);
    };
    if is_stale(&before, guard.if_updated_at) {
        return Ok(SetUser::Stale);
    }
    if before.is_active == active {
        return Ok(SetUser::Unchanged);
    }
    if !active && is_last_admin(conn, &before, guard)? {
        return Ok(SetUser::LastAdmin);
    }
    let values = params![id.as_str(), active, epoch.as_bytes(), cause.at.as_micros()];
    let after = User { is_active: active, session_epoch: epoch, updated_at: cause.at, ..before.clone() };
    done(conn, SET_ACTIVE, values, before, after, cause)
}

pub(super) fn set_role(
    conn: &Connection,
    id: &UserId,
    role: Role,
    guard: &Guard,
    cause: &Cause,
) -> Result<SetUser, SqliteTrouble> {
    let Some(before) = find(conn, id)?.filter(User::exists) else {
        return Ok(SetUser::Missing);
    };
    if is_stale(&before, guard.if_updated_at) {
        return Ok(SetUser::Stale);
    }
    if before.role == role {
        return Ok(SetUser::Unchanged);
    }
    if is_last_admin(conn, &before, guard)? {
        return Ok(SetUser::LastAdmin);
    }
    let values = params![id.as_str(), role.as_str(), cause.at.as_micros()];
    let after = User { role, updated_at: cause.at, ..before.clone() };
    done(conn, SET_ROLE, values, before, after, cause)
}

pub(super) fn delete_user(
    conn: &Connection,
    id: &UserId,
    epoch: Epoch,
    guard: &Guard,
    cause: &Cause,
) -> Result<SetUser, SqliteTrouble> {
    let Some(before) = find(conn, id)? else {
        return Ok(SetUser::Missing);
    };
    if is_stale(&before, guard.if_updated_at) {
        return Ok(SetUser::Stale);
    }
    if !before.exists() {
        return Ok(SetUser::Unchanged);
    }
    if is_last_admin(conn, &before, guard)? {
        return Ok(SetUser::LastAdmin);
    }
    let values = params![id.as_str(), epoch.as_bytes(), cause.at.as_micros()];
    let after = User { deleted_at: Some(cause.at), session_epoch: epoch, updated_at: cause.at, ..before.clone() };
    done(conn, DELETE, values, before, after, cause)
}

pub(super) fn restore_user(
    conn: &Connection,
    id: &UserId,
    epoch: Epoch,
    cause: &Cause,
) -> Result<SetUser, SqliteTrouble> {
    let Some(before) = find(conn, id)? else {
        return Ok(SetUser::Missing);
    };
    if before.exists() {
        return Ok(SetUser::Unchanged);
    }
    let values = params![id.as_str(), epoch.as_bytes(), cause.at.as_micros()];
    let after = User { deleted_at: None, session_epoch: epoch, updated_at: cause.at, ..before.clone() };
    done(conn, RESTORE, values, before, after, cause)
}

pub(super) fn purge_deleted_users(conn: &Connection, before: Timestamp, limit: u32) -> Result<u64, SqliteTrouble> {
    let removed = conn.prepare_cached(PURGE_DELETED)?.execute(params![before.as_micros(), limit.min(BATCH)])?;
    Ok(removed as u64)
}

pub(super) fn purge_user(conn: &Connection, id: &UserId, cause: &Cause) -> Result<PurgeUser, SqliteTrouble> {
    let Some(user) = find(conn, id)? else {
        return Ok(PurgeUser::Missing);
    };
    if user.exists() {
        return Ok(PurgeUser::NotDeleted);
    }
    conn.prepare_cached(PURGE)?.execute(params![id.as_str()])?;
    append_if_any(conn, cause.event.as_ref())?;
    Ok(PurgeUser::Purged)
}

/// Whether another user has the canonical address, deleted ones included.
pub(super) fn email_taken(conn: &Connection, key: &str) -> Result<bool, SqliteTrouble> {
    Ok(conn.prepare_cached(EMAIL_TAKEN)?.query_row(params![key], |row| row.get(0))?)
}

/// Whether the page that a write comes from shows an older row.
pub(super) fn is_stale(row: &User, if_updated_at: Option<Timestamp>) -> bool {
    if_updated_at.is_some_and(|at| at != row.updated_at)
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
    match conn.prepare_cached(sql)?.execute(values)? {
        1 => Ok(()),
        rows => Err(rusqlite::Error::StatementChangedRows(rows).into()),
    }
}

fn insert_row(conn: &Connection, new: NewUser, cause: &Cause) -> Result<Box<User>, SqliteTrouble> {
    let id = new.suggested_id;
    let user = new.into_user(id, cause.at);
    insert(conn, &user)?;
    append_if_any(conn, cause.event_about(&id).as_ref())?;
    Ok(Box::new(user))
}

fn is_last_admin(conn: &Connection, user: &User, guard: &Guard) -> Result<bool, SqliteTrouble> {
    let counts = user.is_active && user.exists() && user.role == guard.admin_role;
    Ok(counts && !admin_exists(conn, &guard.admin_role, Some(&user.id))?)
}

fn admin_exists(conn: &Connection, role: &Role, besides: Option<&UserId>) -> Result<bool, SqliteTrouble> {
    let values = params![role.as_str(), besides.map(UserId::as_str)];
    Ok(conn.prepare_cached(OTHER_ADMIN)?.query_row(values, |row| row.get(0))?)
}
