//! What is done to sessions, each step inside the writer's transaction with its event.

use authkit_core::{
    Cause, ConfirmSession, Epoch, Event, InsertSession, NewSession, RevokeReason, RevokeSession, Rotate, Rotation,
    RotationEvents, Session, SessionId, Timestamp, UserId, decide,
};
use rusqlite::{Connection, params};
use uuid::Uuid;

use super::row::{generation, insert, session};
use crate::connection::Users;
use crate::event_row::{append_if_any, id_bytes};
use crate::tables::Tables;
use crate::trouble::SqliteTrouble;

const FIND: &str = include_str!("../../sql/sessions/find_session.sql");
const OPEN_SESSIONS: &str = include_str!("../../sql/sessions/open_sessions.sql");
const ROTATE: &str = include_str!("../../sql/sessions/rotate_session.sql");
const REVOKE: &str = include_str!("../../sql/sessions/revoke_session.sql");
const TIDY: &str = include_str!("../../sql/sessions/tidy_epoch.sql");
const CONFIRM: &str = include_str!("../../sql/sessions/confirm_session.sql");

pub(super) fn find_session(conn: &Connection, id: SessionId) -> Result<Option<Session>, SqliteTrouble> {
    let mut statement = conn.prepare_cached(FIND)?;
    let mut rows = statement.query(params![id_bytes(id.as_uuid())])?;
    rows.next()?.map(session).transpose()
}

pub(super) fn insert_session(
    conn: &Connection,
    tables: &Tables,
    new: NewSession,
    cap: u32,
    cause: &Cause,
    cap_event: Option<Event>,
) -> Result<InsertSession, SqliteTrouble> {
    if tables.users == Users::Here {
        let id = tables.layout.key(&new.user_id);
        let exists: bool = conn.prepare_cached(&tables.sql.user_exists)?.query_row(params![id], |row| row.get(0))?;
        if !exists {
            return Ok(InsertSession::UserMissing);
        }
    }
    let new = new.into_session(cause.at);
    insert(conn, tables, &new)?;
    let others = open_sessions(conn, tables, &new.user_id, new.epoch, Some(new.id), cause.at)?;
    let room = usize::try_from(cap.saturating_sub(1)).unwrap_or(usize::MAX);
    // They come newest first, and are answered oldest first.
    let evicted: Vec<SessionId> = others.into_iter().skip(room).rev().collect();
    for id in &evicted {
        revoke(conn, *id, RevokeReason::Cap, cause.at)?;
    }
    append_if_any(conn, cause.event.as_ref())?;
    if !evicted.is_empty() {
        append_if_any(conn, cap_event.map(|event| event.ending(&evicted)).as_ref())?;
    }
    Ok(InsertSession::Inserted { evicted })
}

pub(super) fn rotate(conn: &Connection, step: &Rotation, events: &RotationEvents) -> Result<Rotate, SqliteTrouble> {
    let Some(mut row) = find_session(conn, step.session)? else {
        return Ok(Rotate::Missing);
    };
    let outcome = decide(&mut row, step);
    match &outcome {
        Rotate::Rotated(row) => {
            conn.prepare_cached(ROTATE)?.execute(params![
                id_bytes(row.id.as_uuid()),
                step.presented.as_bytes(),
                row.token_hash.as_bytes(),
                row.kid.as_str(),
                generation(row)?,
                row.rotated_at.as_micros(),
                row.idle_at.as_micros(),
            ])?;
        }
        Rotate::Reused => revoke(conn, row.id, RevokeReason::Reuse, step.at)?,
        Rotate::Replayed(_) | Rotate::ClockBehind | Rotate::Expired | Rotate::Revoked | Rotate::Missing => {}
    }
    append_if_any(conn, events.of(&outcome))?;
    Ok(outcome)
}

pub(super) fn revoke_session(
    conn: &Connection,
    id: SessionId,
    owner: Option<&UserId>,
    reason: RevokeReason,
    cause: &Cause,
) -> Result<RevokeSession, SqliteTrouble> {
    let found = find_session(conn, id)?.filter(|row| owner.is_none_or(|owner| *owner == row.user_id));
    let Some(mut row) = found else {
        return Ok(RevokeSession::Missing);
    };
    if row.revoked_at.is_some() {
        return Ok(RevokeSession::Already);
    }
    row.revoke(reason, cause.at);
    revoke(conn, id, reason, cause.at)?;
    append_if_any(conn, cause.event.as_ref())?;
    Ok(RevokeSession::Revoked(Box::new(row)))
}

pub(super) fn revoke_sessions(
    conn: &Connection,
    tables: &Tables,
    user: &UserId,
    epoch: Epoch,
    except: Option<SessionId>,
    reason: RevokeReason,
    cause: &Cause,
) -> Result<Vec<SessionId>, SqliteTrouble> {
    let mut ended = open_sessions(conn, tables, user, epoch, except, cause.at)?;
    ended.reverse();
    for id in &ended {
        revoke(conn, *id, reason, cause.at)?;
    }
    if !ended.is_empty() {
        append_if_any(conn, cause.event_ending(&ended).as_ref())?;
    }
    Ok(ended)
}

pub(super) fn tidy_epoch(
    conn: &Connection,
    tables: &Tables,
    user: &UserId,
    left: Epoch,
    reason: RevokeReason,
    at: Timestamp,
) -> Result<u64, SqliteTrouble> {
    let values = params![tables.layout.key(user), left.as_bytes(), at.as_micros(), reason.as_str()];
    Ok(conn.prepare_cached(TIDY)?.execute(values)? as u64)
}

pub(super) fn confirm_session(
    conn: &Connection,
    id: SessionId,
    cause: &Cause,
) -> Result<ConfirmSession, SqliteTrouble> {
    let confirmed = conn.prepare_cached(CONFIRM)?.execute(params![id_bytes(id.as_uuid()), cause.at.as_micros()])?;
    if confirmed == 0 {
        return Ok(ConfirmSession::NotOpen);
    }
    append_if_any(conn, cause.event.as_ref())?;
    Ok(ConfirmSession::Confirmed)
}

/// Newest first.
fn open_sessions(
    conn: &Connection,
    tables: &Tables,
    user: &UserId,
    epoch: Epoch,
    except: Option<SessionId>,
    at: Timestamp,
) -> Result<Vec<SessionId>, SqliteTrouble> {
    let mut statement = conn.prepare_cached(OPEN_SESSIONS)?;
    let except = except.map(|id| id_bytes(id.as_uuid()));
    let values = params![tables.layout.key(user), epoch.as_bytes(), at.as_micros(), except];
    let ids = statement.query_map(values, |row| row.get(0).map(Uuid::from_bytes).map(SessionId::from_uuid))?;
    Ok(ids.collect::<Result<_, _>>()?)
}

fn revoke(conn: &Connection, id: SessionId, reason: RevokeReason, at: Timestamp) -> Result<(), SqliteTrouble> {
    conn.prepare_cached(REVOKE)?.execute(params![id_bytes(id.as_uuid()), at.as_micros(), reason.as_str()])?;
    Ok(())
}
