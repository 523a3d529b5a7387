//! Rows, events and instants that are the same in every run, for the suite and for tests of stores.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::time::Duration;

use authkit_core::{
    Actor, AttemptKey, Cause, Change, ClientInfo, Digest, Email, Epoch, Event, EventCode, EventId, EventOutcome, Guard,
    KeyId, NewSession, NewUser, PasswordHash, Profile, Role, SessionId, Timestamp, User, UserId, Via,
};
use serde_json::json;
use uuid::Uuid;

/// The instant that everything counts from: 2027-01-15T08:00:00.000321Z.
pub const START: Timestamp = Timestamp::from_micros(1_800_000_000_000_321);

/// How long a session of [`new_session`] lives without a rotation.
pub const IDLE: Duration = Duration::from_secs(7 * 86_400);

/// How long a session of [`new_session`] lives at the most.
pub const ABSOLUTE: Duration = Duration::from_secs(30 * 86_400);

/// How long a predecessor may be presented again.
pub const GRACE: Duration = Duration::from_secs(10);

/// So many seconds after [`START`].
pub fn instant(seconds: u64) -> Timestamp {
    START + Duration::from_secs(seconds)
}

/// A UUIDv7 as core makes them: in the order of time, then of `n`.
pub fn uuid_at(at: Timestamp, n: u64) -> Uuid {
    let millis = u128::try_from(at.as_micros() / 1_000).unwrap_or_default();
    let ordered = u128::from(n & 0x3fff_ffff_ffff_ffff);
    Uuid::from_u128(millis << 80 | 0x7 << 76 | 0b10 << 62 | ordered)
}

/// Sixteen bytes that differ for every `n`.
pub fn epoch(n: u64) -> Epoch {
    let mut bytes = [0x5a; 16];
    bytes[..8].copy_from_slice(&n.to_be_bytes());
    Epoch::from_bytes(bytes)
}

/// Thirty-two bytes that differ for every `n`.
pub fn digest(n: u64) -> Digest {
    let mut bytes = [0xa5; 32];
    bytes[24..].copy_from_slice(&n.to_be_bytes());
    Digest::from_bytes(bytes)
}

/// A counter's key that differs for every `n`.
pub fn attempt_key(n: u64) -> AttemptKey {
    let mut bytes = [0xc3; 32];
    bytes[..8].copy_from_slice(&n.to_be_bytes());
    AttemptKey::from_bytes(bytes)
}

/// The name of a signing key.
pub fn kid(name: &str) -> KeyId {
    KeyId::new(name).expect("a name of a key")
}

/// A role.
pub fn role(name: &str) -> Role {
    Role::new(name).expect("a name of a role")
}

/// An address.
pub fn email(text: &str) -> Email {
    Email::parse(text).expect("an address")
}

/// A password hash that differs for every `n`; nobody verifies it.
pub fn hash(n: u64) -> PasswordHash {
    PasswordHash::new(format!("$argon2id$v=19$m=19456,t=2,p=1$c2FsdHNhbHQ$aGFzaGhhc2g{n}"))
}

/// A client of which everything is known, at 192.0.2.`n`.
pub fn client(n: u8) -> ClientInfo {
    ClientInfo::new(
        Some(IpAddr::V4(Ipv4Addr::new(192, 0, 2, n))),
        Some("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"),
        Some("req-ä-1"),
    )
}

/// A client with an IPv6 address and nothing else.
pub fn bare_client() -> ClientInfo {
    ClientInfo::new(Some(IpAddr::V6(Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 1))), None, None)
}

/// Two profiles with several JSON types.
pub fn profiles() -> [Profile; 2] {
    let profile = |value: serde_json::Value| Profile::new(value.as_object().cloned().unwrap_or_default());
    [
        profile(json!({"company": "Löwe & Söhne", "seats": 3, "beta": true, "note": null})),
        profile(json!({"company": "Acme", "seats": 4_000_000_000_u64, "beta": true, "tags": ["a", {"b": "c"}]})),
    ]
}

/// A user `user<n>@example.com` with the role `user`, active and verified.
pub fn new_user(n: u64) -> NewUser {
    NewUser {
        suggested_id: UserId::from(uuid_at(START, n)),
        email: email(&format!("User{n}@Example.com")),
        password_hash: Some(hash(n)),
        role: role("user"),
        is_active: true,
        is_verified: true,
        session_epoch: epoch(n),
        profile: profiles()[0].clone(),
    }
}

/// The same with the role `admin`.
pub fn new_admin(n: u64) -> NewUser {
    NewUser { role: role("admin"), ..new_user(n) }
}

/// A guard that asks for nothing but that an `admin` remains.
pub fn guard() -> Guard {
    Guard { admin_role: role("admin"), if_updated_at: None, if_role: None }
}

/// A session of a user that is opened at an instant, under the user's epoch, holding [`digest`]`(n)`.
pub fn new_session(n: u64, user: &User, at: Timestamp) -> NewSession {
    NewSession {
        id: SessionId::from_uuid(uuid_at(at, n)),
        user_id: user.id,
        epoch: user.session_epoch,
        token_hash: digest(n),
        kid: kid("key-1"),
        via: Via::Json,
        idle_ttl: IDLE,
        absolute_at: at + ABSOLUTE,
        client: ClientInfo {
            // Sessions do not keep it.
            request_id: None,
            ..client(u8::try_from(n % 250).unwrap_or_default())
        },
    }
}

/// An event with every field filled.
pub fn event(n: u64, code: EventCode, at: Timestamp) -> Event {
    let details = json!({"n": n, "reason": "why \"not\"", "nested": {"a": [1, -2, null, true]}});
    Event {
        id: EventId::from_uuid(uuid_at(at, n)),
        at,
        code,
        outcome: EventOutcome::Success,
        actor: Actor::User(UserId::from(uuid_at(START, 900))),
        subject: Some(UserId::from(uuid_at(START, 901))),
        session_id: Some(SessionId::from_uuid(uuid_at(START, 902))),
        identifier: Some("ada@example.com".to_owned()),
        client: client(9),
        details: details.as_object().cloned().unwrap_or_default(),
        change: Change::none(),
    }
}

/// A cause with an event of its own.
pub fn cause(n: u64, code: EventCode, at: Timestamp) -> Cause {
    Cause { at, event: Some(event(n, code, at)) }
}
