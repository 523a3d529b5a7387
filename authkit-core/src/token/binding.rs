//! What ties a token of a mail to the state of its user.

use crate::model::user::User;
use crate::token::claims::Bytes;
use crate::token::purpose::PurposeKey;

/// A keyed digest of id, hash, address and epoch: any change of them ends the token, and the token tells nothing of them.
pub(crate) fn bind(key: &PurposeKey, user: &User) -> Bytes<16> {
    let hash = user.password_hash.as_ref().map(|hash| hash.expose().as_bytes());
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
