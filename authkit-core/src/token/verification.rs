//! Tokens that prove an address: worth nothing once the address, the password or the epoch of the user has changed.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use subtle::ConstantTimeEq as _;

use crate::model::ids::KeyId;
use crate::model::secret::VerificationToken;
use crate::model::timestamp::Timestamp;
use crate::model::user::User;
use crate::model::user_id::UserId;
use crate::token::binding::bind;
use crate::token::claims::{Bytes, Name, Seconds, check_names, check_times};
use crate::token::error::TokenError;
use crate::token::keys::KeyRing;
use crate::token::kind::Kind;
use crate::token::reader::parse;

/// What a verified token says. Whether it still fits its user is told by [`KeyRing::verification_matches`].
pub(crate) struct VerificationClaims {
    pub(crate) user: UserId,
    /// The key that signed it.
    pub(crate) kid: KeyId,
    binding: Bytes<16>,
}

/// The claims as they stand in the token.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct VerificationPayload<'t> {
    #[serde(borrow)]
    iss: Name<'t>,
    #[serde(borrow)]
    aud: Name<'t>,
    sub: UserId,
    iat: Seconds,
    nbf: Seconds,
    exp: Seconds,
    jti: Bytes<16>,
    email_sec: Bytes<16>,
}

impl KeyRing {
    /// Signs a token that proves the address of a user as he is now.
    pub(crate) fn mint_verification(
        &self,
        user: &User,
        jti: [u8; 16],
        at: Timestamp,
        ttl: Duration,
    ) -> Result<VerificationToken, TokenError> {
        let key = self.signing();
        let payload = VerificationPayload {
            iss: Name::from(&self.issuer),
            aud: Name::from(&self.audience),
            sub: user.id,
            iat: Seconds(at),
            nbf: Seconds(at),
            exp: Seconds(at + ttl),
            jti: Bytes(jti),
            email_sec: bind(&key.verification_binding, user),
        };
        key.seal(Kind::Verification, &payload).map(VerificationToken::new)
    }

    /// Reads such a token at an instant.
    pub(crate) fn read_verification(&self, token: &str, at: Timestamp) -> Result<VerificationClaims, TokenError> {
        let opened = self.open(token, &[Kind::Verification])?;
        let payload: VerificationPayload<'_> = parse(&opened.claims)?;
        check_names(self, &payload.iss, &payload.aud)?;
        check_times(payload.iat, payload.nbf, payload.exp, at)?;
        Ok(VerificationClaims { user: payload.sub, kid: opened.key.id, binding: payload.email_sec })
    }

    /// Whether the user is still as he was when the token was signed.
    ///
    /// # Timing
    /// Does not depend on where the two differ.
    pub(crate) fn verification_matches(&self, claims: &VerificationClaims, user: &User) -> bool {
        let bound = self.find(claims.kid).map(|key| bind(&key.verification_binding, user));
        bound.is_some_and(|bound| bound.0.ct_eq(&claims.binding.0).into())
    }
}
