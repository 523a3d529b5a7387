//! A user as the statements answer with it.

use authkit_core::{Email, Epoch, PasswordHash, Profile, Role, User};
use tokio_postgres::Row;

use crate::cells::Cells;
use crate::tables::Tables;
use crate::trouble::PostgresTrouble;

/// Reads what `{columns}` selects, from the column `first` on.
pub(crate) fn user(tables: &Tables, row: &Row, first: usize) -> Result<User, PostgresTrouble> {
    let cells = Cells::new("users", row, first);
    Ok(User {
        id: cells.user_id(0, tables.key_type())?,
        email: email(&cells)?,
        password_hash: cells.optional_text(3)?.map(PasswordHash::from),
        role: cells.fitting(4, Role::from_stored(cells.text(4)?))?,
        is_active: cells.flag(5)?,
        is_verified: cells.flag(6)?,
        session_epoch: Epoch::from_bytes(cells.bytes(7)?),
        created_at: cells.time(8)?,
        updated_at: cells.time(9)?,
        last_sign_in_at: cells.time(10)?,
        deleted_at: cells.optional_time(11)?,
        profile: Profile::new(cells.object(12)?),
    })
}

/// A row that another program inserted has no canonical address until the next backfill: it is made here.
fn email(cells: &Cells<'_>) -> Result<Email, PostgresTrouble> {
    let text = cells.text(1)?;
    match cells.optional_text(2)? {
        Some(key) => Ok(Email::from_stored(text.to_owned(), key.to_owned())),
        None => cells.fitting(1, Email::parse(text).ok()),
    }
}
