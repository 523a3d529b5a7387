//! Stores that are wrong in one point: each passes everything on to a `MemoryStore` but for what its flaw does otherwise.

pub mod attempts;
pub mod audit;
pub mod judged;
pub mod pages;
pub mod revocation;
pub mod sessions;
pub mod users;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use async_trait::async_trait;
use authkit_conformance::Subject;
use authkit_core::*;
use authkit_store_memory::MemoryStore;
use tokio::task::yield_now;

/// For a port: a trait of flaws whose methods all pass on to the intact store, and the store that has such a flaw.
macro_rules! flawed {
    ($port:ident as $flaw:ident, $store:ident { $(fn $method:ident($($arg:ident: $kind:ty),*) -> $answer:ty;)+ }) => {
        #[async_trait]
        pub trait $flaw: Send + Sync + 'static {
            $(async fn $method(&self, intact: &MemoryStore, $($arg: $kind),*) -> Result<$answer, StoreError> {
                $port::$method(intact, $($arg),*).await
            })+
        }

        pub struct $store<F> {
            intact: Arc<MemoryStore>,
            flaw: F,
        }

        #[async_trait]
        impl<F: $flaw> $port for $store<F> {
            $(async fn $method(&self, $($arg: $kind),*) -> Result<$answer, StoreError> {
                self.flaw.$method(&self.intact, $($arg),*).await
            })+
        }

        impl $flaw for Intact {}
    };
}

/// No flaw: what a wrapper may not break by being one.
pub struct Intact;

flawed! { UserStore as UserFlaw, FlawedUsers {
    fn find_user(id: &UserId) -> Option<User>;
    fn find_user_by_email(key: &EmailKey) -> Option<User>;
    fn find_users(ids: &[UserId]) -> Vec<User>;
    fn list_users(filter: &UserFilter, page: &PageRequest) -> Page<User>;
    fn count_users(filter: &UserFilter, cap: u32) -> u64;
    fn insert_user(user: NewUser, cause: Cause) -> InsertUser;
    fn insert_first_admin(user: NewUser, cause: Cause) -> InsertFirstAdmin;
    fn replace_password(swap: PasswordSwap, cause: Cause) -> ReplacePassword;
    fn set_active(id: &UserId, active: bool, epoch: Epoch, guard: Guard, cause: Cause) -> SetUser;
    fn set_role(id: &UserId, role: Role, guard: Guard, cause: Cause) -> SetUser;
    fn delete_user(id: &UserId, epoch: Epoch, guard: Guard, cause: Cause) -> SetUser;
    fn restore_user(id: &UserId, epoch: Epoch, guard: Guard, cause: Cause) -> SetUser;
    fn mark_verified(id: &UserId, key: &EmailKey, cause: Cause) -> SetUser;
    fn replace_email(id: &UserId, old: &EmailKey, new: Email, if_epoch: Epoch, cause: Cause) -> ReplaceEmail;
    fn replace_profile(id: &UserId, profile: Profile, if_updated_at: Option<Timestamp>, cause: Cause) -> SetUser;
    fn advance_epoch(id: &UserId, from: Epoch, to: Epoch, if_role: Option<Role>, cause: Cause) -> SetUser;
    fn note_sign_in(id: &UserId, at: Timestamp) -> ();
    fn purge_deleted_users(before: Timestamp, limit: u32) -> u64;
    fn purge_user(id: &UserId, guard: Guard, cause: Cause) -> PurgeUser;
} }

flawed! { SessionStore as SessionFlaw, FlawedSessions {
    fn insert_session(session: NewSession, cap: u32, cause: Cause, cap_event: Option<Event>) -> InsertSession;
    fn find_session(id: SessionId) -> Option<Session>;
    fn list_sessions(filter: &SessionFilter, page: &PageRequest) -> Page<Session>;
    fn count_sessions(filter: &SessionFilter, cap: u32) -> u64;
    fn count_live_sessions(users: &[(UserId, Epoch)], at: Timestamp) -> Vec<u64>;
    fn rotate(step: &Rotation, events: &RotationEvents) -> Rotate;
    fn revoke_session(id: SessionId, owner: Option<&UserId>, reason: RevokeReason, cause: Cause) -> RevokeSession;
    fn revoke_sessions(
        user: &UserId,
        epoch: Epoch,
        except: Option<SessionId>,
        reason: RevokeReason,
        cause: Cause
    ) -> Vec<SessionId>;
    fn tidy_epoch(user: &UserId, left: Epoch, reason: RevokeReason, at: Timestamp) -> u64;
    fn confirm_session(id: SessionId, cause: Cause) -> ConfirmSession;
    fn purge_sessions(before: Timestamp, limit: u32) -> u64;
} }

flawed! { AuditSink as SinkFlaw, FlawedSink {
    fn record(event: Event) -> ();
} }

flawed! { AuditLog as LogFlaw, FlawedLog {
    fn list_events(filter: &EventFilter, page: &PageRequest) -> Page<Event>;
    fn find_event(id: EventId) -> Option<Event>;
    fn purge_events(before: Timestamp, limit: u32, cause: Cause) -> u64;
    fn roll_up_stats(until: Timestamp, limit: u32) -> u64;
    fn count_events(codes: &[EventCode], from: Timestamp, to: Timestamp, hours: u32) -> Vec<EventCount>;
    fn list_peaks(query: &PeakQuery) -> Vec<Peak>;
    fn list_stats(from: Timestamp, to: Timestamp) -> Vec<HourlyCount>;
} }

flawed! { AttemptCounter as AttemptFlaw, FlawedAttempts {
    fn take(attempts: &[Attempt], at: Timestamp) -> Take;
    fn give_back(attempts: &[Attempt]) -> ();
    fn clear(keys: &[AttemptKey]) -> ();
    fn blocked_each(attempts: &[Attempt], at: Timestamp) -> Vec<Option<Timestamp>>;
    fn purge_attempts(before: Timestamp, limit: u32) -> u64;
} }

/// Where a flaw stands between its look and its write: until another call stands there too, or none seems to come.
#[derive(Default)]
pub struct Gap(AtomicUsize);

impl Gap {
    async fn pass(&self) {
        let last = self.0.fetch_add(1, Ordering::SeqCst) + 1;
        for _ in 0..100 {
            if self.0.load(Ordering::SeqCst) > last {
                return;
            }
            // Both other threads and other tasks on this one.
            std::thread::yield_now();
            yield_now().await;
        }
    }
}

/// A fresh store whose user store has a flaw.
pub fn users(flaw: impl UserFlaw) -> Subject {
    let intact = Arc::new(MemoryStore::new());
    let users = FlawedUsers { intact: Arc::clone(&intact), flaw };
    Subject::of_ports(Arc::new(users), intact.clone(), intact.clone()).audit_log(&intact).attempts(&intact)
}

/// A fresh store whose session store has a flaw.
pub fn sessions(flaw: impl SessionFlaw) -> Subject {
    let intact = Arc::new(MemoryStore::new());
    let sessions = FlawedSessions { intact: Arc::clone(&intact), flaw };
    Subject::of_ports(intact.clone(), Arc::new(sessions), intact.clone()).audit_log(&intact).attempts(&intact)
}

/// A fresh store whose audit sink has a flaw.
pub fn sink(flaw: impl SinkFlaw) -> Subject {
    let intact = Arc::new(MemoryStore::new());
    let sink = FlawedSink { intact: Arc::clone(&intact), flaw };
    Subject::of_ports(intact.clone(), intact.clone(), Arc::new(sink)).audit_log(&intact).attempts(&intact)
}

/// A fresh store whose audit log has a flaw.
pub fn log(flaw: impl LogFlaw) -> Subject {
    let intact = Arc::new(MemoryStore::new());
    let log = Arc::new(FlawedLog { intact: Arc::clone(&intact), flaw });
    Subject::of(&intact).audit_log(&log).attempts(&intact)
}

/// A fresh store whose counter of attempts has a flaw.
pub fn attempts(flaw: impl AttemptFlaw) -> Subject {
    let intact = Arc::new(MemoryStore::new());
    let attempts = Arc::new(FlawedAttempts { intact: Arc::clone(&intact), flaw });
    Subject::of(&intact).audit_log(&intact).attempts(&attempts)
}

/// A fresh store that is wrapped at every port and has no flaw.
pub fn flawless() -> Subject {
    let intact = Arc::new(MemoryStore::new());
    let users = FlawedUsers { intact: Arc::clone(&intact), flaw: Intact };
    let sessions = FlawedSessions { intact: Arc::clone(&intact), flaw: Intact };
    let sink = FlawedSink { intact: Arc::clone(&intact), flaw: Intact };
    let log = FlawedLog { intact: Arc::clone(&intact), flaw: Intact };
    let attempts = FlawedAttempts { intact, flaw: Intact };
    Subject::of_ports(Arc::new(users), Arc::new(sessions), Arc::new(sink))
        .audit_log(&Arc::new(log))
        .attempts(&Arc::new(attempts))
}
