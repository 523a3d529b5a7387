//! A user as a row, both ways, and the reads by key.

use authkit_core::{Email, EmailKey, Epoch, PasswordHash, Profile, Role, Timestamp, User, UserId};
use rusqlite::types::ValueRef;
use rusqlite::{Connection, Row, ToSql, params};
use serde_json::Map;

use crate::cells::Cells;
use crate::event_row::json_text;
use crate::layout::{Layout, profile_places};
use crate::profile_columns::read_field;
use crate::tables::Tables;
use crate::times;
use crate::trouble::SqliteTrouble;

/// Reads a row of `{columns}`.
pub(super) fn user(layout: &Layout, row: &Row<'_>) -> Result<User, SqliteTrouble> {
    let Some(table) = layout.table() else {
        return own_user(row);
    };
    let cells = Cells::new("users", row);
    let profile = profile_places(table).map(|(i, name, column_type)| {
        let field = cells.fitting(i, read_field(column_type, layout.times(), row.get_ref(i)?))?;
        Ok((name.to_owned(), field))
    });
    let profile = profile.collect::<Result<Map<_, _>, SqliteTrouble>>()?;
    let created_at = cells.fitting(9, times::read(layout.times(), row.get_ref(9)?))?;
    let deleted_at = optional_time(layout, &cells, row, 12)?;
    Ok(User {
        id: cells.user_id(0)?,
        email: email(&cells)?,
        password_hash: cells.optional_text(3)?.map(PasswordHash::from),
        role: cells.fitting(4, Role::from_stored(cells.text(4)?))?,
        is_active: cells.flag(5)?,
        is_verified: cells.flag(6)?,
        session_epoch: Epoch::from_bytes(cells.optional_bytes(7)?.unwrap_or_default()),
        profile: Profile::new(profile.into_iter().filter(|(_, field)| !field.is_null()).collect()),
        created_at,
        updated_at: optional_time(layout, &cells, row, 10)?.unwrap_or(created_at),
        last_sign_in_at: optional_time(layout, &cells, row, 11)?.unwrap_or(created_at),
        deleted_at,
    })
}

pub(super) fn find(conn: &Connection, tables: &Tables, id: &UserId) -> Result<Option<User>, SqliteTrouble> {
    find_one(conn, tables, &tables.sql.find_user, &tables.layout.key(id))
}

pub(super) fn find_by_email(conn: &Connection, tables: &Tables, key: &EmailKey) -> Result<Option<User>, SqliteTrouble> {
    find_one(conn, tables, &tables.sql.find_user_by_email, &key.as_str())
}

/// Inserts a user that was never signed in, changed or deleted. Answers the key that the row has.
pub(super) fn insert(conn: &Connection, tables: &Tables, user: &User) -> Result<UserId, SqliteTrouble> {
    let layout = &tables.layout;
    let own_profile = if layout.table().is_none() { Some(json_text(user.profile.fields())?) } else { None };
    let profile = layout.profile_values(&user.profile)?;
    let (id, at) = (layout.key(&user.id), layout.time(user.created_at));
    let values = params![
        id,
        user.email.as_str(),
        user.email.key().as_str(),
        user.password_hash.as_ref().map(PasswordHash::expose),
        user.role.as_str(),
        user.is_active,
        user.is_verified,
        user.session_epoch.as_bytes(),
        own_profile,
        at,
    ];
    let mut values = values.to_vec();
    values.extend(profile.iter().map(|value| value as &dyn ToSql));
    execute(conn, &tables.sql.insert_user, &values)?;
    Ok(if layout.makes_keys() { UserId::from(conn.last_insert_rowid()) } else { user.id })
}

/// Runs a statement that may name fewer values than there are: one on a table without some column leaves its value out.
pub(super) fn execute(conn: &Connection, sql: &str, values: &[&dyn ToSql]) -> Result<usize, SqliteTrouble> {
    let mut statement = conn.prepare_cached(sql)?;
    for (place, value) in (1..=statement.parameter_count()).zip(values) {
        statement.raw_bind_parameter(place, value)?;
    }
    Ok(statement.raw_execute()?)
}

/// A row of the store's own table.
fn own_user(row: &Row<'_>) -> Result<User, SqliteTrouble> {
    let cells = Cells::new("ak_users", row);
    Ok(User {
        id: cells.fitting(0, UserId::new(cells.text(0)?))?,
        email: Email::from_stored(cells.text(1)?.to_owned(), cells.text(2)?.to_owned()),
        password_hash: cells.optional_text(3)?.map(PasswordHash::from),
        role: cells.fitting(4, Role::from_stored(cells.text(4)?))?,
        is_active: cells.flag(5)?,
        is_verified: cells.flag(6)?,
        session_epoch: Epoch::from_bytes(cells.bytes(7)?),
        profile: Profile::new(cells.object(8)?),
        created_at: cells.time(9)?,
        updated_at: cells.time(10)?,
        last_sign_in_at: cells.time(11)?,
        deleted_at: cells.optional_time(12)?,
    })
}

/// A row that another program inserted has no canonical address until the next backfill: it is made here.
fn email(cells: &Cells<'_>) -> Result<Email, SqliteTrouble> {
    let text = cells.text(1)?;
    match cells.optional_text(2)? {
        Some(key) => Ok(Email::from_stored(text.to_owned(), key.to_owned())),
        None => cells.fitting(1, Email::parse(text).ok()),
    }
}

fn optional_time(
    layout: &Layout,
    cells: &Cells<'_>,
    row: &Row<'_>,
    i: usize,
) -> Result<Option<Timestamp>, SqliteTrouble> {
    match row.get_ref(i)? {
        ValueRef::Null => Ok(None),
        cell => cells.fitting(i, times::read(layout.times(), cell)).map(Some),
    }
}

fn find_one(conn: &Connection, tables: &Tables, sql: &str, key: &dyn ToSql) -> Result<Option<User>, SqliteTrouble> {
    let mut statement = conn.prepare_cached(sql)?;
    let mut rows = statement.query([key])?;
    rows.next()?.map(|row| user(&tables.layout, row)).transpose()
}
