//! What a user's own credentials allow: password, address, profile and epoch, each compared and swapped.

use authkit_core::{
    Cause, Email, EmailKey, Epoch, PasswordHash, PasswordSwap, Profile, ReplaceEmail, ReplacePassword, Role, SetUser,
    Timestamp, User, UserId,
};
use authkit_sql::UserColumn;
use rusqlite::{Connection, ToSql, params};

use super::row::find;
use super::steps::{done, email_taken, write};
use crate::event_row::{append_if_any, json_text};
use crate::tables::Tables;
use crate::trouble::SqliteTrouble;

pub(super) fn replace_password(
    conn: &Connection,
    tables: &Tables,
    swap: &PasswordSwap,
    cause: &Cause,
) -> Result<ReplacePassword, SqliteTrouble> {
    let Some(before) = find(conn, tables, &swap.id)?.filter(User::exists) else {
        return Ok(ReplacePassword::Missing);
    };
    if before.password_hash != swap.old_hash {
        return Ok(ReplacePassword::Stale);
    }
    let key = tables.layout.key(&swap.id);
    let (old, new) = (swap.old_hash.as_ref().map(PasswordHash::expose), swap.new_hash.expose());
    let mut after = User { password_hash: Some(swap.new_hash.clone()), ..before.clone() };
    match swap.epochs {
        None => write(conn, &tables.sql.rehash_password, params![key, new, old])?,
        Some(epochs) if before.is_active && before.session_epoch == epochs.from => {
            let updated_at = tables.layout.updated(before.updated_at, cause.at);
            after = User { session_epoch: epochs.to, updated_at, ..after };
            let (from, to) = (epochs.from.as_bytes(), epochs.to.as_bytes());
            let values = params![key, new, to, tables.layout.time(cause.at), old, from];
            write(conn, &tables.sql.replace_password, values)?;
        }
        Some(_) => return Ok(ReplacePassword::Stale),
    }
    append_if_any(conn, cause.event_changing(before.changes(&after)).as_ref())?;
    Ok(ReplacePassword::Replaced(Box::new(after)))
}

pub(super) fn mark_verified(
    conn: &Connection,
    tables: &Tables,
    id: &UserId,
    key: &EmailKey,
    cause: &Cause,
) -> Result<SetUser, SqliteTrouble> {
    let Some(before) = find(conn, tables, id)?.filter(User::exists) else {
        return Ok(SetUser::Missing);
    };
    if before.email.key() != key {
        return Ok(SetUser::Stale);
    }
    if before.is_verified {
        return Ok(SetUser::Unchanged);
    }
    let updated_at = tables.layout.updated(before.updated_at, cause.at);
    let after = User { is_verified: true, updated_at, ..before.clone() };
    let values = params![tables.layout.key(id), key.as_str(), tables.layout.time(cause.at)];
    done(conn, &tables.sql.mark_verified, values, before, after, cause)
}

pub(super) fn replace_email(
    conn: &Connection,
    tables: &Tables,
    id: &UserId,
    old: &EmailKey,
    new: Email,
    if_epoch: Epoch,
    cause: &Cause,
) -> Result<ReplaceEmail, SqliteTrouble> {
    let Some(before) = find(conn, tables, id)?.filter(User::exists) else {
        return Ok(ReplaceEmail::Missing);
    };
    if before.email.key() != old || before.session_epoch != if_epoch {
        return Ok(ReplaceEmail::Stale);
    }
    // The same mailbox in another spelling is the user's own.
    if new.key() != old && email_taken(conn, tables, new.key())? {
        return Ok(ReplaceEmail::EmailTaken);
    }
    let (key, at) = (tables.layout.key(id), tables.layout.time(cause.at));
    let values = params![key, old.as_str(), new.as_str(), new.key().as_str(), if_epoch.as_bytes(), at];
    write(conn, &tables.sql.replace_email, values)?;
    let updated_at = tables.layout.updated(before.updated_at, cause.at);
    let after = User { email: new, is_verified: true, updated_at, ..before.clone() };
    append_if_any(conn, cause.event_changing(before.changes(&after)).as_ref())?;
    Ok(ReplaceEmail::Replaced(Box::new(after)))
}

pub(super) fn replace_profile(
    conn: &Connection,
    tables: &Tables,
    id: &UserId,
    profile: Profile,
    if_updated_at: Option<Timestamp>,
    cause: &Cause,
) -> Result<SetUser, SqliteTrouble> {
    let Some(before) = find(conn, tables, id)?.filter(User::exists) else {
        return Ok(SetUser::Missing);
    };
    if if_updated_at.is_some_and(|at| at != before.updated_at) {
        return Ok(SetUser::Stale);
    }
    let profile = tables.layout.held_profile(profile)?;
    if before.profile == profile {
        return Ok(SetUser::Unchanged);
    }
    let text = if tables.layout.table().is_none() { Some(json_text(profile.fields())?) } else { None };
    let fields = tables.layout.profile_values(&profile)?;
    let (key, at) = (tables.layout.key(id), tables.layout.time(cause.at));
    let mut values = params![key, text, at].to_vec();
    values.extend(fields.iter().map(|field| field as &dyn ToSql));
    let updated_at = tables.layout.updated(before.updated_at, cause.at);
    let after = User { profile, updated_at, ..before.clone() };
    done(conn, &tables.sql.replace_profile, &values, before, after, cause)
}

pub(super) fn advance_epoch(
    conn: &Connection,
    tables: &Tables,
    id: &UserId,
    from: Epoch,
    to: Epoch,
    if_role: Option<Role>,
    cause: &Cause,
) -> Result<SetUser, SqliteTrouble> {
    let Some(before) = find(conn, tables, id)?.filter(User::exists) else {
        return Ok(SetUser::Missing);
    };
    if before.session_epoch != from || if_role.is_some_and(|role| role != before.role) {
        return Ok(SetUser::Stale);
    }
    if from == to {
        return Ok(SetUser::Unchanged);
    }
    let updated_at = tables.layout.updated(before.updated_at, cause.at);
    let after = User { session_epoch: to, updated_at, ..before.clone() };
    let values = params![tables.layout.key(id), from.as_bytes(), to.as_bytes(), tables.layout.time(cause.at)];
    done(conn, &tables.sql.advance_epoch, values, before, after, cause)
}

pub(super) fn note_sign_in(
    conn: &Connection,
    tables: &Tables,
    id: &UserId,
    at: Timestamp,
) -> Result<(), SqliteTrouble> {
    let layout = &tables.layout;
    if layout.has(UserColumn::LastSignInAt) {
        let values = params![layout.key(id), layout.time(at), layout.order_value(at)];
        conn.prepare_cached(&tables.sql.note_sign_in)?.execute(values)?;
    }
    Ok(())
}
