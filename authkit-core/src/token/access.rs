//! Access tokens: good for minutes, presented with every request.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::model::ids::{Epoch, SessionId};
use crate::model::role::Role;
use crate::model::secret::AccessToken;
use crate::model::session::Session;
use crate::model::timestamp::Timestamp;
use crate::model::user::User;
use crate::model::user_id::UserId;
use crate::token::claims::{Bytes, Name, RoleName, Seconds, Sid, check_names, check_times};
use crate::token::error::TokenError;
use crate::token::keys::KeyRing;
use crate::token::kind::Kind;
use crate::token::reader::parse;

/// What a verified access token says: true when it was signed, and no store was asked since.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Claims {
    /// Whose token it is: `sub`.
    pub user: UserId,
    /// The session that it belongs to: `sid`.
    pub session: SessionId,
    /// The user's epoch when the session was opened: `ep`.
    pub epoch: Epoch,
    /// The user's role when the token was signed. Advisory: for services that verify tokens by themselves.
    pub role: Role,
    /// When it was signed, whole seconds: `iat`.
    pub issued_at: Timestamp,
    /// When it ends, whole seconds: `exp`.
    pub expires_at: Timestamp,
    /// The token's own name: `jti`.
    pub jti: [u8; 16],
}

/// The claims as they stand in the token (RFC 9068 §2.2, and ours).
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct AccessPayload<'t> {
    #[serde(borrow)]
    iss: Name<'t>,
    #[serde(borrow)]
    aud: Name<'t>,
    pub(crate) sub: UserId,
    iat: Seconds,
    nbf: Seconds,
    exp: Seconds,
    jti: Bytes<16>,
    pub(crate) sid: Sid,
    pub(crate) ep: Bytes<16>,
    role: RoleName,
}

impl KeyRing {
    /// Signs an access token that ends `ttl` after `at`, and never after the session's absolute limit.
    pub(crate) fn mint_access(
        &self,
        session: &Session,
        user: &User,
        jti: [u8; 16],
        at: Timestamp,
        ttl: Duration,
    ) -> Result<AccessToken, TokenError> {
        let payload = AccessPayload {
            iss: Name::from(&self.issuer),
            aud: Name::from(&self.audience),
            sub: user.id,
            iat: Seconds(at),
            nbf: Seconds(at),
            exp: Seconds((at + ttl).min(session.absolute_at)),
            jti: Bytes(jti),
            sid: Sid(session.id),
            ep: Bytes(*session.epoch.as_bytes()),
            role: RoleName(user.role),
        };
        self.signing().seal(Kind::Access, &payload).map(AccessToken::new)
    }

    /// Reads an access token at an instant.
    pub(crate) fn verify_access(&self, token: &str, at: Timestamp) -> Result<Claims, TokenError> {
        let opened = self.open(token, &[Kind::Access])?;
        let payload: AccessPayload<'_> = parse(&opened.claims)?;
        check_names(self, &payload.iss, &payload.aud)?;
        check_times(payload.iat, payload.nbf, payload.exp, at)?;
        Ok(Claims {
            user: payload.sub,
            session: payload.sid.0,
            epoch: Epoch::from_bytes(payload.ep.0),
            role: payload.role.0,
            issued_at: payload.iat.0,
            expires_at: payload.exp.0,
            jti: payload.jti.0,
        })
    }
}

impl AccessPayload<'_> {
    /// Whether the ring's issuer and audience are the token's.
    pub(crate) fn check_names(&self, ring: &KeyRing) -> Result<(), TokenError> {
        check_names(ring, &self.iss, &self.aud)
    }
}
