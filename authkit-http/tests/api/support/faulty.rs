//! The memory store with a switch: it counts what it is asked, and fails or panics on demand.

use std::sync::atomic::{AtomicU8, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use authkit_core::{
    AuditSink, Cause, ConfirmSession, Email, EmailKey, Epoch, Event, Guard, InsertFirstAdmin, InsertSession,
    InsertUser, NewSession, NewUser, Page, PageRequest, PasswordSwap, Ports, Profile, PurgeUser, ReplaceEmail,
    ReplacePassword, RevokeReason, RevokeSession, Role, Rotate, Rotation, RotationEvents, Session, SessionFilter,
    SessionId, SessionStore, SetUser, Store, StoreError, StoreErrorKind, Timestamp, User, UserFilter, UserId,
    UserStore,
};
use authkit_store_memory::MemoryStore;
use tokio::sync::Barrier;

/// What goes wrong at the next call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Trouble {
    None,
    Unavailable,
    Inconsistent,
    Panic,
}

/// What an operator may read and nobody else.
pub(crate) const SECRET_CAUSE: &str = "host=db.internal password=hunter2";

pub(crate) struct Faulty {
    inner: Arc<MemoryStore>,
    trouble: AtomicU8,
    calls: AtomicUsize,
    deletions: Mutex<Option<Arc<Barrier>>>,
}

impl Faulty {
    pub(crate) fn around(store: MemoryStore) -> Self {
        Self {
            inner: Arc::new(store),
            trouble: AtomicU8::new(0),
            calls: AtomicUsize::new(0),
            deletions: Mutex::default(),
        }
    }

    pub(crate) fn set(&self, trouble: Trouble) {
        self.trouble.store(trouble as u8, Ordering::SeqCst);
    }

    /// How often it was asked anything.
    pub(crate) fn calls(&self) -> usize {
        self.calls.load(Ordering::SeqCst)
    }

    /// Lets deletions begin only when this number of them has come so far.
    pub(crate) fn delete_together(&self, n: usize) {
        *self.deletions.lock().expect("a barrier") = Some(Arc::new(Barrier::new(n)));
    }

    async fn gate(&self, operation: &'static str) -> Result<(), StoreError> {
        let barrier = self.deletions.lock().expect("a barrier").clone().filter(|_| operation == "delete_user");
        if let Some(barrier) = barrier {
            barrier.wait().await;
        }
        self.calls.fetch_add(1, Ordering::SeqCst);
        let kind = match self.trouble.load(Ordering::SeqCst) {
            0 => return Ok(()),
            1 => StoreErrorKind::Unavailable,
            2 => StoreErrorKind::Inconsistent,
            _ => panic!("a panic in the store: {SECRET_CAUSE}"),
        };
        Err(StoreError::new(kind, "faulty", operation).with_source(SECRET_CAUSE))
    }
}

impl Store for Faulty {
    fn ports(self: Arc<Self>) -> Ports {
        Ports::of(&self).audit_log(&self.inner).described("memory")
    }
}

macro_rules! gated {
    ($port:ident { $(fn $name:ident($($arg:ident: $type:ty),*) -> $out:ty;)+ }) => {
        #[async_trait]
        impl $port for Faulty {
            $(async fn $name(&self, $($arg: $type),*) -> Result<$out, StoreError> {
                self.gate(stringify!($name)).await?;
                self.inner.$name($($arg),*).await
            })+
        }
    };
}

gated! { UserStore {
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

gated! { SessionStore {
    fn insert_session(session: NewSession, cap: u32, cause: Cause, cap_event: Option<Event>) -> InsertSession;
    fn find_session(id: SessionId) -> Option<Session>;
    fn list_sessions(filter: &SessionFilter, page: &PageRequest) -> Page<Session>;
    fn count_sessions(filter: &SessionFilter, cap: u32) -> u64;
    fn count_live_sessions(users: &[(UserId, Epoch)], at: Timestamp) -> Vec<u64>;
    fn rotate(step: &Rotation, events: &RotationEvents) -> Rotate;
    fn revoke_session(id: SessionId, owner: Option<&UserId>, reason: RevokeReason, cause: Cause) -> RevokeSession;
    fn revoke_sessions(user: &UserId, epoch: Epoch, except: Option<SessionId>, reason: RevokeReason, cause: Cause) -> Vec<SessionId>;
    fn tidy_epoch(user: &UserId, left: Epoch, reason: RevokeReason, at: Timestamp) -> u64;
    fn confirm_session(id: SessionId, cause: Cause) -> ConfirmSession;
    fn purge_sessions(before: Timestamp, limit: u32) -> u64;
} }

gated! { AuditSink {
    fn record(event: Event) -> ();
} }
