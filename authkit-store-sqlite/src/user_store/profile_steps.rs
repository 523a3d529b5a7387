//! What a user's own credentials allow: password, address, profile and epoch, each compared and swapped.

use authkit_core::{
    Cause, Email, EmailKey, Epoch, PasswordHash, PasswordSwap, Profile, ReplaceEmail, ReplacePassword, SetUser,
    Timestamp, User, UserId,
};
use rusqlite::{Connection, params};

use super::row::find;
use super::steps::{done, email_taken, is_stale, write};
use crate::event_row::{append_if_any, json_text};
use crate::trouble::SqliteTrouble;

const REPLACE_PASSWORD: &str = include_str!("../../sql/users/replace_password.sql");
const REHASH_PASSWORD: &str = include_str!("../../sql/users/rehash_password.sql");
const MARK_VERIFIED: &str = include_str!("../../sql/users/mark_verified.sql");
const REPLACE_EMAIL: &str = include_str!("../../sql/users/replace_email.sql");
const REPLACE_PROFILE: &str = include_str!("../../sql/users/replace_profile.sql");
const ADVANCE_EPOCH: &str = include_str!("../../sql/users/advance_epoch.sql");
const NOTE_SIGN_IN: &str = include_str!("../../sql/users/note_sign_in.sql");

pub(super) fn replace_password(
    conn: &Connection,
    swap: &PasswordSwap,
    cause: &Cause,
) -> Result<ReplacePassword, SqliteTrouble> {
    let Some(before) = find(conn, &swap.id)?.filter(User::exists) else {
        return Ok(ReplacePassword::Missing);
    };
    if before.password_hash != swap.old_hash {
        return Ok(ReplacePassword::Stale);
    }
    let (old, new) = (swap.old_hash.as_ref().map(PasswordHash::expose), swap.new_hash.expose());
    let mut after = User { password_hash: Some(swap.new_hash.clone()), ..before.clone() };
    match swap.epochs {
        None => write(conn, REHASH_PASSWORD, params![swap.id.as_str(), new, old])?,
        Some(epochs) if before.is_active && before.session_epoch == epochs.from => {
            after = User { session_epoch: epochs.to, updated_at: cause.at, ..after };
            let (from, to) = (epochs.from.as_bytes(), epochs.to.as_bytes());
            let values = params![swap.id.as_str(), new, to, cause.at.as_micros(), old, from];
            write(conn, REPLACE_PASSWORD, values)?;
        }
        Some(_) => return Ok(ReplacePassword::Stale),
    }
    append_if_any(conn, cause.event_changing(before.changes(&after)).as_ref())?;
    Ok(ReplacePassword::Replaced(Box::new(after)))
}

pub(super) fn mark_verified(
    conn: &Connection,
    id: &UserId,
    key: &EmailKey,
    cause: &Cause,
) -> Result<SetUser, SqliteTrouble> {
    let Some(before) = find(conn, id)?.filter(User::exists) else {
        return Ok(SetUser::Missing);
    };
    if before.email.key() != key {
        return Ok(SetUser::Stale);
    }
    if before.is_verified {
        return Ok(SetUser::Unchanged);
    }
    let values = params![id.as_str(), key.as_str(), cause.at.as_micros()];
    let after = User { is_verified: true, updated_at: cause.at, ..before.clone() };
    done(conn, MARK_VERIFIED, values, before, after, cause)
}

pub(super) fn replace_email(
    conn: &Connection,
    id: &UserId,
    old: &EmailKey,
    new: Email,
    if_epoch: Epoch,
    cause: &Cause,
) -> Result<ReplaceEmail, SqliteTrouble> {
    let Some(before) = find(conn, id)?.filter(User::exists) else {
        return Ok(ReplaceEmail::Missing);
    };
    if before.email.key() != old || before.session_epoch != if_epoch {
        return Ok(ReplaceEmail::Stale);
    }
    // The same mailbox in another spelling is the user's own.
    if new.key() != old && email_taken(conn, new.key().as_str())? {
        return Ok(ReplaceEmail::EmailTaken);
    }
    let values =
        params![id.as_str(), old.as_str(), new.as_str(), new.key().as_str(), if_epoch.as_bytes(), cause.at.as_micros()];
    write(conn, REPLACE_EMAIL, values)?;
    let after = User { email: new, is_verified: true, updated_at: cause.at, ..before.clone() };
    append_if_any(conn, cause.event_changing(before.changes(&after)).as_ref())?;
    Ok(ReplaceEmail::Replaced(Box::new(after)))
}

pub(super) fn replace_profile(
    conn: &Connection,
    id: &UserId,
    profile: Profile,
    if_updated_at: Option<Timestamp>,
    cause: &Cause,
) -> Result<SetUser, SqliteTrouble> {
    let Some(before) = find(conn, id)?.filter(User::exists) else {
        return Ok(SetUser::Missing);
    };
    if is_stale(&before, if_updated_at) {
        return Ok(SetUser::Stale);
    }
    if before.profile == profile {
        return Ok(SetUser::Unchanged);
    }
    let text = json_text(profile.fields())?;
    let after = User { profile, updated_at: cause.at, ..before.clone() };
    done(conn, REPLACE_PROFILE, params![id.as_str(), text, cause.at.as_micros()], before, after, cause)
}

pub(super) fn advance_epoch(
    conn: &Connection,
    id: &UserId,
    from: Epoch,
    to: Epoch,
    cause: &Cause,
) -> Result<SetUser, SqliteTrouble> {
    let Some(before) = find(conn, id)?.filter(User::exists) else {
        return Ok(SetUser::Missing);
    };
    if before.session_epoch != from {
        return Ok(SetUser::Stale);
    }
    if from == to {
        return Ok(SetUser::Unchanged);
    }
    let values = params![id.as_str(), from.as_bytes(), to.as_bytes(), cause.at.as_micros()];
    let after = User { session_epoch: to, updated_at: cause.at, ..before.clone() };
    done(conn, ADVANCE_EPOCH, values, before, after, cause)
}

pub(super) fn note_sign_in(conn: &Connection, id: &UserId, at: Timestamp) -> Result<(), SqliteTrouble> {
    conn.prepare_cached(NOTE_SIGN_IN)?.execute(params![id.as_str(), at.as_micros()])?;
    Ok(())
}
