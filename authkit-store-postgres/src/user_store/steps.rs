//! What is done to users: one statement each, which decides, writes and tells, and answers with the row as it was.

use authkit_core::{
    Cause, Email, EmailKey, Epoch, Guard, InsertFirstAdmin, InsertUser, NewUser, PasswordHash, PasswordSwap, Profile,
    PurgeUser, ReplaceEmail, ReplacePassword, Role, SetUser, Timestamp, User, UserId,
};
use authkit_sql::UserColumn;
use serde_json::{Map, Value as Json};
use tokio_postgres::Row;

use super::row::user;
use crate::cells::Cells;
use crate::db::{Db, Point};
use crate::event_row;
use crate::sql::Sql;
use crate::trouble::PostgresTrouble;
use crate::value::Value;

/// Rows that one purge removes at the most, so that no write waits long behind it.
const BATCH: u32 = 1_000;

pub(super) async fn find(db: &Db, point: Point, key: Value<'_>) -> Result<Option<User>, PostgresTrouble> {
    let rows = db.point(point, &[key]).await?;
    rows.first().map(|row| user(&db.tables, row, 0)).transpose()
}

pub(super) async fn insert_user(db: &Db, new: &NewUser, cause: &Cause) -> Result<InsertUser, PostgresTrouble> {
    let rows = match db.write(Sql::InsertUser, &inserted(db, new, cause)).await {
        Ok(rows) => rows,
        Err(trouble) if is_taken_address(db, &trouble) => return Ok(InsertUser::EmailTaken),
        Err(trouble) => return Err(trouble),
    };
    let made = rows.first().map(|row| user(&db.tables, row, 0)).transpose()?;
    Ok(made.map_or(InsertUser::EmailTaken, |user| InsertUser::Inserted(Box::new(user))))
}

pub(super) async fn insert_first_admin(
    db: &Db,
    new: &NewUser,
    cause: &Cause,
) -> Result<InsertFirstAdmin, PostgresTrouble> {
    let values = inserted(db, new, cause);
    let rows = match db.write_all(&[(Sql::LockFirstAdmin, &[]), (Sql::InsertFirstAdmin, &values)]).await {
        Ok(rows) => rows,
        Err(trouble) if is_taken_address(db, &trouble) => return Ok(InsertFirstAdmin::EmailTaken),
        Err(trouble) => return Err(trouble),
    };
    let row = rows.first().ok_or_else(|| PostgresTrouble::no_row("users"))?;
    match Cells::new("users", row, 0).text(0)? {
        "inserted" => Ok(InsertFirstAdmin::Inserted(Box::new(user(&db.tables, row, 1)?))),
        "admin_exists" => Ok(InsertFirstAdmin::AdminExists),
        _ => Ok(InsertFirstAdmin::EmailTaken),
    }
}

pub(super) async fn replace_password(
    db: &Db,
    swap: &PasswordSwap,
    cause: &Cause,
) -> Result<ReplacePassword, PostgresTrouble> {
    let Some(key) = db.tables.key(&swap.id) else { return Ok(ReplacePassword::Missing) };
    let old = Value::from(swap.old_hash.as_ref().map(PasswordHash::expose));
    let new = Value::from(swap.new_hash.expose());
    let event = event_row::value(cause.event.as_ref());
    let rows = match &swap.epochs {
        None => db.write(Sql::RehashPassword, &[key, old, new, event]).await?,
        Some(epochs) => {
            let epochs = (Value::from(&epochs.from), Value::from(&epochs.to));
            db.write(Sql::ReplacePassword, &[key, old, new, epochs.0, epochs.1, cause.at.into(), event]).await?
        }
    };
    Ok(match Outcome::read(db, &rows)? {
        Outcome::Done(before) => {
            let mut after = User { password_hash: Some(swap.new_hash.clone()), ..*before };
            if let Some(epochs) = swap.epochs {
                after = touched(db, User { session_epoch: epochs.to, ..after }, cause.at);
            }
            ReplacePassword::Replaced(Box::new(after))
        }
        Outcome::Missing => ReplacePassword::Missing,
        Outcome::Stale | Outcome::Unchanged | Outcome::LastAdmin => ReplacePassword::Stale,
    })
}

pub(super) async fn set_active(
    db: &Db,
    id: &UserId,
    active: bool,
    epoch: Epoch,
    guard: &Guard,
    cause: &Cause,
) -> Result<SetUser, PostgresTrouble> {
    let Some(key) = db.tables.key(id) else { return Ok(SetUser::Missing) };
    let values = [
        key,
        active.into(),
        Value::from(&epoch),
        guard.admin_role.as_str().into(),
        guard.if_updated_at.into(),
        cause.at.into(),
        event_row::value(cause.event.as_ref()),
        judged(guard.if_role.as_ref()),
    ];
    let rows = db.write(Sql::SetActive, &values).await?;
    set(db, &rows, cause, |before| User { is_active: active, session_epoch: epoch, ..before })
}

pub(super) async fn set_role(
    db: &Db,
    id: &UserId,
    role: Role,
    guard: &Guard,
    cause: &Cause,
) -> Result<SetUser, PostgresTrouble> {
    let Some(key) = db.tables.key(id) else { return Ok(SetUser::Missing) };
    let values = [
        key,
        role.as_str().into(),
        guard.admin_role.as_str().into(),
        guard.if_updated_at.into(),
        cause.at.into(),
        event_row::value(cause.event.as_ref()),
        judged(guard.if_role.as_ref()),
    ];
    let rows = db.write(Sql::SetRole, &values).await?;
    set(db, &rows, cause, |before| User { role, ..before })
}

pub(super) async fn delete_user(
    db: &Db,
    id: &UserId,
    epoch: Epoch,
    guard: &Guard,
    cause: &Cause,
) -> Result<SetUser, PostgresTrouble> {
    let Some(key) = db.tables.key(id) else { return Ok(SetUser::Missing) };
    let values = [
        key,
        Value::from(&epoch),
        guard.admin_role.as_str().into(),
        guard.if_updated_at.into(),
        cause.at.into(),
        event_row::value(cause.event.as_ref()),
        judged(guard.if_role.as_ref()),
    ];
    let rows = db.write(Sql::DeleteUser, &values).await?;
    set(db, &rows, cause, |before| User { deleted_at: Some(cause.at), session_epoch: epoch, ..before })
}

pub(super) async fn restore_user(
    db: &Db,
    id: &UserId,
    epoch: Epoch,
    guard: &Guard,
    cause: &Cause,
) -> Result<SetUser, PostgresTrouble> {
    let Some(key) = db.tables.key(id) else { return Ok(SetUser::Missing) };
    let values = [
        key,
        Value::from(&epoch),
        cause.at.into(),
        event_row::value(cause.event.as_ref()),
        guard.if_updated_at.into(),
        judged(guard.if_role.as_ref()),
    ];
    let rows = db.write(Sql::RestoreUser, &values).await?;
    set(db, &rows, cause, |before| User { deleted_at: None, session_epoch: epoch, ..before })
}

pub(super) async fn mark_verified(
    db: &Db,
    id: &UserId,
    address: &EmailKey,
    cause: &Cause,
) -> Result<SetUser, PostgresTrouble> {
    let Some(key) = db.tables.key(id) else { return Ok(SetUser::Missing) };
    let values = [key, address.as_str().into(), cause.at.into(), event_row::value(cause.event.as_ref())];
    let rows = db.write(Sql::MarkVerified, &values).await?;
    set(db, &rows, cause, |before| User { is_verified: true, ..before })
}

pub(super) async fn replace_email(
    db: &Db,
    id: &UserId,
    old: &EmailKey,
    new: &Email,
    if_epoch: Epoch,
    cause: &Cause,
) -> Result<ReplaceEmail, PostgresTrouble> {
    let Some(key) = db.tables.key(id) else { return Ok(ReplaceEmail::Missing) };
    let values = [
        key,
        old.as_str().into(),
        new.as_str().into(),
        new.key().as_str().into(),
        Value::from(&if_epoch),
        cause.at.into(),
        event_row::value(cause.event.as_ref()),
    ];
    let rows = match db.write(Sql::ReplaceEmail, &values).await {
        Ok(rows) => rows,
        Err(trouble) if is_taken_address(db, &trouble) => return Ok(ReplaceEmail::EmailTaken),
        Err(trouble) => return Err(trouble),
    };
    if rows.first().is_some_and(|row| Cells::new("users", row, 0).text(0).is_ok_and(|outcome| outcome == "taken")) {
        return Ok(ReplaceEmail::EmailTaken);
    }
    Ok(match Outcome::read(db, &rows)? {
        Outcome::Done(before) => {
            let after = User { email: new.clone(), is_verified: true, ..*before };
            ReplaceEmail::Replaced(Box::new(touched(db, after, cause.at)))
        }
        Outcome::Missing => ReplaceEmail::Missing,
        Outcome::Stale | Outcome::Unchanged | Outcome::LastAdmin => ReplaceEmail::Stale,
    })
}

pub(super) async fn replace_profile(
    db: &Db,
    id: &UserId,
    profile: Profile,
    if_updated_at: Option<Timestamp>,
    cause: &Cause,
) -> Result<SetUser, PostgresTrouble> {
    let Some(key) = db.tables.key(id) else { return Ok(SetUser::Missing) };
    let event = event_row::value(cause.event.as_ref());
    let values = [key, Value::OwnedText(json(profile.fields())), if_updated_at.into(), cause.at.into(), event];
    let rows = db.write(Sql::ReplaceProfile, &values).await?;
    set(db, &rows, cause, |before| User { profile, ..before })
}

pub(super) async fn advance_epoch(
    db: &Db,
    id: &UserId,
    from: Epoch,
    to: Epoch,
    if_role: Option<Role>,
    cause: &Cause,
) -> Result<SetUser, PostgresTrouble> {
    let Some(key) = db.tables.key(id) else { return Ok(SetUser::Missing) };
    let event = event_row::value(cause.event.as_ref());
    let values = [key, Value::from(&from), Value::from(&to), cause.at.into(), event, judged(if_role.as_ref())];
    let rows = db.write(Sql::AdvanceEpoch, &values).await?;
    set(db, &rows, cause, |before| User { session_epoch: to, ..before })
}

pub(super) async fn note_sign_in(db: &Db, id: &UserId, at: Timestamp) -> Result<(), PostgresTrouble> {
    if let Some(key) = db.tables.key(id).filter(|_| db.has(UserColumn::LastSignInAt)) {
        db.write_again(Sql::NoteSignIn, &[key, at.into()]).await?;
    }
    Ok(())
}

pub(super) async fn purge_deleted_users(db: &Db, before: Timestamp, limit: u32) -> Result<u64, PostgresTrouble> {
    if !db.has(UserColumn::DeletedAt) {
        return Ok(0);
    }
    let rows = db.write_again(Sql::PurgeDeletedUsers, &[before.into(), i64::from(limit.min(BATCH)).into()]).await?;
    rows.first().map_or(Ok(0), |row| Cells::new("users", row, 0).number(0))
}

pub(super) async fn purge_user(
    db: &Db,
    id: &UserId,
    guard: &Guard,
    cause: &Cause,
) -> Result<PurgeUser, PostgresTrouble> {
    let Some(key) = db.tables.key(id) else { return Ok(PurgeUser::Missing) };
    let event = event_row::value(cause.event.as_ref());
    let values = [key, event, guard.if_updated_at.into(), judged(guard.if_role.as_ref())];
    let rows = db.write(Sql::PurgeUser, &values).await?;
    let Some(row) = rows.first() else { return Ok(PurgeUser::Missing) };
    Ok(match Cells::new("users", row, 0).text(0)? {
        "purged" => PurgeUser::Purged,
        "stale" => PurgeUser::Stale,
        _ => PurgeUser::NotDeleted,
    })
}

/// What a statement decided; a row that was changed comes as it was before.
enum Outcome {
    Done(Box<User>),
    Unchanged,
    LastAdmin,
    Stale,
    Missing,
}

impl Outcome {
    fn read(db: &Db, rows: &[Row]) -> Result<Self, PostgresTrouble> {
        let Some(row) = rows.first() else { return Ok(Self::Missing) };
        let cells = Cells::new("users", row, 0);
        match cells.text(0)? {
            "done" => user(&db.tables, row, 1).map(Box::new).map(Self::Done),
            "unchanged" => Ok(Self::Unchanged),
            "last_admin" => Ok(Self::LastAdmin),
            "stale" => Ok(Self::Stale),
            "missing" => Ok(Self::Missing),
            _ => cells.fitting(0, None),
        }
    }
}

fn set(db: &Db, rows: &[Row], cause: &Cause, change: impl FnOnce(User) -> User) -> Result<SetUser, PostgresTrouble> {
    Ok(match Outcome::read(db, rows)? {
        Outcome::Done(before) => {
            let after = touched(db, change(User::clone(&before)), cause.at);
            SetUser::Done { before, after: Box::new(after) }
        }
        Outcome::Unchanged => SetUser::Unchanged,
        Outcome::LastAdmin => SetUser::LastAdmin,
        Outcome::Stale => SetUser::Stale,
        Outcome::Missing => SetUser::Missing,
    })
}

/// The row with the instant of its change, where the table keeps one.
fn touched(db: &Db, user: User, at: Timestamp) -> User {
    if db.has(UserColumn::UpdatedAt) { User { updated_at: at, ..user } } else { user }
}

/// By the index on the canonical address, or by one that a table of the application's own has on the address as typed.
fn is_taken_address(db: &Db, trouble: &PostgresTrouble) -> bool {
    trouble.is_taken(&db.tables.address_columns())
}

/// The values of an insert, see [`crate::tables::Tables`].
fn inserted<'a>(db: &Db, new: &'a NewUser, cause: &Cause) -> [Value<'a>; 11] {
    // A table of whole numbers makes its own keys; any other takes the one that is suggested.
    let id = db.tables.key(&new.suggested_id).unwrap_or(Value::Text(None));
    [
        id,
        new.email.as_str().into(),
        new.email.key().as_str().into(),
        new.password_hash.as_ref().map(PasswordHash::expose).into(),
        new.role.as_str().into(),
        new.is_active.into(),
        new.is_verified.into(),
        Value::from(&new.session_epoch),
        Value::OwnedText(json(new.profile.fields())),
        cause.at.into(),
        event_row::value(cause.event.as_ref()),
    ]
}

/// The role that must stand, where one must.
fn judged(role: Option<&Role>) -> Value<'_> {
    role.map(Role::as_str).into()
}

fn json(fields: &Map<String, Json>) -> String {
    // Text, numbers and JSON with text as its keys: nothing that JSON refuses.
    serde_json::to_string(fields).unwrap_or_default()
}
