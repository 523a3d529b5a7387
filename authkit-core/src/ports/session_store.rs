//! The port to the sessions.

use async_trait::async_trait;

use crate::model::cause::Cause;
use crate::model::event::Event;
use crate::model::ids::{Epoch, SessionId};
use crate::model::page::{Page, PageRequest};
use crate::model::rotation::{Rotate, Rotation, RotationEvents};
use crate::model::session::{NewSession, RevokeReason, Session};
use crate::model::session_filter::SessionFilter;
use crate::model::timestamp::Timestamp;
use crate::model::user_id::UserId;
use crate::ports::store_error::StoreError;

/// Sessions: one row a sign-in, holding digests and never a token.
///
/// # Contract
/// For every mutating method:
/// - L-1 It decides and writes in one atomic step, and the winner's write is visible before any loser's answer.
/// - L-2 The event becomes durable with the change, exactly when there is a change ([`Rotate::Replayed`] alone has an event
///   without one).
/// - L-3 Nothing leaves revoked: `revoked_at` and `revoked_reason` are set once.
/// - L-4 `absolute_at` never moves, and `idle_at` never passes it.
/// - L-5 No call touches a session of another user or another id.
/// - L-6 A dropped future has done all of its step or nothing.
/// - L-7 The store reads no clock and draws no randomness.
///
/// # Errors
/// [`StoreError`] from any method: the outcome is not known.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a session store",
    label = "does not implement `SessionStore`",
    note = "implement `authkit_core::SessionStore`, or pick a backend such as `authkit-store-sqlite`"
)]
#[async_trait]
pub trait SessionStore: Send + Sync + 'static {
    /// Inserts a session and, in the same step, revokes the user's oldest ones (by id) beyond `cap`, reason `cap`.
    ///
    /// L-8 Only rows that are open at `cause.at` and carry the new session's epoch count or go; the new one never goes.
    /// `cause.event` is for the insert; `cap_event`, with the ids of what was revoked ([`Event::ending`]), for that, if
    /// anything was. Where users are in the same database and the user is gone: [`InsertSession::UserMissing`].
    async fn insert_session(
        &self,
        session: NewSession,
        cap: u32,
        cause: Cause,
        cap_event: Option<Event>,
    ) -> Result<InsertSession, StoreError>;

    /// The session with this id, in whatever state.
    async fn find_session(&self, id: SessionId) -> Result<Option<Session>, StoreError>;

    /// A page of sessions, newest first by id. (P-1 to P-4, see `docs/STORE-CONTRACT.md`)
    async fn list_sessions(&self, filter: &SessionFilter, page: &PageRequest) -> Result<Page<Session>, StoreError>;

    /// How many sessions fit, and at most `cap`: a number for people, who need no more than "10,000+". (P-5)
    async fn count_sessions(&self, filter: &SessionFilter, cap: u32) -> Result<u64, StoreError>;

    /// How many sessions of each user (at most 200) are open at `at` and carry the epoch given with the user; in the order
    /// of `users`.
    async fn count_live_sessions(&self, users: &[(UserId, Epoch)], at: Timestamp) -> Result<Vec<u64>, StoreError>;

    /// Moves a session to its next refresh token, or says why not. [`crate::decide`] is the reference.
    ///
    /// # Atomicity
    /// - R-1 Decides and writes in one step, and the event that belongs to the outcome becomes durable with it.
    /// - R-2 Of any number of calls racing with one `presented` digest, exactly one gets [`Rotate::Rotated`]; the others
    ///   get [`Rotate::Replayed`] while the grace lasts.
    /// - R-3 The row is changed for `Rotated` and `Reused` only. A replay changes no column.
    /// - R-4 `Reused` has revoked the session before it returns, and the revocation stays although the caller answers with
    ///   an error.
    /// - R-5 The idle length comes from the row: `idle_at` becomes the earlier of `at + idle_ttl` and `absolute_at`.
    /// - R-6 `generation` rises by one for `Rotated`, and `kid` and `rotated_at` are written by the same step.
    ///
    /// # Errors
    /// R-7 [`StoreError`]: the outcome is not known. Asking again with the same arguments is safe.
    async fn rotate(&self, step: &Rotation, events: &RotationEvents) -> Result<Rotate, StoreError>;

    /// Ends one session. `owner` given and not the row's user: `Missing`, and no effect. (L-3, L-5)
    async fn revoke_session(
        &self,
        id: SessionId,
        owner: Option<&UserId>,
        reason: RevokeReason,
        cause: Cause,
    ) -> Result<RevokeSession, StoreError>;

    /// Ends a user's sessions but one: those that are open at `cause.at` and carry `epoch`. One event for all of them
    /// ([`Event::ending`]). Answers which were ended; none: no event.
    async fn revoke_sessions(
        &self,
        user: &UserId,
        epoch: Epoch,
        except: Option<SessionId>,
        reason: RevokeReason,
        cause: Cause,
    ) -> Result<Vec<SessionId>, StoreError>;

    /// Marks a user's unrevoked sessions of a left epoch revoked. Tidying: they are dead already. No event, and a failure
    /// is harmless. Answers how many.
    async fn tidy_epoch(
        &self,
        user: &UserId,
        left: Epoch,
        reason: RevokeReason,
        at: Timestamp,
    ) -> Result<u64, StoreError>;

    /// Notes that the password was proven again: `authenticated_at` becomes `cause.at`, never earlier than it was. Only in
    /// an open session; else `NotOpen`.
    async fn confirm_session(&self, id: SessionId, cause: Cause) -> Result<ConfirmSession, StoreError>;

    /// Removes at most `limit` sessions whose absolute limit, idle limit or revocation lies before an instant. Writes no
    /// event. Answers how many. L-9 What is not over is never removed, whatever runs beside it.
    async fn purge_sessions(&self, before: Timestamp, limit: u32) -> Result<u64, StoreError>;
}

/// What became of [`SessionStore::insert_session`].
#[must_use]
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum InsertSession {
    /// It is there.
    Inserted {
        /// The sessions that had to go for it.
        evicted: Vec<SessionId>,
    },
    /// The user is gone; nothing changed.
    UserMissing,
}

/// What became of [`SessionStore::revoke_session`].
#[must_use]
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RevokeSession {
    /// The row as it is now.
    Revoked(Box<Session>),
    /// It was revoked before; nothing changed.
    Already,
    /// There is no such session, or it is not the owner's.
    Missing,
}

/// What became of [`SessionStore::confirm_session`].
#[must_use]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ConfirmSession {
    /// Noted.
    Confirmed,
    /// It is revoked, over or gone; nothing changed.
    NotOpen,
}
