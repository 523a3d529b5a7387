//! Tokens of mails: one chooses another password, one proves an address. Both are worth nothing once the password, the
//! address or the epoch of their user has changed.

use std::time::Duration;

use serde::{Deserialize, Deserializer, Serialize};
use subtle::ConstantTimeEq as _;

use crate::model::ids::KeyId;
use crate::model::timestamp::Timestamp;
use crate::model::user::User;
use crate::model::user_id::UserId;
use crate::token::claims::{Bytes, Name, Seconds, check_names, check_times};
use crate::token::error::TokenError;
use crate::token::key::Key;
use crate::token::keys::KeyRing;
use crate::token::kind::Kind;
use crate::token::reader::parse;

/// What such a token is for. Each has keys of its own, to sign and to bind with, and its binding a name of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Link {
    Reset,
    Verification,
}

impl Link {
    #[cfg(test)]
    pub(crate) const ALL: [Self; 2] = [Self::Reset, Self::Verification];

    pub(crate) const fn kind(self) -> Kind {
        match self {
            Self::Reset => Kind::Reset,
            Self::Verification => Kind::Verification,
        }
    }

    /// A keyed digest of id, hash, address and epoch: any change of them ends the token, and the token tells nothing of
    /// them.
    fn bind(self, key: &Key, user: &User) -> Bytes<16> {
        let hash = user.password_hash.as_ref().map(|hash| hash.expose().as_bytes());
        let key = match self {
            Self::Reset => &key.reset_binding,
            Self::Verification => &key.verification_binding,
        };
        let mac = key.mac(&[
            user.id.as_str().as_bytes(),
            // "No hash" and "an empty hash" are two states.
            &[u8::from(hash.is_some())],
            hash.unwrap_or_default(),
            user.email.key().as_str().as_bytes(),
            user.session_epoch.as_bytes(),
        ]);
        let mut binding = Bytes([0; 16]);
        binding.0.copy_from_slice(mac.split_at(16).0);
        binding
    }
}

/// What a verified token says. Whether it still fits its user is told by [`KeyRing::link_matches`].
pub(crate) struct LinkClaims {
    pub(crate) user: UserId,
    /// The key that signed it.
    pub(crate) kid: KeyId,
    link: Link,
    binding: Bytes<16>,
}

/// The claims as they stand in the token. It has one of the two bindings.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct LinkPayload<'t> {
    #[serde(borrow)]
    iss: Name<'t>,
    #[serde(borrow)]
    aud: Name<'t>,
    sub: UserId,
    iat: Seconds,
    nbf: Seconds,
    exp: Seconds,
    jti: Bytes<16>,
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    pwd_sec: Option<Bytes<16>>,
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    email_sec: Option<Bytes<16>>,
}

/// A claim that may be left out, but not be `null`.
fn present<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Bytes<16>>, D::Error> {
    Bytes::deserialize(deserializer).map(Some)
}

impl KeyRing {
    /// Signs a token for a user as he is now.
    pub(crate) fn mint_link(
        &self,
        link: Link,
        user: &User,
        jti: [u8; 16],
        at: Timestamp,
        ttl: Duration,
    ) -> Result<String, TokenError> {
        let key = self.signing();
        let binding_of = |other| (link == other).then(|| link.bind(key, user));
        let payload = LinkPayload {
            iss: Name::from(&self.issuer),
            aud: Name::from(&self.audience),
            sub: user.id,
            iat: Seconds(at),
            nbf: Seconds(at),
            exp: Seconds(at + ttl),
            jti: Bytes(jti),
            pwd_sec: binding_of(Link::Reset),
            email_sec: binding_of(Link::Verification),
        };
        key.seal(link.kind(), &payload)
    }

    /// Reads such a token at an instant.
    pub(crate) fn read_link(&self, link: Link, token: &str, at: Timestamp) -> Result<LinkClaims, TokenError> {
        let opened = self.open(token, &[link.kind()])?;
        let payload: LinkPayload<'_> = parse(&opened.claims)?;
        check_names(self, &payload.iss, &payload.aud)?;
        check_times(payload.iat, payload.nbf, payload.exp, at)?;
        match (link, payload.pwd_sec, payload.email_sec) {
            (Link::Reset, Some(binding), None) | (Link::Verification, None, Some(binding)) => {
                Ok(LinkClaims { user: payload.sub, kid: opened.key.id, link, binding })
            }
            _ => Err(TokenError::Malformed),
        }
    }

    /// Whether the user is still as he was when the token was signed.
    ///
    /// # Timing
    /// Does not depend on where the two differ.
    pub(crate) fn link_matches(&self, claims: &LinkClaims, user: &User) -> bool {
        let bound = self.find(claims.kid).map(|key| claims.link.bind(key, user));
        bound.is_some_and(|bound| bound.0.ct_eq(&claims.binding.0).into())
    }
}
