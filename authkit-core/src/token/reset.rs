//! Password-reset tokens: worth nothing once the password, the address or the epoch of the user has changed.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use subtle::ConstantTimeEq as _;

use crate::model::ids::KeyId;
use crate::model::secret::ResetToken;
use crate::model::timestamp::Timestamp;
use crate::model::user::User;
use crate::model::user_id::UserId;
use crate::token::binding::bind;
use crate::token::claims::{Bytes, Name, Seconds, check_names, check_times};
use crate::token::error::TokenError;
use crate::token::keys::KeyRing;
use crate::token::kind::Kind;
use crate::token::reader::parse;

/// What a verified reset token says. Whether it still fits its user is told by [`KeyRing::reset_matches`].
pub(crate) struct ResetClaims {
    pub(crate) user: UserId,
    /// The key that signed it.
    pub(crate) kid: KeyId,
    binding: Bytes<16>,
}

/// The claims as they stand in the token.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct ResetPayload<'t> {
    #[serde(borrow)]
    iss: Name<'t>,
    #[serde(borrow)]
    aud: Name<'t>,
    sub: UserId,
    iat: Seconds,
    nbf: Seconds,
    exp: Seconds,
    jti: Bytes<16>,
    pwd_sec: Bytes<16>,
}

impl KeyRing {
    /// Signs a reset token for a user as he is now.
    pub(crate) fn mint_reset(
        &self,
        user: &User,
        jti: [u8; 16],
        at: Timestamp,
        ttl: Duration,
    ) -> Result<ResetToken, TokenError> {
        let key = self.signing();
        let payload = ResetPayload {
            iss: Name::from(&self.issuer),
            aud: Name::from(&self.audience),
            sub: user.id,
            iat: Seconds(at),
            nbf: Seconds(at),
            exp: Seconds(at + ttl),
            jti: Bytes(jti),
            pwd_sec: bind(&key.binding, user),
        };
        key.seal(Kind::Reset, &payload).map(ResetToken::new)
    }

    /// Reads a reset token at an instant.
    pub(crate) fn verify_reset(&self, token: &str, at: Timestamp) -> Result<ResetClaims, TokenError> {
        let opened = self.open(token, &[Kind::Reset])?;
        let payload: ResetPayload<'_> = parse(&opened.claims)?;
        check_names(self, &payload.iss, &payload.aud)?;
        check_times(payload.iat, payload.nbf, payload.exp, at)?;
        Ok(ResetClaims { user: payload.sub, kid: opened.key.id, binding: payload.pwd_sec })
    }

    /// Whether the user is still as he was when the token was signed.
    ///
    /// # Timing
    /// Does not depend on where the two differ.
    pub(crate) fn reset_matches(&self, claims: &ResetClaims, user: &User) -> bool {
        self.find(claims.kid).is_some_and(|key| bind(&key.binding, user).0.ct_eq(&claims.binding.0).into())
    }
}
