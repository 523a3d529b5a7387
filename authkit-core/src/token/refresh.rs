//! Refresh tokens: each good for one rotation, and the chain that they form.

use std::fmt;

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use crate::model::ids::{Digest, Epoch, KeyId, SessionId};
use crate::model::secret::RefreshToken;
use crate::model::session::Session;
use crate::model::timestamp::Timestamp;
use crate::model::user_id::UserId;
use crate::token::access::AccessPayload;
use crate::token::claims::{Bytes, Generation, Name, Seconds, Sid, check_names, check_times};
use crate::token::error::TokenError;
use crate::token::keys::KeyRing;
use crate::token::kind::Kind;
use crate::token::reader::parse;

/// What a refresh token's worth rests on: 256 bits that only the client holds. Wiped on drop.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub(crate) struct RefreshJti([u8; 32]);

impl RefreshJti {
    /// The first of a chain, from random bytes.
    pub(crate) const fn first(random: [u8; 32]) -> Self {
        Self(random)
    }

    /// What the session's row holds of it.
    pub(crate) fn digest(&self) -> Digest {
        Digest::from_bytes(Sha256::digest(self.0).into())
    }
}

impl fmt::Debug for RefreshJti {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RefreshJti([redacted])")
    }
}

/// What a verified refresh token says.
#[derive(Debug, Clone)]
pub(crate) struct RefreshClaims {
    pub(crate) user: UserId,
    pub(crate) session: SessionId,
    pub(crate) epoch: Epoch,
    pub(crate) generation: u64,
    /// The key that signed it.
    pub(crate) kid: KeyId,
    pub(crate) jti: RefreshJti,
}

/// The claims as they stand in the token.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct RefreshPayload<'t> {
    #[serde(borrow)]
    iss: Name<'t>,
    #[serde(borrow)]
    aud: Name<'t>,
    sub: UserId,
    iat: Seconds,
    nbf: Seconds,
    exp: Seconds,
    jti: Bytes<32>,
    sid: Sid,
    ep: Bytes<16>,
    r#gen: Generation,
}

impl KeyRing {
    /// Signs the current refresh token of a row, from nothing but the row and its `jti`: asked again, it is the same token
    /// byte for byte, also when another key signs by now.
    ///
    /// # Errors
    /// [`TokenError::UnknownKey`]: the row's key is not in the ring (any more, or yet).
    pub(crate) fn mint_refresh(&self, session: &Session, jti: &RefreshJti) -> Result<RefreshToken, TokenError> {
        let key = self.find(session.kid).ok_or(TokenError::UnknownKey)?;
        let payload = RefreshPayload {
            iss: Name::from(&self.issuer),
            aud: Name::from(&self.audience),
            sub: session.user_id,
            iat: Seconds(session.rotated_at),
            nbf: Seconds(session.rotated_at),
            exp: Seconds(session.idle_at),
            jti: Bytes(jti.0),
            sid: Sid(session.id),
            ep: Bytes(*session.epoch.as_bytes()),
            r#gen: Generation(session.generation),
        };
        key.seal(Kind::Refresh, &payload).map(RefreshToken::new)
    }

    /// Reads a refresh token at an instant.
    pub(crate) fn verify_refresh(&self, token: &str, at: Timestamp) -> Result<RefreshClaims, TokenError> {
        let opened = self.open(token, &[Kind::Refresh])?;
        let payload: RefreshPayload<'_> = parse(&opened.claims)?;
        check_names(self, &payload.iss, &payload.aud)?;
        check_times(payload.iat, payload.nbf, payload.exp, at)?;
        Ok(RefreshClaims {
            user: payload.sub,
            session: payload.sid.0,
            epoch: Epoch::from_bytes(payload.ep.0),
            generation: payload.r#gen.0,
            kid: opened.key.id,
            jti: RefreshJti(payload.jti.0),
        })
    }

    /// Whose session a refresh or access token names, whatever the time: who wants out need not hurry.
    pub(crate) fn verify_for_logout(&self, token: &str) -> Result<(UserId, SessionId, Epoch), TokenError> {
        let opened = self.open(token, &[Kind::Refresh, Kind::Access])?;
        if opened.kind == Kind::Access {
            let payload: AccessPayload<'_> = parse(&opened.claims)?;
            payload.check_names(self)?;
            return Ok((payload.sub, payload.sid.0, Epoch::from_bytes(payload.ep.0)));
        }
        let payload: RefreshPayload<'_> = parse(&opened.claims)?;
        check_names(self, &payload.iss, &payload.aud)?;
        Ok((payload.sub, payload.sid.0, Epoch::from_bytes(payload.ep.0)))
    }

    /// The one `jti` that can follow: HMAC-SHA-256 of session id and `jti`, under a key of the ring key that signed the
    /// token. Any number of parallel or repeated refreshes come to the same one. `None`: that key is not in the ring.
    pub(crate) fn successor(&self, claims: &RefreshClaims) -> Option<RefreshJti> {
        let key = self.find(claims.kid)?;
        let mut message = Zeroizing::new([0; 48]);
        let (sid, jti) = message.split_at_mut(16);
        sid.copy_from_slice(claims.session.as_uuid().as_bytes());
        jti.copy_from_slice(&claims.jti.0);
        Some(RefreshJti(key.rotate.mac_bytes(&*message)))
    }
}
