//! Fixed keys, and a user and a session to make tokens for.

use std::time::Duration;

use data_encoding::BASE64URL_NOPAD;

use crate::model::client::ClientInfo;
use crate::model::email::Email;
use crate::model::ids::{Epoch, KeyId, SessionId};
use crate::model::profile::Profile;
use crate::model::role::Role;
use crate::model::secret::{PasswordHash, SecretKey};
use crate::model::session::{NewSession, Session, Via};
use crate::model::timestamp::Timestamp;
use crate::model::user::{NewUser, User};
use crate::model::user_id::UserId;
use crate::token::algorithm::Algorithm;
use crate::token::error::TokenError;
use crate::token::keys::{KeyRing, RingKey};
use crate::token::kind::Kind;
use crate::token::link::Link;
use crate::token::refresh::RefreshJti;

pub(crate) const ISSUER: &str = "https://app.example.com";
pub(crate) const AUDIENCE: &str = "app";
pub(crate) const AT: Timestamp = Timestamp::from_seconds(1_800_000_000);
pub(crate) const TTL: Duration = Duration::from_secs(900);

/// The `n`-th of the secrets that tests sign with.
pub(crate) fn secret(n: u8) -> SecretKey {
    SecretKey::from(format!("q8Zr4mT1vKx7Lw2Np9Hs6Yd3Bf5Jc0Gt-{n}"))
}

/// A ring of one key.
pub(crate) fn ring(algorithm: Algorithm) -> KeyRing {
    ring_of(&[(1, algorithm)])
}

/// A ring of these secrets, the first of which signs.
pub(crate) fn ring_of(keys: &[(u8, Algorithm)]) -> KeyRing {
    let secrets: Vec<_> = keys.iter().map(|(n, algorithm)| (secret(*n), *algorithm)).collect();
    let keys: Vec<_> = secrets.iter().map(|(secret, algorithm)| RingKey { secret, algorithm: *algorithm }).collect();
    let (signing, others) = keys.split_first().expect("a key");
    KeyRing::new(*signing, others, ISSUER, AUDIENCE).expect("good keys")
}

pub(crate) fn user() -> User {
    NewUser {
        suggested_id: UserId::from(uuid::Uuid::from_u128(0x0192_f0c1_2d3e_7f40_8a5b_6c7d_8e9f_0a1b)),
        email: Email::parse("Ada.Lovelace@example.com").expect("an address"),
        password_hash: Some(PasswordHash::from("$argon2id$v=19$m=19456,t=2,p=1$c2FsdA$aGFzaA")),
        role: Role::new("editor").expect("a role"),
        is_active: true,
        is_verified: true,
        session_epoch: Epoch::from_bytes([9; 16]),
        profile: Profile::default(),
    }
    .into_user(UserId::from(uuid::Uuid::from_u128(0x0192_f0c1_2d3e_7f40_8a5b_6c7d_8e9f_0a1b)), AT)
}

/// A session of [`user`], opened at [`AT`]: an hour idle, a day in all.
pub(crate) fn session(kid: KeyId) -> Session {
    NewSession {
        id: SessionId::from_uuid(uuid::Uuid::from_u128(0x0192_f0c1_5555_7abc_8def_0123_4567_89ab)),
        user_id: user().id,
        epoch: user().session_epoch,
        token_hash: jti().digest(),
        kid,
        via: Via::Json,
        idle_ttl: Duration::from_secs(3_600),
        absolute_at: AT + Duration::from_secs(86_400),
        client: ClientInfo::none(),
    }
    .into_session(AT)
}

/// The first `jti` of [`session`].
pub(crate) fn jti() -> RefreshJti {
    RefreshJti::first([5; 32])
}

/// The text of a segment of a token.
pub(crate) fn segment(token: &str, index: usize) -> String {
    let segment = token.split('.').nth(index).expect("a segment");
    String::from_utf8(BASE64URL_NOPAD.decode(segment.as_bytes()).expect("base64url")).expect("text")
}

/// A token of any header and claims, signed with the ring's own key for the kind.
pub(crate) fn signed(ring: &KeyRing, kind: Kind, header: &str, claims: &[u8]) -> String {
    let mut token = format!("{}.{}", BASE64URL_NOPAD.encode(header.as_bytes()), BASE64URL_NOPAD.encode(claims));
    ring.signing().of(kind).signer.sign(&mut token).expect("a signature");
    token
}

/// A good token of each kind.
pub(crate) fn tokens(ring: &KeyRing) -> [(Kind, String); 4] {
    let session = session(ring.signing_kid());
    let access = ring.mint_access(&session, &user(), [3; 16], AT, TTL).expect("a token");
    let refresh = ring.mint_refresh(&session, &jti()).expect("a token");
    let reset = ring.mint_link(Link::Reset, &user(), [3; 16], AT, TTL).expect("a token");
    let verification = ring.mint_link(Link::Verification, &user(), [3; 16], AT, TTL).expect("a token");
    [
        (Kind::Access, access.expose().to_owned()),
        (Kind::Refresh, refresh.expose().to_owned()),
        (Kind::Reset, reset),
        (Kind::Verification, verification),
    ]
}

/// Reads a token as one of a kind.
pub(crate) fn verify(ring: &KeyRing, kind: Kind, token: &str, at: Timestamp) -> Result<(), TokenError> {
    match kind {
        Kind::Access => ring.verify_access(token, at).map(drop),
        Kind::Refresh => ring.verify_refresh(token, at).map(drop),
        Kind::Reset => ring.read_link(Link::Reset, token, at).map(drop),
        Kind::Verification => ring.read_link(Link::Verification, token, at).map(drop),
    }
}
