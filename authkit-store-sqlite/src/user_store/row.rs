//! A user as a row, both ways, and the reads by key.

use authkit_core::{Email, EmailKey, Epoch, PasswordHash, Profile, Role, User, UserId};
use rusqlite::{Connection, Row, params};

use crate::cells::Cells;
use crate::event_row::json_text;
use crate::trouble::SqliteTrouble;

const FIND: &str = include_str!("../../sql/users/find_user.sql");
const FIND_BY_EMAIL: &str = include_str!("../../sql/users/find_user_by_email.sql");
const INSERT: &str = include_str!("../../sql/users/insert_user.sql");

/// The columns, in the order that [`user`] reads them in.
pub(super) const COLUMNS: &str = "id, email, email_key, password_hash, role, is_active, is_verified, session_epoch, \
                                  profile, created_at, updated_at, last_sign_in_at, deleted_at";

/// Reads a row of [`COLUMNS`].
pub(super) fn user(row: &Row<'_>) -> Result<User, SqliteTrouble> {
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

pub(super) fn find(conn: &Connection, id: &UserId) -> Result<Option<User>, SqliteTrouble> {
    find_one(conn, FIND, id.as_str())
}

pub(super) fn find_by_email(conn: &Connection, key: &EmailKey) -> Result<Option<User>, SqliteTrouble> {
    find_one(conn, FIND_BY_EMAIL, key.as_str())
}

/// Inserts a user that was never signed in, changed or deleted.
pub(super) fn insert(conn: &Connection, user: &User) -> Result<(), SqliteTrouble> {
    conn.prepare_cached(INSERT)?.execute(params![
        user.id.as_str(),
        user.email.as_str(),
        user.email.key().as_str(),
        user.password_hash.as_ref().map(PasswordHash::expose),
        user.role.as_str(),
        user.is_active,
        user.is_verified,
        user.session_epoch.as_bytes(),
        json_text(user.profile.fields())?,
        user.created_at.as_micros(),
    ])?;
    Ok(())
}

fn find_one(conn: &Connection, sql: &str, key: &str) -> Result<Option<User>, SqliteTrouble> {
    let mut statement = conn.prepare_cached(sql)?;
    let mut rows = statement.query(params![key])?;
    rows.next()?.map(user).transpose()
}
