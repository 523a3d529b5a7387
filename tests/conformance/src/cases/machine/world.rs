//! A store that a history is played on, in step with the reference.

use std::time::Duration;

use authkit_core::{
    Digest, EventCode, Guard, NewSession, NewUser, PasswordSwap, RevokeReason, Rotation, RotationEvents, Session,
    SessionId, Timestamp, User,
};

use crate::bench::Bench;
use crate::cases::machine::invariants;
use crate::cases::machine::op::{Op, Token};
use crate::cases::passwords::{change, rehash};
use crate::failure::Checked;
use crate::fixtures::{self, ABSOLUTE, digest, email, epoch, guard, hash, kid, new_session, new_user, role};
use crate::lockstep::Snapshot;

/// How far apart the chains of two sessions begin.
const CHAIN: u64 = 10_000;

/// A store, a clock, and numbers that were not given yet.
pub(crate) struct World {
    b: Bench,
    now: Timestamp,
    next: u64,
    seen: Snapshot,
}

impl World {
    pub(crate) fn new(b: Bench) -> Self {
        let seen = b.step.expected();
        // Far enough from the beginning that no step of the clock goes before it.
        let now = fixtures::START + Duration::from_secs(2 * 86_400);
        Self { b, now, next: 1, seen }
    }

    /// Plays one step on the store and on the reference. They must agree, and no invariant may break.
    pub(crate) async fn play(&mut self, op: &Op) -> Checked {
        self.step(op).await?;
        let now = self.b.step.expected();
        invariants::hold(&self.seen, &now)?;
        self.seen = now;
        Ok(())
    }

    fn fresh(&mut self) -> u64 {
        self.next += 1;
        self.next
    }

    fn user(&self, n: usize) -> Option<User> {
        let rows = self.b.step.reference.rows();
        rows.users.get(n % rows.users.len().max(1)).cloned()
    }

    fn session(&self, n: usize) -> Option<Session> {
        let rows = self.b.step.reference.rows();
        rows.sessions.get(n % rows.sessions.len().max(1)).cloned()
    }

    fn cause(&self, code: EventCode) -> authkit_core::Cause {
        self.b.cause(code, self.now)
    }

    /// A guard that saw the row as it is, or as it was, or does not care.
    fn guard(user: &User, fresh: Option<bool>) -> Guard {
        let seen = |fresh| if fresh { user.updated_at } else { user.updated_at - Duration::from_micros(1) };
        Guard { if_updated_at: fresh.map(seen), ..guard() }
    }

    async fn step(&mut self, op: &Op) -> Checked {
        match *op {
            Op::Clock(micros) => {
                let step = Duration::from_micros(micros.unsigned_abs());
                self.now = if micros < 0 { self.now - step } else { self.now + step };
                Ok(())
            }
            Op::Insert { .. } | Op::InsertTaken(_) | Op::FirstAdmin => self.insert(op).await,
            Op::Open { .. }
            | Op::Rotate { .. }
            | Op::Revoke { .. }
            | Op::RevokeAll { .. }
            | Op::Tidy { .. }
            | Op::Confirm { .. } => self.session_step(op).await,
            Op::PurgeUsers { .. } | Op::PurgeSessions { .. } | Op::PurgeEvents { .. } | Op::Record => {
                self.sweep(op).await
            }
            _ => self.user_step(op).await,
        }
    }

    async fn insert(&mut self, op: &Op) -> Checked {
        let n = self.fresh();
        let new = NewUser { profile: self.b.store().shape.profiles[0].clone(), ..new_user(n) };
        let cause = self.cause(EventCode::USER_CREATED);
        match *op {
            Op::Insert { admin, active, verified } => {
                let role = role(if admin { "admin" } else { "user" });
                let new = NewUser { role, is_active: active, is_verified: verified, ..new };
                let _ = self.b.users.insert_user(new, cause).await?;
            }
            Op::InsertTaken(user) => {
                let Some(user) = self.user(user) else { return Ok(()) };
                let new = NewUser { email: email(&user.email.as_str().to_uppercase()), ..new };
                let _ = self.b.users.insert_user(new, cause).await?;
            }
            _ => {
                let new = NewUser { role: role("admin"), ..new };
                let _ = self.b.users.insert_first_admin(new, cause).await?;
            }
        }
        Ok(())
    }

    async fn session_step(&mut self, op: &Op) -> Checked {
        let sessions = self.b.sessions.clone();
        match *op {
            Op::Open { user, cap, idle, stale } => {
                let Some(user) = self.user(user).filter(User::exists) else { return Ok(()) };
                let n = self.fresh() * CHAIN;
                let new = NewSession {
                    idle_ttl: Duration::from_secs(idle),
                    absolute_at: self.now + ABSOLUTE,
                    epoch: if stale { epoch(77_777) } else { user.session_epoch },
                    ..new_session(n, &user, self.now)
                };
                let cap_event = Some(self.b.event(EventCode::SESSION_REVOKED, self.now));
                let _ = sessions.insert_session(new, cap, self.cause(EventCode::SESSION_OPENED), cap_event).await?;
            }
            Op::Rotate { session, token, grace, kid } => {
                let Some(step) = self.rotation(session, token, grace, kid) else { return Ok(()) };
                let event = |code| Some(self.b.event(code, self.now));
                let events = RotationEvents {
                    rotated: event(EventCode::SESSION_REFRESHED),
                    replayed: event(EventCode::SESSION_REFRESH_REPLAYED),
                    reused: event(EventCode::SESSION_REUSE_DETECTED),
                };
                let _ = sessions.rotate(&step, &events).await?;
            }
            Op::Revoke { session, owner } => {
                let Some(session) = self.session(session) else { return Ok(()) };
                let owner = owner.and_then(|owner| self.user(owner)).map(|owner| owner.id);
                let cause = self.cause(EventCode::SESSION_CLOSED);
                let _ = sessions.revoke_session(session.id, owner.as_ref(), RevokeReason::Logout, cause).await?;
            }
            Op::RevokeAll { user, except } => {
                let Some(user) = self.user(user) else { return Ok(()) };
                let except: Option<SessionId> = except.and_then(|n| self.session(n)).map(|session| session.id);
                let cause = self.cause(EventCode::SESSION_REVOKED);
                sessions.revoke_sessions(&user.id, user.session_epoch, except, RevokeReason::Owner, cause).await?;
            }
            Op::Tidy { user } => {
                // The epoch of some session, left by its user or not: the store does what it is told.
                let Some(session) = self.session(user) else { return Ok(()) };
                sessions.tidy_epoch(&session.user_id, session.epoch, RevokeReason::Everywhere, self.now).await?;
            }
            Op::Confirm { session } => {
                let Some(session) = self.session(session) else { return Ok(()) };
                let _ = sessions.confirm_session(session.id, self.cause(EventCode::SESSION_CONFIRMED)).await?;
            }
            _ => {}
        }
        Ok(())
    }

    fn rotation(&self, session: usize, token: Token, grace: u64, key: u8) -> Option<Rotation> {
        let session = self.session(session)?;
        let current = number(&session.token_hash);
        let presented = match token {
            Token::Current => current,
            Token::Predecessor => current - 1,
            Token::Older(by) => current - u64::from(by),
            Token::Foreign => current + 5_000,
        };
        Some(Rotation {
            session: session.id,
            presented: digest(presented),
            successor: digest(presented + 1),
            kid: kid(&format!("key-{key}")),
            grace: Duration::from_secs(grace),
            at: self.now,
        })
    }

    async fn user_step(&mut self, op: &Op) -> Checked {
        let (n, users) = (self.fresh(), self.b.users.clone());
        let (Op::Password { user, .. }
        | Op::Rehash { user, .. }
        | Op::MoveEpoch { user, .. }
        | Op::SetActive { user, .. }
        | Op::SetRole { user, .. }
        | Op::Delete { user, .. }
        | Op::Restore { user }
        | Op::Purge { user }
        | Op::Verify { user, .. }
        | Op::Email { user, .. }
        | Op::Profile { user, .. }
        | Op::SignIn { user }) = *op
        else {
            return Ok(());
        };
        let Some(user) = self.user(user) else { return Ok(()) };
        let (id, stands) = (&user.id, user.session_epoch);
        match *op {
            Op::Password { right, .. } => {
                let swap = change(&user, hash(n), n);
                let swap = if right { swap } else { PasswordSwap { old_hash: Some(hash(9_999)), ..swap } };
                let _ = users.replace_password(swap, self.cause(EventCode::PASSWORD_CHANGED)).await?;
            }
            Op::Rehash { right, .. } => {
                let swap = rehash(&user, hash(n));
                let swap = if right { swap } else { PasswordSwap { old_hash: None, ..swap } };
                let _ = users.replace_password(swap, authkit_core::Cause::silent(self.now)).await?;
            }
            Op::MoveEpoch { right, .. } => {
                let from = if right { stands } else { epoch(88_888) };
                let _ =
                    users.advance_epoch(id, from, epoch(n), None, self.cause(EventCode::SESSION_CLOSED_ALL)).await?;
            }
            Op::SetActive { active, fresh, .. } => {
                let (guard, cause) = (Self::guard(&user, fresh), self.cause(EventCode::USER_DISABLED));
                let _ = users.set_active(id, active, epoch(n), guard, cause).await?;
            }
            Op::SetRole { admin, fresh, .. } => {
                let role = role(if admin { "admin" } else { "user" });
                let (guard, cause) = (Self::guard(&user, fresh), self.cause(EventCode::USER_ROLE_CHANGED));
                let _ = users.set_role(id, role, guard, cause).await?;
            }
            Op::Delete { fresh, .. } => {
                let (guard, cause) = (Self::guard(&user, fresh), self.cause(EventCode::USER_DELETED));
                let _ = users.delete_user(id, epoch(n), guard, cause).await?;
            }
            Op::Restore { .. } => {
                let _ = users.restore_user(id, epoch(n), guard(), self.cause(EventCode::USER_RESTORED)).await?;
            }
            Op::Purge { .. } => {
                let _ = users.purge_user(id, guard(), self.cause(EventCode::USER_PURGED)).await?;
            }
            Op::Verify { right, .. } => {
                let address = if right { user.email.clone() } else { email("other@example.com") };
                let _ = users.mark_verified(id, address.key(), self.cause(EventCode::EMAIL_VERIFIED)).await?;
            }
            Op::Email { taken, right, .. } => {
                let taken = taken.and_then(|other| self.user(other)).map(|other| other.email);
                let new = taken.unwrap_or_else(|| email(&format!("New{n}@example.com")));
                let from = if right { stands } else { epoch(88_888) };
                let cause = self.cause(EventCode::EMAIL_CHANGED);
                let _ = users.replace_email(id, user.email.key(), new, from, cause).await?;
            }
            Op::Profile { second, .. } => {
                let profile = self.b.store().shape.profiles[usize::from(second)].clone();
                let cause = self.cause(EventCode::USER_PROFILE_CHANGED);
                let _ = users.replace_profile(id, profile, None, cause).await?;
            }
            Op::SignIn { .. } if user.exists() => users.note_sign_in(id, self.now).await?,
            _ => {}
        }
        Ok(())
    }

    async fn sweep(&mut self, op: &Op) -> Checked {
        use crate::cases::machine::op::ago;
        match *op {
            Op::PurgeUsers { age, limit } => {
                self.b.users.purge_deleted_users(self.now - ago(age), limit).await?;
            }
            Op::PurgeSessions { age, limit } => {
                self.b.sessions.purge_sessions(self.now - ago(age), limit).await?;
            }
            Op::PurgeEvents { age, limit } => {
                if let Ok(log) = self.b.log() {
                    log.purge_events(self.now - ago(age), limit, self.cause(EventCode::AUDIT_PURGED)).await?;
                }
            }
            _ => self.b.sink.record(self.b.event(EventCode::ACCESS_REFUSED, self.now)).await?,
        }
        Ok(())
    }
}

/// The `n` of [`digest`]`(n)`.
fn number(digest: &Digest) -> u64 {
    let mut bytes = [0; 8];
    bytes.copy_from_slice(&digest.as_bytes()[24..]);
    u64::from_be_bytes(bytes)
}
