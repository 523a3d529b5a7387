//! Why a key is refused, and why a token is.

use crate::model::ids::KeyId;

/// Why a key ring cannot be made. Says nothing of the key but what is wrong with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum KeyError {
    /// Fewer than 32 bytes.
    #[error("the key has fewer than 32 bytes")]
    TooShort,
    /// Fewer than 16 different bytes: not random.
    #[error("the key has fewer than 16 different bytes")]
    TooFewDistinctBytes,
    /// Holds words that stand where a key should be put.
    #[error("the key is a placeholder")]
    Placeholder,
    /// The ring would hold the same key with the same algorithm twice.
    #[error("the key {kid} is in the ring twice")]
    Duplicate {
        /// The name of the key.
        kid: KeyId,
    },
    /// The issuer or the audience is empty, longer than 255 bytes or holds a control character.
    #[error("the issuer and the audience have 1 to 255 bytes without control characters")]
    Name,
    /// The cryptographic library refused.
    #[error("the key cannot be derived")]
    Crypto,
}

/// Why a token is not taken, or not made. Holds nothing of the token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum TokenError {
    /// Not three parts of strict base64url, too long, or claims that differ from what we write in name or type.
    #[error("the token is malformed")]
    Malformed,
    /// No key of the ring writes such a header for this kind of token: another key, kind, algorithm or spelling.
    #[error("no key of the ring signs such a token")]
    UnknownKey,
    /// The signature is not the key's.
    #[error("the signature is wrong")]
    BadSignature,
    /// Made by or for somebody else.
    #[error("the issuer or the audience is another")]
    Foreign,
    /// Past its time.
    #[error("the token has expired")]
    Expired,
    /// Made in the future: a clock is wrong somewhere.
    #[error("the token is not valid yet")]
    NotYetValid,
    /// The cryptographic library refused.
    #[error("the token cannot be signed")]
    Crypto,
}
