//! What is done to sessions: one statement each, which decides, writes and tells.

use authkit_core::{
    Cause, ConfirmSession, Epoch, Event, InsertSession, NewSession, RevokeReason, RevokeSession, Rotate, Rotation,
    RotationEvents, Session, SessionId, Timestamp, UserId, decide,
};
use tokio_postgres::Row;
use uuid::Uuid;

use super::row::{AFTER, session};
use crate::cells::Cells;
use crate::db::{Db, Point};
use crate::event_row;
use crate::sql::Sql;
use crate::tables::Users;
use crate::trouble::PostgresTrouble;
use crate::value::Value;

pub(super) async fn find_session(db: &Db, id: SessionId) -> Result<Option<Session>, PostgresTrouble> {
    let rows = db.point(Point::Session, &[id.as_uuid().into()]).await?;
    rows.first().map(|row| session(db.tables.key_type(), row)).transpose()
}

pub(super) async fn insert_session(
    db: &Db,
    new: NewSession,
    cap: u32,
    cause: &Cause,
    cap_event: Option<&Event>,
) -> Result<InsertSession, PostgresTrouble> {
    let new = new.into_session(cause.at);
    let Some(user) = db.tables.key(&new.user_id) else { return Ok(InsertSession::UserMissing) };
    let ip = new.client.ip.map(|ip| ip.to_string());
    let values = [
        new.id.as_uuid().into(),
        user.clone(),
        Value::from(&new.epoch),
        Value::from(&new.token_hash),
        new.kid.as_str().into(),
        count(new.generation).into(),
        new.via.as_str().into(),
        count(new.idle_ttl.as_secs()).into(),
        new.created_at.into(),
        new.authenticated_at.into(),
        new.rotated_at.into(),
        new.idle_at.into(),
        new.absolute_at.into(),
        ip.as_deref().into(),
        new.client.user_agent.as_deref().into(),
        new.client.device.as_deref().into(),
        i64::from(cap.saturating_sub(1)).into(),
        event_row::value(cause.event.as_ref()),
        event_row::value(cap_event),
    ];
    let lock = if *db.tables.users() == Users::Elsewhere { Sql::LockSessions } else { Sql::LockUser };
    let rows = db.write_all(&[(lock, &[user]), (Sql::InsertSession, &values)]).await?;
    let Some(row) = rows.first() else { return Ok(InsertSession::UserMissing) };
    Ok(InsertSession::Inserted { evicted: ids(row)? })
}

pub(super) async fn rotate(db: &Db, step: &Rotation, events: &RotationEvents) -> Result<Rotate, PostgresTrouble> {
    let values = [
        step.session.as_uuid().into(),
        Value::from(&step.presented),
        Value::from(&step.successor),
        step.kid.as_str().into(),
        Value::Interval(i64::try_from(step.grace.as_micros()).unwrap_or(i64::MAX)),
        step.at.into(),
        event_row::value(events.rotated.as_ref()),
        event_row::value(events.replayed.as_ref()),
        event_row::value(events.reused.as_ref()),
    ];
    // One token has one successor: whether the step was done before or not, the answer is the same.
    let rows = db.write_again(Sql::RotateSession, &values).await?;
    let Some(row) = rows.first() else { return Ok(Rotate::Missing) };
    let mut session = session(db.tables.key_type(), row)?;
    let decided = decide(&mut session, step);
    let cells = Cells::new("sessions", row, 0);
    let written = cells.text(AFTER)?;
    // The statement has decided by the same rule on the same row; if not, nothing may be relied on.
    cells.fitting(AFTER, (written == name(&decided)).then_some(decided))
}

pub(super) async fn revoke_session(
    db: &Db,
    id: SessionId,
    owner: Option<&UserId>,
    reason: RevokeReason,
    cause: &Cause,
) -> Result<RevokeSession, PostgresTrouble> {
    let owner = match owner.map(|owner| db.tables.key(owner)) {
        None => db.tables.no_key(),
        Some(Some(key)) => key,
        Some(None) => return Ok(RevokeSession::Missing),
    };
    let values =
        [id.as_uuid().into(), owner, cause.at.into(), reason.as_str().into(), event_row::value(cause.event.as_ref())];
    let rows = db.write(Sql::RevokeSession, &values).await?;
    let Some(row) = rows.first() else { return Ok(RevokeSession::Missing) };
    let mut session = session(db.tables.key_type(), row)?;
    if session.revoked_at.is_some() {
        return Ok(RevokeSession::Already);
    }
    session.revoke(reason, cause.at);
    Ok(RevokeSession::Revoked(Box::new(session)))
}

pub(super) async fn revoke_sessions(
    db: &Db,
    user: &UserId,
    epoch: Epoch,
    except: Option<SessionId>,
    reason: RevokeReason,
    cause: &Cause,
) -> Result<Vec<SessionId>, PostgresTrouble> {
    let Some(user) = db.tables.key(user) else { return Ok(Vec::new()) };
    let values = [
        user,
        Value::from(&epoch),
        Value::Uuid(except.map(|id| id.as_uuid())),
        cause.at.into(),
        reason.as_str().into(),
        event_row::value(cause.event.as_ref()),
    ];
    let rows = db.write(Sql::RevokeSessions, &values).await?;
    rows.first().map_or(Ok(Vec::new()), ids)
}

pub(super) async fn tidy_epoch(
    db: &Db,
    user: &UserId,
    left: Epoch,
    reason: RevokeReason,
    at: Timestamp,
) -> Result<u64, PostgresTrouble> {
    let Some(user) = db.tables.key(user) else { return Ok(0) };
    let rows = db.write_again(Sql::TidyEpoch, &[user, Value::from(&left), at.into(), reason.as_str().into()]).await?;
    rows.first().map_or(Ok(0), |row| Cells::new("sessions", row, 0).number(0))
}

pub(super) async fn confirm_session(db: &Db, id: SessionId, cause: &Cause) -> Result<ConfirmSession, PostgresTrouble> {
    let values = [id.as_uuid().into(), cause.at.into(), event_row::value(cause.event.as_ref())];
    let rows = db.write(Sql::ConfirmSession, &values).await?;
    let confirmed: u64 = rows.first().map_or(Ok(0), |row| Cells::new("sessions", row, 0).number(0))?;
    Ok(if confirmed > 0 { ConfirmSession::Confirmed } else { ConfirmSession::NotOpen })
}

fn ids(row: &Row) -> Result<Vec<SessionId>, PostgresTrouble> {
    let ids: Vec<Uuid> = Cells::new("sessions", row, 0).read(0)?;
    Ok(ids.into_iter().map(SessionId::from_uuid).collect())
}

/// What the statement calls an outcome.
const fn name(outcome: &Rotate) -> &'static str {
    match outcome {
        Rotate::Rotated(_) => "rotated",
        Rotate::Replayed(_) => "replayed",
        Rotate::ClockBehind => "clock_behind",
        Rotate::Reused => "reused",
        Rotate::Expired => "expired",
        Rotate::Revoked => "revoked",
        Rotate::Missing => "missing",
    }
}

/// A number of the model's as the server's integer.
fn count(n: u64) -> i64 {
    i64::try_from(n).unwrap_or(i64::MAX)
}
