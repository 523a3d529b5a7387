//! The hidden token of a form: bound to the session that the page was made for, so a form of another sign-in is refused
//! (S-48; OWASP CSRF, signed double submit without the cookie: the session id is the signed part).

use authkit_core::{AuthKit, SessionId};
use data_encoding::BASE64URL_NOPAD;

/// Bytes of chance in a token, so that no two pages hold the same.
const NONCE: usize = 16;
/// What else the code covers.
const LABEL: &[u8] = b"console form";

/// A token for forms of this session.
///
/// # Errors
/// The operator's: the source of randomness failed.
pub(crate) fn make(kit: &AuthKit, session: SessionId) -> Result<String, authkit_core::AuthError> {
    let nonce = kit.new_uuid(kit.now())?;
    let mac = kit.form_key().mac(&[LABEL, session.as_uuid().as_bytes(), nonce.as_bytes()]);
    let mut bytes = nonce.as_bytes().to_vec();
    bytes.extend_from_slice(&mac);
    Ok(BASE64URL_NOPAD.encode(&bytes))
}

/// Whether the token was made for forms of this session.
///
/// # Timing
/// Does not depend on where a wrong token differs.
pub(crate) fn fits(kit: &AuthKit, session: SessionId, token: &str) -> bool {
    let Ok(bytes) = BASE64URL_NOPAD.decode(token.as_bytes()) else { return false };
    let Some((nonce, mac)) = bytes.split_at_checked(NONCE) else { return false };
    kit.form_key().verify(&[LABEL, session.as_uuid().as_bytes(), nonce], mac)
}
