//! The strict reader: RFC 7515's compact form and nothing else, each token in exactly one spelling.

use data_encoding::BASE64URL_NOPAD;
use serde::Deserialize;
use zeroize::Zeroizing;

use crate::token::error::TokenError;

/// What a cookie can hold.
const MAX_BYTES: usize = 4096;

/// The three parts of a token, none of them decoded.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Compact<'t> {
    pub(crate) header: &'t str,
    pub(crate) claims: &'t str,
    pub(crate) signature: &'t str,
    /// Header, dot and claims: what the signature is of.
    pub(crate) signed: &'t str,
}

impl<'t> Compact<'t> {
    pub(crate) fn split(token: &'t str) -> Result<Self, TokenError> {
        if token.len() > MAX_BYTES {
            return Err(TokenError::Malformed);
        }
        let (signed, signature) = token.rsplit_once('.').ok_or(TokenError::Malformed)?;
        let (header, claims) = signed.split_once('.').ok_or(TokenError::Malformed)?;
        if claims.contains('.') {
            return Err(TokenError::Malformed);
        }
        Ok(Self { header, claims, signature, signed })
    }
}

/// Decodes base64url without padding; white space, other alphabets and loose trailing bits are refused.
pub(crate) fn decode(segment: &str) -> Result<Zeroizing<Vec<u8>>, TokenError> {
    let length = BASE64URL_NOPAD.decode_len(segment.len()).map_err(|_| TokenError::Malformed)?;
    let mut bytes = Zeroizing::new(vec![0; length]);
    BASE64URL_NOPAD.decode_mut(segment.as_bytes(), &mut bytes).map_err(|_| TokenError::Malformed)?;
    Ok(bytes)
}

/// Reads claims out of the decoded bytes, without a tree and without copies.
pub(crate) fn parse<'j, T: Deserialize<'j>>(json: &'j [u8]) -> Result<T, TokenError> {
    // A derived reader would take an array of the values, too.
    if json.first() != Some(&b'{') {
        return Err(TokenError::Malformed);
    }
    serde_json::from_slice(json).map_err(|_| TokenError::Malformed)
}
