//! A database file in the temporary directory, and rows to put into it.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use authkit_core::{
    Actor, Cause, ClientInfo, Digest, Email, Epoch, Event, EventCode, EventId, EventOutcome, Guard, KeyId, NewSession,
    NewUser, PasswordHash, Profile, Role, Rotation, SessionId, Timestamp, UserId, Via,
};
use uuid::Uuid;

/// The instant that everything counts from.
pub(crate) const START: Timestamp = Timestamp::from_seconds(1_800_000_000);

/// A directory of its own for one test's database, removed at the end.
pub(crate) struct TempDb(PathBuf);

impl TempDb {
    pub(crate) fn new() -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let n = COUNT.fetch_add(1, Ordering::Relaxed);
        let directory = std::env::temp_dir().join(format!("authkit-sqlite-{}-{n}", std::process::id()));
        std::fs::create_dir_all(&directory).expect("the temporary directory can be written");
        Self(directory)
    }

    pub(crate) fn directory(&self) -> &Path {
        &self.0
    }

    pub(crate) fn path(&self) -> PathBuf {
        self.0.join("auth.db")
    }

    /// A plain connection, as another program would have one.
    pub(crate) fn raw(&self) -> rusqlite::Connection {
        rusqlite::Connection::open(self.path()).expect("the file opens")
    }
}

impl Drop for TempDb {
    fn drop(&mut self) {
        std::fs::remove_dir_all(&self.0).ok();
    }
}

pub(crate) fn seconds(n: u64) -> Duration {
    Duration::from_secs(n)
}

pub(crate) fn uuid(at: Timestamp, n: u64) -> Uuid {
    let mut random = [0; 10];
    random[2..].copy_from_slice(&n.to_be_bytes());
    let millis = u64::try_from(at.as_micros() / 1_000).expect("after 1970");
    uuid::Builder::from_unix_timestamp_millis(millis, &random).into_uuid()
}

pub(crate) fn digest(n: u64) -> Digest {
    let mut bytes = [7; 32];
    bytes[..8].copy_from_slice(&n.to_be_bytes());
    Digest::from_bytes(bytes)
}

pub(crate) fn epoch(n: u8) -> Epoch {
    Epoch::from_bytes([n; 16])
}

pub(crate) fn role(name: &str) -> Role {
    Role::new(name).expect("a role")
}

pub(crate) fn guard() -> Guard {
    Guard { admin_role: role("admin"), if_updated_at: None }
}

pub(crate) fn user_id(n: u64) -> UserId {
    UserId::from(uuid(START, n))
}

pub(crate) fn new_user(n: u64) -> NewUser {
    NewUser {
        suggested_id: user_id(n),
        email: Email::parse(&format!("user{n}@example.com")).expect("an address"),
        password_hash: Some(PasswordHash::new("$argon2id$v=19$m=19456,t=2,p=1$c2FsdA$aGFzaA")),
        role: role("user"),
        is_active: true,
        is_verified: true,
        session_epoch: epoch(1),
        profile: Profile::default(),
    }
}

pub(crate) fn session_id(n: u64) -> SessionId {
    SessionId::from_uuid(uuid(START, n))
}

/// A session of user `user` that holds `digest(n)`.
pub(crate) fn new_session(n: u64, user: u64) -> NewSession {
    NewSession {
        id: session_id(n),
        user_id: user_id(user),
        epoch: epoch(1),
        token_hash: digest(n),
        kid: KeyId::new("k1").expect("a key's name"),
        via: Via::Json,
        idle_ttl: seconds(600),
        absolute_at: START + seconds(6_000),
        client: ClientInfo::none(),
    }
}

/// Presents what [`new_session`] holds.
pub(crate) fn rotation(n: u64) -> Rotation {
    Rotation {
        session: session_id(n),
        presented: digest(n),
        successor: digest(n + 1_000_000),
        kid: KeyId::new("k2").expect("a key's name"),
        grace: seconds(10),
        at: START + seconds(60),
    }
}

pub(crate) fn event(n: u64, at: Timestamp) -> Event {
    Event {
        id: EventId::from_uuid(uuid(at, n)),
        at,
        code: EventCode::USER_CREATED,
        outcome: EventOutcome::Success,
        actor: Actor::System,
        subject: None,
        session_id: None,
        identifier: None,
        client: ClientInfo::none(),
        details: serde_json::Map::new(),
        change: authkit_core::Change::none(),
    }
}

pub(crate) fn silent() -> Cause {
    Cause::silent(START)
}
